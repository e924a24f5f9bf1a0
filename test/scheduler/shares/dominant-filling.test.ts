import { expect } from 'chai';
import fc from 'fast-check';
import { Queue } from '../../../src/scheduler/model/queue.ts';
import { fillByDominantShares } from '../../../src/scheduler/shares/dominant-filling.ts';
import type { Appetite } from '../../../src/scheduler/shares/dominant-filling.ts';
import type { ShareNode } from '../../../src/scheduler/shares/share-tree.ts';
import { judge } from '../../support/hdrf-judge.ts';
import type { JudgedNode } from '../../support/hdrf-judge.ts';
import { withoutAmbient } from '../../support/pure.ts';
import { makeQueue } from '../../support/records.ts';

/** Index 2 is that of pod slots, which are not shared out. */
const CPU = 0;
const GPU = 1;
const TOTAL = Float64Array.of(10, 10, 0, 10);

function jobs(name: string, asks: readonly number[], weight = 1): JudgedNode {
  return { name, weight, asks, children: [] };
}

function branch(name: string, children: readonly JudgedNode[], weight = 1): JudgedNode {
  return { name, weight, asks: [], children };
}

/** What each queue deserves, by resource, rounded to a millionth. */
function fill(root: JudgedNode, limits: Readonly<Record<string, number>> = {}): Record<string, readonly number[]> {
  const appetites = new Map<Queue, Appetite>();
  const make = ({ name, weight, asks, children }: JudgedNode): ShareNode => {
    if (children.length > 0) return { weight, children: children.map(make), queue: undefined };
    const queue = new Queue(makeQueue(name));
    const request = TOTAL.map((_, r) => asks[r] ?? 0);
    const limit = TOTAL.map(() => limits[name] ?? 10);
    appetites.set(queue, { request, limit, deserved: new Float64Array(TOTAL.length) });
    return { weight, children: [], queue };
  };
  const tree = make(root);
  withoutAmbient(() => fillByDominantShares(TOTAL, tree, appetites));
  return Object.fromEntries(
    Array.from(appetites, ([{ name }, { deserved }]) => [name, Array.from(deserved, (x) => Math.round(x * 1e4) / 1e4)]),
  );
}

describe('hierarchical dominant resource fairness', () => {
  const cases: readonly (readonly [string, JudgedNode, Readonly<Record<string, readonly number[]>>])[] = [
    ['gives all to one queue', branch('', [jobs('a', [90, 9])]), { a: [10, 1, 0, 0] }],
    ['gives no more than is asked for', branch('', [jobs('a', [3, 1])]), { a: [3, 1, 0, 0] }],
    [
      'gives two that ask for different things all of these',
      branch('', [jobs('a', [90, 0]), jobs('b', [0, 90])]),
      { a: [10, 0, 0, 0], b: [0, 10, 0, 0] },
    ],
    [
      'makes dominant shares equal, as in the paper on DRF (9 CPUs and 18 GB there)',
      // Tasks of a ninth and 4/18, and of 3/9 and 1/18.
      branch('', [jobs('a', [100 / 9, 200 / 9]), jobs('b', [300 / 9, 50 / 9])]),
      { a: [3.3333, 6.6667, 0, 0], b: [6.6667, 1.1111, 0, 0] },
    ],
    ['goes by weight', branch('', [jobs('a', [90]), jobs('b', [90], 3)]), { a: [2.5, 0, 0, 0], b: [7.5, 0, 0, 0] }],
    [
      'does not let a queue starve whose sibling has all of something that nobody else asks for',
      branch('', [jobs('n1', [90, 0]), branch('n2', [jobs('n21', [90, 0]), jobs('n22', [0, 90])])]),
      { n1: [5, 0, 0, 0], n21: [5, 0, 0, 0], n22: [0, 10, 0, 0] },
    ],
    [
      'gives a branch what it would have alone, where a flat list with the same weights gives it a third',
      branch('', [jobs('n1', [90, 90]), branch('n2', [jobs('n21', [90, 0]), jobs('n22', [0, 90])])]),
      { n1: [5, 5, 0, 0], n21: [5, 0, 0, 0], n22: [0, 5, 0, 0] },
    ],
    [
      'gives what one leaves to its siblings first',
      branch('', [jobs('n1', [90]), branch('n2', [jobs('n21', [1]), jobs('n22', [90])])]),
      { n1: [5, 0, 0, 0], n21: [1, 0, 0, 0], n22: [4, 0, 0, 0] },
    ],
    [
      'lets who catches up within a branch do so, while the branch gets no richer',
      branch('', [
        jobs('n1', [0, 90]),
        branch('n2', [jobs('n21', [2.5, 0]), jobs('n22', [2.5, 0]), jobs('n23', [0, 90])]),
      ]),
      { n1: [0, 5, 0, 0], n21: [2.5, 0, 0, 0], n22: [2.5, 0, 0, 0], n23: [0, 5, 0, 0] },
    ],
    [
      'goes by the weights of three levels',
      branch('', [
        branch('x', [branch('y', [jobs('a', [90]), jobs('b', [90], 4)]), jobs('c', [90])], 3),
        jobs('d', [90]),
      ]),
      { a: [0.75, 0, 0, 0], b: [3, 0, 0, 0], c: [3.75, 0, 0, 0], d: [2.5, 0, 0, 0] },
    ],
    [
      'gives a queue that asks for nothing nothing',
      branch('', [jobs('a', []), jobs('b', [90])]),
      { a: [0, 0, 0, 0], b: [10, 0, 0, 0] },
    ],
    ['shares out no pod slots', branch('', [jobs('a', [5, 0, 90])]), { a: [5, 0, 0, 0] }],
  ];
  for (const [name, tree, wanted] of cases) {
    it(name, () => {
      expect(fill(tree)).to.deep.equal(wanted);
    });
  }

  it('gives no more than a queue may ever hold', () => {
    const tree = branch('', [jobs('a', [90, 45]), jobs('b', [90, 0])]);
    expect(fill(tree, { a: 2 })).to.deep.equal({ a: [2, 1, 0, 0], b: [8, 0, 0, 0] });
  });

  /** Of a little, of some, and of more than there is; in proportions in which small rests of one resource hold back little of another. */
  const leaf = fc.record({
    weight: fc.integer({ min: 1, max: 3 }),
    asks: fc
      .tuple(fc.nat(2), fc.nat(2), fc.constantFrom(0.5, 2, 15))
      .map(([cpus, gpus, scale]) => [cpus * scale, gpus * scale]),
  });
  const group = fc.record({
    weight: fc.integer({ min: 1, max: 3 }),
    leaves: fc.array(leaf, { minLength: 1, maxLength: 3 }),
  });
  const tree = fc.array(group, { minLength: 1, maxLength: 3 }).map((groups) =>
    branch(
      '',
      groups.map(({ weight, leaves }, g) =>
        branch(
          `g${g}`,
          leaves.map((each, l) => jobs(`g${g}-${l}`, each.asks, each.weight)),
          weight,
        ),
      ),
    ),
  );

  it('comes to what tasks that are handed out one by one come to, in any tree', () => {
    const grain = 1 / 250;
    fc.assert(
      fc.property(tree, (root) => {
        const parts = judge(inParts(root), 2, grain);
        for (const [name, deserved] of Object.entries(fill(root))) {
          for (const r of [CPU, GPU]) {
            // Each level of the tree may be off by a task or so of its heaviest member.
            expect(deserved[r] ?? 0, `${name} ${r}`).to.be.closeTo((parts.get(name)?.[r] ?? 0) * 10, 10 * 12 * grain);
          }
        }
      }),
      { numRuns: 120, seed: Number(process.env['SLUICE_SEED'] ?? 3) },
    );
  });

  it('gives away all that somebody asks for, and nothing twice', () => {
    fc.assert(
      fc.property(tree, (root) => {
        const all = Object.values(fill(root));
        for (const r of [CPU, GPU]) {
          expect(all.reduce((sum, deserved) => sum + (deserved[r] ?? 0), 0)).to.be.at.most(10 + 1e-3);
        }
      }),
      { numRuns: 500, seed: Number(process.env['SLUICE_SEED'] ?? 3) },
    );
  });
});

function inParts(node: JudgedNode): JudgedNode {
  return { ...node, asks: node.asks.map((amount) => amount / 10), children: node.children.map(inParts) };
}
