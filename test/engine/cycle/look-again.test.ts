import { expect } from 'chai';
import { LookAgain } from '../../../src/engine/cycle/look-again.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const START_MS = 1_000_000;
const HOUR_MS = 3_600_000;

/** Milliseconds after which the loop is woken, within a day; undefined for never. */
function wakesAfter(isWaited: boolean, inMs: number | undefined): number | undefined {
  const clock = new ManualClock(START_MS);
  let woken: number | undefined;
  new LookAgain(clock, () => (woken = clock.nowMs() - START_MS)).set(
    isWaited,
    inMs === undefined ? undefined : START_MS + inMs,
  );
  clock.advance(24 * HOUR_MS);
  return woken;
}

describe('the loop looks again', () => {
  const cases: readonly (readonly [string, boolean, number | undefined, number | undefined])[] = [
    ['never when nobody waits and no plugin has a time', false, undefined, undefined],
    ['after 10 s while somebody waits', true, undefined, 10_000],
    ['at the time of a plugin although nobody waits', false, 45_000, 45_000],
    ['at the time of a plugin when that comes first', true, 3000, 3000],
    ['after 10 s when the time of a plugin comes later', true, 45_000, 10_000],
    ['at once when the time of a plugin is past', false, -5000, 0],
    ['after an hour at the latest, since clocks are put right', false, 5 * HOUR_MS, HOUR_MS],
  ];
  for (const [when, isWaited, inMs, expected] of cases) {
    it(when, () => {
      expect(wakesAfter(isWaited, inMs)).to.equal(expected);
    });
  }

  it('once for the newest cycle, and not at all after it was stopped', () => {
    const clock = new ManualClock(START_MS);
    let wakes = 0;
    const again = new LookAgain(clock, () => (wakes += 1));
    again.set(true, undefined);
    again.set(true, undefined);
    clock.advance(60_000);
    expect(wakes).to.equal(1);
    again.set(true, undefined);
    again.stop();
    clock.advance(60_000);
    expect(wakes).to.equal(1);
  });
});
