import { expect } from 'chai';
import { DEFAULT_POLICY } from '../../../src/config/policy.ts';
import { Scheduler } from '../../../src/scheduler/scheduler.ts';
import type { Decision } from '../../../src/scheduler/session/decision.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

const ONE = amounts(1);
const minResources = new Map(Object.entries(ONE));

/** `count` groups of one pod each, the older first. */
function ones(world: SchedulerWorld, prefix: string, count: number, queue = 'default'): void {
  for (let g = 0; g < count; g += 1)
    world.gang(`${prefix}${g}`, { count: 1, requests: ONE }, { minResources, queue, createdMs: g });
}

function refusals(decisions: readonly Decision[]): readonly Decision[] {
  return decisions.filter((decision) => decision.kind === 'refusal' || decision.kind === 'status');
}

describe('groups that wait in a long line', () => {
  it('hear the very same again while nothing changes', () => {
    const world = new SchedulerWorld().nodes(1, amounts(2));
    ones(world, 'g', 6);
    for (let cycle = 0; cycle < 3; cycle += 1) world.cycle();
    const [first, second] = [world.cycle(), world.cycle()].map(({ decisions }) => refusals(decisions));
    expect(first).to.have.length.above(0);
    expect(second).to.deep.equal(first);
    expect(refusals([...world.scheduler.cycle({ nowMs: 0 }).news()])).to.deep.equal([]);
  });

  it('hear it in new words as soon as their queue holds something else', () => {
    const world = new SchedulerWorld().nodes(1, amounts(2));
    ones(world, 'g', 4);
    for (let cycle = 0; cycle < 3; cycle += 1) world.cycle();
    expect(world.cycle().refused['g3']).to.contain('2 held or promised of 2 by ns/g0 and ns/g1.');
    world.snapshot.removeTask('uid-g0-0');
    world.snapshot.removeJob('ns/g0');
    world.cycle();
    expect(world.cycle().refused['g3']).to.contain('2 held or promised of 2 by ns/g1 and ns/g2.');
  });

  it('hear no more that their queue is closed once it is open again', () => {
    const world = new SchedulerWorld().nodes(1, amounts(1));
    world.group('old', 1).running('old-0', 'old', 'n1', { requests: ONE });
    ones(world, 'g', 1);
    for (let cycle = 0; cycle < 4; cycle += 1) world.cycle();
    const before = world.cycle().refused['g0'];
    expect(world.queue('default', { state: 'Closed' }).cycle().refused['g0']).to.match(/^QueueNotOpen/);
    expect(world.queue('default').cycle().refused['g0'])
      .to.equal(before)
      .and.match(/^WaitingInQueue/);
  });

  it('are asked again when the policy is another one, although they did not change', () => {
    const world = new SchedulerWorld().nodes(1, amounts(1));
    world.group('old', 1).running('old-0', 'old', 'n1', { requests: ONE });
    for (let cycle = 0; cycle < 3; cycle += 1) world.cycle();
    ones(world, 'g', 1);
    for (let cycle = 0; cycle < 3; cycle += 1) world.cycle();
    expect(world.phase('g0')).to.equal('Pending');
    world.node('n2', amounts(1));
    new Scheduler(world.snapshot, DEFAULT_POLICY).cycle({ nowMs: 0 });
    expect(world.phase('g0')).to.equal('Running');
  });

  it('get the room of each that leaves, one after the other, in their order', () => {
    const world = new SchedulerWorld().nodes(1, amounts(1)).queue('a').queue('b');
    ones(world, 'a', 3, 'a');
    ones(world, 'b', 3, 'b');
    const order: string[] = [];
    for (let cycle = 0; cycle < 20; cycle += 1) {
      const [pod] = Object.keys(world.cycle().placed);
      if (pod === undefined) continue;
      order.push(pod);
      world.snapshot.removeTask(`uid-${pod}`);
      world.snapshot.removeJob(`ns/${pod.slice(0, 2)}`);
    }
    expect(order.toSorted()).to.deep.equal(['a0-0', 'a1-0', 'a2-0', 'b0-0', 'b1-0', 'b2-0']);
    for (const queue of ['a', 'b']) {
      const ofQueue = order.filter((pod) => pod.startsWith(queue));
      expect(ofQueue).to.deep.equal(ofQueue.toSorted());
    }
  });

  it('are each asked for themselves when they are not alike', () => {
    const world = new SchedulerWorld().nodes(1, amounts(4)).gang('full', { count: 1, requests: amounts(3) });
    world.cycle();
    world.gang('large', { count: 1, requests: amounts(2) }, { createdMs: 1 });
    world.gang('larger', { count: 1, requests: amounts(2, 1) }, { createdMs: 2 });
    world.gang('small', { count: 1, requests: amounts(1) }, { createdMs: 3 });
    const { placed, refused } = world.cycle();
    expect(Object.keys(placed)).to.deep.equal(['small-0']);
    expect(refused).to.have.all.keys('large', 'larger');
    expect(refused['larger']).to.contain('memory');
  });

  it('find the room that one of another class gives back in the middle of a cycle', () => {
    const world = new SchedulerWorld().nodes(2, amounts(2));
    world.gang('pair', { count: 3, requests: amounts(2) }, { createdMs: 1 });
    ones(world, 'g', 4);
    expect(Object.keys(world.cycle().placed)).to.have.members(['g0-0', 'g1-0', 'g2-0', 'g3-0']);
  });
});

describe('groups whose pods are made once they are let in', () => {
  const owner = { apiVersion: 'batch.volcano.sh/v1alpha1', kind: 'Job', name: 'j', uid: 'j-1' };

  it('are let in by their minResources, as far as there is room, and are not told that they lack pods', () => {
    const world = new SchedulerWorld().nodes(1, amounts(2));
    for (const name of ['a', 'b', 'c']) world.group(name, 1, { owner, minResources, createdMs: name.charCodeAt(0) });
    world.cycle();
    const { refused, decisions } = world.cycle();
    expect(['a', 'b', 'c'].map((name) => world.phase(name))).to.deep.equal(['Inqueue', 'Inqueue', 'Pending']);
    expect(refused['c']).to.match(/^WaitingInQueue/);
    const told = decisions.filter((one) => one.kind === 'status' && one.condition?.reason === 'NotEnoughTasks');
    expect(told).to.deep.equal([]);
  });

  it('are the only ones: other groups are not let in for nothing', () => {
    const world = new SchedulerWorld().nodes(1, amounts(2)).group('a', 1, { minResources });
    world.cycle();
    expect(world.phase('a')).to.not.equal('Inqueue');
  });
});
