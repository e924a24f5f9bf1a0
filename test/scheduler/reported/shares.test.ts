import { expect } from 'chai';
import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { ActionName, SchedulerPolicy } from '../../../src/config/policy.ts';
import { capacityPolicy, elastic, lists } from '../../support/capacity-world.ts';
import { LivingWorld } from '../../support/living-world.ts';
import { makeQuota } from '../../support/records.ts';
import { amounts, GPU, SchedulerWorld } from '../../support/scheduler-world.ts';

/** What users of other batch schedulers reported about shares, limits and queues, at the level of the core; the numbers are those of the reports. */

function weighted(...actions: readonly ActionName[]): SchedulerPolicy {
  return { ...DEFAULT_POLICY, actions: ['enqueue', 'allocate', 'backfill', ...actions] };
}

const withQuotas: SchedulerPolicy = {
  ...DEFAULT_POLICY,
  tiers: [[plugin('gang'), plugin('resourcequota')], ...DEFAULT_POLICY.tiers.slice(1)],
};

function running(world: SchedulerWorld): string[] {
  return [...world.snapshot.tasks.values()].filter(({ nodeName }) => nodeName !== '').map(({ record }) => record.name);
}

describe('reported of shares and limits elsewhere', () => {
  describe('what broke under running work takes nothing of what the others have (volcano#5911)', () => {
    const losses: Readonly<Record<string, (world: LivingWorld, node: string) => void>> = {
      'a device': (world, node) => void world.node(node, amounts(32, 64, 7)),
      'all devices of a node': (world, node) => void world.node(node, amounts(32, 64)),
      'a node': (world, node) => world.snapshot.removeNode(node),
    };
    const policies: Readonly<Record<string, SchedulerPolicy>> = {
      proportion: DEFAULT_POLICY,
      capacity: capacityPolicy(),
      'capacity of a tree': capacityPolicy({ isTree: true }),
      'overcommit by nothing': {
        ...DEFAULT_POLICY,
        tiers: [[plugin('gang'), plugin('overcommit', { 'overcommit-factor': 1 })], ...DEFAULT_POLICY.tiers.slice(1)],
      },
    };
    for (const [lost, lose] of Object.entries(losses)) {
      for (const [name, policy] of Object.entries(policies)) {
        for (const queue of ['a', 'b']) {
          it(`${lost}, by ${name}, for queue ${queue}`, () => {
            const world = new LivingWorld(policy)
              .nodes(4, amounts(32, 64, 8))
              .queue('root')
              .queue('a')
              .queue('b');
            const minResources = new Map([[GPU, 16]]);
            const members = { count: 2, requests: amounts(1, 0, 8) };
            world.gang('first', members, { queue: 'a', minResources });
            world.live();
            const [member] = world.snapshot.tasks.values();
            lose(world, member?.nodeName ?? '');
            world.live();
            world.gang('second', members, { queue, minResources });
            expect(Object.keys(world.cycle().placed)).to.deep.equal(['second-0', 'second-1']);
          });
        }
      }
    }
  });

  it('two gangs that are each larger than what their queue deserves: one of them starts once the cluster is empty (volcano#3725)', () => {
    const world = new LivingWorld(capacityPolicy()).nodes(1, amounts(64, 64, 10));
    for (const name of ['a', 'b']) world.queue(name, lists({ deserved: [0, 0, 5], capability: [0, 0, 10] }));
    const requests = amounts(1, 1, 6);
    world.gang('first', { count: 1, requests, preemptable: false }, { queue: 'a' });
    world.live();
    world.gang('second', { count: 1, requests, preemptable: false }, { queue: 'a' });
    world.gang('third', { count: 1, requests, preemptable: false }, { queue: 'b' });
    world.settle(2, 5);
    expect(running(world)).to.deep.equal(['first-0']);
    world.snapshot.removeTask('uid-first-0');
    world.snapshot.removeJob('ns/first');
    world.settle(2, 5);
    expect(running(world)).to.have.length(1);
  });

  it('the first job of a queue can take nothing back, and the second one does (volcano#3003)', () => {
    const world = new LivingWorld(capacityPolicy()).nodes(1, amounts(4));
    world.queue('lender', lists({ deserved: [0.001] })).queue('owner', lists({ deserved: [4] }));
    elastic(world, 'lender', { runs: 4 });
    world.gang('huge', { count: 1, requests: amounts(9) }, { queue: 'owner', createdMs: 1 });
    world.gang('small', { count: 2, requests: amounts(1) }, { queue: 'owner', createdMs: 2 });
    world.settle(2, 6);
    expect(world.held('owner')).to.equal(2000);
  });

  it('a queue with nothing but a guarantee gets it back although its parent is full (volcano#4825)', () => {
    const world = new LivingWorld(capacityPolicy({ isTree: true })).nodes(1, amounts(10));
    world.queue('root', lists({})).queue('p', { ...lists({ guarantee: [10], capability: [10] }), parent: 'root' });
    world.queue('leaf-1', { ...lists({ guarantee: [6], deserved: [6] }), parent: 'p' });
    world.queue('leaf-2', { ...lists({ guarantee: [4] }), parent: 'p' });
    elastic(world, 'leaf-1', { runs: 10 });
    world.gang('w', { count: 4, requests: amounts(1) }, { queue: 'leaf-2', minResources: new Map([['cpu', 4000]]) });
    world.settle(2, 8);
    expect([world.held('leaf-1'), world.held('leaf-2')]).to.deep.equal([6000, 4000]);
  });

  it('a guarantee of GPUs that grows keeps no job without GPUs out (volcano#2246)', () => {
    const world = new SchedulerWorld().nodes(1, amounts(32, 64, 8));
    const own = { capability: [16, 32, 8] as const, guarantee: [8, 16, 2] as const };
    world.queue('a', { ...lists(own), reclaimable: false }).queue('b', { ...lists(own), reclaimable: false });
    world.group('used', 1, { queue: 'a', phase: 'Running' });
    for (let i = 0; i < 6; i += 1) world.running(`used-${i}`, 'used', 'n1', { requests: amounts(1, 1, 1) });
    world.cycle();
    world.queue('b', { ...lists({ ...own, guarantee: [8, 16, 4] }), reclaimable: false });
    const minResources = new Map([['cpu', 1000]]);
    world.gang('t1', { count: 1, requests: amounts(1, 1) }, { queue: 'a', minResources });
    expect(world.cycle().placed).to.deep.equal({ 't1-0': 'n1' });
  });

  it('a running job that has not got its minimum yet keeps others of its queue out (volcano#2213)', () => {
    const world = new SchedulerWorld().nodes(1, amounts(16, 64)).queue('q', lists({ capability: [2, 10] }));
    const minResources = new Map(Object.entries(amounts(2, 4)));
    for (const [createdMs, name] of ['one', 'two', 'three'].entries()) {
      world.gang(
        name,
        { count: 1, requests: amounts(1, 2) },
        {
          queue: 'q',
          minResources,
          createdMs,
          owner: { kind: 'SparkApplication', name, apiVersion: 'x/v1', uid: name } as never,
        },
      );
    }
    expect(Object.keys(world.cycle().placed)).to.deep.equal(['one-0']);
    expect(Object.keys(world.cycle().placed)).to.deep.equal([]);
    expect(world.phase('two')).to.equal('Pending');
  });

  it('a queue at its limit of GPUs starts one job for each that ends (volcano#921)', () => {
    const world = new LivingWorld(DEFAULT_POLICY).nodes(1, amounts(80, 400, 8));
    world.queue('q', lists({ capability: [80, 400, 2] }));
    for (let i = 0; i < 4; i += 1)
      world.gang(`j${i}`, { count: 1, requests: amounts(1, 1, 1) }, { queue: 'q', createdMs: i });
    world.settle(2, 4);
    expect(running(world)).to.deep.equal(['j0-0', 'j1-0']);
    world.snapshot.removeTask('uid-j0-0');
    world.settle(2, 4);
    expect(running(world)).to.deep.equal(['j1-0', 'j2-0']);
  });

  it('a pod without a minimum of amounts takes no queue over its limit (volcano#1860)', () => {
    const world = new SchedulerWorld().nodes(2, amounts(32, 64)).queue('q', lists({ capability: [10, 10] }));
    world
      .group('used', 1, { queue: 'q', phase: 'Running' })
      .running('used-0', 'used', 'n1', { requests: amounts(9, 9) });
    world.gang('large', { count: 1, requests: amounts(10, 10) }, { queue: 'q' });
    const { placed, refused } = world.cycle();
    expect(placed).to.deep.equal({});
    expect(refused['large']).to.match(/^(QueueLimit|QueueOverused)/);
  });

  it('a limit of GPUs on an empty queue lets jobs in that ask for none (volcano#2014)', () => {
    const world = new SchedulerWorld().nodes(1, amounts(8, 16)).queue('q', lists({ capability: [8, 16, 4] }));
    const minResources = new Map(Object.entries({ cpu: 1000, memory: 1024, 'nvidia.com/gpu': 0 }));
    world.gang('g', { count: 1, requests: amounts(1) }, { queue: 'q', minResources });
    expect(world.cycle().placed).to.deep.equal({ 'g-0': 'n1' });
  });

  it('what groups were promised counts beside the guarantees of others when more come (volcano#3684)', () => {
    const world = new SchedulerWorld().nodes(1, amounts(60)).queue('low', lists({ guarantee: [15] }));
    world.queue('deploy', { weight: 88 });
    const promise = (name: string, createdMs: number, cpus: number): void => {
      world.group(name, 2, { queue: 'deploy', createdMs, minResources: new Map([['cpu', cpus * 1000]]) });
      world.pods(name, { count: 1, requests: amounts(1) });
    };
    promise('first', 1, 20);
    promise('second', 2, 5);
    promise('third', 3, 40);
    world.cycle();
    expect(['first', 'second', 'third'].map((name) => world.phase(name))).to.deep.equal([
      'Inqueue',
      'Inqueue',
      'Pending',
    ]);
  });

  it('guarantees that are more than there is stop nobody (volcano#3127, #3105)', () => {
    const world = new SchedulerWorld().nodes(1, amounts(4)).queue('greedy', lists({ guarantee: [100] }));
    world.gang('g', { count: 1, requests: amounts(1) }, { queue: 'greedy' });
    world.gang('d', { count: 1, requests: amounts(1) });
    expect(Object.keys(world.cycle().placed)).to.include('g-0');
    world.nodes(1, amounts(2));
    expect(() => world.cycle()).to.not.throw();
  });

  it('a pod that its quota counts already is not counted twice (volcano#4220, #2831)', () => {
    const world = new SchedulerWorld(withQuotas).nodes(1, amounts(16));
    world.snapshot.quotas.upsert(makeQuota('q', { 'requests.cpu': [3000, 5000] }));
    world.gang('g', { count: 1, requests: amounts(3) }, { minResources: new Map([['cpu', 3000]]) });
    expect(world.cycle().placed).to.deep.equal({ 'g-0': 'n1' });
  });

  it('many small jobs at once: as many come in as the quota has room for (volcano#1345)', () => {
    const world = new SchedulerWorld(withQuotas).nodes(1, amounts(16));
    world.snapshot.quotas.upsert(makeQuota('q', { 'requests.cpu': [0, 2000] }));
    const minResources = new Map([['cpu', 1000]]);
    for (let i = 0; i < 5; i += 1) world.group(`j${i}`, 2, { createdMs: i, minResources }).pods(`j${i}`, { count: 1 });
    world.cycle();
    expect([0, 1, 2, 3, 4].filter((i) => world.phase(`j${i}`) === 'Inqueue')).to.deep.equal([0, 1]);
  });

  it('a queue that declares nothing has nothing taken back (YUNIKORN-1951)', () => {
    const world = new LivingWorld(capacityPolicy()).nodes(1, amounts(4));
    world.queue('a', lists({ deserved: [2] })).queue('b', lists({ capability: [4] }));
    elastic(world, 'a', { runs: 4 });
    elastic(world, 'b', { waits: 4 });
    expect(world.settle(2, 4)).to.equal(0);
  });

  it('a queue gets all that it is owed of GPUs that others took, one by one, and no more (YUNIKORN-2270)', () => {
    const world = new LivingWorld(capacityPolicy(), 2).nodes(5, amounts(64, 64, 6));
    world
      .queue('a', lists({ deserved: [0, 0, 10], capability: [0, 0, 30] }))
      .queue('b', lists({ capability: [0, 0, 30] }));
    world.group('b', 1, { queue: 'b' }).pods('b', { count: 60, requests: amounts(1, 1, 1) });
    world.settle(2, 4);
    expect(world.held('b', 'nvidia.com/gpu')).to.equal(30);
    for (let i = 0; i < 10; i += 1)
      world.gang(`a${i}`, { count: 1, requests: amounts(1, 1, 1) }, { queue: 'a', createdMs: i });
    expect(world.settle(4, 40)).to.equal(10);
    expect(world.held('a', 'nvidia.com/gpu')).to.equal(10);
  });

  it('below a parent that lacks what it is owed a child that is owed nothing gives way, once (YUNIKORN-2795)', () => {
    const world = new LivingWorld(capacityPolicy({ isTree: true, level: 1 })).nodes(1, amounts(10));
    world.queue('root').queue('p', { ...lists({ deserved: [8] }), parent: 'root' });
    world.queue('c1', { ...lists({}), parent: 'p' }).queue('c2', { ...lists({ deserved: [4] }), parent: 'p' });
    world.queue('other', { ...lists({ deserved: [2] }), parent: 'root' });
    elastic(world, 'c1', { runs: 4 });
    elastic(world, 'other', { runs: 6 });
    elastic(world, 'c2', { waits: 4 });
    expect(world.settle(4, 40)).to.be.lessThan(9);
    expect(world.held('c2')).to.equal(4000);
  });

  it('a queue over its GPUs and below its CPUs gives GPUs back (YUNIKORN-3113)', () => {
    const world = new LivingWorld(capacityPolicy()).nodes(1, amounts(16, 16, 4));
    world.queue('a', lists({ deserved: [8, 8, 2] })).queue('b', lists({ deserved: [8, 8, 2] }));
    elastic(world, 'b', { runs: 4, requests: amounts(1, 1, 1) });
    elastic(world, 'a', { waits: 2, requests: amounts(1, 1, 1) });
    expect(world.settle(3, 20)).to.equal(2);
    expect(world.held('a', 'nvidia.com/gpu')).to.equal(2);
  });

  it('gangs of two queues that are each more than a half: one runs, and nobody is taken in turns (kueue#3779)', () => {
    for (const policy of [weighted('reclaim'), weighted('gangreclaim'), weighted('preempt', 'reclaim')]) {
      const world = new LivingWorld(policy).nodes(2, amounts(4)).queue('a').queue('b');
      world.gang('ga', { count: 5, requests: amounts(1) }, { queue: 'a', createdMs: 1 });
      world.gang('gb', { count: 5, requests: amounts(1) }, { queue: 'b', createdMs: 2 });
      expect(world.settle(5, 40)).to.equal(0);
      expect(running(world)).to.have.length(5);
    }
  });

  it('among queues with equal shares the pods of the lowest priority go, and no more than are needed (kueue#10131)', () => {
    const world = new LivingWorld(capacityPolicy()).nodes(3, amounts(8, 8, 4));
    for (const [n, [name, value]] of [
      ['low', 1],
      ['normal', 5],
      ['high', 10],
    ].entries() as never as [number, [string, number]][]) {
      world.snapshot.setPriorityClass({ name, value, isGlobalDefault: false, isPatient: false });
      world.queue(name, lists({ deserved: [0, 0, 1] }));
      world.group(name, 1, { queue: name, phase: 'Running', priorityClassName: name });
      for (let i = 0; i < 4; i += 1) world.running(`${name}-${i}`, name, `n${3 - n}`, { requests: amounts(1, 1, 1) });
    }
    world.queue('owner', lists({ deserved: [0, 0, 2] }));
    const gone: string[] = [];
    world.gang('g', { count: 2, requests: amounts(1, 1, 1) }, { queue: 'owner', priorityClassName: 'normal' });
    world.settle(2, 6, (_, evictions) => gone.push(...evictions.map(({ pod }) => pod)));
    expect(gone.toSorted()).to.deep.equal(['ns/low-2', 'ns/low-3']);
  });

  it('a queue that may take free room beyond what it is owed takes that and nobody goes (kueue#1561)', () => {
    const world = new LivingWorld(capacityPolicy()).nodes(2, amounts(4));
    world.queue('a', lists({ deserved: [2] })).queue('b', lists({ deserved: [2] }));
    elastic(world, 'b', { runs: 4 });
    elastic(world, 'a', { waits: 4 });
    expect(world.settle(2, 6)).to.equal(0);
    expect(world.held('a')).to.equal(4000);
  });

  it('a job at the head of one queue that nobody can go for leaves what is free to others (kueue#4809)', () => {
    const world = new LivingWorld(capacityPolicy({ actions: ['preempt', 'reclaim'] })).nodes(1, amounts(8));
    for (const name of ['a', 'b']) world.queue(name, lists({ deserved: [4] }));
    world.group('used', 1, { queue: 'b', phase: 'Running' });
    world.running('used-0', 'used', 'n1', { requests: amounts(6), preemptable: false });
    world.gang('large', { count: 1, requests: amounts(4) }, { queue: 'a', createdMs: 1 });
    world.gang('small', { count: 1, requests: amounts(1) }, { queue: 'b', createdMs: 2 });
    world.settle(2, 4);
    expect(running(world)).to.include('small-0');
  });

  it('jobs that run and wait for more than their minimum take nothing from each other at equal shares (volcano#3869)', () => {
    const world = new LivingWorld(weighted('reclaim')).nodes(2, amounts(4)).queue('a').queue('b');
    elastic(world, 'a', { runs: 4, waits: 4, node: 'n1' });
    elastic(world, 'b', { runs: 4, waits: 4, node: 'n2' });
    expect(world.settle(4, 10)).to.equal(0);
  });

  it('a queue is taken down to its guarantee exactly (volcano#3989)', () => {
    const world = new LivingWorld(capacityPolicy({ isTree: true })).nodes(1, amounts(4));
    world.queue('a', lists({ guarantee: [2], deserved: [2] })).queue('b', lists({ deserved: [2] }));
    elastic(world, 'a', { runs: 4 });
    elastic(world, 'b', { waits: 4 });
    expect(world.settle(3, 8)).to.equal(2);
    expect(world.held('a')).to.equal(2000);
  });

  it('a queue of higher priority takes back what it is owed from one of lower, although that is older (volcano#5881)', () => {
    const world = new LivingWorld(capacityPolicy()).nodes(2, amounts(4));
    world
      .queue('high', { ...lists({ deserved: [8] }), priority: 100 })
      .queue('low', { ...lists({ deserved: [0.1] }), priority: 1 });
    world.group('low', 1, { queue: 'low', phase: 'Running' });
    for (let i = 0; i < 8; i += 1)
      world.running(`low-${i}`, 'low', `n${1 + (i % 2)}`, { requests: amounts(1), createdMs: i });
    world.gang('j', { count: 1, requests: amounts(3) }, { queue: 'high' });
    expect(world.settle(2, 6)).to.equal(3);
    expect(running(world)).to.include('j-0');
  });
});
