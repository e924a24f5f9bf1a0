import { expect } from 'chai';
import { DEFAULT_POLICY } from '../../../src/config/policy.ts';
import { byPriority, byTurns, drained, moving, orderedWorld, ordering, still } from '../../support/queue-orders.ts';
import { withQueues } from '../../support/queue-orders.ts';
import type { QueueOrder, QueueRow, Take } from '../../support/queue-orders.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

interface Case {
  readonly says: string;
  readonly rows: readonly QueueRow[];
  readonly order?: QueueOrder;
  readonly take?: Take;
  /** With a plugin that ranks queues within their parents, and without. */
  readonly tree: string;
  readonly flat: string;
}

const CASES: readonly Case[] = [
  {
    says: 'give the best child of the best parent first, however it ranks beside children of others',
    rows: [
      ['a', '', 2, 0],
      ['a1', 'a', 0, 1],
      ['a2', 'a', 1, 1],
      ['b', '', 1, 0],
      ['b1', 'b', 9, 2],
    ],
    tree: 'a2 a1 b1 b1',
    flat: 'b1 b1 a2 a1',
  },
  {
    says: 'give the jobs of a parent among those of its children, by its own rank',
    rows: [
      ['p', '', 1, 2],
      ['hi', 'p', 2, 1],
      ['lo', 'p', 0, 1],
      ['q', '', 0, 1],
      ['low', 'q', 9, 1],
    ],
    tree: 'hi p p lo low q',
    flat: 'low hi p p lo q',
  },
  {
    says: 'go down as many levels as there are',
    rows: [
      ['a', '', 1, 0],
      ['b', 'a', 0, 0],
      ['c', 'b', 0, 1],
      ['d', 'b', 2, 1],
      ['e', 'a', 3, 1],
      ['f', '', 0, 1],
      ['g', 'f', 9, 1],
    ],
    tree: 'e d c g f',
    flat: 'g e d c f',
  },
  {
    says: 'stand at the top where the parent is missing, root or in a circle with them',
    rows: [
      ['x', 'nobody', 1, 1],
      ['r', 'root', 3, 1],
      ['y', 'z', 2, 1],
      ['z', 'y', 0, 1],
      ['below', 'z', 9, 1],
    ],
    tree: 'r y x below z',
    flat: 'below r y x z',
  },
  {
    says: 'take turns between parents first, and between the children of each then',
    rows: [
      ['A', '', 0, 0],
      ['a', 'A', 0, 3],
      ['B', '', 0, 0],
      ['b', 'B', 0, 2],
      ['c', 'B', 0, 2],
    ],
    order: byTurns,
    take: moving,
    tree: 'a b a c a b c',
    flat: 'a b c a b c a',
  },
  {
    says: 'are ranked anew beside their children when one of these took something',
    rows: [
      ['a', '', 0, 2],
      ['b', 'a', 0, 2],
      ['c', 'a', 0, 1],
      ['d', '', 0, 3],
    ],
    order: byTurns,
    take: moving,
    tree: 'a d b d c d b a',
    flat: 'a b c d a b d d',
  },
];

describe('queues with jobs, where a plugin ranks queues within their parents,', () => {
  for (const { says, rows, order = byPriority, take = still, tree } of CASES) {
    it(says, () => {
      expect(drained(withQueues(orderedWorld(order, true), rows), take).join(' ')).to.equal(tree);
    });
  }
});

describe('queues with jobs, where no plugin ranks queues within their parents,', () => {
  for (const { says, rows, order = byPriority, take = still, flat } of CASES) {
    it(`stand side by side, where in a tree they would ${says}`, () => {
      expect(drained(withQueues(orderedWorld(order, false), rows), take).join(' ')).to.equal(flat);
    });
  }
});

describe('a whole cycle', () => {
  it('gives places in the order of the tree of queues, or side by side without one', () => {
    const placed = [true, false].map((isTree) => {
      const world = new SchedulerWorld(DEFAULT_POLICY, ordering(byPriority, isTree)).nodes(1, amounts(8));
      world.queue('a', { priority: 2 }).queue('b', { priority: 1 });
      world.queue('a1', { parent: 'a' }).queue('b1', { parent: 'b', priority: 9 });
      for (const queue of ['a1', 'b1', 'b']) world.gang(queue, { count: 1, requests: amounts(1) }, { queue });
      return Object.keys(world.cycle().placed).join(' ');
    });
    expect(placed).to.deep.equal(['a1-0 b1-0 b-0', 'b1-0 b-0 a1-0']);
  });
});
