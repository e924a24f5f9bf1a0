import { expect } from 'chai';
import { clusterRoom } from '../../../src/engine/cycle/cluster-room.ts';
import { makeNode } from '../../support/records.ts';

describe('the size of the cluster', () => {
  it('is the sum over all nodes, and the most that one node offers of each resource', () => {
    const room = clusterRoom([
      makeNode('a', { cpu: 4000, 'x/gpu': 8, pods: 10 }),
      makeNode('b', { cpu: 8000, memory: 100, pods: 20 }),
    ]);
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
