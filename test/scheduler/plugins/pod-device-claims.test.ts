import { expect } from 'chai';

import type { DeviceClaimRecord, PodDeviceClaim } from '../../../src/api/records/device-records.ts';
import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { SchedulerPolicy } from '../../../src/config/policy.ts';
import {
  makeDevice,
  makeDeviceClaim,
  makeDeviceClass,
  makeRequest,
  makeSlice,
  selecting,
} from '../../support/device-records.ts';
import { makePod, makeShape } from '../../support/records.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

const shared = ({ key }: DeviceClaimRecord): PodDeviceClaim => ({ key, podUid: '', isMade: true });

/** Nodes `n1`, `n2`, ... with so many devices each. */
function worldOf(devices: readonly number[], policy: SchedulerPolicy = DEFAULT_POLICY): SchedulerWorld {
  const world = new SchedulerWorld(policy);
  const { facts } = world.snapshot.claims;
  devices.forEach((count, at) => {
    const node = `n${at + 1}`;
    world.node(node, amounts(4));
    const all = Array.from({ length: count }, (_, i) => makeDevice(`d${i}`));
    if (count > 0) facts.slices.set(node, makeSlice(node, all, { name: node }));
  });
  facts.classes.set('gpu', makeDeviceClass('gpu'));
  return world;
}

/** A gang of which each pod has the claims; those of `own` are made for it alone. */
function gangOf(world: SchedulerWorld, claims: readonly (readonly PodDeviceClaim[])[]): void {
  world.group('g', claims.length);
  claims.forEach((deviceClaims, at) => {
    world.snapshot.upsertTask(makePod(`g-${at}`, 'g', makeShape(amounts(1)), { deviceClaims }));
  });
}

function ownClaims(world: SchedulerWorld, pods: number, count: number): readonly (readonly PodDeviceClaim[])[] {
  return Array.from({ length: pods }, (_, at) => {
    const podUid = `uid-g-${at}`;
    const claim = makeDeviceClaim(`c${at}`, [makeRequest('r', { count })], { ownerUid: podUid });
    world.snapshot.claims.facts.claims.set(claim.key, claim);
    return [{ key: claim.key, podUid, isMade: true }];
  });
}

describe('Pods with claims for devices', () => {
  it('of a gang get devices of their own, and go along with the decision', () => {
    const world = worldOf([4, 2, 0]);
    gangOf(world, ownClaims(world, 3, 2));
    const { placed, decisions } = world.cycle();
    expect(Object.values(placed).toSorted()).to.deep.equal(['n1', 'n1', 'n2']);
    const binds = decisions.flatMap((decision) => (decision.kind === 'gang' ? decision.binds : []));
    const given = binds.flatMap(({ node, devices = [] }) =>
      devices.flatMap(({ allocation }) => allocation.devices.map(({ device }) => `${node}/${device}`)),
    );
    expect(given.toSorted()).to.deep.equal(['n1/d0', 'n1/d1', 'n1/d2', 'n1/d3', 'n2/d0', 'n2/d1']);
  });

  it('of a gang start together or not at all, and leave nothing taken', () => {
    const world = worldOf([4, 1, 0]);
    gangOf(world, ownClaims(world, 3, 2));
    expect(world.cycle().refused['g']).to.match(/^NotEnoughResources: .*3 node\(s\) cannot allocate all claims/);
    expect(world.snapshot.claims.uses.isEmpty).to.equal(true);
  });

  it('that share a claim follow it to the node where all of them have room', () => {
    const world = worldOf([1, 0, 1]);
    const claim = makeDeviceClaim('c', [makeRequest('r')]);
    world.snapshot.claims.facts.claims.set(claim.key, claim);
    world.gang('old', { count: 2, requests: amounts(1) });
    for (const at of [0, 1]) world.running(`old-${at}`, 'old', 'n1', { requests: amounts(1) });
    gangOf(world, [[shared(claim)], [shared(claim)], [shared(claim)], [shared(claim)]]);
    expect(world.cycle().placed).to.deep.equal({ 'g-0': 'n3', 'g-1': 'n3', 'g-2': 'n3', 'g-3': 'n3' });
  });

  const REFUSALS: readonly (readonly [
    string,
    Partial<DeviceClaimRecord> | undefined,
    Partial<PodDeviceClaim>,
    RegExp,
  ])[] = [
    ['is not there', undefined, {}, /^DeviceClaimNotReady: ResourceClaim ns\/c does not exist/],
    [
      'is not made yet',
      undefined,
      { isMade: false, podUid: 'u' },
      /^DeviceClaimNotReady: claim ns\/c of the pod is not made yet/,
    ],
    ['is being deleted', { deleting: true }, {}, /^DeviceClaimNotReady: ResourceClaim ns\/c is being deleted/],
    [
      'is of another pod',
      { ownerUid: 'x' },
      { podUid: 'u' },
      /^DeviceClaimNotReady: ResourceClaim ns\/c was not made for the pod/,
    ],
    [
      'names a class that is not there',
      { requests: [makeRequest('r', {}, { className: 'tpu' })] },
      {},
      /^DeviceClaimNotReady: DeviceClass tpu, which ResourceClaim ns\/c names, does not exist/,
    ],
    [
      'asks for what is not supported',
      { troubles: ['derivedAttributes'] },
      {},
      /^NeedsNotSupported: ResourceClaim ns\/c: derivedAttributes/,
    ],
    [
      'has a selector that is not supported',
      { requests: [makeRequest('r', { selectors: [{ ...selecting('x', () => true), unsupported: 'no sets' }] })] },
      {},
      /^NeedsNotSupported: ResourceClaim ns\/c: the selector x \(no sets\)/,
    ],
    [
      'has a selector that fails',
      { requests: [makeRequest('r', { selectors: [selecting('x', () => ({ message: 'no such key' }))] })] },
      {},
      /^DeviceSelectorFailed: a selector of request r of claim ns\/c fails on device .*: no such key/,
    ],
    [
      'asks for more than any node has',
      { requests: [makeRequest('r', { count: 3 })] },
      {},
      /^NeverFits: .*3 devices of class gpu, of which a node reaches 2 at most/,
    ],
    [
      'is used by as many as can be',
      { reservedFor: Array.from({ length: 256 }, (_, at) => `pod-${at}`) },
      {},
      /^DeviceClaimNotReady: .*used by as many pods/,
    ],
  ];
  for (const [name, overrides, asked, want] of REFUSALS) {
    it(`wait and are told why when one ${name}`, () => {
      const world = worldOf([2]);
      const claim = makeDeviceClaim('c', [makeRequest('r')], overrides);
      if (overrides !== undefined) world.snapshot.claims.facts.claims.set(claim.key, claim);
      gangOf(world, [[{ ...shared(claim), ...asked }]]);
      expect(world.cycle().refused['g']).to.match(want);
    });
  }

  it('wait for devices in use, and go once they are free', () => {
    const world = worldOf([1]);
    const { facts } = world.snapshot.claims;
    const other = makeDeviceClaim('other', [makeRequest('r')]);
    const device = {
      request: 'r',
      driver: 'gpu.example.com',
      pool: 'n1',
      device: 'd0',
      adminAccess: false,
      tolerations: [],
      bindingConditions: [],
      bindingFailureConditions: [],
      share: undefined,
      consumed: new Map<string, bigint>(),
    };
    facts.claims.set(other.key, { ...other, allocation: { devices: [device], config: [], nodeTerms: undefined } });
    gangOf(world, ownClaims(world, 1, 1));
    expect(world.cycle().refused['g']).to.match(/^NotEnoughResources: .*1 node\(s\) cannot allocate all claims/);
    facts.claims.set(other.key, other);
    expect(world.cycle().placed).to.deep.equal({ 'g-0': 'n1' });
  });

  it('do not go where a pool is being updated, and are not told that they never fit', () => {
    const world = worldOf([0]);
    world.snapshot.claims.facts.slices.set('part', makeSlice('n1', [makeDevice('d0')], { sliceCount: 2 }));
    gangOf(world, ownClaims(world, 1, 1));
    expect(world.cycle().refused['g']).to.match(/^NotEnoughResources: /);
  });

  it('go where a claim is allocated already', () => {
    const world = worldOf([1, 1]);
    const claim = makeDeviceClaim('c', [makeRequest('r')], {
      allocation: {
        devices: [],
        config: [],
        nodeTerms: [{ labels: [], fields: [{ key: 'metadata.name', operator: 'In', values: ['n2'] }] }],
      },
    });
    world.snapshot.claims.facts.claims.set(claim.key, claim);
    gangOf(world, [[shared(claim)]]);
    expect(world.cycle().placed).to.deep.equal({ 'g-0': 'n2' });
  });

  it('wait when the policy switches claims off', () => {
    const off = plugin('predicates', { 'predicate.DynamicResourceAllocationEnable': 'false' });
    const tiers = DEFAULT_POLICY.tiers.map((tier) => tier.map((one) => (one.name === 'predicates' ? off : one)));
    const world = worldOf([1], { ...DEFAULT_POLICY, tiers });
    gangOf(world, ownClaims(world, 1, 1));
    expect(world.cycle().refused['g']).to.match(/^NeedsNotSupported: .*DynamicResourceAllocationEnable is off/);
  });
});
