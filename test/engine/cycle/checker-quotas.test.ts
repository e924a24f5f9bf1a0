import { expect } from 'chai';
import fc from 'fast-check';
import type { DeviceAllocation } from '../../../src/api/records/device-records.ts';
import type { PodRecord } from '../../../src/api/records/pod-record.ts';
import { Bench, decision, GPU, ONE_CPU } from '../../support/checker-bench.ts';
import {
  makeAllocated,
  makeDevice,
  makeDeviceClaim,
  makeDeviceClass,
  makeRequest,
  makeSlice,
  ONE,
} from '../../support/device-records.ts';
import { makeNode, makePod, makePodGroup, makeQueue, makeShape } from '../../support/records.ts';
import { SchedulerWorld } from '../../support/scheduler-world.ts';

const RUNS = Number(process.env['SLUICE_PROPERTY_RUNS'] ?? 40);

describe('checker of quotas of DeviceClasses', () => {
  const DEVICES = 'gpu.deviceclass.resource.k8s.io/devices';

  /** Pods `p0` and `p1` of group `g`, each with a claim of its own; queue `default` is below `above`, which may have two devices. */
  function quota(name: string, ...more: readonly string[]): Bench {
    const bench = new Bench();
    bench.queues.set('above', makeQueue('above', { capability: new Map([[name, 2]]) }));
    bench.queues.set('default', makeQueue('default', { parent: 'above' }));
    bench.group(makePodGroup('g', 1));
    for (const at of [0, 1]) bench.pod(makePod(`p${at}`, 'g', ONE_CPU, using(`c${at}`, ...more)));
    return bench;
  }

  function using(...claims: readonly string[]): Partial<PodRecord> {
    return { deviceClaims: claims.map((claim) => ({ key: `ns/${claim}`, podUid: '', isMade: true })) };
  }

  function allocation(claim: string, count: number): DeviceAllocation {
    const devices = Array.from({ length: count }, (_, at) => makeAllocated('pool', `${claim}-${at}`));
    return { devices, config: [], nodeTerms: undefined };
  }

  function has(bench: Bench, claim: string, count: number): void {
    const record = makeDeviceClaim(claim, [makeRequest('gpu', { count })], {
      allocation: count === 0 ? undefined : allocation(claim, count),
    });
    bench.checker.observeDeviceClaim(record, record.key);
  }

  for (const name of [DEVICES, 'deviceclass/gpu', GPU]) {
    it(`stops whom the core lets in beyond them, under the name ${name}`, () => {
      const bench = quota(name);
      has(bench, 'c0', 1);
      has(bench, 'c1', 2);
      expect(bench.reserve('p0 n1')).to.equal(undefined);
      expect(bench.reserve('p1 n2')).to.equal(`queue above would hold 3 of 2 ${name}`);
      bench.checker.release('uid-p0');
      expect(bench.reserve('p1 n2')).to.equal(undefined);
    });
  }

  it('counts devices that are only to be given', () => {
    const bench = quota(DEVICES);
    has(bench, 'c0', 0);
    has(bench, 'c1', 0);
    const gang = decision('p0 n1', 'p1 n2');
    const binds = gang.binds.map((bind, at) => {
      return { ...bind, devices: [{ claim: `ns/c${at}`, allocation: allocation(`c${at}`, at + 1) }] };
    });
    expect(bench.checker.reserve({ ...gang, binds })).to.equal(`queue above would hold 3 of 2 ${DEVICES}`);
    expect(bench.checker.reserve({ ...gang, binds: binds.slice(1) })).to.equal(undefined);
    expect(bench.checker.reserve({ ...gang, binds: binds.slice(0, 1) })).to.equal(
      `queue above would hold 3 of 2 ${DEVICES}`,
    );
  });

  it('counts a claim once that several pods share', () => {
    const bench = quota(DEVICES, 'shared');
    has(bench, 'shared', 2);
    expect(bench.reserve('p0 n1', 'p1 n2')).to.equal(undefined);
  });

  it('counts those that ask by a name that the class serves', () => {
    const bench = quota(DEVICES);
    has(bench, 'c0', 1);
    bench.node(makeNode('n2', { cpu: 2000, [GPU]: 8 }));
    const asking = makeShape({ cpu: 1000, [GPU]: 2 });
    bench.pod(makePod('asks', 'g', asking));
    expect(bench.reserve('p0 n1')).to.equal(undefined);
    expect(bench.reserve('asks n2')).to.equal(`queue above would hold 3 of 2 ${DEVICES}`);
  });
});

describe('checker of devices of all vendors in one unit', () => {
  const MIB = 1024;
  const GIB = 1024 * MIB;
  const MIG = 'nvidia.com/mig-3g.40gb';

  /** Pods of group `g` that ask for this of nodes which have plenty; queue `default` is below `above`, which may have so much. */
  function limited(
    name: string,
    most: number,
    asked: Readonly<Record<string, Readonly<Record<string, number>>>>,
  ): Bench {
    const bench = new Bench();
    const plenty = Object.fromEntries(
      Object.values(asked).flatMap((requests) => Object.keys(requests).map((key) => [key, 1e6])),
    );
    for (const node of ['n1', 'n2']) bench.node(makeNode(node, { cpu: 8000, ...plenty }));
    bench.queues.set('above', makeQueue('above', { capability: new Map([[name, most]]) }));
    bench.queues.set('default', makeQueue('default', { parent: 'above' }));
    bench.group(makePodGroup('g', 1));
    for (const [pod, requests] of Object.entries(asked)) bench.pod(makePod(pod, 'g', makeShape(requests)));
    return bench;
  }

  it('stops whom the core lets in beyond it, whoever makes the devices and however pods ask for them', () => {
    const bench = limited('sluice.dev/gpu', 2500, {
      whole: { 'nvidia.com/gpu': 1 },
      other: { 'amd.com/gpu': 1 },
      slice: { [MIG]: 1 },
      share: { 'volcano.sh/vgpu-number': 1, 'volcano.sh/vgpu-cores': 10 },
      tpu: { 'google.com/tpu': 8 },
    });
    expect(bench.reserve('whole n1', 'other n1', 'slice n2', 'tpu n1')).to.equal(undefined);
    expect(bench.reserve('share n1')).to.equal('queue above would hold 2528 of 2500 sluice.dev/gpu');
    bench.checker.release('uid-slice');
    expect(bench.reserve('share n1')).to.equal(undefined);
  });

  it('knows the memory of devices, and devices of any class', () => {
    const bench = limited('sluice.dev/gpu-memory', 100 * GIB, { a: { [MIG]: 2 }, b: { [MIG]: 1 } });
    expect(bench.reserve('a n1')).to.equal(undefined);
    expect(bench.reserve('b n1')).to.equal(`queue above would hold ${120 * GIB} of ${100 * GIB} sluice.dev/gpu-memory`);
    const any = limited('sluice.dev/device', 2000, {
      a: { 'google.com/tpu': 1, 'nvidia.com/gpu': 1 },
      b: { 'amd.com/gpu': 1 },
    });
    expect(any.reserve('a n1')).to.equal(undefined);
    expect(any.reserve('b n1')).to.equal('queue above would hold 3000 of 2000 sluice.dev/device');
  });

  /** Two claims for a device each, `c0` and `c1`, of which the driver tells that it is a slice of three sevenths with 40 GiB. */
  function claiming(name: string, most: number, shared: boolean): Bench {
    const bench = limited(name, most, {});
    const driver = 'gpu.nvidia.com';
    const attributes = new Map([[`${driver}/profile`, { kind: 'string' as const, value: '3g.40gb' }]]);
    const capacity = new Map([['memory', { value: BigInt(40 * GIB) * 1024n * ONE, policy: undefined }]]);
    const devices = ['d0', 'd1'].map((device) => makeDevice(device, { attributes, capacity }));
    const slice = makeSlice('n1', devices, { driver });
    bench.checker.observeSlice(slice, slice.name);
    for (const at of [0, 1]) {
      const claim = shared ? 'c0' : `c${at}`;
      const allocation = { devices: [makeAllocated('n1', `d${at}`, { driver })], config: [], nodeTerms: undefined };
      const record = makeDeviceClaim(claim, [makeRequest('gpu', { className: 'mig.nvidia.com' })], { allocation });
      if (at === 0 || !shared) bench.checker.observeDeviceClaim(record, record.key);
      const deviceClaims = [{ key: record.key, podUid: '', isMade: true }];
      bench.pod(makePod(`p${at}`, 'g', ONE_CPU, { deviceClaims }));
    }
    return bench;
  }

  for (const [name, most, text] of [
    ['sluice.dev/gpu', 500, '856 of 500'],
    ['sluice.dev/gpu-memory', 60 * GIB, `${80 * GIB} of ${60 * GIB}`],
  ] as const) {
    it(`counts devices of claims by what their driver tells, each claim once, under ${name}`, () => {
      const bench = claiming(name, most, false);
      expect(bench.reserve('p0 n1')).to.equal(undefined);
      expect(bench.reserve('p1 n1')).to.equal(`queue above would hold ${text} ${name}`);
      expect(claiming(name, most, true).reserve('p0 n1', 'p1 n1')).to.equal(undefined);
    });
  }

  it('does not count a device of which no slice tells', () => {
    const bench = claiming('sluice.dev/gpu', 500, false);
    bench.checker.observeSlice(undefined, 'n1-slice');
    expect(bench.reserve('p0 n1', 'p1 n1')).to.equal(undefined);
  });

  it('never stops what the core lets in', () => {
    fc.assert(fc.property(cases, letIn), { numRuns: RUNS });
  });
});

const asked = fc.constantFrom<Readonly<Record<string, number>>>(
  { 'nvidia.com/gpu': 1 },
  { 'amd.com/gpu': 2 },
  { 'nvidia.com/mig-3g.40gb': 1 },
  { 'volcano.sh/vgpu-number': 1, 'volcano.sh/vgpu-cores': 30 },
  {},
);
const cases = fc.record({
  limits: fc.array(
    fc.record({ 'sluice.dev/gpu': fc.nat(5000), 'sluice.dev/gpu-memory': fc.nat(5e8) }, { requiredKeys: [] }),
    {
      minLength: 2,
      maxLength: 2,
    },
  ),
  groups: fc.array(
    fc.record({
      queue: fc.constantFrom('above', 'default'),
      pods: fc.integer({ min: 1, max: 3 }),
      asked,
      /** Which of two claims they share, of a class that is known; undefined for none. */
      claim: fc.option(fc.nat(1), { nil: undefined }),
    }),
    { maxLength: 8 },
  ),
});

type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

/** Each decision of the core passes, and is held. */
function letIn({ limits, groups }: Case): void {
  const names = [
    'nvidia.com/gpu',
    'amd.com/gpu',
    'nvidia.com/mig-3g.40gb',
    'volcano.sh/vgpu-number',
    'volcano.sh/vgpu-cores',
  ];
  const node = makeNode('n1', { cpu: 64_000, ...Object.fromEntries(names.map((name) => [name, 1000])) });
  const world = new SchedulerWorld();
  const bench = new Bench();
  world.snapshot.upsertNode(node);
  bench.node(node);
  for (const [at, name] of ['above', 'default'].entries()) {
    const capability = new Map(Object.entries(limits[at] ?? {}));
    const queue = makeQueue(name, { capability, parent: at === 0 ? '' : 'above' });
    world.snapshot.upsertQueue(queue);
    bench.queues.set(name, queue);
  }
  const { facts } = world.snapshot.claims;
  const devices = Array.from({ length: 4 }, (_, at) => makeDevice(`d${at}`));
  const slice = makeSlice('n1', devices, { driver: 'gpu.nvidia.com' });
  facts.slices.set(slice.name, slice);
  bench.checker.observeSlice(slice, slice.name);
  facts.classes.set('gpu.nvidia.com', makeDeviceClass('gpu.nvidia.com'));
  for (const at of [0, 1]) {
    const claim = makeDeviceClaim(`c${at}`, [makeRequest('r', { className: 'gpu.nvidia.com', count: at + 1 })]);
    facts.claims.set(claim.key, claim);
    bench.checker.observeDeviceClaim(claim, claim.key);
  }
  groups.forEach(({ queue, pods, asked: requests, claim }, at) => {
    const group = makePodGroup(`g${at}`, pods, { queue });
    world.snapshot.upsertJob(group);
    bench.group(group);
    for (let i = 0; i < pods; i += 1) {
      const deviceClaims = claim === undefined ? [] : [{ key: `ns/c${claim}`, podUid: '', isMade: true }];
      const pod = makePod(`g${at}-${i}`, `g${at}`, makeShape({ cpu: 100, ...requests }), { deviceClaims });
      world.snapshot.upsertTask(pod);
      bench.pod(pod);
    }
  });
  const gangs = world.cycle().decisions.filter((each) => each.kind === 'gang');
  for (const gang of gangs) expect(bench.checker.reserve(gang)).to.equal(undefined);
}
