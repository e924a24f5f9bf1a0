import { expect } from 'chai';
import fc from 'fast-check';
import { Tournament } from '../../../src/scheduler/placement/tournament.ts';

const score = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constant(-Infinity));

/** The lowest index of the highest score, counted by hand. */
function bestOf(scores: readonly number[]): number {
  let best = -1;
  for (const [i, value] of scores.entries()) if (value > (scores[best] ?? -Infinity)) best = i;
  return best;
}

describe('a tournament', () => {
  it('knows the best after any series of changes; the lower index wins ties', () => {
    const change = fc.tuple(fc.nat(1000), score);
    fc.assert(
      fc.property(fc.array(score, { maxLength: 20 }), fc.array(change, { maxLength: 40 }), (initial, changes) => {
        const scores = [...initial];
        const tournament = new Tournament(scores.length);
        tournament.scores.set(scores);
        tournament.build();
        expect(tournament.best()).to.equal(bestOf(scores));
        if (scores.length === 0) return;
        for (const [at, value] of changes) {
          scores[at % scores.length] = value;
          tournament.set(at % scores.length, value);
          expect(tournament.best()).to.equal(bestOf(scores));
        }
      }),
      { numRuns: 500 },
    );
  });
});
