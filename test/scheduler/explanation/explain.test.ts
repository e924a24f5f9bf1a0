import { expect } from 'chai';
import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { SchedulerPolicy } from '../../../src/config/policy.ts';
import type { Explanation } from '../../../src/scheduler/explanation/explanation.ts';
import { exactly, hard, makeHyperNode, matching } from '../../support/network.ts';
import { makeTopology, numaPod, numaPolicy } from '../../support/numa-records.ts';
import { withoutAmbient } from '../../support/pure.ts';
import { makePodGroup, makeShape } from '../../support/records.ts';
import { amounts, GPU, SchedulerWorld } from '../../support/scheduler-world.ts';

const EVICTING: SchedulerPolicy = {
  ...DEFAULT_POLICY,
  actions: ['enqueue', 'allocate', 'backfill', 'preempt', 'reclaim'],
  tiers: [[plugin('priority'), plugin('gang'), plugin('conformance')], [plugin('predicates')]],
};

/** The explanation after a cycle. */
function explained(world: SchedulerWorld, group: string): Explanation {
  world.cycle();
  const explanation = withoutAmbient(() => world.scheduler.explain(`ns/${group}`));
  if (explanation === undefined) throw new Error(`nothing is known of ${group}`);
  return explanation;
}

function codes({ reasons }: Explanation): readonly string[] {
  return reasons.map(({ code, verdict }) => `${code} ${verdict}`);
}

describe('explain', () => {
  it('tells free room in parts that are too small, with the nodes that refuse', () => {
    const world = new SchedulerWorld().nodes(4, amounts(4));
    for (let n = 1; n <= 4; n += 1)
      world.gang(`r${n}`, { count: 0 }).running(`r${n}-0`, `r${n}`, `n${n}`, { requests: amounts(2) });
    world.node('n5', amounts(8), { unschedulable: true });
    const told = explained(world.gang('late', { count: 2, requests: amounts(3) }), 'late');
    expect(codes(told)[0]).to.equal('NotEnoughResources wait');
    expect(told.pods).to.have.length(1);
    expect(told.pods[0]).to.deep.include({
      count: 2,
      asks: { cpu: '3', pods: '1' },
      fitNow: 0,
      fitEmpty: 2,
      isFragmented: true,
      nodes: 5,
      refusedBy: { 'Insufficient cpu': 4, 'node(s) were unschedulable': 1 },
    });
    expect(told.pods[0]?.free).to.deep.equal([
      { resource: 'cpu', inCluster: '16', onUsable: '8', onOneNode: '2', pods: 2 },
    ]);
    expect(told.members).to.deep.include({ minimum: 2, pods: 2, placed: 0, pending: 2, missing: 2 });
  });

  it('fits no pod into an empty cluster that a plugin keeps from every node', () => {
    const world = new SchedulerWorld(numaPolicy(1)).node('n1', amounts(64));
    world.snapshot.numa.publish(makeTopology('n1', { zones: [4, 4], policy: 'single-numa-node' }));
    world.snapshot.upsertJob(makePodGroup('wide', 1));
    world.snapshot.upsertTask(numaPod('wide-0', 'wide', ['single-numa-node', [{ cpu: '6' }]]));
    const told = explained(world, 'wide');
    expect(codes(told)[0]).to.equal('NeverFits never');
    expect(told.pods[0]).to.deep.include({ count: 1, fitNow: 0, fitEmpty: 0 });
  });

  it('lists who holds what lacks, biggest first, and the pods that no group stands for', () => {
    const world = new SchedulerWorld().nodes(2, amounts(8)).queue('other');
    world.group('small', 1).running('small-0', 'small', 'n1', { requests: amounts(1) });
    world.group('big', 1, { queue: 'other' }).running('big-0', 'big', 'n1', { requests: amounts(4) });
    world.running('daemon-0', '', 'n2', { requests: amounts(3), schedulerName: 'default-scheduler' });
    const told = explained(world.gang('late', { count: 2, requests: amounts(6) }), 'late');
    expect(told.room).to.deep.include({ resource: 'cpu', scope: 'cluster', others: 0, byStrangers: '3' });
    expect(told.room?.queues).to.deep.equal([
      { queue: 'other', held: '4', groups: 1 },
      { queue: 'default', held: '1', groups: 1 },
    ]);
    expect(told.room?.groups.map(({ group, held, why }) => [group, held, why])).to.deep.equal([
      ['ns/big', '4', 'no action of the configuration evicts for others'],
      ['ns/small', '1', 'no action of the configuration evicts for others'],
    ]);
  });

  it('says for each holder whether it may be evicted for the group, and why not', () => {
    const world = new SchedulerWorld(EVICTING).nodes(2, amounts(4)).queue('rich', { reclaimable: false });
    world.snapshot.setPriorityClass({ name: 'high', value: 10, isGlobalDefault: false, isPatient: false });
    world.group('equal', 1, { priorityClassName: 'high' });
    world.running('equal-0', 'equal', 'n1', { requests: amounts(3), preemptable: false });
    world.group('kept', 1, { queue: 'rich' }).running('kept-0', 'kept', 'n2', { requests: amounts(2) });
    const told = explained(
      world.gang('late', { count: 1, requests: amounts(4) }, { priorityClassName: 'high' }),
      'late',
    );
    const chances = Object.fromEntries(told.room?.groups.map(({ group, why }) => [group, why]) ?? []);
    expect(chances['ns/equal']).to.equal('its pods are kept from being evicted');
    expect(chances['ns/kept']).to.contain('preempt: it is of another queue; reclaim: queue rich is not reclaimable');
  });

  it('promises nobody of nodes that are closed to the pod, whoever would go from there', () => {
    const world = new SchedulerWorld(EVICTING).nodes(2, amounts(4));
    world.snapshot.setPriorityClass({ name: 'high', value: 10, isGlobalDefault: false, isPatient: false });
    for (const node of ['n1', 'n2']) world.group(node, 1).running(`${node}-0`, node, node, { requests: amounts(4) });
    const shape = makeShape(amounts(4), { nodeSelector: new Map([['kubernetes.io/hostname', 'n1']]) });
    const told = explained(world.gang('late', { count: 1, shape }, { priorityClassName: 'high' }), 'late');
    const why = told.room?.groups.find(({ group }) => group === 'ns/n2')?.why;
    expect(why).to.contain('closed to the pod');
  });

  it('gives the place in line, those right before it, and the queues that come first', () => {
    const world = new SchedulerWorld().nodes(1, amounts(4)).queue('first', { priority: 5 });
    world.group('runs', 1).running('runs-0', 'runs', 'n1', { requests: amounts(4) });
    for (const [i, name] of ['a', 'b', 'c', 'd'].entries()) {
      world.gang(name, { count: 1, requests: amounts(2) }, { createdMs: i });
    }
    world.gang('elsewhere', { count: 1, requests: amounts(2) }, { queue: 'first' });
    expect(explained(world, 'c').line).to.deep.equal({
      for: 'placement',
      position: 3,
      of: 4,
      before: ['ns/a', 'ns/b'],
      queuesBefore: 1,
    });
  });

  it('accounts for the queue and those above it', () => {
    const world = new SchedulerWorld().nodes(2, amounts(8));
    world.queue('top', { capability: new Map([['cpu', 6000]]) }).queue('low', { parent: 'top' });
    world.group('runs', 1, { queue: 'low' }).running('runs-0', 'runs', 'n1', { requests: amounts(4) });
    const late = { minResources: new Map([['cpu', 4000]]), queue: 'low' };
    const told = explained(world.gang('late', { count: 2, requests: amounts(2) }, late), 'late');
    expect(told.reasons[0]?.numbers).to.deep.equal({
      resource: 'cpu',
      asked: '4',
      held: '4',
      limit: '6',
      queue: 'low',
    });
    expect(told.queues.map(({ queue }) => queue)).to.deep.equal(['low', 'top']);
    expect(told.queues[1]?.resources[0]).to.deep.include({
      resource: 'cpu',
      held: '0',
      heldBelow: '4',
      capability: '6',
    });
    expect(told.room).to.deep.include({ scope: 'queue' });
  });

  it('shows the room that is kept for a group that waited for too long, to it and to others', () => {
    const world = new SchedulerWorld().nodes(2, amounts(4));
    world.group('runs', 1).running('runs-0', 'runs', 'n1', { requests: amounts(3) });
    world.gang('large', { count: 2, requests: amounts(4) });
    world.cycle();
    world.nowMs = 301_000;
    world.gang('small', { count: 1, requests: amounts(2) }, { createdMs: 400_000 });
    const told = explained(world, 'large');
    expect(codes(told)[0]).to.equal('RoomReserved wait');
    expect(told.reservation).to.deep.equal({
      isOwn: true,
      group: 'ns/large',
      nodes: ['n1', 'n2'],
      since: '1970-01-01T00:05:01.000Z',
      until: '1970-01-01T00:15:01.000Z',
    });
    const small = explained(world, 'small');
    expect(codes(small)[0]).to.equal('NotEnoughResources wait');
    expect(small.reservation).to.deep.include({ isOwn: false, group: 'ns/large' });
    expect(small.pods[0]?.fitNow).to.equal(0);
  });

  it('names the pods that have to go before promised room is free', () => {
    const world = new SchedulerWorld().nodes(1, amounts(4));
    world.group('goes', 1).running('goes-0', 'goes', 'n1', { requests: amounts(3), deleting: true });
    const told = explained(world.gang('late', { count: 1, requests: amounts(2) }), 'late');
    expect(codes(told)[0]).to.equal('RoomPromised wait');
    expect(told.promised).to.deep.equal([{ node: 'n1', pods: 1, leaving: ['ns/goes-0'] }]);
  });

  for (const { name, make, state, first } of [
    {
      name: 'a gang larger than the cluster never fits',
      make: (world: SchedulerWorld) => world.gang('g', { count: 1, requests: amounts(0, 0, 1) }),
      state: 'waits',
      first: 'NeverFits never',
    },
    {
      name: 'a gang of a queue that is not there has to have it made',
      make: (world: SchedulerWorld) => world.gang('g', { count: 1, requests: amounts(1) }, { queue: 'none' }),
      state: 'waits',
      first: 'QueueNotFound never',
    },
    {
      name: 'a gang waits for its pods',
      make: (world: SchedulerWorld) => world.gang('g', { count: 1, requests: amounts(1) }, { minMember: 3 }),
      state: 'waits',
      first: 'NotEnoughPods wait',
    },
    {
      name: 'a gang that was placed runs',
      make: (world: SchedulerWorld) => world.gang('g', { count: 1, requests: amounts(1) }),
      state: 'runs',
      first: undefined,
    },
    {
      name: 'an elastic gang runs, and its further pods wait',
      make: (world: SchedulerWorld) => world.gang('g', { count: 3, requests: amounts(3) }, { minMember: 1 }),
      state: 'runs',
      first: 'NotEnoughResources wait',
    },
    {
      name: 'a suspended gang asks for nothing',
      make: (world: SchedulerWorld) => world.gang('g', { count: 1, requests: amounts(1) }, { rootState: 'Suspended' }),
      state: 'suspended',
      first: undefined,
    },
  ] as const) {
    it(`says that ${name}`, () => {
      const told = explained(make(new SchedulerWorld().nodes(1, amounts(4, 4))), 'g');
      expect([told.state, codes(told)[0]]).to.deep.equal([state, first]);
    });
  }

  it('knows nothing of a group that is not there, and nothing before the first cycle', () => {
    const world = new SchedulerWorld().nodes(1, amounts(4)).gang('g', { count: 1 });
    expect(world.scheduler.explain('ns/g')).to.equal(undefined);
    world.cycle();
    expect(world.scheduler.explain('ns/other')).to.equal(undefined);
  });

  it(`reckons with ${GPU} as with anything else`, () => {
    const world = new SchedulerWorld().nodes(2, amounts(8, 0, 4));
    world.group('runs', 1).running('runs-0', 'runs', 'n1', { requests: amounts(1, 0, 3) });
    const told = explained(world.gang('late', { count: 2, requests: amounts(1, 0, 4) }), 'late');
    expect(told.room?.resource).to.equal(GPU);
    expect(told.pods[0]?.fitNow).to.equal(1);
  });

  it('tells for a group that has to be near what domains of each tier have, and what the best of them has', () => {
    const world = new SchedulerWorld().nodes(5, amounts(2));
    for (const [name, nodes] of [
      ['a', '[12]'],
      ['b', '[345]'],
    ] as const) {
      world.snapshot.network.upsert(makeHyperNode(name, [1, 'rack'], matching('Node', `^n${nodes}$`)));
    }
    const both = [exactly('HyperNode', 'a'), exactly('HyperNode', 'b')];
    world.snapshot.network.upsert(makeHyperNode('s', [2, 'spine'], ...both));
    world.gang('old', { count: 1 }).running('old-0', 'old', 'n3', { requests: amounts(2) });
    world.gang('late', { count: 3, requests: amounts(2) }, { network: hard(1) });
    const { near, reasons } = explained(world, 'late');
    expect(reasons[0]?.code).to.equal('NoDomainFits');
    const rack = { tier: 'tier 1 (rack)', domains: 2, fitting: 0, fittingEmpty: 1 };
    const best = { best: 'b', fitNow: 2, fitEmpty: 3, nodes: 3, takingNodes: 2 };
    expect(near).to.deep.equal([{ part: '', needed: 3, tiers: [{ ...rack, ...best }] }]);
    expect(explained(world.gang('free', { count: 1, requests: amounts(9) }), 'free').near).to.deep.equal([]);
  });
});
