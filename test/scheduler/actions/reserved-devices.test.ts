import { expect } from 'chai';
import fc from 'fast-check';

import type { DeviceAllocation } from '../../../src/api/records/device-records.ts';
import type { ActionName, SchedulerPolicy } from '../../../src/config/policy.ts';
import { DEFAULT_POLICY } from '../../../src/config/policy.ts';
import { cardPod, cardPolicy, vgpuNode } from '../../support/card-records.ts';
import { claim, gang, join, run, worldOf } from '../../support/claim-world.ts';
import { makeRequest } from '../../support/device-records.ts';
import { A100, A100_GEOMETRIES } from '../../support/mig-geometries.ts';
import { makeTopology, numaPod, numaPolicy } from '../../support/numa-records.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';
import type { Outcome } from '../../support/scheduler-world.ts';

const RUNS = Number(process.env['SLUICE_PROPERTY_RUNS'] ?? 30);
const EVICTING: readonly ActionName[] = ['enqueue', 'allocate', 'backfill', 'preempt'];
const MINUTE_MS = 60_000;

function patient(policy: SchedulerPolicy, reserveForSeconds = 600): SchedulerPolicy {
  const times = new Map(Object.entries({ reserveAfterSeconds: 60, reserveForSeconds }));
  return { ...policy, actionArguments: new Map([['allocate', times]]) };
}

/** Small pods, `s0`, `s1` and so on, keep all devices in use: whenever one ends, another one comes that would take what it had. */
class Crowd {
  readonly world: SchedulerWorld;
  readonly #enter: (world: SchedulerWorld, name: string) => void;
  #made = 0;

  constructor(world: SchedulerWorld, size: number, enter: (world: SchedulerWorld, name: string) => void) {
    this.world = world;
    this.#enter = enter;
    for (let i = 0; i < size; i += 1) this.#come();
    run(world);
  }

  /** A minute later the pod that has run longest on each node is gone, and as many have come. */
  minute(): Outcome {
    const { snapshot } = this.world;
    this.world.nowMs += MINUTE_MS;
    const freed = new Set<string>();
    for (const { uid, record, nodeName } of snapshot.tasks.values()) {
      if (nodeName === '' || !/^s\d/.test(record.name) || freed.has(nodeName)) continue;
      freed.add(nodeName);
      snapshot.removeTask(uid);
      for (const { key } of record.deviceClaims) snapshot.claims.facts.claims.delete(key);
      this.#come();
    }
    return run(this.world);
  }

  /** Minutes until the group has started; undefined when it has not after half an hour. */
  minutesUntil(group: string): number | undefined {
    for (let minutes = 1; minutes <= 30; minutes += 1) {
      this.minute();
      if ((this.world.snapshot.jobs.get(`ns/${group}`)?.missing() ?? 1) === 0) return minutes;
    }
    return undefined;
  }

  #come(): void {
    this.#enter(this.world, `s${this.#made}`);
    this.#made += 1;
  }
}

/** Nodes with so many devices each, of which small pods take one each, after those that come first. */
function devices(
  counts: readonly number[] = [4, 4, 4],
  policy: SchedulerPolicy = patient(DEFAULT_POLICY),
  first?: (world: SchedulerWorld) => void,
): Crowd {
  const world = worldOf(counts, policy).queue('q').queue('small');
  first?.(world);
  if (first !== undefined) run(world);
  const all = counts.reduce((sum, count) => sum + count, 2);
  return new Crowd(world, all, (to, name) => gang(to, name, 1, { queue: 'small' }));
}

/** Two nodes of two cards each, of which small pods take the larger part of one. */
function cards(): Crowd {
  const world = worldOf([], patient(cardPolicy({ VGPUEnable: true })));
  for (const name of ['n1', 'n2']) world.snapshot.upsertNode(vgpuNode(name, [{ memory: 1000 }, { memory: 1000 }]));
  world.queue('q').queue('small');
  return new Crowd(world, 6, (to, name) => {
    to.group(name, 1, { queue: 'small' });
    to.snapshot.upsertTask(cardPod(`${name}-0`, name, [{ 'vgpu-number': 1, 'vgpu-memory': 100, 'vgpu-cores': 60 }]));
  });
}

/** Two nodes of one card each, which are cut as finely as can be. */
function cutCards(): Crowd {
  const world = worldOf([], patient(cardPolicy({ VGPUEnable: true })));
  for (const name of ['n1', 'n2']) world.snapshot.upsertNode(vgpuNode(name, [A100], 'mig'));
  world.snapshot.learnGeometries({ source: 'test', models: A100_GEOMETRIES });
  world.queue('q').queue('small');
  return new Crowd(world, 16, (to, name) => {
    to.group(name, 1, { queue: 'small' });
    to.snapshot.upsertTask(cardPod(`${name}-0`, name, [{ 'vgpu-number': 1, 'vgpu-memory': 8000 }]));
  });
}

interface Case {
  readonly what: string;
  readonly crowd: () => Crowd;
  readonly ask: (world: SchedulerWorld) => void;
}

const CASES: readonly Case[] = [
  {
    what: 'two devices for each of its pods',
    crowd: () => devices(),
    ask: (world) => gang(world, 'large', 2, { request: makeRequest('r', { count: 2 }) }),
  },
  {
    what: 'all devices of two nodes',
    crowd: () => devices(),
    ask: (world) => gang(world, 'large', 2, { request: makeRequest('r', { count: 4 }) }),
  },
  {
    what: 'one claim for three devices, which its pods share',
    crowd: () => devices(),
    ask: (world) => gang(world, 'large', 2, { shared: [claim(world, 'shared', makeRequest('r', { count: 3 }))] }),
  },
  {
    what: 'a card that nobody else has, for each of its pods',
    crowd: cards,
    ask: (world) => {
      world.group('large', 2, { queue: 'q' });
      const whole = [{ 'vgpu-number': 1, 'vgpu-memory': 500, 'vgpu-cores': 100 }];
      for (const name of ['large-0', 'large-1']) world.snapshot.upsertTask(cardPod(name, 'large', whole));
    },
  },
  {
    what: 'parts of both cards of a node',
    crowd: cards,
    ask: (world) => {
      world.group('large', 1, { queue: 'q' });
      const parts = [{ 'vgpu-number': 2, 'vgpu-memory': 100, 'vgpu-cores': 80 }];
      world.snapshot.upsertTask(cardPod('large-0', 'large', parts));
    },
  },
  {
    what: 'a card that has to be cut otherwise',
    crowd: cutCards,
    ask: (world) => {
      world.group('large', 1, { queue: 'q' });
      world.snapshot.upsertTask(cardPod('large-0', 'large', [{ 'vgpu-number': 1, 'vgpu-memory': 30_000 }]));
    },
  },
];

describe('A group that has waited for too long for devices', () => {
  for (const { what, crowd, ask } of CASES) {
    it(`starts although others take each that comes free: ${what}`, () => {
      const on = crowd();
      ask(on.world);
      expect(on.minutesUntil('large')).to.be.within(2, 12);
    });
  }

  it('is told which are kept for it; others go on with the rest', () => {
    const on = devices();
    gang(on.world, 'large', 1, { request: makeRequest('r', { count: 4 }) });
    for (let minute = 0; minute < 3; minute += 1) on.minute();
    const { refused, placed } = on.minute();
    expect(refused['large']).to.match(/^RoomReserved: .* what becomes free on n1 is kept for it\./);
    expect(refused['large']).to.contain('Nobody else gets gpu.example.com/n1/d0, gpu.example.com/n1/d1 and 2 more.');
    expect(new Set(Object.values(placed))).to.deep.equal(new Set(['n2', 'n3']));
    const others = Object.entries(refused).filter(([name]) => name.startsWith('s'));
    expect(others.map(([, why]) => why).join()).to.contain('3 node(s) cannot allocate all claims');
  });

  it('is kept what is free now rather than what others have', () => {
    // d0 is of a pod that never ends.
    const on = devices([4], patient(DEFAULT_POLICY), (world) => gang(world, 'forever', 1));
    gang(on.world, 'large', 1, { request: makeRequest('r', { count: 3 }) });
    expect(on.minutesUntil('large')).to.be.within(2, 12);
  });

  it('gives them up after a time, so that nothing that never ends stops the others', () => {
    const on = devices([4], patient(DEFAULT_POLICY, 120), (world) => gang(world, 'forever', 1));
    gang(on.world, 'large', 1, { request: makeRequest('r', { count: 4 }) });
    const told = Array.from({ length: 10 }, () => on.minute()).map(({ refused, placed }) => {
      return [refused['large']?.startsWith('RoomReserved'), Object.keys(placed).length > 0];
    });
    expect(told.filter(([isKept]) => isKept)).to.have.length.within(2, 6);
    expect(told.filter(([isKept, hasPlaced]) => !isKept && hasPlaced)).to.not.have.length(0);
    expect(told.filter(([isKept, hasPlaced]) => isKept && hasPlaced)).to.have.length(0);
  });

  it('gives them up when it goes', () => {
    const on = devices([4], patient(DEFAULT_POLICY));
    gang(on.world, 'large', 1, { request: makeRequest('r', { count: 4 }) });
    for (let minute = 0; minute < 3; minute += 1) on.minute();
    on.world.snapshot.removeTask('uid-large-0');
    expect(Object.keys(on.minute().placed)).to.not.have.length(0);
  });

  it('is kept less once it asks for less', () => {
    const on = devices([4], patient(DEFAULT_POLICY), (world) => gang(world, 'forever', 1));
    gang(on.world, 'large', 1, { request: makeRequest('r', { count: 4 }) });
    for (let minute = 0; minute < 6; minute += 1) on.minute();
    expect(on.minute().refused['large']).to.match(/^RoomReserved/);
    claim(on.world, 'large-0', makeRequest('r', { count: 2 }), { ownerUid: 'uid-large-0' });
    expect(Object.keys(on.minute().placed)).to.deep.equal(['large-0', 's10-0']);
  });

  it('is kept a NUMA node, too', () => {
    const world = new SchedulerWorld(patient(numaPolicy())).queue('q').queue('small').node('n1', amounts(8));
    const small = (name: string, overrides = {}): void => {
      world.group(name, 1, { queue: 'small' });
      world.snapshot.upsertTask(numaPod(`${name}-0`, name, ['single-numa-node', [{ cpu: '1' }]], overrides));
    };
    for (const name of ['s0', 's1']) small(name, { nodeName: 'n1', phase: 'Running' });
    const holders = [0, 2].map((cpu, at) => ({
      uid: `uid-s${at}-0`,
      containerAllocations: [{ name: 'main', allocations: { cpu: String(cpu) } }],
    }));
    world.snapshot.numa.publish(makeTopology('n1', { zones: [2, 2], used: [0, 2], holders }));
    world.group('large', 1, { queue: 'q' });
    world.snapshot.upsertTask(numaPod('large-0', 'large', ['single-numa-node', [{ cpu: '2' }]]));
    world.cycle();
    world.nowMs += 2 * MINUTE_MS;
    small('late');
    const { placed, refused } = world.cycle();
    expect(placed).to.deep.equal({});
    expect(refused['large']).to.match(/^RoomReserved/);
    expect(refused['late']).to.contain('1 node(s) kept a NUMA node for others');
    world.snapshot.removeTask('uid-large-0');
    expect(world.cycle().placed).to.deep.equal({ 'late-0': 'n1' });
  });

  it('never takes what others have, and gives back all, whatever comes', () => {
    const crowd = fc.record({
      devices: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }),
      large: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }),
      isShared: fc.boolean(),
      isEvicting: fc.boolean(),
      minutes: fc.integer({ min: 3, max: 8 }),
    });
    fc.assert(
      fc.property(crowd, ({ devices: counts, large, isShared, isEvicting, minutes }) => {
        const policy = isEvicting ? { ...DEFAULT_POLICY, actions: EVICTING } : DEFAULT_POLICY;
        const on = devices(counts, patient(policy));
        const { world } = on;
        world.snapshot.setPriorityClass({ name: 'high', value: 10, isGlobalDefault: false, isPatient: false });
        world.group('large', large.length, { queue: 'small', priorityClassName: 'high' });
        const shared = isShared ? [claim(world, 'shared')] : [];
        large.forEach((count, at) => {
          join(world, 'large', at, { request: makeRequest('r', { count }), shared, hasBoth: true });
        });
        for (let minute = 0; minute < minutes; minute += 1) {
          on.minute();
          expectAccount(world);
        }
      }),
      { numRuns: RUNS },
    );
  });
});

/** Of each device: claims that have it by the API, or are promised it by pods that were placed or for whom others went. */
function expectAccount({ snapshot }: SchedulerWorld): void {
  const { claims, tasks, nominations } = snapshot;
  const users = [...tasks.values()].filter((task) => task.nodeName !== '' || nominations.has(task));
  const known = new Map<string, DeviceAllocation | undefined>();
  for (const task of tasks.values()) {
    for (const { key } of task.record.deviceClaims) known.set(key, claims.facts.claims.get(key)?.allocation);
  }
  for (const task of users) {
    for (const { claim: key, allocation } of claims.choicesOf(task)) known.set(key, known.get(key) ?? allocation);
  }
  const expected = new Map<string, number>();
  for (const { pool, device } of [...known.values()].flatMap((allocation) => allocation?.devices ?? [])) {
    expected.set(`${pool}/${device}`, (expected.get(`${pool}/${device}`) ?? 0) + 1);
  }
  for (const node of snapshot.nodes.records) {
    for (const { pool, device } of claims.devices.of(snapshot.nodes.indexOf(node.name)).candidates) {
      const name = `${node.name}/${device.name}`;
      expect(claims.uses.of(pool, device.name)?.owners ?? 0, name).to.equal(expected.get(name) ?? 0);
    }
  }
  const held = [...tasks.values()].flatMap(({ record, nodeName }) => (nodeName === '' ? [] : record.deviceClaims));
  const devices = [...new Set(held.map(({ key }) => key))].flatMap((key) => known.get(key)?.devices ?? []);
  expect(new Set(devices.map(({ pool, device }) => `${pool}/${device}`)).size).to.equal(devices.length);
}
