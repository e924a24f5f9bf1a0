import { expect } from 'chai';
import { deviceMemory } from '../../../src/api/accelerators/device-memory.ts';
import type { DeviceClass } from '../../../src/api/accelerators/device-class.ts';
import { deviceUnit, isUnknownMemory } from '../../../src/api/accelerators/unit-class.ts';
import type { DeviceAmounts } from '../../../src/api/records/device-records.ts';
import type { NodeTerm } from '../../../src/api/records/scheduling-shape.ts';
import { DEFAULT_POLICY } from '../../../src/config/policy.ts';
import { makeDevice, makeDeviceClaim, makeDeviceClass, makeRequest, makeSlice } from '../../support/device-records.ts';
import { makePod, makeShape } from '../../support/records.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

const MEMORY = 'sluice.dev/gpu-memory';
const PRODUCT = 'nvidia.com/gpu.product';
const GIB = 1024 * 1024;
const BILLION = 1_000_000_000n;

/** A term that asks for one of these models. */
function termOf(...values: readonly string[]): NodeTerm {
  return { labels: [{ key: PRODUCT, operator: 'In', values }], fields: [] };
}

interface Row {
  readonly requests: Readonly<Record<string, number>>;
  readonly selector?: string;
  readonly terms?: readonly NodeTerm[];
  readonly of?: DeviceClass;
  readonly gibs: number;
  readonly unknown?: readonly string[];
}

const GPU = 'nvidia.com/gpu';
const ROWS: Readonly<Record<string, Row>> = {
  'the model that a selector names': { requests: { [GPU]: 2 }, selector: 'Tesla-T4', gibs: 32 },
  'the largest of those that terms allow': {
    requests: { [GPU]: 1 },
    terms: [termOf('NVIDIA-H100-80GB-HBM3', 'Tesla-T4'), termOf('Tesla-T4')],
    gibs: 80,
  },
  'the largest of the class where one term allows any': {
    requests: { [GPU]: 1 },
    terms: [termOf('Tesla-T4'), { labels: [{ key: 'zone', operator: 'In', values: ['a'] }], fields: [] }],
    gibs: 288,
    unknown: [GPU],
  },
  'the largest of the class where nothing names a model': { requests: { [GPU]: 1 }, gibs: 288, unknown: [GPU] },
  'the largest of the class for a model that nobody knows': {
    requests: { [GPU]: 1 },
    selector: 'Odd-Card',
    gibs: 288,
    unknown: [GPU],
  },
  'what a slice says': { requests: { 'nvidia.com/mig-3g.40gb': 2 }, gibs: 80 },
  'what a share says, of each device': {
    requests: { 'volcano.sh/vgpu-number': 2, 'volcano.sh/vgpu-memory': 10_240 },
    gibs: 20,
  },
  'the part of a model that a share by cores is': {
    requests: { 'volcano.sh/vgpu-number': 1, 'volcano.sh/vgpu-cores': 25 },
    selector: 'NVIDIA-H100-80GB-HBM3',
    gibs: 20,
  },
  'the model that the resource is of': { requests: { 'huawei.com/Ascend310P': 1 }, of: 'npu', gibs: 24 },
  'nothing of another class': { requests: { 'google.com/tpu': 4 }, gibs: 0 },
};

describe('Memory of devices as a unit', () => {
  for (const [name, { requests, selector, terms, of = 'gpu', gibs, unknown = [] }] of Object.entries(ROWS)) {
    it(`counts ${name}`, () => {
      const nodeSelector = new Map(selector === undefined ? [] : [[PRODUCT, selector]]);
      const asked = { requests: new Map(Object.entries(requests)), nodeSelector, requiredTerms: terms };
      expect(deviceMemory(asked, of)).to.deep.equal({ units: gibs * GIB, unknown });
    });
  }

  it('has a name for each class whose models are known, and none for others', () => {
    expect(deviceUnit(MEMORY)).to.deep.equal({ deviceClass: 'gpu', measure: 'memory' });
    expect(deviceUnit('sluice.dev/fpga-memory')).to.equal(undefined);
    expect(['sluice.dev/fpga-memory', MEMORY, 'sluice.dev/cat-memory'].filter(isUnknownMemory)).to.deep.equal([
      'sluice.dev/fpga-memory',
    ]);
  });

  it('makes models weigh as much as they have: a queue for one H100 takes five T4', () => {
    const labels = (model: string) => ({ labels: new Map([[PRODUCT, model]]) });
    const world = new SchedulerWorld(DEFAULT_POLICY)
      .node('big', { ...amounts(64), [GPU]: 8 }, labels('NVIDIA-H100-80GB-HBM3'))
      .node('small', { ...amounts(64), [GPU]: 8 }, labels('Tesla-T4'))
      .queue('leaf', { capability: new Map([[MEMORY, 80 * GIB]]) });
    const shape = makeShape({ ...amounts(1), [GPU]: 1 }, { nodeSelector: new Map([[PRODUCT, 'Tesla-T4']]) });
    for (let n = 0; n < 6; n += 1) world.gang(`t${n}`, { count: 1, shape }, { queue: 'leaf' });
    const { placed, refused } = world.cycle();
    expect(Object.keys(placed)).to.have.length(5);
    expect(refused['t5']).to.equal(
      'QueueLimit: queue leaf: quota of sluice.dev/gpu-memory used 80Gi of 80Gi, 16Gi more asked.',
    );
  });

  /** How many of three claims start that take shares of one device of 80 GiB, in a queue with such a limit. */
  function started(limit: ReadonlyMap<string, number>, gibs: bigint | undefined): number {
    const world = new SchedulerWorld(DEFAULT_POLICY).nodes(1, amounts(64)).queue('leaf', { capability: limit });
    const { facts } = world.snapshot.claims;
    const size = (amount: bigint): bigint => amount * 1024n ** 3n * BILLION;
    const capacity = new Map([['memory', { value: size(80n), policy: undefined }]]);
    const devices = ['d0', 'd1', 'd2'].map((name) =>
      makeDevice(name, { driver: 'gpu.nvidia.com', capacity, allowsMultiple: gibs !== undefined }),
    );
    facts.slices.set('n1', makeSlice('n1', devices, { name: 'n1', driver: 'gpu.nvidia.com' }));
    facts.classes.set('gpu.nvidia.com', makeDeviceClass('gpu.nvidia.com'));
    const consumed: DeviceAmounts = new Map(gibs === undefined ? [] : [['memory', size(gibs)]]);
    for (const name of ['a', 'b', 'c']) {
      const asked = { className: 'gpu.nvidia.com', ...(gibs === undefined ? {} : { capacity: consumed }) };
      const claim = makeDeviceClaim(name, [makeRequest('r', asked)], { ownerUid: `uid-${name}` });
      facts.claims.set(claim.key, claim);
      world.group(name, 1, { queue: 'leaf' });
      const deviceClaims = [{ key: claim.key, podUid: `uid-${name}`, isMade: true }];
      world.snapshot.upsertTask(makePod(name, name, makeShape(amounts(1)), { deviceClaims }));
    }
    let count = 0;
    for (let cycle = 0; cycle < 4; cycle += 1) count += Object.keys(world.cycle().placed).length;
    return count;
  }

  it('counts a claimed device by the memory that its driver tells, once it is chosen', () => {
    expect(started(new Map([[MEMORY, 448 * GIB]]), undefined)).to.equal(3);
    expect(started(new Map([[MEMORY, 300 * GIB]]), undefined)).to.equal(1);
  });

  it('counts a share of a claimed device by what it takes, in memory and in devices', () => {
    expect(started(new Map([[MEMORY, 308 * GIB]]), 10n)).to.equal(3);
    expect(started(new Map([['sluice.dev/gpu', 1250]]), 10n)).to.equal(3);
    expect(started(new Map([['sluice.dev/gpu', 1200]]), 10n)).to.equal(2);
  });
});
