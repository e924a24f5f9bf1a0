import { expect } from 'chai';
import { makeShape } from '../../support/records.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

const BEST_EFFORT = makeShape({});

/** One CPU is free and one is being freed. */
function halfFree(): SchedulerWorld {
  const world = new SchedulerWorld().node('n1', amounts(2)).group('old', 1);
  return world.running('old-0', 'old', 'n1', { requests: amounts(1), deleting: true });
}

describe('a best-effort member', () => {
  it('completes a gang that is short of one: it starts at once, and is promised room for the rest', () => {
    const world = halfFree().group('a', 2);
    world.pods('a', { count: 2, requests: amounts(1) }).pods('a', { count: 1, shape: BEST_EFFORT, prefix: 'free' });
    const { placed, refused } = world.cycle();
    expect(Object.keys(placed)).to.deep.equal(['a-0', 'free-0']);
    expect(refused).to.have.property('a');
  });

  it('completes a gang whose other members do not all fit', () => {
    const world = new SchedulerWorld().nodes(1, amounts(2)).group('a', 3);
    world.pods('a', { count: 3, requests: amounts(1) }).pods('a', { count: 2, shape: BEST_EFFORT, prefix: 'free' });
    expect(Object.keys(world.cycle().placed)).to.have.length(4);
  });

  it('alone is not enough, and nothing of the gang is placed', () => {
    const world = halfFree().group('a', 4);
    world.pods('a', { count: 2, requests: amounts(1) }).pods('a', { count: 1, shape: BEST_EFFORT, prefix: 'free' });
    const { placed, refused } = world.cycle();
    expect([placed, refused]).to.deep.equal([{}, { a: 'NotEnoughPods: PodGroup ns/a needs 4 pods and has 3.' }]);
  });
});
