import { expect } from 'chai';
import fc from 'fast-check';
import { DEFAULT_POLICY } from '../../../src/config/policy.ts';
import type { ActionName, PluginArguments, SchedulerPolicy } from '../../../src/config/policy.ts';
import { TaskStatus } from '../../../src/scheduler/model/task-status.ts';
import { podWith } from '../../../src/api/records/stored-pod.ts';
import {
  asks,
  evicted,
  leave,
  policy as evictingPolicy,
  runs,
  world as evictingWorld,
} from '../../support/evicting-world.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';
import type { Outcome } from '../../support/scheduler-world.ts';

const MINUTE_MS = 60_000;

function policy(reserve: Readonly<Record<string, number>> = {}): SchedulerPolicy {
  const given = new Map<ActionName, PluginArguments>([['allocate', new Map(Object.entries(reserve))]]);
  return { ...DEFAULT_POLICY, actionArguments: given };
}

/** Nodes of 4 CPUs that small pods of one CPU keep full: whenever one ends, another one comes. */
class BusyWorld extends SchedulerWorld {
  #made = 0;

  constructor(nodes: number, which = policy()) {
    super(which);
    this.nodes(nodes, amounts(4));
    for (let i = 0; i < 4 * nodes + 2; i += 1) this.small();
    this.turn();
  }

  small(): void {
    const minResources = new Map(Object.entries(amounts(1)));
    this.gang(`s${this.#made}`, { count: 1, requests: amounts(1) }, { createdMs: this.#made, minResources });
    this.#made += 1;
  }

  /** A cycle, and all that was bound runs. */
  turn(): Outcome {
    const outcome = this.cycle();
    for (const { status, record, nodeName } of this.snapshot.tasks.values()) {
      if (status === TaskStatus.Binding) this.snapshot.upsertTask(podWith(record, { nodeName, phase: 'Running' }));
    }
    return outcome;
  }

  /** A minute later the oldest small pod of each node has ended, and as many have come. */
  minute(): Outcome {
    this.nowMs += MINUTE_MS;
    const ended = new Set<number>();
    for (const task of this.snapshot.tasks.values()) {
      if (task.status !== TaskStatus.Running || !task.record.name.startsWith('s') || ended.has(task.nodeIx)) continue;
      ended.add(task.nodeIx);
      this.snapshot.upsertTask(podWith(task.record, { phase: 'Succeeded' }));
      this.small();
    }
    return this.turn();
  }

  /** Minutes until the group has started; undefined when it has not after an hour. */
  minutesUntil(group: string): number | undefined {
    for (let minutes = 1; minutes <= 60; minutes += 1) {
      this.minute();
      if ((this.snapshot.jobs.get(`ns/${group}`)?.missing() ?? 1) === 0) return minutes;
    }
    return undefined;
  }
}

/** A gang that needs two whole nodes. */
function large(world: SchedulerWorld, name = 'large', overrides = {}): void {
  world.gang(name, { count: 2, requests: amounts(4) }, { createdMs: 1000, ...overrides });
}

/** In the place of a small pod a pod runs on the first node that never ends. */
function runForever(world: BusyWorld): void {
  const small = [...world.snapshot.tasks.values()].find(({ nodeIx, record }) => nodeIx === 0 && record.name[0] === 's');
  world.snapshot.removeTask(small?.uid ?? '');
  world.group('forever', 1, { phase: 'Running' });
  world.running('forever-0', 'forever', 'n1', { requests: amounts(1) });
}

describe('a group that waits for much room while smaller ones take it bit by bit', () => {
  it('waits for ever when room is never kept', () => {
    const world = new BusyWorld(3, policy({ reserveAfterSeconds: 0 }));
    large(world);
    expect(world.minutesUntil('large')).to.equal(undefined);
  });

  it('starts soon after the time for which it may wait', () => {
    const world = new BusyWorld(3);
    large(world);
    expect(world.minutesUntil('large')).to.be.within(6, 10);
  });

  it('starts the sooner, the less it may wait', () => {
    const world = new BusyWorld(3, policy({ reserveAfterSeconds: 60 }));
    large(world);
    expect(world.minutesUntil('large')).to.be.within(2, 6);
  });

  it('says that room is kept for it, and on which nodes; others go on where it will not stand', () => {
    const world = new BusyWorld(3, policy({ reserveAfterSeconds: 60 }));
    large(world);
    world.minute();
    // The small ones that have waited as long come first.
    world.minute();
    const { refused, placed } = world.minute();
    expect(refused['large']).to.match(/^RoomReserved: .* what becomes free on n\d and n\d is kept for it\.$/);
    expect(Object.keys(placed)).to.have.length(1);
    expect(Object.keys(placed)[0]).to.match(/^s/);
  });

  it('is one at a time: the second starts after the first', () => {
    const world = new BusyWorld(3, policy({ reserveAfterSeconds: 60 }));
    large(world, 'one');
    large(world, 'two', { createdMs: 2000 });
    expect(world.minutesUntil('one')).to.be.within(2, 6);
    for (const { record, job } of world.snapshot.tasks.values()) {
      if (job?.record.name === 'one') world.snapshot.upsertTask(podWith(record, { phase: 'Succeeded' }));
    }
    expect(world.minutesUntil('two')).to.be.within(1, 6);
  });

  it('comes before others of its priority, not before those of a higher one that have waited as long', () => {
    const world = new BusyWorld(3, policy({ reserveAfterSeconds: 60 }));
    world.snapshot.setPriorityClass({ name: 'high', value: 10, isGlobalDefault: false, isPatient: false });
    large(world, 'one');
    large(world, 'urgent', { createdMs: 2000, priorityClassName: 'high' });
    expect(world.minutesUntil('urgent')).to.be.within(2, 6);
    expect(world.snapshot.jobs.get('ns/one')?.missing()).to.equal(2);
  });

  it('keeps room on nodes that can become free: what others placed may stay for good', () => {
    const world = new BusyWorld(3, policy({ reserveAfterSeconds: 60 }));
    world.running('daemon', '', 'n1', { requests: { cpu: 0 }, schedulerName: 'default-scheduler' });
    world
      .node('n0', amounts(4))
      .running('foreign', '', 'n0', { requests: amounts(1), schedulerName: 'default-scheduler' });
    large(world);
    world.minute();
    expect(world.minute().refused['large']).to.not.include('n0');
    expect(world.minutesUntil('large')).to.be.within(1, 6);
  });

  it('gives it up after a time, so that nothing that never ends stops the others', () => {
    const world = new BusyWorld(2, policy({ reserveAfterSeconds: 60, reserveForSeconds: 120 }));
    runForever(world);
    large(world);
    const told = Array.from({ length: 12 }, () => world.minute()).map(({ refused, placed }) => [
      refused['large']?.split(':')[0],
      Object.keys(placed).length > 0,
    ]);
    expect(told.filter(([code]) => code === 'RoomReserved').length).to.be.within(3, 9);
    expect(told.filter(([code, hasPlaced]) => code !== 'RoomReserved' && hasPlaced)).to.not.have.length(0);
  });

  it('keeps no room for what its queue may not have', () => {
    const world = new BusyWorld(3, policy({ reserveAfterSeconds: 60 })).queue('small', {
      capability: new Map([['cpu', 4000]]),
    });
    large(world, 'large', { queue: 'small' });
    world.minute();
    world.minute();
    expect(world.minute().refused['large']).to.not.match(/^RoomReserved/);
  });

  it('starts within the bound, whatever the sizes', () => {
    const gang = fc.record({ count: fc.integer({ min: 1, max: 3 }), cpus: fc.integer({ min: 2, max: 4 }) });
    fc.assert(
      fc.property(gang, fc.integer({ min: 3, max: 5 }), ({ count, cpus }, nodes) => {
        const world = new BusyWorld(nodes, policy({ reserveAfterSeconds: 60 }));
        world.gang('g', { count, requests: amounts(cpus) }, { createdMs: 1000 });
        expect(world.minutesUntil('g')).to.be.at.most(8);
      }),
      { numRuns: 50, seed: 3 },
    );
  });

  it('is let in when it has waited for too long for that, and then comes first', () => {
    const world = new BusyWorld(3, policy({ reserveAfterSeconds: 60 }));
    const minResources = new Map(Object.entries(amounts(8)));
    large(world, 'large', { minResources });
    large(world, 'next', { minResources, createdMs: 2000 });
    world.minute();
    const phases = ['large', 'next'].map((name) => world.phase(name));
    expect(phases).to.deep.equal(['Pending', 'Pending']);
    expect(world.minutesUntil('large')).to.be.within(2, 8);
    expect(world.phase('next')).to.equal('Pending');
  });

  it('is sent back when room was kept for it in vain, so that its queue goes on', () => {
    const world = new BusyWorld(2, policy({ reserveAfterSeconds: 60, reserveForSeconds: 120 }));
    runForever(world);
    large(world, 'large', { minResources: new Map(Object.entries(amounts(8))) });
    const phases = Array.from({ length: 12 }, () => {
      world.minute();
      return world.phase('large');
    });
    expect(phases.join(' ')).to.match(/Pending Inqueue( Inqueue)* Pending/);
  });

  it('leaves pods the room that others went for, which is none of what becomes free', () => {
    const times = new Map([['allocate', new Map([['reserveAfterSeconds', 60]])]] as const);
    const on = evictingWorld({ ...evictingPolicy('preempt'), actionArguments: times });
    runs(on, 'a', { n1: 4 }, { minMember: 1 });
    on.gang('large', { count: 1, requests: amounts(2) }, { priorityClassName: 'low' });
    on.cycle();
    on.nowMs += MINUTE_MS - 1;
    asks(on, 'b', 2);
    const first = on.cycle();
    expect(evicted(first)).to.have.length(2);
    leave(on, first);
    on.nowMs += 1;
    const { refused, placed } = on.cycle();
    expect(refused['large']).to.match(/^RoomReserved/);
    expect(placed).to.deep.equal({ 'b-0': 'n1', 'b-1': 'n1' });
  });

  it('leaves them what somebody more important of their queue leaves of it', () => {
    const times = new Map([['allocate', new Map([['reserveAfterSeconds', 60]])]] as const);
    const on = evictingWorld({ ...evictingPolicy('preempt'), actionArguments: times }, 0).node('n1', amounts(5));
    runs(on, 'a', { n1: 5 }, { minMember: 1 });
    on.gang('large', { count: 1, requests: amounts(2) }, { priorityClassName: 'low' });
    on.cycle();
    on.nowMs += MINUTE_MS - 1;
    for (const createdMs of [1, 2, 3]) asks(on, `b${createdMs}`, 1, { createdMs });
    const first = on.cycle();
    expect(evicted(first)).to.have.length(3);
    leave(on, first);
    on.nowMs += 1;
    asks(on, 'urgent', 1, { priorityClassName: 'higher' });
    const { refused, placed } = on.cycle();
    expect(refused['large']).to.match(/^RoomReserved/);
    expect(placed).to.have.keys('urgent-0', 'b1-0', 'b2-0');
  });

  it('leaves pods the room that others went for, also where somebody uses what is kept for a planned start', () => {
    const times = new Map([['allocate', new Map([['plannedStarts', 1]])]] as const);
    const on = evictingWorld({ ...evictingPolicy('preempt'), actionArguments: times });
    on.queue('first', { priority: 1, weight: 3 }).nowMs = MINUTE_MS;
    const own = { queue: 'first', phase: 'Running' } as const;
    on.group('soon', 1, own).group('now', 1, own);
    on.running('soon-0', 'soon', 'n1', { requests: amounts(1), startedMs: MINUTE_MS, runMs: 10 * MINUTE_MS });
    on.running('now-0', 'now', 'n1', { requests: amounts(2) });
    runs(on, 'a', { n1: 1 });
    asks(on, 'b', 1);
    const outcome = on.cycle();
    expect(evicted(outcome)).to.deep.equal(['a-0']);
    leave(on, outcome);
    on.snapshot.removeTask('uid-now-0');
    asks(on, 'large', 1, { queue: 'first' }, amounts(3));
    on.gang('short', { count: 1, requests: amounts(2), runMs: 5 * MINUTE_MS }, { queue: 'first' });
    const { refused, placed } = on.cycle();
    expect(refused['large']).to.match(/^StartPlanned/);
    expect(placed).to.deep.equal({ 'short-0': 'n1', 'b-0': 'n1' });
  });

  it('keeps no room for a group that waits for its share and not for room', () => {
    const world = new SchedulerWorld(policy({ reserveAfterSeconds: 60 })).nodes(1, amounts(3));
    world.queue('small', { weight: 1 }).queue('large', { weight: 2 });
    world.gang('a', { count: 3, requests: amounts(1) }, { queue: 'large' });
    world.gang('b', { count: 2, requests: amounts(1) }, { queue: 'small' });
    const started: string[] = [];
    for (let minute = 0; minute < 10; minute += 1) {
      world.nowMs += MINUTE_MS;
      started.push(...Object.keys(world.cycle().placed));
      for (const { status, record, nodeName } of world.snapshot.tasks.values()) {
        if (status === TaskStatus.Binding) world.snapshot.upsertTask(podWith(record, { nodeName, phase: 'Succeeded' }));
      }
    }
    expect(started.toSorted()).to.deep.equal(['a-0', 'a-1', 'a-2', 'b-0', 'b-1']);
  });

  it('keeps no room for a gang that could only start beyond the share of its queue, while another queue uses its own', () => {
    const world = new SchedulerWorld(policy({ reserveAfterSeconds: 60 })).nodes(1, amounts(6));
    world.queue('a').queue('b');
    world.gang('wide', { count: 2, requests: amounts(2) }, { queue: 'a' });
    world.gang('one-by-one', { count: 4, requests: amounts(3) }, { queue: 'b', minMember: 1 });
    const started: string[][] = [];
    for (let minute = 0; minute < 6; minute += 1) {
      world.nowMs += MINUTE_MS;
      started.push(Object.keys(world.cycle().placed));
      for (const { status, record, nodeName } of world.snapshot.tasks.values()) {
        if (status === TaskStatus.Binding) world.snapshot.upsertTask(podWith(record, { nodeName, phase: 'Succeeded' }));
      }
    }
    const each = [0, 1, 2, 3].map((i) => [`one-by-one-${i}`]);
    expect(started).to.deep.equal([...each, ['wide-0', 'wide-1'], []]);
  });
});
