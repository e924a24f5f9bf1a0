import { expect } from 'chai';
import fc from 'fast-check';

import { podWith } from '../../../src/api/records/stored-pod.ts';
import { DEFAULT_POLICY } from '../../../src/config/policy.ts';
import type { SchedulerPolicy } from '../../../src/config/policy.ts';
import { isWithin } from '../../../src/scheduler/model/queue-paths.ts';
import { TaskStatus } from '../../../src/scheduler/model/task-status.ts';
import type { Task } from '../../../src/scheduler/model/task.ts';
import { cardPod, cardPolicy, vgpuNode } from '../../support/card-records.ts';
import { claim, DEVICES, evicted, gang, join, limited, run, worldOf } from '../../support/claim-world.ts';
import { makeRequest } from '../../support/device-records.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

const RUNS = Number(process.env['SLUICE_PROPERTY_RUNS'] ?? 40);
const PREEMPTING: SchedulerPolicy = { ...DEFAULT_POLICY, actions: ['enqueue', 'allocate', 'preempt'] };
const OWNER = { apiVersion: 'batch/v1', kind: 'Job', name: 'a', uid: 'uid-a' };
const TWO = makeRequest('r', { count: 2 });

/** Under a limit of devices of `above`: `low` of queue `q` had two of them, and went for `high`, two pods that share a claim for two. */
function robbed(limit: number, devices = 8): SchedulerWorld {
  const world = worldOf([devices], PREEMPTING)
    .queue('above', limited({ [DEVICES]: limit }))
    .queue('q', { parent: 'above' })
    .queue('p', { parent: 'above' });
  for (const [at, name] of ['high', 'higher'].entries()) {
    world.snapshot.setPriorityClass({ name, value: 10 + at, isGlobalDefault: false, isPatient: false });
  }
  gang(world, 'low', 1, { request: TWO });
  run(world);
  claim(world, 'shared', TWO);
  gang(world, 'high', 2, { shared: ['ns/shared'], priorityClassName: 'high', createdMs: 1 });
  expect(evicted(world)).to.deep.equal(['ns/low-0']);
  leave(world, 'low');
  return world;
}

/** The only pod of the group is gone, and its claim. */
function leave({ snapshot }: SchedulerWorld, group: string): void {
  snapshot.removeTask(`uid-${group}-0`);
  snapshot.claims.facts.claims.delete(`ns/${group}-0`);
}

/** Devices of rooms that are kept for pods of the queue, or of those below it. */
function kept({ snapshot }: SchedulerWorld, queue: string): number {
  const r = snapshot.resources.intern(DEVICES);
  const { keptClaims = [], keptClaimsBelow = [] } = snapshot.queues.get(queue) ?? {};
  return (keptClaims[r] ?? 0) + (keptClaimsBelow[r] ?? 0);
}

describe('A claim that several pods share, and for which others went', () => {
  it('is kept within the quota until the turn of those pods, and counts once', () => {
    const world = robbed(2);
    expect([kept(world, 'q'), kept(world, 'above')]).to.deep.equal([2, 2]);
    // Of the same priority and older: it is asked first.
    gang(world, 'late', 1, { priorityClassName: 'high' });
    const { placed, refused } = world.cycle();
    expect(Object.keys(placed)).to.deep.equal(['high-0', 'high-1']);
    expect(refused['late']).to.match(/quota of DeviceClass gpu used 2 of 2, 1 more asked/);
    expect([kept(world, 'q'), kept(world, 'above')]).to.deep.equal([0, 0]);
  });

  it('yields to a group of a higher priority of its queue, and does not count then', () => {
    const world = robbed(2);
    gang(world, 'late', 1, { priorityClassName: 'higher' });
    expect(Object.keys(world.cycle().placed)).to.deep.equal(['late-0']);
    expect([kept(world, 'q'), kept(world, 'above')]).to.deep.equal([0, 0]);
  });

  it('leaves what is beside it to others', () => {
    const world = robbed(3);
    gang(world, 'late', 1, { priorityClassName: 'higher' });
    expect(Object.keys(world.cycle().placed)).to.deep.equal(['late-0', 'high-0', 'high-1']);
  });

  it('is kept from those of other queues below the same limit', () => {
    const world = robbed(2);
    gang(world, 'late', 1, { priorityClassName: 'higher', queue: 'p' });
    expect(Object.keys(world.cycle().placed)).to.deep.equal(['high-0', 'high-1']);
  });

  it('costs nothing more for whoever shares it', () => {
    const world = robbed(2);
    gang(world, 'friend', 1, { shared: ['ns/shared'], priorityClassName: 'higher', queue: 'p' });
    expect(Object.keys(world.cycle().placed)).to.deep.equal(['friend-0', 'high-0', 'high-1']);
  });

  it('is given back with the last room', () => {
    const world = robbed(2);
    world.snapshot.removeTask('uid-high-0');
    expect([kept(world, 'q'), kept(world, 'above')]).to.deep.equal([2, 2]);
    world.snapshot.removeTask('uid-high-1');
    expect([kept(world, 'q'), kept(world, 'above')]).to.deep.equal([0, 0]);
    gang(world, 'late', 1, { priorityClassName: 'higher' });
    expect(Object.keys(world.cycle().placed)).to.deep.equal(['late-0']);
  });

  it('has devices once those who went have given them back, and not before', () => {
    const world = worldOf([3], PREEMPTING).queue('q');
    world.snapshot.setPriorityClass({ name: 'high', value: 10, isGlobalDefault: false, isPatient: false });
    for (const name of ['a', 'b', 'c']) gang(world, name, 1);
    run(world);
    claim(world, 'shared');
    gang(world, 'high', 2, { shared: ['ns/shared'], hasBoth: true, priorityClassName: 'high' });
    expect(evicted(world)).to.have.members(['ns/a-0', 'ns/b-0', 'ns/c-0']);
    for (const name of ['c', 'b']) {
      leave(world, name);
      expect(world.cycle().placed, name).to.deep.equal({});
    }
    leave(world, 'a');
    expect(Object.keys(world.cycle().placed)).to.deep.equal(['high-0', 'high-1']);
  });

  it('follows its queue, and what queues name', () => {
    const world = robbed(2);
    world.queue('other', limited({ [DEVICES]: 2 })).queue('q', { parent: 'other' });
    world.snapshot.settle();
    expect([kept(world, 'above'), kept(world, 'other')]).to.deep.equal([0, 2]);
    world.queue('other').queue('above');
    world.snapshot.settle();
    expect(kept(world, 'q')).to.equal(0);
    world.queue('above', limited({ [DEVICES]: 3 }));
    world.snapshot.settle();
    expect([kept(world, 'q'), kept(world, 'other'), kept(world, 'above')]).to.deep.equal([2, 2, 0]);
  });
});

/** Two pods of gang `a` run with a device each on the only node, which has so many; the first of them went for nobody. */
function lost(devices: number, limit: number): SchedulerWorld {
  const world = worldOf([devices])
    .queue('above', limited({ [DEVICES]: limit }))
    .queue('q', { parent: 'above' })
    .queue('p', { parent: 'above' });
  gang(world, 'a', 2, { owner: OWNER });
  run(world);
  world.snapshot.removeTask('uid-a-0');
  world.snapshot.claims.facts.claims.delete('ns/a-0');
  gang(world, 'late', 1, { queue: 'p' });
  return world;
}

const QUEUES = { above: '', q: 'above', p: 'above', leaf: 'q' } as const;
const stories = fc.record({
  groups: fc.array(
    fc.record({
      queue: fc.constantFrom('q', 'p', 'leaf'),
      pods: fc.integer({ min: 1, max: 3 }),
      /** Which of two claims they share; they have their own otherwise. */
      shares: fc.option(fc.nat(1), { freq: 4 }),
      hasBoth: fc.boolean(),
    }),
    { minLength: 2, maxLength: 5 },
  ),
  steps: fc.array(
    fc.record({ does: fc.constantFrom('keep', 'keep', 'keep', 'run', 'drop', 'leave', 'move'), which: fc.nat(100) }),
    { minLength: 5, maxLength: 25 },
  ),
});

describe('Rooms that are kept at random', () => {
  it('count each shared claim once at each level where nobody holds it, and give all back', () => {
    fc.assert(
      fc.property(stories, ({ groups, steps }) => {
        const world = worldOf([8]);
        for (const [name, parent] of Object.entries(QUEUES)) world.queue(name, limited({ [DEVICES]: 8 }, { parent }));
        for (const at of [0, 1]) claim(world, `shared${at}`, makeRequest('r', { count: at + 1 }));
        groups.forEach(({ pods, shares, ...group }, at) => {
          gang(world, `g${at}`, pods, { shared: shares === null ? [] : [`ns/shared${shares}`], ...group });
        });
        world.snapshot.settle();
        for (const step of steps) {
          take(world, step);
          recount(world);
        }
        for (const uid of world.snapshot.tasks.keys()) world.snapshot.removeTask(uid);
        for (const queue of world.snapshot.queues.values()) {
          expect(queue.ledgers.flat().every((amount) => amount === 0)).to.equal(true);
        }
      }),
      { numRuns: RUNS },
    );
  });
});

function take(world: SchedulerWorld, { does, which }: { readonly does: string; readonly which: number }): void {
  const { snapshot } = world;
  const tasks = [...snapshot.tasks.values()];
  const task = tasks[which % Math.max(1, tasks.length)];
  if (does === 'move') {
    world.queue('leaf', limited({ [DEVICES]: 8 }, { parent: which % 2 === 0 ? 'p' : 'above' }));
    snapshot.settle();
  }
  if (task === undefined) return;
  if (does === 'leave') snapshot.removeTask(task.uid);
  if (does === 'drop') snapshot.nominations.drop(task);
  if (task.status !== TaskStatus.Pending) return;
  if (does === 'keep') snapshot.nominations.set(task, 0);
  if (does !== 'run') return;
  snapshot.upsertTask(podWith(task.record, { nodeName: 'n1', phase: 'Running' }));
  snapshot.settle();
}

function recount(world: SchedulerWorld): void {
  const { nominations, tasks, queues, claims } = world.snapshot;
  const shared = ({ record }: Task): readonly string[] => {
    return record.deviceClaims.flatMap(({ key, podUid }) => (podUid === '' ? [key] : []));
  };
  const standing = [...tasks.values()].filter(({ nodeName }) => nodeName !== '');
  for (const queue of queues.values()) {
    const within = ({ job }: Task): boolean => job?.queue !== undefined && isWithin(job.queue, queue);
    const keys = new Set([...nominations.tasks()].filter(within).flatMap(shared));
    for (const key of standing.filter(within).flatMap(shared)) keys.delete(key);
    const count = (key: string): number => claims.facts.claims.get(key)?.requests[0]?.asks[0]?.count ?? 0;
    const sum = [...keys].reduce((all, key) => all + count(key), 0);
    expect(kept(world, queue.name), queue.name).to.equal(sum);
  }
}

describe('A pod that a running gang lost', () => {
  for (const [what, devices, limit, why] of [
    ['its part of the quota', 8, 2, 'quota of DeviceClass gpu used 2 of 2, 1 more asked'],
    ['its device', 2, 8, '1 node(s) cannot allocate all claims'],
  ] as const) {
    it(`leaves ${what} to its successor, for a while`, () => {
      const world = lost(devices, limit);
      const { placed, refused } = world.cycle();
      expect(placed).to.deep.equal({});
      expect(refused['late']).to.contain(why);
      join(world, 'a', 2);
      expect(Object.keys(world.cycle().placed)).to.deep.equal(['a-2']);
      const waited = lost(devices, limit);
      waited.cycle();
      waited.nowMs += 20_000;
      expect(Object.keys(waited.cycle().placed)).to.deep.equal(['late-0']);
    });
  }

  it('leaves a device to nobody once its node is gone', () => {
    const world = lost(2, 8);
    world.cycle();
    world.snapshot.removeNode('n1');
    world.cycle();
    world.node('n1', amounts(64));
    expect(Object.keys(world.cycle().placed)).to.deep.equal(['late-0']);
  });

  it('leaves its part of a card to its successor, for a while', () => {
    const world = new SchedulerWorld(cardPolicy({ VGPUEnable: true }));
    world.snapshot.upsertNode(vgpuNode('n1', [{ memory: 1000 }, { memory: 1000 }]));
    world.group('a', 2, { owner: OWNER });
    const most = [{ 'vgpu-number': 1, 'vgpu-memory': 600, 'vgpu-cores': 10 }];
    for (const [at, name] of ['a-0', 'a-1'].entries()) {
      const held = [[{ card: `n1-${at}`, memory: 600, cores: 10 }]];
      const { cards, ...pod } = cardPod(name, 'a', most, { nodeName: 'n1', phase: 'Running' });
      world.snapshot.upsertTask({ ...pod, cards: cards && { ...cards, held } });
    }
    world.cycle();
    world.snapshot.removeTask('uid-a-0');
    world.queue('other').group('late', 1, { queue: 'other' });
    world.snapshot.upsertTask(cardPod('late-0', 'late', most));
    expect(world.cycle().placed).to.deep.equal({});
    // All is counted anew.
    world.node('n2', amounts(1));
    expect(world.cycle().placed).to.deep.equal({});
    world.nowMs += 20_000;
    expect(world.cycle().placed).to.deep.equal({ 'late-0': 'n1' });
  });
});
