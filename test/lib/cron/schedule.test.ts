import { expect } from 'chai';
import { readSchedule } from '../../../src/lib/cron/schedule.ts';
import type { ClockSchedule } from '../../../src/lib/cron/schedule.ts';
import { zoneNamed } from '../../../src/lib/cron/zone.ts';

const EVERY_HOUR = Array.from({ length: 24 }, (_, hour) => hour);

/** The values of the fields, sorted; undefined for what is no schedule of clocks. */
function read(text: string): Readonly<Record<string, unknown>> | undefined {
  const result = readSchedule(text);
  if (result.kind === 'problem' || result.schedule.kind !== 'clock') return undefined;
  const { minutes, hours, days, months, weekdays, isEitherDay }: ClockSchedule = result.schedule;
  const sorted = (values: ReadonlySet<number>) => [...values].toSorted((a, b) => a - b);
  return {
    minutes: sorted(minutes),
    hours: sorted(hours),
    days: days.size,
    months: sorted(months),
    weekdays: sorted(weekdays),
    isEitherDay,
  };
}

const DAILY = {
  minutes: [0],
  hours: [0],
  days: 31,
  months: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
  weekdays: [0, 1, 2, 3, 4, 5, 6],
  isEitherDay: false,
};

describe('a schedule of cron', () => {
  const rows: Readonly<Record<string, readonly [text: string, want: object]>> = {
    'may be a word for midnight': ['@daily', DAILY],
    'may be another word for it': ['@midnight', DAILY],
    'may be a word for each hour': ['@hourly', { ...DAILY, hours: EVERY_HOUR }],
    'may be a word for Sundays': ['@weekly', { ...DAILY, weekdays: [0] }],
    'may be a word for the first of a month': ['@monthly', { ...DAILY, days: 1 }],
    'may be a word for new year': ['@yearly', { ...DAILY, days: 1, months: [1] }],
    'has lists, ranges and steps': ['1,5-7,50/4 0 * * *', { ...DAILY, minutes: [1, 5, 6, 7, 50, 54, 58] }],
    'has names in any case': ['0 0 * jan-MAR mon,Fri', { ...DAILY, months: [1, 2, 3], weekdays: [1, 5] }],
    'takes a question mark for a star': ['0 0 ? * ?', DAILY],
    'gives the choice of days to either of two': ['0 0 1 * 1', { ...DAILY, days: 1, weekdays: [1], isEitherDay: true }],
    'counts a star with a step as a choice of days': [
      '0 0 */2 * 1',
      { ...DAILY, days: 16, weekdays: [1], isEitherDay: true },
    ],
    'may have wide gaps': ['  0   0 *\t* * ', DAILY],
  };
  for (const [name, [text, want]] of Object.entries(rows)) {
    it(name, () => {
      expect(read(text)).to.deep.equal(want);
    });
  }

  it('is a duration after @every, in whole seconds and at least one', () => {
    for (const [text, everyMs] of [
      ['@every 1h30m', 5_400_000],
      ['@every 1.9s', 1000],
      ['@every 3ms', 1000],
    ] as const) {
      expect(readSchedule(text)).to.deep.equal({ kind: 'schedule', schedule: { kind: 'every', everyMs } });
    }
  });

  const wrong: Readonly<Record<string, string>> = {
    '': 'expected exactly 5 fields, found 0',
    '* * * *': 'expected exactly 5 fields, found 4',
    '0 * * * * *': 'expected exactly 5 fields, found 6',
    '60 * * * *': 'the minute is above 59: 60',
    '* 24 * * *': 'the hour is above 23: 24',
    '* * 0 * *': 'the day of the month is below 1: 0',
    '* * * 13 *': 'the month is above 12: 13',
    '* * * * 7': 'the day of the week is above 6: 7',
    '5-1 * * * *': 'the minute begins after its end: 5-1',
    '*/0 * * * *': 'the minute has a step of zero: */0',
    '1/2/3 * * * *': 'the minute has too many slashes: 1/2/3',
    '1-2-3 * * * *': 'the minute has too many hyphens: 1-2-3',
    '*/x * * * *': 'the minute has a step that is no number: */x',
    'x * * * *': 'the minute cannot be read: x',
    '-1 * * * *': 'the minute cannot be read: -1',
    ', * * * *': 'the minute has no value: ,',
    '* * * mon *': 'the month cannot be read: mon',
    '@sometimes': 'unrecognized descriptor: @sometimes',
    '@every day': 'failed to parse duration day',
    'TZ=UTC 0 0 * * *': 'expected exactly 5 fields, found 6',
  };
  for (const [text, problem] of Object.entries(wrong)) {
    it(`is not ${JSON.stringify(text)}`, () => {
      expect(readSchedule(text)).to.deep.equal({ kind: 'problem', problem });
    });
  }
});

describe('a time zone', () => {
  it('has clocks that are ahead of UTC or behind it', () => {
    const at = Date.parse('2030-07-01T00:00Z');
    expect(zoneNamed('UTC')?.offsetMs(at)).to.equal(0);
    expect(zoneNamed('Europe/Berlin')?.offsetMs(at)).to.equal(7_200_000);
    expect(zoneNamed('America/St_Johns')?.offsetMs(at)).to.equal(-9_000_000);
  });

  it('is unknown when nobody has one of that name', () => {
    expect(zoneNamed('Europe/Atlantis')).to.equal(undefined);
  });
});
