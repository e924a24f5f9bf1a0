import { expect } from 'chai';
import fc from 'fast-check';

import type { DeviceClaimRecord, PodDeviceClaim } from '../../../src/api/records/device-records.ts';
import { Snapshot } from '../../../src/scheduler/ledger/snapshot.ts';
import { TaskStatus } from '../../../src/scheduler/model/task-status.ts';
import type { Task } from '../../../src/scheduler/model/task.ts';
import {
  makeDevice,
  makeDeviceClaim,
  makeDeviceClass,
  makeRequest,
  makeSlice,
  ONE,
} from '../../support/device-records.ts';
import { overcommitted } from '../../support/device-world.ts';
import { makeNode, makePod, makePodGroup, makeQueue, makeShape } from '../../support/records.ts';

const RUNS = Number(process.env['SLUICE_PROPERTY_RUNS'] ?? 100);
const NODES = ['n1', 'n2', 'n3'];

/** Of each kind of devices some, on each node and on all. */
function worldOf(claims: readonly DeviceClaimRecord[], users: readonly (readonly PodDeviceClaim[])[]): Snapshot {
  const snapshot = new Snapshot();
  for (const node of NODES) snapshot.upsertNode(makeNode(node, { cpu: 8000 }));
  const { facts } = snapshot.claims;
  const memory = new Map([['memory', { value: 4n * ONE, policy: { fallback: ONE, values: [], range: undefined } }]]);
  for (const node of NODES) {
    const parts = [0, 1, 2].map((at) =>
      makeDevice(`part${at}`, { consumes: [{ set: 'card', counters: new Map([['slots', BigInt(1 + (at % 2))]]) }] }),
    );
    const shared = makeDevice('shared', { allowsMultiple: true, capacity: memory });
    facts.slices.set(`${node}-slice`, makeSlice(node, [...parts, shared], { sliceCount: 2 }));
    const counters = [{ set: 'card', counters: new Map([['slots', 3n]]) }];
    facts.slices.set(
      `${node}-counters`,
      makeSlice(node, [], { name: `${node}-counters`, sliceCount: 2, sharedCounters: counters }),
    );
  }
  const wide = [0, 1].map((at) => makeDevice(`wide${at}`));
  facts.slices.set(
    'wide',
    makeSlice('wide', wide, { name: 'wide', driver: 'nic.example.com', reach: { kind: 'all' } }),
  );
  facts.classes.set('gpu', makeDeviceClass('gpu'));
  snapshot.upsertQueue(makeQueue('default'));
  snapshot.upsertJob(makePodGroup('g', 1));
  for (const claim of claims) facts.claims.set(claim.key, claim);
  users.forEach((deviceClaims, at) => {
    snapshot.upsertTask(makePod(`p${at}`, 'g', makeShape({ cpu: 100 }), { deviceClaims }));
  });
  snapshot.settle();
  return snapshot;
}

const claimsArbitrary = fc
  .array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5 })
  .map((all) => all.map((count, at) => makeDeviceClaim(`c${at}`, [makeRequest('r', { count })])));

const named = (claim: DeviceClaimRecord): PodDeviceClaim => ({ key: claim.key, podUid: '', isMade: true });

type Step = readonly [kind: 'place' | 'unplace' | 'allocate' | 'free' | 'drop', pod: number, node: number];

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.tuple(
    fc.constantFrom('place', 'place', 'place', 'unplace', 'allocate', 'free', 'drop'),
    fc.nat(6),
    fc.nat(2),
  ) as fc.Arbitrary<Step>,
  { maxLength: 40 },
);

describe('Promises of devices', () => {
  it('never give away more than there is, and leave nothing behind', () => {
    fc.assert(
      fc.property(
        claimsArbitrary,
        fc.array(fc.array(fc.nat(4), { maxLength: 3 }), { minLength: 1, maxLength: 7 }),
        steps,
        (claims, uses, walk) => {
          const users = uses.map((of) => [...new Set(of)].flatMap((at) => claims[at] ?? []).map(named));
          const snapshot = worldOf(claims, users);
          const ledger = snapshot.claims;
          const tasks = users.map((_, at) => snapshot.tasks.get(`uid-p${at}`) as Task);
          const placed = new Set<Task>();
          for (const [kind, pod, node] of walk) {
            const task = tasks[pod % tasks.length] as Task;
            const claim = claims[pod % claims.length] as DeviceClaimRecord;
            if (kind === 'place' && !placed.has(task) && ledger.choose(task, node)) placed.add(task);
            if (kind === 'unplace' && placed.delete(task)) ledger.place(task, node, -1, TaskStatus.Allocated);
            if (kind === 'drop' && placed.delete(task)) ledger.drop(task);
            const promised = [...placed].flatMap((one) => ledger.choicesOf(one)).find((one) => one.claim === claim.key);
            if (kind === 'allocate' && promised !== undefined) {
              ledger.facts.claims.set(claim.key, { ...claim, allocation: promised.allocation });
            }
            // Whoever frees a claim frees it of its users as well.
            if (kind === 'free' && promised === undefined) ledger.facts.claims.set(claim.key, claim);
            expect(overcommitted(ledger.facts, ledger.uses)).to.deep.equal([]);
          }
          for (const task of placed) ledger.drop(task);
          for (const claim of claims) ledger.facts.claims.delete(claim.key);
          expect(ledger.uses.isEmpty).to.equal(true);
          for (const task of tasks) expect(ledger.choicesOf(task)).to.deep.equal([]);
        },
      ),
      { numRuns: RUNS },
    );
  });

  it('confine all who share a claim to the nodes that its devices are reached from', () => {
    const claim = makeDeviceClaim('c0', [makeRequest('r', { count: 4 })]);
    const { claims, tasks } = worldOf([claim], [[named(claim)], [named(claim)]]);
    const [first, second] = ['uid-p0', 'uid-p1'].map((uid) => tasks.get(uid) as Task);
    if (first === undefined || second === undefined) throw new Error('Pods are missing');
    expect(claims.choose(first, 1)).to.equal(true);
    expect([claims.choose(second, 0), claims.choose(second, 1)]).to.deep.equal([false, true]);
    expect(claims.choicesOf(second)).to.deep.equal(claims.choicesOf(first));
    claims.drop(first);
    expect(claims.uses.isEmpty).to.equal(false);
    claims.drop(second);
    expect(claims.uses.isEmpty).to.equal(true);
  });

  it('end once the API says the same, without a moment in which the devices are free', () => {
    const claim = makeDeviceClaim('c0', [makeRequest('r')]);
    const { claims, tasks } = worldOf([claim], [[named(claim)]]);
    const task = tasks.get('uid-p0') as Task;
    claims.choose(task, 0);
    const allocation = claims.choicesOf(task)[0]?.allocation;
    claims.confirm(task);
    expect(claims.choicesOf(task)).to.have.length(1);
    const before = claims.version;
    claims.facts.claims.set(claim.key, { ...claim, allocation });
    claims.confirm(task);
    expect([claims.choicesOf(task).length, claims.version, claims.uses.isEmpty]).to.deep.equal([0, before, false]);
  });

  it('are not for a claim that has taken the name of another one', () => {
    const claim = makeDeviceClaim('c0', [makeRequest('r', { count: 2 })]);
    const { claims, tasks } = worldOf([claim], [[named(claim)], [named(claim)]]);
    claims.choose(tasks.get('uid-p0') as Task, 0);
    claims.facts.claims.set(claim.key, { ...claim, uid: 'other' });
    expect(claims.choose(tasks.get('uid-p1') as Task, 1)).to.equal(true);
    claims.drop(tasks.get('uid-p0') as Task);
    expect(claims.uses.isEmpty).to.equal(false);
    claims.drop(tasks.get('uid-p1') as Task);
    expect(claims.uses.isEmpty).to.equal(true);
  });

  it('are for 256 pods at most', () => {
    const claim = makeDeviceClaim('c0', [makeRequest('r')], {
      reservedFor: Array.from({ length: 255 }, (_, at) => `other-${at}`),
    });
    const { claims, tasks } = worldOf([claim], [[named(claim)], [named(claim)]]);
    expect(claims.choose(tasks.get('uid-p0') as Task, 0)).to.equal(true);
    expect(claims.choose(tasks.get('uid-p1') as Task, 0)).to.equal(false);
    claims.drop(tasks.get('uid-p0') as Task);
    expect(claims.choose(tasks.get('uid-p1') as Task, 0)).to.equal(true);
  });
});
