import { expect } from 'chai';
import fc from 'fast-check';
import type { Wishes } from '../../../src/scheduler/framework/plugin.ts';
import { NodeOrder } from '../../../src/scheduler/placement/node-order.ts';
import { WishTournament } from '../../../src/scheduler/placement/wish-tournament.ts';

const PARTS = 4;
const LEVELS = 3;

const node = fc.record({ number: fc.constantFrom(-Infinity, 0, 1, 2, 3), level: fc.nat(LEVELS - 1) });
/** The last level is nobody's at first. */
const early = node.map((entry) => ({ ...entry, level: entry.level % (LEVELS - 1) }));
/** How many neighbours are of one part. */
const stretch = fc.constantFrom(1, 40, 500);
const change = fc.record({ at: fc.nat(), node });
const bound = fc.nat({ max: 800 });

/** By part and level: many of them are equal, so that places decide. */
const prizes = fc.array(fc.constantFrom(0, 1, 2), { minLength: PARTS * LEVELS, maxLength: PARTS * LEVELS });

describe('a tournament of nodes with wishes', () => {
  it('names the best place of any ranges, the first of equal ones, whatever moves to another number or level', () => {
    fc.assert(
      fc.property(
        fc.array(early, { minLength: 1, maxLength: 800, size: 'max' }),
        stretch,
        fc.boolean(),
        prizes,
        fc.array(change, { maxLength: 20 }),
        fc.array(bound, { maxLength: 6 }),
        (places, alike, isReversed, prizeOf, changes, bounds) => {
          const size = places.length;
          const nodes = [...places];
          const partAt = (index: number): number => Math.floor(index / alike) % PARTS;
          const order = isReversed ? new NodeOrder(Int32Array.from(nodes.keys()).reverse()) : undefined;
          const nodeAt = (at: number): number => order?.nodeAt(at) ?? at;
          const prize = (part = 0, level = 0): number => prizeOf[part * LEVELS + level] ?? 0;
          const wishes: Wishes = {
            partOf: Int32Array.from(places, (_, index) => partAt(index)),
            levelOf: (index) => nodes[index]?.level ?? 0,
            scores: (parts, levels) => parts.map((part, i) => prize(part, levels[i])),
          };
          const scoreAt = (at: number): number => {
            const index = nodeAt(at);
            return (nodes[index]?.number ?? 0) + prize(partAt(index), nodes[index]?.level);
          };
          const sorted = bounds.map((at) => at % (size + 1)).toSorted((a, b) => a - b);
          const ranges = sorted.slice(0, sorted.length - (sorted.length % 2));
          const tournament = new WishTournament(size, order, wishes);
          for (let at = 0; at < size; at += 1) tournament.fill(at, at + 1, nodes[nodeAt(at)]?.number ?? 0);
          tournament.finish();
          for (const step of [undefined, ...changes]) {
            if (step !== undefined) {
              const at = step.at % size;
              nodes[nodeAt(at)] = step.node;
              tournament.set(at, step.node.number);
            }
            expect(tournament.best()).to.equal(bestOf([0, size], scoreAt));
            expect(tournament.bestOf(ranges)).to.equal(bestOf(ranges, scoreAt));
            expect(tournament.bestBetween(ranges[0] ?? 0, ranges[1] ?? 0)).to.equal(
              bestOf(ranges.slice(0, 2), scoreAt),
            );
          }
        },
      ),
    );
  });

  it('looks for nodes of a level that is new within the range only', () => {
    const levels = new Int32Array(512);
    const wishes: Wishes = {
      partOf: new Int32Array(512),
      levelOf: (index) => levels[index] ?? 0,
      scores: (_, told) => told,
    };
    const tournament = new WishTournament(512, undefined, wishes);
    tournament.fill(0, 512, 1);
    tournament.finish();
    levels[5] = 1;
    tournament.set(5, 1);
    expect(tournament.best()).to.equal(5);
    expect(tournament.bestBetween(128, 512)).to.equal(128);
  });
});

function bestOf(ranges: readonly number[], scoreAt: (at: number) => number): number {
  let best = -1;
  for (let i = 0; i < ranges.length; i += 2) {
    for (let at = ranges[i] ?? 0; at < (ranges[i + 1] ?? 0); at += 1) {
      if (scoreAt(at) > (best < 0 ? -Infinity : scoreAt(best))) best = at;
    }
  }
  return best;
}
