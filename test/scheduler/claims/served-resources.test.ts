import { expect } from 'chai';
import fc from 'fast-check';

import { specialClaimKey } from '../../../src/api/devices/special-claim.ts';
import type { ExtendedAsk } from '../../../src/api/records/extended-ask.ts';
import type { PodRecord } from '../../../src/api/records/pod-record.ts';
import type { BindDecision } from '../../../src/scheduler/session/decision.ts';
import {
  makeAllocated,
  makeDevice,
  makeDeviceClaim,
  makeDeviceClass,
  makeRequest,
  makeSlice,
} from '../../support/device-records.ts';
import { makePod, makeShape } from '../../support/records.ts';
import { amounts, GPU, SchedulerWorld } from '../../support/scheduler-world.ts';

const RUNS = Number(process.env['SLUICE_PROPERTY_RUNS'] ?? 100);
const BY_CLASS = 'deviceclass.resource.kubernetes.io/gpu';
const QUOTA = 'gpu.deviceclass.resource.k8s.io/devices';

/** By node: devices of class `gpu` there, or so many GPUs that the node itself publishes. */
function worldOf(nodes: readonly { readonly devices?: number; readonly published?: number }[]): SchedulerWorld {
  const world = new SchedulerWorld();
  const { facts } = world.snapshot.claims;
  facts.classes.set('gpu', { ...makeDeviceClass('gpu'), extendedResourceName: GPU });
  nodes.forEach(({ devices = 0, published = 0 }, at) => {
    const node = `n${at + 1}`;
    world.node(node, { ...amounts(64), ...(published > 0 ? { [GPU]: published } : {}) });
    const all = Array.from({ length: devices }, (_, i) => makeDevice(`d${i}`));
    facts.slices.set(node, makeSlice(node, all, { name: node }));
  });
  return world;
}

function asking(count: number, resource = GPU): Partial<PodRecord> {
  const ask: ExtendedAsk = { container: 'main', position: 0, isShort: false, resource, at: 1, count };
  return { shape: makeShape({ ...amounts(1), [resource]: count }), extendedAsks: [ask] };
}

function gang(world: SchedulerWorld, name: string, pods: number, of: Partial<PodRecord>, queue = 'default'): void {
  world.group(name, pods, { queue });
  for (let at = 0; at < pods; at += 1) {
    const pod = makePod(`${name}-${at}`, name, of.shape ?? makeShape(amounts(1)), of);
    world.snapshot.upsertTask(pod);
  }
}

/** A claim that somebody else has made, with the first devices of the node. */
function taken(world: SchedulerWorld, node: string, devices: number): void {
  const claim = makeDeviceClaim(`on-${node}`, [makeRequest('r', { count: devices })]);
  const { facts } = world.snapshot.claims;
  const all = facts.pools.slice(`${node}`)?.devices.slice(0, devices) ?? [];
  const results = all.map(({ pool, name: device }) => makeAllocated(pool, device));
  facts.claims.set(claim.key, { ...claim, allocation: { devices: results, config: [], nodeTerms: undefined } });
}

describe('A resource that a class of devices serves', () => {
  for (const resource of [GPU, BY_CLASS]) {
    it(`gives devices to pods that ask for ${resource} where no node publishes it`, () => {
      const world = worldOf([{ devices: 2 }, { devices: 4 }]);
      gang(world, 'a', 1, asking(3, resource));
      const { placed, binds } = cycle(world);
      expect(placed).to.deep.equal({ 'a-0': 'n2' });
      expect(binds[0]?.devices?.map(({ claim }) => claim)).to.deep.equal([specialClaimKey('ns', 'uid-a-0')]);
      const names = binds[0]?.devices?.flatMap(({ allocation }) => allocation.devices.map(({ device }) => device));
      expect(names).to.deep.equal(['d0', 'd1', 'd2']);
    });
  }

  it('is given by the node itself where that publishes it, and needs no claim there', () => {
    const world = worldOf([{ devices: 8, published: 2 }]);
    gang(world, 'a', 1, asking(2));
    const { placed, binds } = cycle(world);
    expect(placed).to.deep.equal({ 'a-0': 'n1' });
    expect(binds[0]?.devices).to.equal(undefined);
    gang(world, 'b', 1, asking(1));
    expect(cycle(world).placed).to.deep.equal({});
  });

  it('is not there any more once the class or the devices are gone, and is when they come back', () => {
    const world = worldOf([{ devices: 2 }]);
    const { facts } = world.snapshot.claims;
    const [known, slice] = [facts.classes.get('gpu'), facts.slices.get('n1')];
    facts.classes.delete('gpu');
    gang(world, 'a', 1, asking(2));
    expect(world.cycle().refused['a']).to.match(/^NeverFits: .*nvidia.com\/gpu 2, and the cluster has 0/);
    if (known !== undefined) facts.classes.set('gpu', known);
    facts.slices.delete('n1');
    expect(world.cycle().refused['a']).to.match(/^NeverFits/);
    if (slice !== undefined) facts.slices.set('n1', slice);
    expect(world.cycle().placed).to.deep.equal({ 'a-0': 'n1' });
  });

  it('is served by the newest class of several, and by the first by name of equals', () => {
    const world = worldOf([{ devices: 1 }]);
    const { facts } = world.snapshot.claims;
    facts.classes.set('b', { ...makeDeviceClass('b'), extendedResourceName: GPU, createdMs: 1 });
    facts.classes.set('a', { ...makeDeviceClass('a'), extendedResourceName: GPU, createdMs: 1 });
    expect(facts.extendedResources.get(GPU)).to.equal('a');
  });

  it('keeps a gang whole: devices for one pod too few are devices for none', () => {
    const world = worldOf([{ devices: 3 }, { devices: 1 }]);
    gang(world, 'a', 3, asking(2));
    gang(world, 'b', 2, asking(1));
    const { placed } = world.cycle();
    expect(Object.keys(placed).toSorted()).to.deep.equal(['b-0', 'b-1']);
  });

  it('counts in queues under every name of its class, as claims do', () => {
    for (const name of [QUOTA, BY_CLASS, GPU]) {
      const world = worldOf([{ devices: 8 }]).queue('q', { capability: new Map([[name, 3]]) });
      for (const each of ['a', 'b', 'c', 'd']) gang(world, each, 1, asking(1), 'q');
      const { placed, refused } = world.cycle();
      expect(Object.keys(placed), name).to.have.lengthOf(3);
      expect(refused['d'], name).to.match(/^(QueueLimit|WaitingInQueue)/);
    }
  });

  it('waits with numbers while its devices are in use by claims', () => {
    const world = worldOf([{ devices: 2 }]);
    taken(world, 'n1', 1);
    gang(world, 'a', 1, asking(2));
    const { placed, refused } = world.cycle();
    expect(placed).to.deep.equal({});
    expect(refused['a']).to.match(/cannot allocate all claims/);
    world.snapshot.claims.facts.claims.delete('ns/on-n1');
    expect(world.cycle().placed).to.deep.equal({ 'a-0': 'n1' });
  });

  it('is given where the devices are that an earlier try wrote', () => {
    const world = worldOf([{ devices: 1 }, { devices: 1 }]);
    const key = specialClaimKey('ns', 'uid-a-0');
    const { facts } = world.snapshot.claims;
    taken(world, 'n2', 1);
    const wrote = facts.claims.get('ns/on-n2');
    facts.claims.delete('ns/on-n2');
    if (wrote?.allocation === undefined) throw new Error('no devices');
    const terms = [{ labels: [], fields: [{ key: 'metadata.name', operator: 'In' as const, values: ['n2'] }] }];
    facts.claims.set(key, {
      ...wrote,
      key,
      ownerUid: 'uid-a-0',
      allocation: { ...wrote.allocation, nodeTerms: terms },
    });
    gang(world, 'a', 1, asking(1));
    expect(world.cycle().placed).to.deep.equal({ 'a-0': 'n2' });
  });

  it('never gives more devices than nodes have, nor leaves a pod out that one of them has room for', () => {
    const node = fc.record({ devices: fc.nat(4), published: fc.nat(3), taken: fc.nat(2) });
    fc.assert(
      fc.property(
        fc.array(node, { minLength: 1, maxLength: 4 }),
        fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 6 }),
        (nodes, counts) => {
          const world = worldOf(nodes);
          nodes.forEach((one, at) => one.taken > 0 && taken(world, `n${at + 1}`, Math.min(one.taken, one.devices)));
          counts.forEach((count, at) => gang(world, `p${at}`, 1, asking(count)));
          const { placed } = world.cycle();
          const left = nodes.map(({ devices, published, taken: used }) =>
            published > 0 ? published : devices - Math.min(used, devices),
          );
          counts.forEach((count, at) => {
            const on = placed[`p${at}-0`];
            if (on !== undefined) left[Number(on.slice(1)) - 1] = (left[Number(on.slice(1)) - 1] ?? 0) - count;
          });
          expect(Math.min(...left)).to.be.at.least(0);
          counts.forEach((count, at) => {
            if (placed[`p${at}-0`] === undefined) expect(Math.max(...left)).to.be.below(count);
          });
        },
      ),
      { numRuns: RUNS },
    );
  });
});

function cycle(world: SchedulerWorld): {
  readonly placed: Readonly<Record<string, string>>;
  readonly binds: readonly BindDecision[];
} {
  const { placed, decisions } = world.cycle();
  return { placed, binds: decisions.flatMap((decision) => (decision.kind === 'gang' ? decision.binds : [])) };
}
