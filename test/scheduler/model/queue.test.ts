import { expect } from 'chai';
import { DEFAULT_POLICY } from '../../../src/config/policy.ts';
import { makePodGroup, makeQueue, makeShape } from '../../support/records.ts';
import { amounts, GPU, SchedulerWorld } from '../../support/scheduler-world.ts';

function cpus(count: number): ReadonlyMap<string, number> {
  return new Map([['cpu', count * 1000]]);
}

/** How many pods of each prefix were placed. */
function counts(placed: Readonly<Record<string, string>>): Record<string, number> {
  const out: Record<string, number> = {};
  for (const pod of Object.keys(placed)) {
    const prefix = pod.slice(0, pod.lastIndexOf('-'));
    out[prefix] = (out[prefix] ?? 0) + 1;
  }
  return out;
}

describe('queues divide the cluster', () => {
  /** Two queues that both want everything, in single pods. */
  function rivals(weightA: number, weightB: number): SchedulerWorld {
    const world = new SchedulerWorld().nodes(3, amounts(4));
    for (const [name, weight] of [
      ['a', weightA],
      ['b', weightB],
    ] as const) {
      world.queue(name, { weight });
      world.gang(name, { count: 12, requests: amounts(1) }, { minMember: 1, queue: name });
    }
    return world;
  }

  const SPLITS: readonly (readonly [number, number, Record<string, number>])[] = [
    [1, 1, { a: 6, b: 6 }],
    [1, 2, { a: 4, b: 8 }],
    [3, 1, { a: 9, b: 3 }],
  ];
  for (const [weightA, weightB, want] of SPLITS) {
    it(`by weights ${weightA} and ${weightB}`, () => {
      expect(counts(rivals(weightA, weightB).cycle().placed)).to.deep.equal(want);
    });
  }

  it('and say with numbers who holds all of its share', () => {
    expect(rivals(1, 1).cycle().refused).to.deep.equal({
      a: 'QueueOverused: queue a holds all of its share: cpu 6 of 6 by ns/a.',
      b: 'QueueOverused: queue b holds all of its share: cpu 6 of 6 by ns/b.',
    });
  });

  it('and give what one does not want to the other', () => {
    const world = rivals(1, 1);
    for (let i = 2; i < 12; i += 1) world.snapshot.removeTask(`uid-a-${i}`);
    expect(counts(world.cycle().placed)).to.deep.equal({ a: 2, b: 10 });
  });

  it('and keep a gang waiting that is larger than what is left of the share', () => {
    const world = new SchedulerWorld().nodes(2, amounts(4)).queue('a').queue('b');
    world.gang('a', { count: 6, requests: amounts(1) }, { queue: 'a' });
    world.gang('b', { count: 8, requests: amounts(1) }, { queue: 'b', minMember: 1 });
    const { placed, refused } = world.cycle();
    expect(counts(placed)).to.deep.equal({ b: 4 });
    expect(refused['a']).to.equal(
      'QueueLimit: PodGroup ns/a must place 6 more pods together and has room for 4; for the next one queue a has no share left of cpu: 1 asked, 4 of 4 held by ns/a.',
    );
  });

  it('in amounts that people write', () => {
    const world = new SchedulerWorld()
      .nodes(2, amounts(4, 8, 2))
      .queue('a')
      .queue('b');
    const requests = { cpu: 500, memory: 1.5 * 1024 * 1024, [GPU]: 2 };
    for (const name of ['a', 'b']) world.gang(name, { count: 3, requests }, { queue: name, minMember: 1 });
    expect(world.cycle().refused).to.deep.equal({
      a: `QueueLimit: queue a has no share left of ${GPU}: 2 asked, 2 of 2 held by ns/a.`,
      b: `QueueLimit: queue b has no share left of ${GPU}: 2 asked, 2 of 2 held by ns/b.`,
    });
  });

  it('and a queue alone is limited by the nodes, which say so', () => {
    const world = new SchedulerWorld().nodes(1, amounts(2)).gang('a', { count: 3, requests: amounts(1) });
    world.gang('b', { count: 2, requests: amounts(1) }, { createdMs: 1 });
    world.gang('c', { count: 1, requests: amounts(1) }, { createdMs: 2 });
    const { placed, refused } = world.cycle();
    expect(counts(placed)).to.deep.equal({ b: 2 });
    expect(refused['c']).to.equal('NotEnoughResources: 0/1 nodes are available: 1 Insufficient cpu.');
  });
});

describe('a capability', () => {
  it('keeps a queue from holding more, with numbers', () => {
    const world = new SchedulerWorld().nodes(2, amounts(4)).queue('default', { capability: cpus(3) });
    world.gang('a', { count: 5, requests: amounts(2) }, { minMember: 1 });
    const { placed, refused } = world.cycle();
    expect(counts(placed)).to.deep.equal({ a: 1 });
    expect(refused['a']).to.equal('QueueLimit: queue default has no share left of cpu: 2 asked, 2 of 3 held by ns/a.');
  });

  it('that is all guaranteed to one queue below says so to another that holds some of it', () => {
    const world = new SchedulerWorld().nodes(2, amounts(4)).queue('team', { capability: cpus(4) });
    world
      .queue('low', { parent: 'team' })
      .group('a', 1, { queue: 'low' })
      .group('b', 1, { queue: 'low', createdMs: 1 });
    world.running('x', 'a', 'n1', { requests: amounts(2) }).pods('b', { count: 1, requests: amounts(1) });
    world.queue('kept', { parent: 'team', guarantee: cpus(4) }).queue('other', { guarantee: new Map([['memory', 1]]) });
    expect(world.cycle().refused['b']).to.equal(
      'QueueLimit: queue low has no share left of cpu: 1 asked, 2 of 0 held by ns/a beside the guarantees of kept.',
    );
  });

  it('in pod slots holds for all pods, best-effort ones too', () => {
    const capability = new Map([['pods', 3]]);
    const world = new SchedulerWorld().nodes(2, amounts(4)).queue('default', { capability });
    world.gang('a', { count: 2, requests: amounts(1) });
    world.gang('free', { count: 3, shape: makeShape({}) }, { minMember: 1, createdMs: 1 });
    const { placed, refused } = world.cycle();
    expect(counts(placed)).to.deep.equal({ a: 2, free: 1 });
    expect(refused).to.deep.equal({
      free: 'QueueLimit: queue default has no share left of pods: 1 asked, 3 of 3 held by ns/a and ns/free.',
    });
  });

  it('that is lowered under what is held takes nothing away and gives nothing more', () => {
    const world = new SchedulerWorld().nodes(1, amounts(4)).group('a', 1);
    for (const name of ['x', 'y']) world.running(name, 'a', 'n1', { requests: amounts(1) });
    world.queue('default', { capability: cpus(1) }).pods('a', { count: 1, requests: amounts(1) });
    expect(world.cycle().placed).to.deep.equal({});
  });

  it('of a resource that is not asked for does not matter', () => {
    const world = new SchedulerWorld()
      .nodes(1, amounts(4, 4))
      .queue('default', { capability: new Map([['memory', 0]]) });
    expect(counts(world.gang('a', { count: 2, requests: amounts(1) }).cycle().placed)).to.deep.equal({ a: 2 });
  });
});

describe('a guarantee', () => {
  it('keeps room from the other queues that nobody uses yet', () => {
    const world = new SchedulerWorld().nodes(1, amounts(4)).queue('kept', { guarantee: cpus(3) });
    world.gang('a', { count: 4, requests: amounts(1) }, { minMember: 1 });
    expect(counts(world.cycle().placed)).to.deep.equal({ a: 1 });
    world.gang('b', { count: 3, requests: amounts(1) }, { queue: 'kept' });
    expect(counts(world.cycle().placed)).to.deep.equal({ b: 3 });
  });

  it('of an idle queue is kept from several others together', () => {
    const world = new SchedulerWorld().nodes(1, amounts(12)).queue('kept', { guarantee: cpus(4) });
    for (const name of ['a', 'b']) {
      world.queue(name).gang(name, { count: 12, requests: amounts(1) }, { minMember: 1, queue: name });
    }
    expect(counts(world.cycle().placed)).to.deep.equal({ a: 4, b: 4 });
  });

  it('of a closed queue keeps no more than what runs in it', () => {
    const world = new SchedulerWorld().nodes(1, amounts(4)).queue('shut', { guarantee: cpus(3), state: 'Closed' });
    world.group('old', 1, { queue: 'shut' }).running('old-0', 'old', 'n1', { requests: amounts(1) });
    world.gang('a', { count: 4, requests: amounts(1) }, { minMember: 1 });
    expect(counts(world.cycle().placed)).to.deep.equal({ a: 3 });
  });

  /** What the status of each queue complains about, newest cycle first. */
  function problems(world: SchedulerWorld): Record<string, string | undefined> {
    const told = world.cycle().decisions.filter((decision) => decision.kind === 'queueStatus');
    return Object.fromEntries(told.map(({ queue, conditions }) => [queue, conditions[0]?.message]));
  }

  it('larger than the cluster keeps its part by weight from the others, and says so until it fits', () => {
    const world = new SchedulerWorld().nodes(1, amounts(8)).queue('huge', { guarantee: cpus(10_000) });
    world.queue('root').queue('modest', { guarantee: cpus(2) });
    world.gang('a', { count: 8, requests: amounts(1) }, { minMember: 1 });
    const told = problems(world);
    expect(told['huge']).to.equal(
      'cpu 10000 is guaranteed and 3 is kept, since all guarantees together are 10002 of 8.',
    );
    expect(told).to.deep.include({ modest: undefined, default: undefined });
    expect(world.snapshot.jobs.get('ns/a')?.ready()).to.equal(3);
    expect(problems(world)).to.not.have.property('huge');
    world.queue('huge', { guarantee: cpus(3) });
    expect(problems(world)).to.have.property('huge', undefined);
  });

  it('that is too large in sum only is cut where it is larger than its part by weight', () => {
    const world = new SchedulerWorld().nodes(1, amounts(8));
    for (const [name, guaranteed] of [
      ['x', 2],
      ['y', 7],
    ] as const)
      world.queue(name, { guarantee: cpus(guaranteed) });
    expect(problems(world)).to.deep.equal({
      default: undefined,
      x: undefined,
      y: 'cpu 7 is guaranteed and 3 is kept, since all guarantees together are 9 of 8.',
    });
  });

  it('is no more than the capability of its queue', () => {
    const world = new SchedulerWorld().nodes(1, amounts(8)).queue('x', { guarantee: cpus(9), capability: cpus(3) });
    world.gang('a', { count: 8, requests: amounts(1) }, { minMember: 1 });
    expect(problems(world)).to.deep.include({ x: undefined });
    expect(world.snapshot.jobs.get('ns/a')?.ready()).to.equal(5);
  });

  it('is not complained about while there is no node', () => {
    expect(problems(new SchedulerWorld().queue('x', { guarantee: cpus(1) }))).to.deep.include({ x: undefined });
  });
});

describe('enqueue', () => {
  it('lets in no more groups than the queue can ever hold, with numbers', () => {
    const world = new SchedulerWorld().nodes(1, amounts(8)).queue('default', { capability: cpus(5) });
    for (const [i, name] of ['a', 'b', 'c'].entries()) {
      world.gang(name, { count: 2, requests: amounts(1) }, { createdMs: i, minResources: cpus(2) });
    }
    const { refused } = world.cycle();
    expect(refused).to.deep.equal({
      c: 'WaitingInQueue: PodGroup ns/c waits for room in queue default: cpu 2 asked, 4 held or promised of 5 by ns/a and ns/b.',
    });
    expect(['a', 'b', 'c'].map((name) => world.phase(name))).to.deep.equal(['Running', 'Running', 'Pending']);
  });

  it('counts what was let in and has no place yet', () => {
    const world = new SchedulerWorld().queue('default', { capability: cpus(5) }).nodes(1, amounts(5));
    world
      .queue('other')
      .group('old', 1, { queue: 'other' })
      .running('old-0', 'old', 'n1', { requests: amounts(1) });
    world.gang('big', { count: 1, requests: amounts(5) }, { createdMs: 0, minResources: cpus(5) });
    world.gang('small', { count: 1, requests: amounts(1) }, { createdMs: 1, minResources: cpus(1) });
    for (let cycle = 0; cycle < 2; cycle += 1) {
      const { refused } = world.cycle();
      expect(refused['big']).to.match(/^QueueLimit/);
      expect(refused['small']).to.equal(
        'WaitingInQueue: PodGroup ns/small waits for room in queue default: cpu 1 asked, 5 held or promised of 5 by ns/big.',
      );
    }
  });

  it('does not count what elastic groups hold beyond their minimum', () => {
    const world = new SchedulerWorld().queue('default', { capability: cpus(4) }).nodes(1, amounts(8));
    world.gang('elastic', { count: 4, requests: amounts(1) }, { minMember: 1, minResources: cpus(1) });
    world.cycle();
    world.gang('a', { count: 3, requests: amounts(1) }, { createdMs: 1, minResources: cpus(3) });
    world.cycle();
    expect(world.phase('a')).to.equal('Inqueue');
    world.gang('b', { count: 1, requests: amounts(1) }, { createdMs: 2, minResources: cpus(1) });
    expect(world.cycle().refused['b']).to.contain('1 asked, 4 held or promised of 4');
  });

  it('asks only for resources that are asked for', () => {
    const world = new SchedulerWorld()
      .nodes(1, amounts(8))
      .queue('default', { capability: cpus(1) })
      .group('x', 1);
    world.running('x', 'x', 'n1', { requests: amounts(2) });
    const minResources = new Map([
      ['cpu', 0],
      ['pods', 1],
    ]);
    world.gang('a', { count: 1, shape: makeShape({}) }, { minResources });
    expect(counts(world.cycle().placed)).to.deep.equal({ a: 1 });
  });

  it('refuses a group that wants a resource which no node has', () => {
    const world = new SchedulerWorld().nodes(1, amounts(8));
    world.gang('a', { count: 1, requests: { [GPU]: 1 } }, { minResources: new Map([[GPU, 1]]) });
    expect(world.cycle().refused).to.deep.equal({
      a: `NeverFits: PodGroup ns/a cannot start as things are: its minimum is ${GPU} 1, and the cluster has 0. It waits until its minimum, the limits of the queues or the nodes change.`,
    });
  });

  it('lets everybody in when it is not configured', () => {
    const world = new SchedulerWorld({ ...DEFAULT_POLICY, actions: ['allocate'] });
    world.nodes(1, amounts(8)).queue('default', { capability: cpus(1) });
    world.gang('a', { count: 2, requests: amounts(1) }, { minResources: cpus(2) });
    expect(world.cycle().refused['a']).to.match(/^NeverFits: .*queue default may hold 1 of the 8/);
    expect(world.phase('a')).to.equal('Inqueue');
  });
});

describe('a queue that is closed', () => {
  for (const state of ['Closed', 'Closing', 'Unknown'] as const) {
    it(`lets no group in while it is ${state}`, () => {
      const world = new SchedulerWorld().nodes(1, amounts(4)).queue('default', { state });
      world.gang('a', { count: 1, requests: amounts(1) });
      expect(world.cycle().refused).to.deep.equal({ a: `QueueNotOpen: queue default is ${state.toLowerCase()}.` });
      expect(Object.keys(world.queue('default').cycle().placed)).to.deep.equal(['a-0']);
    });
  }

  it('lets no group in while it is being deleted, whatever its state', () => {
    const world = new SchedulerWorld().nodes(1, amounts(4)).queue('default', { deleting: true });
    world.gang('a', { count: 1, requests: amounts(1) });
    const { placed, refused } = world.cycle();
    expect(placed).to.deep.equal({});
    expect(refused).to.deep.equal({ a: 'QueueNotOpen: queue default is being deleted.' });
  });

  it('gives nothing more to groups that were let in before', () => {
    const world = new SchedulerWorld().gang('a', { count: 1, requests: amounts(1) });
    world.gang('free', { count: 1, shape: makeShape({}) });
    world.cycle();
    expect([world.phase('a'), world.phase('free')]).to.deep.equal(['Inqueue', 'Inqueue']);
    world.queue('default', { state: 'Closed' }).nodes(1, amounts(4));
    const { placed, refused } = world.cycle();
    expect(placed).to.deep.equal({});
    expect(refused).to.deep.equal({
      a: 'QueueNotOpen: queue default is closed.',
      free: 'QueueNotOpen: queue default is closed.',
    });
  });
});

describe('a group of a queue that does not exist', () => {
  it('says so, and starts once the queue is made', () => {
    const world = new SchedulerWorld()
      .nodes(1, amounts(4))
      .gang('a', { count: 1, requests: amounts(1) }, { queue: 'x' });
    const { placed, refused, statuses } = world.cycle();
    expect(placed).to.deep.equal({});
    expect(refused).to.deep.equal({ a: 'QueueNotFound: PodGroup ns/a waits for queue x, which does not exist.' });
    expect(statuses.get('a')?.condition?.type).to.equal('Unschedulable');
    expect(world.queue('x').cycle().placed).to.deep.equal({ 'a-0': 'n1' });
    expect(world.snapshot.queues.get('x')?.allocated).to.deep.equal([1000, 0, 1]);
  });

  it('is told in the order of jobs, whatever came first', () => {
    const world = new SchedulerWorld().nodes(1, amounts(4));
    const lost = (name: string, createdMs: number): void => {
      world.gang(name, { count: 1, requests: amounts(1) }, { queue: 'x', createdMs });
    };
    lost('younger', 2);
    lost('older', 1);
    expect(Object.keys(world.cycle().refused)).to.deep.equal(['older', 'younger']);
  });

  it('says nothing while all of its pods run', () => {
    const world = new SchedulerWorld().nodes(1, amounts(4)).group('a', 1, { queue: 'x', phase: 'Running' });
    expect(world.running('a-0', 'a', 'n1').cycle().refused).to.deep.equal({});
  });

  it('is told when its queue was deleted, and takes its ledger along to another', () => {
    const world = new SchedulerWorld().nodes(1, amounts(4)).queue('x');
    world.group('a', 1, { queue: 'x' }).running('a-0', 'a', 'n1', { requests: amounts(1) });
    world.pods('a', { count: 1, requests: amounts(9), prefix: 'big' });
    world.snapshot.removeQueue('x');
    expect(world.cycle().refused['a']).to.match(/^QueueNotFound/);
    world.snapshot.upsertJob(makePodGroup('a', 1, { queue: 'default' }));
    expect(world.snapshot.queues.get('default')?.allocated).to.deep.equal([1000, 0, 1]);
    expect(world.snapshot.queues.get('default')?.pending).to.deep.equal([9000, 0, 1]);
    world.snapshot.upsertQueue(makeQueue('x'));
    expect(world.snapshot.queues.get('x')?.allocated).to.deep.equal([]);
  });
});

describe("a queue's status", () => {
  it('is told on change only, with what its pods hold', () => {
    const world = new SchedulerWorld().nodes(1, amounts(4)).gang('a', { count: 2, requests: amounts(1) });
    const told = (): unknown[] => world.cycle().decisions.filter(({ kind }) => kind === 'queueStatus');
    const allocated = new Map([
      ['cpu', 2000],
      ['pods', 2],
    ]);
    expect(told()).to.deep.equal([{ kind: 'queueStatus', queue: 'default', allocated, conditions: [] }]);
    expect(told()).to.deep.equal([]);
    world.snapshot.removeTask('uid-a-0');
    expect(told()).to.have.length(1);
  });
});
