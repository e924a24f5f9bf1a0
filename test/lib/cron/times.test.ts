import { expect } from 'chai';
import fc from 'fast-check';
import { readSchedule } from '../../../src/lib/cron/schedule.ts';
import type { ClockSchedule, CronSchedule } from '../../../src/lib/cron/schedule.ts';
import { latestTime, nextTime } from '../../../src/lib/cron/times.ts';
import { UTC, zoneNamed } from '../../../src/lib/cron/zone.ts';
import type { Zone } from '../../../src/lib/cron/zone.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;

function schedule(text: string): CronSchedule {
  const read = readSchedule(text);
  if (read.kind === 'problem') throw new Error(read.problem);
  return read.schedule;
}

function zone(name: string): Zone {
  const found = zoneNamed(name);
  if (found === undefined) throw new Error(name);
  return found;
}

describe('the next time of a schedule', () => {
  const rows: Readonly<Record<string, readonly [text: string, zone: string, after: string, wants: readonly string[]]>> =
    {
      'comes after the given one, never with it': [
        '*/15 * * * *',
        'UTC',
        '2030-01-01T00:15:00Z',
        ['2030-01-01T00:30Z'],
      ],
      'is of the next day when the hour is over': ['0 8 * * *', 'UTC', '2030-01-31T09:00Z', ['2030-02-01T08:00Z']],
      'may be years ahead': ['0 0 29 2 *', 'UTC', '2030-01-01T00:00Z', ['2032-02-29T00:00Z']],
      'takes either day when both are given': [
        '0 0 13 * FRI',
        'UTC',
        '2030-09-01T00:00Z',
        [
          '2030-09-06T00:00Z',
          '2030-09-13T00:00Z',
          '2030-09-20T00:00Z',
          '2030-09-27T00:00Z',
          '2030-10-04T00:00Z',
          '2030-10-11T00:00Z',
          '2030-10-13T00:00Z',
        ],
      ],
      'takes both days when one of them is open': ['0 0 * * MON', 'UTC', '2030-01-01T00:00Z', ['2030-01-07T00:00Z']],
      'is by the clocks of the zone': ['0 8 * * *', 'Asia/Kolkata', '2030-01-01T00:00Z', ['2030-01-01T02:30Z']],
      'leaves out the hour that clocks leave out': [
        '30 2 * * *',
        'Europe/Berlin',
        '2030-03-30T00:00Z',
        ['2030-03-30T01:30Z', '2030-04-01T00:30Z'],
      ],
      'comes twice in the hour that clocks repeat': [
        '30 2 * * *',
        'Europe/Berlin',
        '2030-10-26T12:00Z',
        ['2030-10-27T00:30Z', '2030-10-27T01:30Z', '2030-10-28T01:30Z'],
      ],
      'goes over a day that a zone left out': [
        '0 12 * * *',
        'Pacific/Apia',
        '2011-12-29T23:00Z',
        ['2011-12-30T22:00Z'],
      ],
      'is as far ahead as @every says, in whole seconds': [
        '@every 90m',
        'UTC',
        '2030-01-01T00:00:07.300Z',
        ['2030-01-01T01:30:07Z', '2030-01-01T03:00:07Z'],
      ],
    };
  for (const [name, [text, zoneName, after, wants]] of Object.entries(rows)) {
    it(name, () => {
      let at: number | undefined = Date.parse(after);
      for (const want of wants) {
        at = nextTime(schedule(text), zone(zoneName), at ?? NaN);
        expect(at && new Date(at).toISOString()).to.equal(new Date(want).toISOString());
      }
    });
  }

  it('is none for a day that never comes', () => {
    expect(nextTime(schedule('0 0 30 2 *'), UTC, 0)).to.equal(undefined);
    expect(latestTime(schedule('0 0 30 2 *'), UTC, { afterMs: 0, untilMs: 1e12 })).to.equal(undefined);
  });
});

/** What a person would do who looks at the clock on the wall once a minute. */
function shows(
  { minutes, hours, days, months, weekdays, isEitherDay }: ClockSchedule,
  wall: Intl.DateTimeFormat,
  atMs: number,
) {
  const parts = new Map(wall.formatToParts(atMs).map(({ type, value }) => [type, value]));
  const number = (type: Intl.DateTimeFormatPartTypes) => Number(parts.get(type));
  const weekday = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'].indexOf(parts.get('weekday') ?? '');
  const [isOfMonth, isOfWeek] = [days.has(number('day')), weekdays.has(weekday)];
  const isDay = isEitherDay ? isOfMonth || isOfWeek : isOfMonth && isOfWeek;
  return isDay && months.has(number('month')) && hours.has(number('hour')) && minutes.has(number('minute'));
}

function wallOf(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    month: 'numeric',
    day: 'numeric',
    weekday: 'short',
    hour: 'numeric',
    minute: 'numeric',
  });
}

/** Each of them changes its clocks near the moment. */
const CHANGES = [
  ['Europe/Berlin', '2030-03-31T01:00Z'],
  ['Europe/Berlin', '2030-10-27T01:00Z'],
  ['America/St_Johns', '2010-11-07T02:31Z'],
  ['Australia/Lord_Howe', '2030-04-06T15:00Z'],
  ['Australia/Lord_Howe', '2030-10-05T15:30Z'],
  ['Pacific/Apia', '2011-12-30T10:00Z'],
  ['Asia/Kolkata', '2030-06-30T18:30Z'],
  ['UTC', '2032-02-29T00:00Z'],
] as const;

const field = (from: number, to: number) =>
  fc.oneof(
    fc.constant('*'),
    fc.integer({ min: from, max: to }).map(String),
    fc
      .tuple(fc.integer({ min: from, max: to }), fc.integer({ min: from, max: to }))
      .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
    fc.integer({ min: 1, max: to }).map((step) => `*/${step}`),
  );
const fields = fc
  .tuple(field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 6))
  .map((texts) => texts.join(' '));

describe('the times of any schedule, where clocks are changed', () => {
  it('are those minutes at which a clock on the wall shows one', () => {
    fc.assert(
      fc.property(
        fields,
        fc.constantFrom(...CHANGES),
        fc.integer({ min: 0, max: 1440 }),
        (text, [name, change], back) => {
          const wanted = schedule(text);
          if (wanted.kind !== 'clock') throw new Error(text);
          const fromMs = Date.parse(change) - back * MINUTE_MS;
          const endMs = fromMs + 2 * DAY_MS;
          const wall = wallOf(name);
          const walked: number[] = [];
          for (let at = fromMs + MINUTE_MS; at <= endMs; at += MINUTE_MS) if (shows(wanted, wall, at)) walked.push(at);
          const found: number[] = [];
          for (let at = nextTime(wanted, zone(name), fromMs); at !== undefined && at <= endMs;) {
            found.push(at);
            at = nextTime(wanted, zone(name), at);
          }
          expect(found).to.deep.equal(walked);
          expect(latestTime(wanted, zone(name), { afterMs: fromMs, untilMs: endMs })).to.equal(walked.at(-1));
        },
      ),
      { numRuns: 60 },
    );
  });
});
