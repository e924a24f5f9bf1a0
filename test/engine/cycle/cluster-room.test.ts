import { expect } from 'chai';
import { clusterRoom, freeRoom } from '../../../src/engine/cycle/cluster-room.ts';
import { Snapshot } from '../../../src/scheduler/ledger/snapshot.ts';
import { makeNode, makePod, makePodGroup, makeQueue, makeShape } from '../../support/records.ts';

describe('the size of the cluster', () => {
  it('is the sum over all nodes, and the most that one node offers of each resource', () => {
    const nodes = [
      makeNode('a', { cpu: 4000, 'x/gpu': 8, pods: 10 }),
      makeNode('b', { cpu: 8000, memory: 100, pods: 20 }),
    ];
    const room = clusterRoom(nodes, new Map());
    expect([...room.totals]).to.have.deep.members([
      ['cpu', 12_000],
      ['x/gpu', 8],
      ['memory', 100],
      ['pods', 30],
    ]);
    expect([...room.largestNode]).to.have.deep.members([
      ['cpu', 8000],
      ['x/gpu', 8],
      ['memory', 100],
      ['pods', 20],
    ]);
  });
});

describe('what the nodes have left', () => {
  it('is their sum, in which a node that is overcommitted counts for nothing', () => {
    const snapshot = new Snapshot();
    snapshot.upsertQueue(makeQueue('default'));
    snapshot.upsertNode(makeNode('a', { cpu: 4000, 'x/gpu': 8 }));
    snapshot.upsertNode(makeNode('b', { cpu: 1000 }));
    snapshot.upsertJob(makePodGroup('g', 1));
    snapshot.upsertTask(makePod('p', 'g', makeShape({ cpu: 1000, 'x/gpu': 2 }), { nodeName: 'a' }));
    snapshot.upsertTask(makePod('q', 'g', makeShape({ cpu: 3000 }), { nodeName: 'b' }));
    snapshot.settle();
    const free = freeRoom(snapshot.nodes, snapshot.resources);
    expect([free.get('cpu'), free.get('x/gpu')]).to.deep.equal([3000, 6]);
  });
});
