import { expect } from 'chai';
import fc from 'fast-check';

import type { PodDeviceClaim } from '../../../src/api/records/device-records.ts';
import type { SchedulerPolicy } from '../../../src/config/policy.ts';
import { capacityPolicy, lists } from '../../support/capacity-world.ts';
import { evicted, leave, policy, world } from '../../support/evicting-world.ts';
import {
  makeAllocated,
  makeDevice,
  makeDeviceClaim,
  makeDeviceClass,
  makeRequest,
  makeSlice,
} from '../../support/device-records.ts';
import { makePod, makeShape } from '../../support/records.ts';
import { amounts } from '../../support/scheduler-world.ts';
import type { SchedulerWorld } from '../../support/scheduler-world.ts';

const RUNS = Number(process.env['SLUICE_PROPERTY_RUNS'] ?? 50);

/** Nodes `n1`, `n2`, ... of 4 CPUs with so many devices each, `d0`, `d1`, ... */
function clusterOf(devices: readonly number[], which: SchedulerPolicy = policy('preempt')): SchedulerWorld {
  const on = world(which, devices.length);
  const { facts } = on.snapshot.claims;
  devices.forEach((count, at) => {
    const node = `n${at + 1}`;
    const all = Array.from({ length: count }, (_, i) => makeDevice(`d${i}`));
    facts.slices.set(node, makeSlice(node, all, { name: node }));
  });
  facts.classes.set('gpu', makeDeviceClass('gpu'));
  return on;
}

const named = (key: string): PodDeviceClaim => ({ key, podUid: '', isMade: true });

/** A claim with devices of a node, for pods of these names. */
function allocated(
  on: SchedulerWorld,
  name: string,
  node: string,
  devices: readonly string[],
  users: readonly string[],
): void {
  const claim = makeDeviceClaim(name, [makeRequest('r', { count: devices.length })], {
    allocation: {
      devices: devices.map((device) => makeAllocated(node, device, { request: 'r' })),
      config: [],
      nodeTerms: [{ labels: [], fields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }],
    },
    reservedFor: users.map((user) => `uid-${user}`),
  });
  on.snapshot.claims.facts.claims.set(claim.key, claim);
}

interface Standing {
  readonly priority?: string;
  readonly queue?: string;
  readonly cpus?: number;
  readonly claims?: readonly string[];
}

/** A pod in a group of its own that runs. */
function runs(on: SchedulerWorld, name: string, node: string, standing: Standing = {}): void {
  const { priority = 'low', queue = 'default', cpus = 1, claims = [] } = standing;
  on.group(name, 1, { priorityClassName: priority, queue, phase: 'Running' });
  const deviceClaims = claims.map((claim) => named(`ns/${claim}`));
  const pod = makePod(name, name, makeShape(amounts(cpus)), { nodeName: node, phase: 'Running', deviceClaims });
  on.snapshot.upsertTask(pod);
}

/** A gang whose pods each ask for so many devices. */
function asks(on: SchedulerWorld, name: string, counts: readonly number[], overrides = {}): void {
  on.group(name, counts.length, { priorityClassName: 'high', ...overrides });
  counts.forEach((count, at) => {
    const claim = makeDeviceClaim(`${name}-${at}`, [makeRequest('r', { count })]);
    on.snapshot.claims.facts.claims.set(claim.key, claim);
    const pod = makePod(`${name}-${at}`, name, makeShape(amounts(1)), { deviceClaims: [named(claim.key)] });
    on.snapshot.upsertTask(pod);
  });
}

/** What Kubernetes does once the pods of a claim are gone. */
function freed(on: SchedulerWorld, name: string): void {
  on.snapshot.claims.facts.claims.delete(`ns/${name}`);
}

describe('Evictions for devices', () => {
  it('take only those who give back devices that are needed', () => {
    const on = clusterOf([3]);
    runs(on, 'plain', 'n1');
    runs(on, 'one', 'n1', { claims: ['one'] });
    runs(on, 'two', 'n1', { claims: ['two'] });
    allocated(on, 'one', 'n1', ['d0'], ['one']);
    allocated(on, 'two', 'n1', ['d1', 'd2'], ['two']);
    asks(on, 'high', [2]);
    const outcome = on.cycle();
    expect([evicted(outcome), outcome.pipelined]).to.deep.equal([['two'], { 'high-0': 'n1' }]);
  });

  const FREED_FOR_NOBODY: readonly (readonly [string, (on: SchedulerWorld) => void])[] = [
    [
      'all that may go have too few',
      (on) => {
        runs(on, 'one', 'n1', { claims: ['one'] });
        allocated(on, 'one', 'n1', ['d0'], ['one']);
        runs(on, 'high', 'n1', { claims: ['two'], priority: 'high' });
        allocated(on, 'two', 'n1', ['d1', 'd2'], ['high']);
      },
    ],
    [
      'the claim is shared with a pod that stays',
      (on) => {
        runs(on, 'one', 'n1', { claims: ['all'] });
        runs(on, 'stays', 'n1', { claims: ['all'], priority: 'higher' });
        allocated(on, 'all', 'n1', ['d0', 'd1', 'd2'], ['one', 'stays']);
      },
    ],
    [
      'a claim has them that nobody uses',
      (on) => {
        runs(on, 'one', 'n1', { claims: ['all'] });
        allocated(on, 'all', 'n1', ['d0', 'd1', 'd2'], []);
      },
    ],
    ['nobody has devices, and there are too few', (on) => runs(on, 'one', 'n1')],
  ];
  for (const [what, build] of FREED_FOR_NOBODY) {
    it(`do not happen where ${what}`, () => {
      const on = clusterOf([what.startsWith('nobody') ? 1 : 3]);
      build(on);
      asks(on, 'high', [2], { priorityClassName: 'high' });
      const outcome = on.cycle();
      expect([evicted(outcome), outcome.pipelined, outcome.placed]).to.deep.equal([[], {}, {}]);
    });
  }

  it('take all who share a claim, or none', () => {
    const on = clusterOf([2]);
    for (const name of ['one', 'two']) runs(on, name, 'n1', { claims: ['all'] });
    allocated(on, 'all', 'n1', ['d0', 'd1'], ['one', 'two']);
    asks(on, 'high', [1]);
    expect(evicted(on.cycle())).to.deep.equal(['one', 'two']);
  });

  it('are for all of a gang, or nobody goes', () => {
    for (const [counts, goes] of [
      [
        [1, 1],
        ['one', 'two'],
      ],
      [[1, 1, 1], []],
    ] as const) {
      const on = clusterOf([1, 1]);
      runs(on, 'one', 'n1', { claims: ['one'] });
      runs(on, 'two', 'n2', { claims: ['two'] });
      allocated(on, 'one', 'n1', ['d0'], ['one']);
      allocated(on, 'two', 'n2', ['d0'], ['two']);
      asks(on, 'high', counts);
      expect(evicted(on.cycle())).to.deep.equal(goes);
    }
  });

  it('give back the counters that parts of a card take', () => {
    const on = clusterOf([0]);
    const part = (name: string, slots: bigint): ReturnType<typeof makeDevice> =>
      makeDevice(name, { consumes: [{ set: 'card', counters: new Map([['slots', slots]]) }] });
    const { slices } = on.snapshot.claims.facts;
    slices.set(
      'n1',
      makeSlice('n1', [part('d0', 1n), part('d1', 1n), part('whole', 2n)], { name: 'n1', sliceCount: 2 }),
    );
    const counters = [{ set: 'card', counters: new Map([['slots', 2n]]) }];
    slices.set('counters', makeSlice('n1', [], { name: 'counters', sliceCount: 2, sharedCounters: counters }));
    for (const name of ['d0', 'd1']) {
      runs(on, name, 'n1', { claims: [name] });
      allocated(on, name, 'n1', [name], [name]);
    }
    asks(on, 'high', [1]);
    expect(evicted(on.cycle())).to.have.length(1);
  });

  it('are not repeated while devices come back, and who comes meanwhile does not get them', () => {
    const on = clusterOf([1]);
    runs(on, 'old', 'n1', { claims: ['old'] });
    allocated(on, 'old', 'n1', ['d0'], ['old']);
    runs(on, 'other', 'n1');
    asks(on, 'high', [1]);
    const first = on.cycle();
    expect(evicted(first)).to.deep.equal(['old']);
    on.queue('other');
    asks(on, 'next', [1], { priorityClassName: 'higher', queue: 'other' });
    expect(evicted(on.cycle()), 'while the pod ends').to.deep.equal([]);
    leave(on, first);
    const between = on.cycle();
    expect([evicted(between), between.pipelined], 'while its claim has them').to.deep.equal([[], { 'high-0': 'n1' }]);
    freed(on, 'old');
    expect(on.cycle().placed).to.deep.equal({ 'high-0': 'n1' });
  });

  it('take back for a queue what it deserves', () => {
    const on = clusterOf([2], capacityPolicy());
    on.queue('owner', lists({ deserved: [3] }));
    on.queue('taker', lists({ deserved: [1] }));
    for (const at of [0, 1]) {
      runs(on, `t${at}`, 'n1', { claims: [`t${at}`], queue: 'taker' });
      allocated(on, `t${at}`, 'n1', [`d${at}`], [`t${at}`]);
    }
    asks(on, 'mine', [1], { queue: 'owner', priorityClassName: 'low' });
    expect(evicted(on.cycle())).to.have.length(1);
  });

  it('happen exactly where they can help, and take nobody who could stay', () => {
    const holder = fc.record({ devices: fc.constantFrom(0, 1, 1, 2), mayGo: fc.boolean() });
    const nodes = fc.array(fc.array(holder, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 3 });
    let some = 0;
    fc.assert(
      fc.property(nodes, fc.integer({ min: 2, max: 4 }), (cluster, wanted) => {
        const on = clusterOf(cluster.map(() => 4));
        const held = cluster.map((pods, n) => {
          let next = 0;
          return pods.map(({ devices, mayGo }, at) => {
            const name = `p${n}-${at}`;
            const own = Array.from({ length: Math.min(devices, 4 - next) }, () => `d${next++}`);
            const claims = own.length === 0 ? [] : [name];
            runs(on, name, `n${n + 1}`, { claims, priority: mayGo ? 'low' : 'high', cpus: 0.5 });
            if (own.length > 0) allocated(on, name, `n${n + 1}`, own, [name]);
            return { name, mayGo, count: own.length };
          });
        });
        asks(on, 'high', [wanted]);
        const free = held.map((pods) => 4 - pods.reduce((sum, { count }) => sum + count, 0));
        const fits = free.some((count) => count >= wanted);
        const mayFit = held.some(
          (pods, n) => (free[n] ?? 0) + pods.reduce((sum, one) => sum + (one.mayGo ? one.count : 0), 0) >= wanted,
        );
        const outcome = on.cycle();
        const gone = new Set(evicted(outcome));
        expect(Object.keys(outcome.placed)).to.deep.equal(fits ? ['high-0'] : []);
        expect(Object.keys(outcome.pipelined)).to.deep.equal(!fits && mayFit ? ['high-0'] : []);
        if (fits || !mayFit) expect([...gone]).to.deep.equal([]);
        if (fits || !mayFit) return;
        some += 1;
        const n = Number(outcome.pipelined['high-0']?.slice(1)) - 1;
        const victims = (held[n] ?? []).filter(({ name }) => gone.has(name));
        expect(victims).to.have.length(gone.size);
        const back = (free[n] ?? 0) + victims.reduce((sum, { count }) => sum + count, 0);
        for (const { count } of [{ count: 0 }, ...victims]) expect(back - count >= wanted).to.equal(count === 0);
        for (const { count } of victims) expect(count).to.be.greaterThan(0);
      }),
      { numRuns: RUNS },
    );
    expect(some).to.be.greaterThan(10);
  });
});
