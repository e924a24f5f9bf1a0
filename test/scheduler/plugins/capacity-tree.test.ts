import { expect } from 'chai';
import { capacityPolicy, elastic, lists } from '../../support/capacity-world.ts';
import type { Lists } from '../../support/capacity-world.ts';
import { evictionsOf, LivingWorld } from '../../support/living-world.ts';
import { amounts } from '../../support/scheduler-world.ts';

/** A queue, the one above it, and what it declares. */
type Row = readonly [name: string, parent: string, lists?: Lists];

/** One node with so many CPUs, and a tree of queues. */
function tree(cpus: number, rows: readonly Row[], choice: Parameters<typeof capacityPolicy>[0] = {}): LivingWorld {
  const on = new LivingWorld(capacityPolicy({ isTree: true, ...choice })).node('n1', amounts(cpus));
  for (const [name, parent, declared = {}] of rows) on.queue(name, { parent, ...lists(declared) });
  return on;
}

/** All ask for more than there is. */
function hungry(on: LivingWorld, ...names: readonly string[]): LivingWorld {
  for (const name of names) elastic(on, name, { waits: 24 });
  on.live();
  return on;
}

function cpusOf(on: LivingWorld, ...names: readonly string[]): readonly number[] {
  return names.map((name) => on.held(name) / 1000);
}

const TEAMS: readonly Row[] = [
  ['a', 'root', { deserved: [8] }],
  ['a1', 'a', { deserved: [6] }],
  ['a2', 'a', { deserved: [2] }],
  ['b', 'root', { deserved: [4] }],
  ['b1', 'b', { deserved: [2] }],
  ['b2', 'b', { deserved: [2] }],
];

describe('a tree of queues that declare what they deserve', () => {
  it('shares out between parents first, then between the children of each', () => {
    const on = hungry(tree(12, TEAMS), 'a1', 'a2', 'b1', 'b2');
    expect(cpusOf(on, 'a1', 'a2', 'b1', 'b2')).to.deep.equal([6, 2, 2, 2]);
  });

  it('gives what one child does not use to its siblings first', () => {
    const on = hungry(tree(12, TEAMS), 'a2', 'b1', 'b2');
    expect(cpusOf(on, 'a', 'b')).to.deep.equal([8, 4]);
  });

  it('takes a parent to deserve at least what its children do together', () => {
    const rows: readonly Row[] = [
      ['a', 'root'],
      ['a1', 'a', { deserved: [3] }],
      ['a2', 'a', { deserved: [3] }],
      ['b', 'root', { deserved: [6] }],
    ];
    expect(cpusOf(hungry(tree(12, rows), 'a1', 'a2', 'b'), 'a', 'b')).to.deep.equal([6, 6]);
  });

  const limits: readonly (readonly [string, readonly Row[], readonly string[], Readonly<Record<string, number>>])[] = [
    [
      'is that of its parent where it has none',
      [
        ['a', 'root', { capability: [3] }],
        ['a1', 'a'],
      ],
      ['a1'],
      { a1: 3 },
    ],
    [
      'is never more than that of its parent',
      [
        ['a', 'root', { capability: [3] }],
        ['a1', 'a', { capability: [9] }],
      ],
      ['a1'],
      { a1: 3 },
    ],
    [
      'holds with its siblings',
      [
        ['a', 'root', { capability: [3] }],
        ['a1', 'a'],
        ['a2', 'a'],
      ],
      ['a1', 'a2'],
      { a: 3 },
    ],
    [
      'leaves what is guaranteed to its siblings',
      [
        ['a', 'root', { capability: [6] }],
        ['a1', 'a', { guarantee: [2] }],
        ['a2', 'a'],
      ],
      ['a2'],
      { a2: 4 },
    ],
    [
      'leaves what is guaranteed to siblings of its parent, and to children of these',
      [
        ['a', 'root'],
        ['a1', 'a'],
        ['b', 'root'],
        ['b1', 'b', { guarantee: [5] }],
      ],
      ['a1'],
      { a1: 7 },
    ],
    [
      'is that of the cluster where nobody has one',
      [
        ['a', 'root'],
        ['a1', 'a'],
      ],
      ['a1'],
      { a1: 12 },
    ],
    [
      'holds for the jobs of a queue that has others below it, with theirs',
      [
        ['a', 'root', { capability: [4] }],
        ['a1', 'a', { capability: [3] }],
      ],
      ['a1', 'a'],
      { a: 4, a1: 3 },
    ],
  ];
  for (const [says, rows, asking, expected] of limits) {
    it(`the limit of a queue ${says}`, () => {
      const on = hungry(tree(12, rows), ...asking);
      expect(Object.fromEntries(Object.keys(expected).map((name) => [name, on.held(name) / 1000]))).to.deep.equal(
        expected,
      );
    });
  }

  it('names the queue further up that is full', () => {
    const on = hungry(
      tree(12, [
        ['a', 'root', { capability: [3] }],
        ['a1', 'a'],
      ]),
      'a1',
    );
    expect(on.cycle().refused['a1']).to.equal(
      'QueueLimit: queue a above queue a1 has nothing left of cpu: 1 asked, 3 of 3 held.',
    );
  });

  it('goes on with jobs of a queue that has others below it, after those of these', () => {
    const on = tree(4, [
      ['a', 'root', { deserved: [4] }],
      ['a1', 'a', { deserved: [1] }],
    ]);
    elastic(on, 'a', { waits: 4 });
    elastic(on, 'a1', { waits: 3 });
    on.live();
    expect(cpusOf(on, 'a', 'a1')).to.deep.equal([4, 3]);
    // Three of the four are deserved beside the child, and it has them taken back.
    expect(on.settle(10, 40)).to.equal(2);
    expect(cpusOf(on, 'a1')).to.deep.equal([1]);
  });
});

describe('taking back in a tree of queues', () => {
  /** Full with what all but `asking` hold; one after the other came and took what was free. */
  function full(rows: readonly Row[], holds: Readonly<Record<string, number>>, asking: string, level = 0): LivingWorld {
    const cpus = Object.values(holds).reduce((sum, each) => sum + each, 0);
    const on = tree(cpus, rows, { level });
    for (const [queue, runs] of Object.entries(holds)) elastic(on, queue, { runs });
    on.pods(asking, { count: 8, requests: amounts(1), prefix: `${asking}-more` });
    if (!(asking in holds)) on.group(asking, 1, { queue: asking });
    return on;
  }

  interface Case {
    readonly says: string;
    readonly rows: readonly Row[];
    readonly holds: Readonly<Record<string, number>>;
    readonly asking: string;
    readonly level?: number;
    /** What is held in the end. */
    readonly ends: Readonly<Record<string, number>>;
  }

  const cases: readonly Case[] = [
    {
      says: 'gives a queue what it deserves, from those who hold more than they do',
      rows: TEAMS,
      holds: { a1: 6, a2: 6 },
      asking: 'b1',
      ends: { a1: 6, a2: 4, b1: 2 },
    },
    {
      says: 'takes from siblings before it takes from others',
      rows: TEAMS,
      holds: { a2: 4, b2: 8 },
      asking: 'a1',
      ends: { a2: 2, b2: 4, a1: 6 },
    },
    {
      says: 'leaves a branch what is guaranteed to it',
      rows: [
        ['a', 'root', { guarantee: [5] }],
        ['a1', 'a'],
        ['a2', 'a'],
        ['b', 'root', { deserved: [8] }],
      ],
      holds: { a1: 4, a2: 4 },
      asking: 'b',
      ends: { a: 5, b: 3 },
    },
    {
      says: 'leaves a branch what is guaranteed to it, whatever others deserve',
      rows: [
        ['a', 'root', { guarantee: [5] }],
        ['a1', 'a'],
        ['b', 'root', { deserved: [3] }],
        ['c', 'root', { deserved: [3] }],
      ],
      holds: { a1: 5, c: 3 },
      asking: 'b',
      ends: { a1: 5, b: 0 },
    },
    {
      says: 'goes on within a branch that holds just what is guaranteed to it',
      rows: [
        ['a', 'root', { guarantee: [4] }],
        ['a1', 'a', { deserved: [2] }],
        ['a2', 'a', { deserved: [2] }],
      ],
      holds: { a1: 4 },
      asking: 'a2',
      ends: { a1: 2, a2: 2 },
    },
    {
      says: 'takes what a queue deserves from a branch that holds less than it deserves, without a level',
      rows: [
        ['a', 'root', { deserved: [8] }],
        ['a1', 'a', { deserved: [2] }],
        ['b', 'root', { deserved: [4] }],
      ],
      holds: { a1: 6 },
      asking: 'b',
      ends: { a1: 2, b: 4 },
    },
    {
      says: 'leaves it alone with level 1, since its parent has to hold more than it deserves as well',
      rows: [
        ['a', 'root', { deserved: [8] }],
        ['a1', 'a', { deserved: [2] }],
        ['b', 'root', { deserved: [4] }],
      ],
      holds: { a1: 6 },
      asking: 'b',
      level: 1,
      ends: { a1: 6, b: 0 },
    },
    {
      says: 'gives a queue no more than it deserves itself, without a level',
      rows: [
        ['a', 'root', { deserved: [8] }],
        ['a1', 'a', { deserved: [2] }],
        ['b', 'root', { deserved: [4] }],
      ],
      holds: { b: 12 },
      asking: 'a1',
      ends: { a1: 2, b: 10 },
    },
    {
      says: 'gives it what its parent deserves with level 1',
      rows: [
        ['a', 'root', { deserved: [8] }],
        ['a1', 'a', { deserved: [2] }],
        ['b', 'root', { deserved: [4] }],
      ],
      holds: { b: 12 },
      asking: 'a1',
      level: 1,
      ends: { a1: 8, b: 4 },
    },
    {
      says: 'gives it nothing of its siblings for what its parent deserves: the parent would gain nothing',
      rows: [
        ['a', 'root', { deserved: [8] }],
        ['a1', 'a', { deserved: [2] }],
        ['a2', 'a', { deserved: [2] }],
      ],
      holds: { a1: 2, a2: 4 },
      asking: 'a1',
      level: 1,
      ends: { a1: 2, a2: 4 },
    },
    {
      says: 'reaches as far up as the level says',
      rows: [
        ['a', 'root', { deserved: [8] }],
        ['b', 'a'],
        ['c', 'b'],
        ['d', 'root', { deserved: [2] }],
      ],
      holds: { d: 8 },
      asking: 'c',
      level: 1,
      ends: { c: 0, d: 8 },
    },
    {
      says: 'reaches the grandparent with level 2',
      rows: [
        ['a', 'root', { deserved: [8] }],
        ['b', 'a'],
        ['c', 'b'],
        ['d', 'root', { deserved: [2] }],
      ],
      holds: { d: 8 },
      asking: 'c',
      level: 2,
      ends: { c: 6, d: 2 },
    },
  ];
  for (const { says, rows, holds, asking, level, ends } of cases) {
    it(says, () => {
      const on = full(rows, holds, asking, level);
      expect(on.settle(10, 60)).to.be.lessThan(Infinity);
      expect(Object.fromEntries(Object.keys(ends).map((name) => [name, on.held(name) / 1000]))).to.deep.equal(ends);
    });
  }

  it('takes from the queue that shares more of the tree first, whichever holds more of what it deserves', () => {
    const on = full(TEAMS, { a2: 4, b2: 8 }, 'a1');
    const first = evictionsOf(on.cycle()).map(({ group }) => group);
    expect(first.slice(0, 2)).to.deep.equal(['ns/a2', 'ns/a2']);
  });
});

describe('a tree of queues that is broken', () => {
  const broken: readonly (readonly [string, readonly Row[], string])[] = [
    [
      'by a parent that is missing',
      [
        ['x', 'gone'],
        ['x1', 'x'],
      ],
      'queue x1 takes no new work: the parent of queue x above it, queue gone, does not exist.',
    ],
    [
      'by a circle',
      [
        ['x', 'y'],
        ['y', 'x'],
        ['x1', 'x'],
      ],
      'queue x1 takes no new work: the parent of queue x above it, queue y, stands below it: they form a circle.',
    ],
    [
      'by a queue that is its own parent',
      [['x1', 'x1']],
      'queue x1 takes no new work: its parent, queue x1, stands below it: they form a circle.',
    ],
  ];
  for (const [says, rows, message] of broken) {
    it(`${says} goes on elsewhere, and says what is wrong where it is`, () => {
      const on = tree(12, [...TEAMS, ...rows]);
      for (const queue of ['a1', 'x1']) elastic(on, queue, { waits: 4 });
      const { placed, refused, decisions } = on.cycle();
      expect(Object.keys(placed)).to.have.length(4);
      expect(refused['x1']).to.equal(`QueueTreeBroken: ${message}`);
      const told = decisions.flatMap((each) =>
        each.kind === 'queueStatus' && each.queue === 'x1' ? each.conditions : [],
      );
      expect(told).to.deep.equal([{ type: 'ParentKnown', status: 'False', reason: 'QueueTreeBroken', message }]);
    });
  }

  it('works again, and says so, as soon as it is mended', () => {
    const on = tree(12, [...TEAMS, ['x1', 'gone']]);
    elastic(on, 'x1', { waits: 1 });
    expect(on.cycle().refused['x1']).to.match(/^QueueTreeBroken/);
    const { placed, decisions } = on.queue('gone').cycle();
    expect(Object.keys(placed)).to.deep.equal(['x1-waits-0']);
    const told = decisions.flatMap((each) => (each.kind === 'queueStatus' && each.queue === 'x1' ? [each] : []));
    expect(told[0]?.conditions).to.deep.equal([]);
  });

  it('keeps what runs, within what its queues deserve, and its guarantee as far as it is held', () => {
    const on = tree(8, [
      ['x', 'gone', { deserved: [3], guarantee: [2] }],
      ['r', 'root', { deserved: [8] }],
    ]);
    elastic(on, 'x', { runs: 8 });
    elastic(on, 'r', { waits: 8 });
    on.settle(10, 40);
    expect(cpusOf(on, 'x', 'r')).to.deep.equal([3, 5]);
  });

  it('is none where queues stand side by side', () => {
    const on = new LivingWorld(capacityPolicy()).node('n1', amounts(4)).queue('x', { parent: 'gone' });
    elastic(on, 'x', { waits: 4 });
    on.live();
    expect(cpusOf(on, 'x')).to.deep.equal([4]);
  });
});
