import { expect } from 'chai';
import fc from 'fast-check';
import { Tournament } from '../../../src/scheduler/placement/tournament.ts';

/** Few different numbers, so that there are runs and ties. */
const number = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constant(-Infinity));
const runs = fc.array(fc.tuple(fc.integer({ min: 1, max: 90 }), number), { maxLength: 8 });

/** The lowest index of the highest number from `first` on, before `end`, found by looking at each. */
function bestOf(numbers: readonly number[], first = 0, end = numbers.length): number {
  let best = -1;
  for (let i = first; i < end; i += 1) if ((numbers[i] ?? NaN) > (numbers[best] ?? -Infinity)) best = i;
  return best;
}

function built(given: readonly (readonly [length: number, number: number])[]): [Tournament, number[]] {
  const numbers = given.flatMap(([length, value]) => Array.from({ length }, () => value));
  const tournament = new Tournament(numbers.length);
  refill(tournament, given);
  return [tournament, numbers];
}

function refill(tournament: Tournament, given: readonly (readonly [length: number, number: number])[]): void {
  let first = 0;
  tournament.clear();
  for (const [length, value] of given) {
    tournament.fill(first, first + length, value);
    first += length;
  }
  tournament.finish();
}

describe('a tournament', () => {
  it('knows the best after any series of changes; the lower index wins ties', () => {
    const change = fc.tuple(fc.nat(10_000), number);
    fc.assert(
      fc.property(runs, fc.array(change, { maxLength: 40 }), (given, changes) => {
        const [tournament, numbers] = built(given);
        expect(tournament.best()).to.equal(bestOf(numbers));
        if (numbers.length === 0) return;
        for (const [at, value] of changes) {
          numbers[at % numbers.length] = value;
          tournament.set(at % numbers.length, value);
          expect(tournament.best()).to.equal(bestOf(numbers));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('knows the best of any range, too', () => {
    const query = fc.tuple(fc.nat(10_000), fc.nat(10_000), fc.nat(10_000), number);
    fc.assert(
      fc.property(runs, fc.array(query, { maxLength: 40 }), (given, queries) => {
        const [tournament, numbers] = built(given);
        for (const [a, b, at, value] of queries) {
          const [first = 0, end = 0] = [a, b].map((bound) => bound % (numbers.length + 1)).toSorted((x, y) => x - y);
          expect(tournament.bestBetween(first, end)).to.equal(bestOf(numbers, first, end));
          if (numbers.length === 0) continue;
          numbers[at % numbers.length] = value;
          tournament.set(at % numbers.length, value);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('forgets everything when it is filled anew', () => {
    fc.assert(
      fc.property(runs, fc.array(fc.tuple(fc.nat(10_000), number)), number, (given, changes, other) => {
        const [tournament, numbers] = built(given);
        for (const [at, value] of changes) if (numbers.length > 0) tournament.set(at % numbers.length, value);
        refill(tournament, numbers.length === 0 ? [] : [[numbers.length, other]]);
        expect(tournament.best()).to.equal(numbers.length === 0 || other === -Infinity ? -1 : 0);
      }),
    );
  });
});
