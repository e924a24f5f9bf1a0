import { expect } from 'chai';
import fc from 'fast-check';
import { dailyHours, isWithinHours, nextChangeMs } from '../../src/lib/daily-hours.ts';
import type { DailyHours } from '../../src/lib/daily-hours.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;

function hours(text: string): DailyHours {
  const read = dailyHours(text);
  if (read === undefined) throw new Error(`cannot read ${text}`);
  return read;
}

describe('hours of the day', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['10:00-21:00', '09:59', false],
    ['10:00-21:00', '10:00', true],
    ['10:00-21:00', '20:59', true],
    ['10:00-21:00', '21:00', false],
    ['22:30-6:00', '22:29', false],
    ['22:30-6:00', '22:30', true],
    ['22:30-6:00', '00:00', true],
    ['22:30-6:00', '05:59', true],
    ['22:30-6:00', '06:00', false],
    ['18:00-00:00', '23:59', true],
    ['18:00-00:00', '00:00', false],
    ['08:00-08:00', '07:59', true],
  ];
  for (const [text, at, isWithin] of cases) {
    it(`of ${text} ${isWithin ? 'hold' : 'do not hold'} ${at}`, () => {
      expect(isWithinHours(hours(text), Date.parse(`2026-03-01T${at}:00Z`))).to.equal(isWithin);
    });
  }

  for (const text of [
    '',
    '10:00',
    '10:00-24:00',
    '10:60-11:00',
    '10:00 - 11:00',
    '1000-1100',
    '-',
    '10:00-11:00-12:00',
  ])
    it(`are not read from "${text}"`, () => {
      expect(dailyHours(text)).to.equal(undefined);
    });

  it('change next at the first moment at which it makes a difference', () => {
    const minute = fc.nat(1439);
    fc.assert(
      fc.property(minute, minute, fc.nat(3 * DAY_MS), (from, until, atMs) => {
        fc.pre(from !== until);
        const read = { text: '', fromMs: from * MINUTE_MS, untilMs: until * MINUTE_MS };
        const changeMs = nextChangeMs(read, atMs) ?? Number.NaN;
        expect(changeMs).to.be.within(atMs + 1, atMs + DAY_MS);
        expect(isWithinHours(read, changeMs - 1)).to.equal(isWithinHours(read, atMs));
        expect(isWithinHours(read, changeMs)).to.equal(!isWithinHours(read, atMs));
      }),
    );
  });

  it('of a whole day never change', () => {
    expect(nextChangeMs(hours('08:00-08:00'), 0)).to.equal(undefined);
  });
});
