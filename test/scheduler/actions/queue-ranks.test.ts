import { expect } from 'chai';
import { byTurns, drained, moving, orderedWorld, still, withQueues } from '../../support/queue-orders.ts';
import type { QueueOrder, QueueRow } from '../../support/queue-orders.ts';
import type { SchedulerWorld } from '../../support/scheduler-world.ts';

const LEVELS = [
  ['a', ''],
  ['b', 'a0'],
  ['c', 'b0'],
] as const;

/** On each of three levels so many siblings below the first of the level above, and as many that have nothing to do. */
function levels(siblings: number, jobs: number): readonly QueueRow[] {
  return LEVELS.flatMap(([level, parent]) =>
    Array.from({ length: siblings }, (_, n): readonly QueueRow[] => [
      [`${level}${n}`, parent, 0, level === 'c' || n > 0 ? jobs : 0],
      [`idle-${level}${n}`, parent, 0, 0],
    ]).flat(),
  );
}

/** A world of levels, with a list that grows with each question about the order of two queues. */
function watched(siblings: number, jobs: number): readonly [SchedulerWorld, (readonly string[])[]] {
  const asked: (readonly string[])[] = [];
  const order: QueueOrder = (snapshot, isTree) => (a, b) => {
    asked.push([a.name, b.name]);
    return byTurns(snapshot, isTree)(a, b);
  };
  return [withQueues(orderedWorld(order, true), levels(siblings, jobs)), asked];
}

describe('the ranks of queues in a tree', () => {
  it('are not asked for while the best queue takes nothing', () => {
    const [world, asked] = watched(3, 30);
    const seen: number[] = [];
    const from = drained(world, (job, queue) => {
      seen.push(asked.length);
      return still(job, queue);
    });
    const runs = new Map(from.map((name) => [name, seen.filter((_, n) => from[n] === name)]));
    expect(runs.size).to.equal(7);
    for (const [name, counts] of runs) expect(new Set(counts), name).to.have.property('size', 1);
    expect(new Set(seen).size).to.be.greaterThan(1);
  });

  it('are asked for a few times on each level when it takes something', () => {
    const siblings = 32;
    const [world, asked] = watched(siblings, 20);
    const seen: number[] = [];
    const from = drained(world, (job, queue) => {
      seen.push(asked.length);
      return moving(job, queue);
    });
    // No queue is out of jobs so early.
    const steps = 10 * siblings;
    expect(from.slice(0, steps)).to.include.members(['a1', 'b1', 'c0']);
    const costs = seen.slice(1, steps).map((after, n) => after - (seen[n] ?? 0));
    const most = LEVELS.length * 2 * (Math.log2(siblings) + 1);
    expect(Math.max(...costs)).to.be.within(1, most);
  });

  it('are not asked for of queues that have no jobs, nor have those below them', () => {
    const [world, asked] = watched(4, 1);
    drained(world, moving);
    expect(asked.flat()).to.include.members(['a0', 'b0', 'c0']);
    expect(asked.flat().filter((name) => name.startsWith('idle'))).to.deep.equal([]);
  });
});
