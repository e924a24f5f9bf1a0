import { expect } from 'chai';
import { siblings, upFrom } from '../../../src/scheduler/model/queue-paths.ts';
import { Snapshot } from '../../../src/scheduler/ledger/snapshot.ts';
import type { Queue } from '../../../src/scheduler/model/queue.ts';
import { makeQueue } from '../../support/records.ts';

const PARENTS = { a: 'root', a1: 'a', a2: 'a', a11: 'a1', a12: 'a1', b: 'root', b1: 'b' };

/** Those of the names, of one snapshot. */
function queues(...names: readonly string[]): Queue[] {
  const snapshot = new Snapshot();
  for (const [each, parent] of Object.entries(PARENTS)) snapshot.upsertQueue(makeQueue(each, { parent }));
  return names.flatMap((name) => snapshot.queues.get(name) ?? []);
}

function named(some: readonly Queue[]): string {
  return some.map(({ name }) => name).join(' ');
}

describe('two queues of a tree', () => {
  const cases: readonly (readonly [says: string, first: string, second: string, as: string])[] = [
    ['that are siblings stand for themselves', 'a11', 'a12', 'a11 a12'],
    ['at the top stand for themselves', 'a', 'b', 'a b'],
    ['of which one is the parent stand for themselves', 'a1', 'a', 'a1 a'],
    ['on different levels stand as those above them below one parent', 'a11', 'a2', 'a1 a2'],
    ['of different branches stand as their tops', 'a11', 'b1', 'a b'],
    ['of which one is far above stand as this one and its child on the way', 'a11', 'a', 'a1 a'],
  ];
  for (const [says, first, second, as] of cases) {
    it(says, () => {
      const [a, b] = queues(first, second);
      if (a === undefined || b === undefined) throw new Error(`no queue ${first} or ${second}`);
      expect(named(siblings(a, b))).to.equal(as);
      expect(named(siblings(b, a))).to.equal(as.split(' ').toReversed().join(' '));
    });
  }

  it('are named from the queue upwards', () => {
    expect(queues('a12').map((queue) => named(upFrom(queue)))).to.deep.equal(['a12 a1 a']);
  });
});
