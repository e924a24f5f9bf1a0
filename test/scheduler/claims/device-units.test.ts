import { expect } from 'chai';
import fc from 'fast-check';
import { claimedUnits, deviceUnits } from '../../../src/api/accelerators/device-units.ts';
import type { DeviceClass } from '../../../src/api/accelerators/device-class.ts';
import { DEFAULT_POLICY } from '../../../src/config/policy.ts';
import { isWithin } from '../../../src/scheduler/model/queue-paths.ts';
import { makeDevice, makeDeviceClaim, makeDeviceClass, makeRequest, makeSlice } from '../../support/device-records.ts';
import { makePod, makeShape } from '../../support/records.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

const RUNS = Number(process.env['SLUICE_PROPERTY_RUNS'] ?? 40);
const UNIT = 'sluice.dev/gpu';
const MIG = 'nvidia.com/mig-3g.40gb';

const ROWS: readonly (readonly [
  name: string,
  requests: Readonly<Record<string, number>>,
  units: number,
  unknown?: readonly string[],
  of?: DeviceClass,
])[] = [
  ['whole devices', { cpu: 1000, 'nvidia.com/gpu': 2 }, 2000],
  ['devices of two vendors', { 'nvidia.com/gpu': 1, 'amd.com/gpu': 3 }, 4000],
  ['devices of another class', { 'google.com/tpu': 4 }, 0],
  ['the same where that class is counted', { 'google.com/tpu': 4 }, 4000, [], 'tpu'],
  ['devices of any class', { 'google.com/tpu': 4, 'nvidia.com/gpu': 1 }, 5000, [], 'device'],
  ['three slices of seven, rounded down', { [MIG]: 1 }, 428],
  ['all slices of a device, one by one', { 'nvidia.com/mig-1g.10gb': 7 }, 994],
  ['all slices', { 'nvidia.com/mig-7g.80gb': 1 }, 1000],
  ['a slice of four', { 'nvidia.com/mig-1g.6gb': 2 }, 500],
  ['a profile that cannot be read', { 'nvidia.com/mig-odd': 2 }, 2000, ['nvidia.com/mig-odd']],
  ['a share by cores', { 'volcano.sh/vgpu-number': 2, 'volcano.sh/vgpu-cores': 25 }, 500],
  [
    'a share by memory alone',
    { 'volcano.sh/vgpu-number': 1, 'volcano.sh/vgpu-memory': 4000 },
    1000,
    ['volcano.sh/vgpu-number'],
  ],
  ['a share of what is a whole device without more', { 'nvidia.com/gpu': 1, 'nvidia.com/gpucores': 30 }, 300],
  ['a device that is promised to several', { 'nvidia.com/gpu.shared': 1 }, 1000, ['nvidia.com/gpu.shared']],
  ['nothing', { cpu: 1000 }, 0],
];

describe('Devices in one unit', () => {
  for (const [name, requests, units, unknown = [], of = 'gpu'] of ROWS) {
    it(`count ${name}`, () => {
      expect(deviceUnits(new Map(Object.entries(requests)), of)).to.deep.equal({ units, unknown });
    });
  }

  it('count claims of classes that the catalogue knows, by the profile that a driver tells', () => {
    expect(claimedUnits('gpu.nvidia.com', 'gpu')).to.equal(1000);
    expect(claimedUnits('tpu.google.com', 'gpu')).to.equal(undefined);
    expect(claimedUnits('gpu.example.com', 'gpu')).to.equal(undefined);
    expect(claimedUnits('mig.nvidia.com', 'gpu', '4g.24gb')).to.equal(1000);
    expect(claimedUnits('mig.nvidia.com', 'gpu')).to.equal(1000);
  });

  it('are limited together, whoever makes them and however pods ask for them', () => {
    const world = worldOf(new Map([[UNIT, 2500]]));
    for (const [name, requests] of Object.entries({
      a: { 'nvidia.com/gpu': 1 },
      b: { 'amd.com/gpu': 1 },
      c: { [MIG]: 1 },
      d: { [MIG]: 1 },
    })) {
      world.gang(name, { count: 1, requests: { cpu: 100, ...requests } }, { queue: 'leaf' });
    }
    const { placed, refused } = world.cycle();
    expect(Object.keys(placed)).to.deep.equal(['a-0', 'b-0', 'c-0']);
    expect(refused['d']).to.equal(
      'QueueLimit: queue leaf: quota of sluice.dev/gpu used 2428m of 2500m, 428m more asked.',
    );
  });

  it('count a claimed slice by its profile once it is chosen', () => {
    const world = worldOf(new Map([[UNIT, 1500]]));
    const { facts } = world.snapshot.claims;
    const attributes = new Map([['gpu.nvidia.com/profile', { kind: 'string' as const, value: '3g.40gb' }]]);
    const devices = [0, 1, 2].map((at) => makeDevice(`d${at}`, { driver: 'gpu.nvidia.com', attributes }));
    facts.slices.set('n1', makeSlice('n1', devices, { name: 'n1', driver: 'gpu.nvidia.com' }));
    facts.classes.set('mig.nvidia.com', makeDeviceClass('mig.nvidia.com'));
    for (const name of ['a', 'b', 'c']) {
      const claim = makeDeviceClaim(name, [makeRequest('r', { className: 'mig.nvidia.com' })], {
        ownerUid: `uid-${name}`,
      });
      facts.claims.set(claim.key, claim);
      world.group(name, 1, { queue: 'leaf' });
      const deviceClaims = [{ key: claim.key, podUid: `uid-${name}`, isMade: true }];
      world.snapshot.upsertTask(makePod(name, name, makeShape(amounts(1)), { deviceClaims }));
    }
    expect(Object.keys(world.cycle().placed)).to.deep.equal(['a', 'b']);
  });

  it('are never exceeded at any level, and equal a recount', () => {
    fc.assert(fc.property(cases, lives), { numRuns: RUNS });
  });
});

/** A node with everything, and three queues above each other. */
function worldOf(...capabilities: readonly ReadonlyMap<string, number>[]): SchedulerWorld {
  const gpus = {
    'nvidia.com/gpu': 8,
    'amd.com/gpu': 8,
    [MIG]: 8,
    'volcano.sh/vgpu-number': 8,
    'volcano.sh/vgpu-cores': 800,
  };
  const world = new SchedulerWorld(DEFAULT_POLICY).nodes(1, { ...amounts(64), ...gpus });
  const [leaf, middle, top] = capabilities;
  world.queue('top', { capability: top }).queue('middle', { parent: 'top', capability: middle });
  return world.queue('leaf', { parent: 'middle', capability: leaf });
}

const requests = fc.constantFrom<Readonly<Record<string, number>>>(
  { 'nvidia.com/gpu': 1 },
  { 'amd.com/gpu': 2 },
  { [MIG]: 1 },
  { 'volcano.sh/vgpu-number': 1, 'volcano.sh/vgpu-cores': 30 },
);
const limit = fc.option(fc.integer({ min: 0, max: 40 }), { nil: undefined });
const cases = fc.record({
  limits: fc.tuple(limit, limit, limit),
  groups: fc.array(
    fc.record({ queue: fc.constantFrom('top', 'middle', 'leaf'), pods: fc.integer({ min: 1, max: 3 }), requests }),
    { maxLength: 10 },
  ),
  gone: fc.array(fc.nat(12), { maxLength: 4 }),
});

type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

function lives({ limits, groups, gone }: Case): void {
  const world = worldOf(...limits.map((tenths) => new Map(tenths === undefined ? [] : [[UNIT, tenths * 100]])));
  groups.forEach(({ queue, pods, requests: asked }, at) => {
    world.gang(`g${at}`, { count: pods, requests: { cpu: 100, ...asked } }, { queue });
  });
  world.cycle();
  judge(world);
  const placed = [...world.snapshot.tasks.values()].filter(({ nodeName }) => nodeName !== '');
  for (const at of gone) {
    const task = placed[at];
    if (task !== undefined) world.snapshot.removeTask(task.uid);
  }
  world.cycle();
  judge(world);
}

function judge({ snapshot }: SchedulerWorld): void {
  for (const queue of snapshot.queues.values()) {
    const most = queue.record.capability?.get(UNIT);
    if (most === undefined) continue;
    let sum = 0;
    for (const { job, nodeName, record } of snapshot.tasks.values()) {
      if (nodeName === '' || job?.queue === undefined || !isWithin(job.queue, queue)) continue;
      sum += deviceUnits(record.shape.requests, 'gpu').units;
    }
    expect(queue.heldWithin(snapshot.resources.intern(UNIT)), queue.name).to.equal(sum);
    expect(sum, queue.name).to.be.at.most(most);
  }
}
