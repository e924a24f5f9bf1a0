import { expect } from 'chai';
import { makeShape } from '../../support/records.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

const BEST_EFFORT = makeShape({});

/** One CPU is free and one is being freed. */
function halfFree(): SchedulerWorld {
  const world = new SchedulerWorld().node('n1', amounts(2)).group('old', 1);
  return world.running('old-0', 'old', 'n1', { requests: amounts(1), deleting: true });
}

describe('backfill, for a gang that waits for room that is being freed', () => {
  it('places no best-effort member alone, although one and an allocated one are as many as the minimum', () => {
    const world = halfFree().group('a', 2);
    world.pods('a', { count: 2, requests: amounts(1) }).pods('a', { count: 1, shape: BEST_EFFORT, prefix: 'free' });
    const { decisions, placed, pipelined } = world.cycle();
    expect(placed).to.deep.equal({});
    expect(Object.keys(pipelined)).to.deep.equal(['a-1']);
    expect(decisions.filter(({ kind }) => kind === 'gang')).to.deep.equal([]);
  });
});
