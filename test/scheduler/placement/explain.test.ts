import { expect } from 'chai';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

function whyNot(world: SchedulerWorld): string | undefined {
  return world.gang('a', { count: 1, requests: amounts(2) }).cycle().refused['a'];
}

describe('why a pod finds no node', () => {
  it('is told as such when there is no node at all', () => {
    expect(whyNot(new SchedulerWorld())).to.equal('NotEnoughResources: no nodes available to schedule pods.');
  });

  it('is told as such when the last node went', () => {
    const world = new SchedulerWorld().nodes(1, amounts(4));
    world.snapshot.settle();
    world.snapshot.removeNode('n1');
    expect(whyNot(world)).to.equal('NotEnoughResources: no nodes available to schedule pods.');
  });

  it('is for the pods that wait, and not for those of the group that run', () => {
    const world = new SchedulerWorld().nodes(1, amounts(1)).group('a', 1).running('a-0', 'a', 'n1');
    const { decisions } = world.pods('a', { count: 2, requests: amounts(2), prefix: 'more' }).cycle();
    const uids = decisions.flatMap((decision) => (decision.kind === 'refusal' ? decision.uids : []));
    expect(uids).to.deep.equal(['uid-more-0', 'uid-more-1']);
  });

  it('is told anew once something changed', () => {
    const world = new SchedulerWorld().nodes(1, amounts(4)).group('old', 1);
    world.running('old-0', 'old', 'n1', { requests: amounts(4) });
    expect(whyNot(world)).to.contain('1 Insufficient cpu');
    world.nodes(1, amounts(4), { unschedulable: true });
    expect(world.cycle().refused['a']).to.contain('1 node(s) were unschedulable');
    world.nodes(1, amounts(4)).snapshot.removeTask('uid-old-0');
    expect(world.cycle()).to.deep.include({ refused: {}, placed: { 'a-0': 'n1' } });
  });
});
