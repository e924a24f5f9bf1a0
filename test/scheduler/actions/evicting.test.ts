import { expect } from 'chai';
import type { ActionName } from '../../../src/config/policy.ts';
import { asks, evicted, evictions, leave, policy, runs, WHOLE_GANGS_GO, world } from '../../support/evicting-world.ts';
import { makePod, makePriorityClass, makeShape } from '../../support/records.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

describe('preemption within a queue', () => {
  it('takes from a group of lower priority what it has beyond its minimum, the youngest pods first', () => {
    const on = world(policy('preempt'));
    runs(on, 'a', { n1: 4 }, { minMember: 1 });
    asks(on, 'b', 2);
    const outcome = on.cycle();
    expect(evicted(outcome)).to.deep.equal(['a-2', 'a-3']);
    expect(outcome.pipelined).to.deep.equal({ 'b-0': 'n1', 'b-1': 'n1' });
    expect(outcome.refused['b']).to.match(/^RoomPromised/);
    expect(evictions(outcome.decisions)[0]).to.include({
      code: 'Preempted',
      message: 'PodGroup ns/b of priority 10 takes its room.',
    });
  });

  it('gives the room to whom it was made for, whoever else comes meanwhile', () => {
    const on = world(policy('preempt'));
    runs(on, 'a', { n1: 4 }, { minMember: 1 });
    asks(on, 'b', 2);
    const first = on.cycle();
    on.gang('thief', { count: 2, requests: amounts(1) }, { priorityClassName: 'low', createdMs: -1 });
    expect(evicted(on.cycle())).to.deep.equal([]);
    leave(on, first);
    expect(on.cycle().placed).to.deep.equal({ 'b-0': 'n1', 'b-1': 'n1' });
  });

  it('goes for no more than what is missing where another place of the gang is kept already', () => {
    const on = world(policy('preempt'), 2);
    for (const [name, node] of [
      ['a', 'n1'],
      ['c', 'n2'],
    ] as const)
      runs(on, name, { [node]: 4 }, { minMember: 1 });
    on.gang('b', { count: 2, requests: amounts(3) }, { priorityClassName: 'high' });
    expect(evicted(on.cycle())).to.have.length(6);
    on.snapshot.removeNode('n2');
    on.node('n3', amounts(4));
    runs(on, 'd', { n3: 4 }, { minMember: 1 });
    const outcome = on.cycle();
    expect(evicted(outcome)).to.deep.equal(['d-1', 'd-2', 'd-3']);
    expect(outcome.pipelined).to.deep.equal({ 'b-0': 'n1', 'b-1': 'n3' });
  });

  it('takes no member of a gang for which another one is on its way, until that has arrived', () => {
    const on = world(policy('preempt'));
    runs(on, 'a', { n1: 2 }, { minMember: 2 });
    on.pods('a', { count: 1, prefix: 'late', requests: amounts(1) });
    expect(on.cycle().placed).to.deep.equal({ 'late-0': 'n1' });
    asks(on, 'b', 2);
    expect(evicted(on.cycle())).to.deep.equal([]);
    on.running('late-0', 'a', 'n1', { requests: amounts(1) });
    expect(evicted(on.cycle())).to.have.length(1);
  });

  for (const [allowed, own, want] of [
    [true, 4, ['a-0', 'a-1', 'a-2', 'a-3']],
    [false, 4, []],
    [false, 2, ['a-2', 'a-3']],
  ] as const) {
    const isAllowed = allowed ? 'may' : 'may not';
    it(`${isAllowed} break a gang of four with a minimum of ${own}, as it is told`, () => {
      const actionArguments = new Map([['gangpreempt' as const, new Map([['allowWholeBundle', allowed]])]]);
      const on = world({ ...policy('gangpreempt'), actionArguments });
      runs(on, 'a', { n1: 4 }, { minMember: own });
      asks(on, 'b', 2);
      expect(evicted(on.cycle())).to.deep.equal(want);
    });
  }

  const nobody: readonly (readonly [string, (on: SchedulerWorld) => void])[] = [
    [
      'from a group of the same priority',
      (on) => {
        runs(on, 'a', { n1: 4 }, { minMember: 1 });
        asks(on, 'b', 2, { priorityClassName: 'low' });
      },
    ],
    [
      'from a gang that needs all its pods',
      (on) => {
        runs(on, 'a', { n1: 4 });
        asks(on, 'b', 2);
      },
    ],
    [
      'for a gang that would still lack room',
      (on) => {
        runs(on, 'a', { n1: 4 }, { minMember: 1 });
        asks(on, 'b', 5);
      },
    ],
    [
      'for pods whose class says that nobody is to go for them',
      (on) => {
        runs(on, 'a', { n1: 4 }, { minMember: 1 });
        on.gang('b', { count: 1, requests: amounts(1), isPatient: true }, { priorityClassName: 'high' });
      },
    ],
    [
      'for a group whose class says so, whatever its pods say',
      (on) => {
        on.snapshot.setPriorityClass(makePriorityClass('patient', 100, { isPatient: true }));
        runs(on, 'a', { n1: 4 }, { minMember: 1 });
        on.gang('b', { count: 1, requests: amounts(1) }, { priorityClassName: 'patient' });
      },
    ],
    [
      'from pods that say no',
      (on) => {
        on.group('a', 1, { priorityClassName: 'low', phase: 'Running' });
        on.running('a-0', 'a', 'n1', { requests: amounts(4), preemptable: false });
        asks(on, 'b', 1);
      },
    ],
    [
      'from groups that say no',
      (on) => {
        runs(on, 'a', { n1: 4 }, { minMember: 1, preemptable: false });
        asks(on, 'b', 1);
      },
    ],
    [
      'from what the cluster needs',
      (on) => {
        on.group('a', 1, { priorityClassName: 'low', phase: 'Running' });
        on.running('a-0', 'a', 'n1', { requests: amounts(4), priorityClassName: 'system-node-critical' });
        asks(on, 'b', 1);
      },
    ],
    [
      'from other queues',
      (on) => {
        on.queue('x');
        runs(on, 'a', { n1: 4 }, { minMember: 1, queue: 'x' });
        asks(on, 'b', 1);
      },
    ],
    [
      'while there is room',
      (on) => {
        on.node('n2', amounts(4));
        runs(on, 'a', { n1: 4 }, { minMember: 1 });
        asks(on, 'b', 4);
      },
    ],
    [
      'for pods that ask for nothing but their slot',
      (on) => {
        on.node('n1', { ...amounts(4), pods: 4 });
        runs(on, 'a', { n1: 4 }, { minMember: 1 });
        on.gang('b', { count: 1 }, { priorityClassName: 'high' });
      },
    ],
  ];
  for (const [name, prepare] of nobody) {
    it(`takes nothing ${name}`, () => {
      const on = world(policy('preempt'));
      prepare(on);
      const outcome = on.cycle();
      expect([evicted(outcome), on.cycle().pipelined]).to.deep.equal([[], {}]);
    });
  }

  it('evicts a gang as a whole where the gang plugin does not keep it, on whatever nodes its pods stand', () => {
    const on = world(policy('preempt', WHOLE_GANGS_GO), 2);
    runs(on, 'a', { n1: 4, n2: 2 });
    runs(on, 'other', { n2: 2 }, { priorityClassName: 'higher' });
    asks(on, 'b', 1);
    const outcome = on.cycle();
    expect(evicted(outcome)).to.deep.equal(['a-0', 'a-1', 'a-2', 'a-3', 'a-4', 'a-5']);
    expect(Object.keys(outcome.pipelined)).to.deep.equal(['b-0']);
  });

  it('spares a gang whose members must not all go', () => {
    const on = world(policy('preempt', WHOLE_GANGS_GO), 2);
    runs(on, 'a', { n1: 4 });
    on.group('a', 5, { priorityClassName: 'low', phase: 'Running' });
    on.running('a-kept', 'a', 'n2', { requests: amounts(4), preemptable: false });
    asks(on, 'b', 1);
    expect(evicted(on.cycle())).to.deep.equal([]);
  });

  it('takes the lowest priority first, then what spares gangs, then the fewest pods', () => {
    const on = world(policy('preempt', WHOLE_GANGS_GO), 3);
    runs(on, 'high', { n1: 4 }, { priorityClassName: 'high', minMember: 1 });
    runs(on, 'gang', { n2: 4 });
    runs(on, 'loose', { n3: 4 }, { minMember: 1 });
    asks(on, 'b', 1, { priorityClassName: 'higher' });
    expect(evicted(on.cycle())).to.deep.equal(['loose-3']);
  });

  it('takes back what turned out to be for nothing', () => {
    const on = world(policy('preempt', WHOLE_GANGS_GO), 2);
    // The first member of b takes one loose pod; the second has to break the gang, which makes room for the first as well.
    on.group('loose', 1, { priorityClassName: 'low', phase: 'Running' });
    on.running('loose-0', 'loose', 'n1', { requests: amounts(1) });
    runs(on, 'keeper', { n1: 3, n2: 1 }, { priorityClassName: 'higher' });
    runs(on, 'gang', { n2: 3 }, { priorityClassName: 'low' });
    on.group('b', 2, { priorityClassName: 'high' });
    on.snapshot.upsertTask(makePod('b-0', 'b', makeShape(amounts(1))));
    on.snapshot.upsertTask(makePod('b-1', 'b', makeShape(amounts(2))));
    expect(evicted(on.cycle())).to.deep.equal(['gang-0', 'gang-1', 'gang-2']);
  });

  it('lets the older of two pods stay when either of them would do', () => {
    const on = world(policy('preempt'));
    on.group('a', 1, { priorityClassName: 'low', phase: 'Running' });
    for (const [createdMs, cpus] of [2, 1, 1].entries()) {
      on.running(`a-${createdMs}`, 'a', 'n1', { requests: amounts(cpus), createdMs });
    }
    on.group('b', 2, { priorityClassName: 'high' });
    on.pods('b', { count: 1, requests: amounts(2), prefix: 'b-large' });
    on.pods('b', { count: 1, requests: amounts(1), prefix: 'b-small' });
    // The first of b had both small ones go, and the second one the large one, which has room for the first as well.
    expect(evicted(on.cycle())).to.deep.equal(['a-0', 'a-2']);
  });

  it('makes room within what its queue may have', () => {
    const on = world(policy('preempt'), 2).queue('q', { capability: new Map([['cpu', 4000]]) });
    runs(on, 'a', { n1: 4 }, { minMember: 1, queue: 'q' });
    asks(on, 'b', 2, { queue: 'q' });
    const first = on.cycle();
    expect(evicted(first)).to.deep.equal(['a-2', 'a-3']);
    expect(evicted(on.cycle())).to.deep.equal([]);
    leave(on, first);
    expect(Object.keys(on.cycle().placed)).to.deep.equal(['b-0', 'b-1']);
  });

  it('is let in although its queue is full, as far as lower groups would have to give it the room', () => {
    const on = world(policy('preempt'));
    runs(on, 'a', { n1: 3 }, { minMember: 1, minResources: new Map([['cpu', 3000]]) });
    runs(on, 'kept', { n1: 1 }, { priorityClassName: 'higher' });
    const asking = (name: string, cpus: number): void => {
      asks(on, name, 1, { minResources: new Map([['cpu', cpus * 1000]]) }, amounts(cpus));
    };
    asking('b', 3);
    asking('large', 4);
    expect(evicted(on.cycle())).to.deep.equal(['a-0', 'a-1', 'a-2']);
    expect(['b', 'large'].map((name) => on.phase(name))).to.deep.equal(['Inqueue', 'Pending']);
  });

  it('evicts nobody whose eviction was refused just now', () => {
    const on = world(policy('preempt'));
    runs(on, 'a', { n1: 4 }, { minMember: 1 });
    asks(on, 'b', 1);
    const decisions = [...on.scheduler.cycle({ nowMs: 0, spared: new Set(['uid-a-3']) })];
    expect(evictions(decisions).map(({ uid }) => uid)).to.deep.equal(['uid-a-2']);
  });
});

describe('preemption of gangs', () => {
  it('takes whole gangs of lower priority, and leaves what can stay', () => {
    const on = world(policy('gangpreempt'), 2);
    runs(on, 'a', { n1: 4 });
    runs(on, 'c', { n2: 4 }, { createdMs: 5 });
    asks(on, 'b', 4);
    const outcome = on.cycle();
    expect(evicted(outcome)).to.deep.equal(['c-0', 'c-1', 'c-2', 'c-3']);
    leave(on, outcome);
    expect(Object.keys(on.cycle().placed)).to.have.length(4);
  });

  it('lets a gang that it took from ask before younger ones, as one that has not started', () => {
    const on = world(policy('gangpreempt'), 0);
    for (const name of ['n1', 'n2']) on.node(name, amounts(2), { labels: new Map([['disk', name]]) });
    on.snapshot.setPriorityClass({ name: 'lowest', value: 0, isGlobalDefault: false, isPatient: false });
    runs(on, 'robbed', { n1: 2 }, { minMember: 2 });
    on.pods('robbed', { count: 2, requests: amounts(1), prefix: 'more' });
    runs(on, 'least', { n2: 2 }, { priorityClassName: 'lowest' });
    asks(on, 'younger', 2, { priorityClassName: 'low', createdMs: 5 });
    const shape = makeShape(amounts(1), { nodeSelector: new Map([['disk', 'n1']]) });
    on.gang('high', { count: 2, shape }, { priorityClassName: 'high' });
    const { pipelined } = on.cycle();
    expect(pipelined).to.deep.equal({ 'high-0': 'n1', 'high-1': 'n1', 'more-0': 'n2', 'more-1': 'n2' });
  });

  it('takes first what gangs have beyond their minimum', () => {
    const on = world(policy('gangpreempt'), 2);
    runs(on, 'a', { n1: 4 });
    runs(on, 'c', { n2: 4 }, { minMember: 2 });
    asks(on, 'b', 2);
    expect(evicted(on.cycle())).to.deep.equal(['c-2', 'c-3']);
  });
});

describe('reclaim between queues', () => {
  /** Two queues of equal weight on 8 CPUs; x holds so many of them, in pods of one. */
  function shared(action: ActionName, held: number, overrides = {}): SchedulerWorld {
    const on = world(policy(action), 2).queue('x', overrides).queue('y');
    runs(on, 'a', { n1: Math.min(4, held), n2: Math.max(0, held - 4) }, { queue: 'x', minMember: 1 });
    return on;
  }

  it('takes back what a queue deserves, and no more', () => {
    const on = shared('reclaim', 8);
    asks(on, 'b', 8, { queue: 'y', minMember: 1 });
    const outcome = on.cycle();
    expect(evicted(outcome)).to.have.length(4);
    expect(evictions(outcome.decisions)[0]).to.include({
      code: 'Reclaimed',
      message: 'queue y takes back what it deserves, for PodGroup ns/b.',
    });
    expect(evicted(on.cycle())).to.deep.equal([]);
    leave(on, outcome);
    expect(Object.keys(on.cycle().placed)).to.have.length(4);
    expect(evicted(on.cycle())).to.deep.equal([]);
  });

  it('is for a group that lost its pods to another one of its queue before a younger one of that queue', () => {
    const enforced = policy('preempt');
    const on = world({ ...enforced, actions: [...enforced.actions, 'reclaim'] }, 2);
    on.queue('own', { weight: 3 }).queue('other');
    on.group('o', 1, { queue: 'other', phase: 'Running' });
    on.running('o-0', 'o', 'n1', { requests: amounts(1) });
    on.running('o-1', 'o', 'n1', { requests: amounts(3), createdMs: 1 });
    on.group('lost', 1, { queue: 'own', priorityClassName: 'low', phase: 'Running' });
    on.running('lost-0', 'lost', 'n2', { requests: amounts(3) });
    on.pods('lost', { count: 1, prefix: 'more', requests: amounts(3) });
    asks(on, 'high', 1, { queue: 'own', createdMs: 1 }, amounts(3));
    asks(on, 'young', 1, { queue: 'own', priorityClassName: 'low', createdMs: 2 }, amounts(3));
    const { decisions, pipelined } = on.cycle();
    expect(evictions(decisions).map(({ pod }) => pod)).to.deep.equal(['ns/lost-0', 'ns/o-1']);
    expect(pipelined).to.deep.equal({ 'high-0': 'n2', 'more-0': 'n1' });
  });

  it('is not for a group that lost its pods just now and could not start again', () => {
    const actions = ['enqueue', 'allocate', 'backfill', 'preempt', 'reclaim'] as const;
    const on = world({ ...policy('preempt'), actions }).queue('q', { capability: new Map([['cpu', 2000]]) });
    const minResources = new Map(Object.entries(amounts(3)));
    runs(on, 'a', { n1: 1 }, { minMember: 1, queue: 'q', minResources });
    on.pods('a', { count: 1, requests: amounts(1), prefix: 'more' });
    runs(on, 'b', { n1: 3 }, { minMember: 1 });
    asks(on, 'c', 1, { queue: 'q' });
    expect(evicted(on.cycle())).to.deep.equal(['a-0']);
  });

  it('leaves a gang all pods of which are on their way out to be told that it waits', () => {
    const on = world(policy('reclaim')).queue('q', { capability: new Map([['cpu', 2000]]) });
    const minResources = new Map(Object.entries(amounts(3)));
    on.group('a', 2, { queue: 'q', minResources });
    for (const n of [0, 1]) on.running(`a-${n}`, 'a', 'n1', { requests: amounts(1), deleting: true });
    expect(on.cycle().refused['a']).to.match(/^WaitingInQueue/);
  });

  it('stays where it is once those that went ask again', () => {
    const on = shared('reclaim', 8);
    asks(on, 'b', 8, { queue: 'y', minMember: 1 });
    leave(on, on.cycle());
    on.pods('a', { count: 4, requests: amounts(1), prefix: 'again' });
    on.cycle();
    for (let i = 0; i < 3; i += 1) expect(evicted(on.cycle())).to.deep.equal([]);
    expect(['x', 'y'].map((name) => on.snapshot.queues.get(name)?.allocated[0])).to.deep.equal([4000, 4000]);
  });

  const nobody: readonly (readonly [string, (on: SchedulerWorld) => void, object?])[] = [
    ['for a gang that is larger than the share of its queue', (on) => asks(on, 'b', 5, { queue: 'y' })],
    ['from a queue that is not to be taken from', (on) => asks(on, 'b', 1, { queue: 'y' }), { reclaimable: false }],
    [
      'below the guarantee of a queue',
      (on) => asks(on, 'b', 1, { queue: 'y' }),
      { guarantee: new Map([['cpu', 8000]]) },
    ],
    ['for a closed queue', (on) => asks(on.queue('y', { state: 'Closed' }), 'b', 1, { queue: 'y' })],
  ];
  for (const [name, prepare, overrides] of nobody) {
    it(`takes nothing ${name}`, () => {
      const on = shared('reclaim', 8, overrides);
      prepare(on);
      expect(evicted(on.cycle())).to.deep.equal([]);
    });
  }

  it('takes nothing from a queue for pods that leave it already, of a group that is gone', () => {
    const on = world(policy('reclaim'), 2).queue('a').queue('b');
    runs(on, 'x', { n1: 4 }, { queue: 'a', minMember: 1 });
    for (const name of ['left-0', 'left-1']) {
      on.running(name, 'left', 'n2', { requests: amounts(1), queue: 'a', deleting: true });
    }
    runs(on, 'y', { n2: 2 }, { queue: 'b', minMember: 1 });
    const there = makeShape(amounts(2), { nodeSelector: new Map([['kubernetes.io/hostname', 'n1']]) });
    on.gang('z', { count: 1, shape: there }, { queue: 'b' });
    expect(evicted(on.cycle())).to.deep.equal([]);
  });

  it('goes by what queues say that they deserve, also where nodes and not shares are short (volcano#3729)', () => {
    const on = new SchedulerWorld(policy('reclaim')).node('n1', amounts(11)).node('far', amounts(100), {
      unschedulable: true,
    });
    const deserved = new Map([['cpu', 5000]]);
    const capability = new Map([['cpu', 10_000]]);
    on.queue('x', { deserved, capability }).queue('y', { deserved, capability });
    on.group('a', 2, { queue: 'x', phase: 'Running' });
    for (let i = 0; i < 5; i += 1) on.running(`a-${i}`, 'a', 'n1', { requests: amounts(2) });
    on.group('b', 2, { queue: 'y' }).pods('b', { count: 5, requests: amounts(2) });
    for (let i = 0; i < 6; i += 1) {
      const outcome = on.cycle();
      if (i === 0) expect(evicted(outcome)).to.have.length(2);
      else expect(evicted(outcome)).to.deep.equal([]);
      const gone = evicted(outcome).length;
      leave(on, outcome);
      on.pods('a', { count: gone, requests: amounts(2), prefix: `again-${i}` });
      for (const { uid, pod, node } of outcome.decisions.flatMap((each) => (each.kind === 'gang' ? each.binds : []))) {
        const name = pod.replace('ns/', '');
        on.snapshot.upsertTask(makePod(name, 'b', makeShape(amounts(2)), { uid, nodeName: node, phase: 'Running' }));
      }
    }
    expect(['x', 'y'].map((name) => on.snapshot.queues.get(name)?.allocated[0])).to.deep.equal([6000, 4000]);
  });

  it('takes whole gangs where the action looks at gangs', () => {
    const on = world(policy('gangreclaim'), 2).queue('x').queue('y');
    runs(on, 'a', { n1: 4, n2: 4 }, { queue: 'x' });
    asks(on, 'b', 4, { queue: 'y' });
    expect(evicted(on.cycle())).to.have.length(8);
  });
});
