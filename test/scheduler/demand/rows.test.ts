import { expect } from 'chai';
import fc from 'fast-check';
import { Snapshot } from '../../../src/scheduler/ledger/snapshot.ts';
import { minimumOfRow, rowWithin } from '../../../src/scheduler/demand/rows.ts';
import type { Room } from '../../../src/scheduler/demand/rows.ts';
import { JobBlock } from '../../../src/scheduler/model/job-block.ts';
import { JobSet } from '../../../src/scheduler/model/job-set.ts';
import { rowOf } from '../../../src/scheduler/model/row.ts';
import { makePod, makePodGroup, makeShape } from '../../support/records.ts';

/** A block of groups of one with these requests, in order. */
function blockOf(requests: readonly (readonly [number, number])[]): {
  readonly block: JobBlock;
  readonly snapshot: Snapshot;
} {
  const snapshot = new Snapshot();
  const jobs = requests.map(([cpu, memory], i) => {
    const minResources = new Map(
      [['cpu', cpu] as const, ['memory', memory] as const].filter(([, amount]) => amount > 0),
    );
    const group = makePodGroup(`g-${i}`, 1, { minResources });
    snapshot.upsertJob(group);
    snapshot.upsertTask(makePod(`p-${i}`, `g-${i}`, makeShape(Object.fromEntries(minResources))));
    const job = snapshot.jobs.get(group.key);
    if (job === undefined) throw new Error('no such group');
    return job;
  });
  return { block: new JobBlock(new JobSet(0), undefined, jobs), snapshot };
}

const amount = fc.integer({ min: 1, max: 5 });
const alike = fc
  .tuple(fc.tuple(amount, amount), fc.integer({ min: 1, max: 30 }))
  .map(([one, n]) => Array(n).fill(one) as (readonly [number, number])[]);

describe('groups of one in a row', () => {
  it('find the same room whether they are asked for one by one or, where they are alike, at once', () => {
    fc.assert(
      fc.property(
        alike,
        fc.nat(29),
        fc.nat(60),
        fc.nat(60),
        fc.nat(200),
        (requests, first, cpuHeld, memoryHeld, most) => {
          const { block, snapshot } = blockOf(requests);
          const { resources } = snapshot;
          const row = rowOf(block, first % requests.length, resources);
          if (row?.each === undefined) throw new Error('they are alike');
          const held = new Map([
            ['cpu', cpuHeld],
            ['memory', memoryHeld],
          ]);
          const room: Room = { held: (r) => held.get(resources.name(r)) ?? 0, most: () => most, isOut: undefined };
          const oneByOne = { ...row, each: undefined };
          expect(rowWithin(row, resources, room)).to.equal(rowWithin(oneByOne, resources, room));
          expect(minimumOfRow(row, resources)).to.deep.equal(minimumOfRow(oneByOne, resources));
        },
      ),
    );
  });

  it('end before the first that finds no room, and before one that never does', () => {
    const { block, snapshot } = blockOf([
      [1, 1],
      [2, 1],
      [1, 1],
      [9, 1],
      [1, 1],
    ]);
    const row = rowOf(block, 1, snapshot.resources);
    if (row === undefined) throw new Error('no row');
    const room: Room = { held: () => 0, most: () => 4, isOut: undefined };
    expect(row.each).to.equal(undefined);
    expect(rowWithin(row, snapshot.resources, room)).to.equal(2);
    expect(rowWithin(row, snapshot.resources, { ...room, isOut: (job) => job === block.jobs[2] })).to.equal(1);
  });

  it('are none where one of them is a gang', () => {
    const { block, snapshot } = blockOf([
      [1, 1],
      [1, 1],
    ]);
    snapshot.upsertJob(makePodGroup('g-1', 2, { minResources: new Map([['cpu', 1]]) }));
    expect(rowOf(block, 0, snapshot.resources)).to.equal(undefined);
  });
});
