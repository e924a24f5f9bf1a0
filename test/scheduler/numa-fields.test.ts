import { expect } from 'chai';
import { projectNumatopology } from '../../src/api/projections/numatopology.ts';
import { objectAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { actedOn } from '../support/acted-on.ts';
import { numaPod, numaPolicy, numatopology } from '../support/numa-records.ts';
import { decisionText } from '../support/scheduler-model.ts';
import { amounts, SchedulerWorld } from '../support/scheduler-world.ts';

const GIB = 1024 ** 3;
const BASE = objectAt(numatopology('n1', { zones: [4, 4], used: [0, 1] }), 'spec');

/** What is decided about a pod of three CPUs on a node of that spec, where a pod `a` has two. */
function decided(spec: JsonObject): string {
  const evicting = [...numaPolicy().actions, 'preempt'] as const;
  const world = new SchedulerWorld({ ...numaPolicy(), actions: evicting }).node('n1', amounts(16));
  const record = projectNumatopology({ metadata: { name: 'n1', uid: 'u' }, spec: { ...BASE, ...spec } });
  if (record !== undefined) world.snapshot.numa.publish(record);
  world.snapshot.setPriorityClass({ name: 'high', value: 10, isGlobalDefault: false, isPatient: false });
  world.group('low', 1, { phase: 'Running' });
  world.snapshot.upsertTask(numaPod('a', 'low', ['none', [{ cpu: '2' }]], { nodeName: 'n1', phase: 'Running' }));
  world.group('g', 1, { priorityClassName: 'high' });
  world.snapshot.upsertTask(numaPod('g-0', 'g', ['single-numa-node', [{ cpu: '3' }]]));
  const { decisions } = world.cycle();
  const shares = decisions.flatMap((each) => (each.kind === 'gang' ? each.binds.map(({ numa }) => numa) : []));
  return `${decisionText(decisions)} ${JSON.stringify(shares)}`;
}

const policies = (TopologyManagerPolicy: string): JsonObject => ({
  policies: { CPUManagerPolicy: 'static', TopologyManagerPolicy },
});
const holder = (pod: JsonObject): JsonObject => ({ podAllocations: [pod] });
/** A pod that has two CPUs of a node on which one is left of each zone. */
const busyHolder = (cpu: string): JsonObject => ({
  numares: { cpu: { allocatable: '3,7' } },
  podAllocations: [{ uid: 'uid-a', containerAllocations: [{ allocations: { cpu } }] }],
});
const memory = (free: number): JsonObject => ({
  policies: { ...objectAt(BASE, 'policies'), MemoryManagerPolicy: 'Static' },
  MemoryDetail: { '1': { memoryMap: { memory: { allocatable: 8 * GIB, free } } } },
});
const cpuDetail = objectAt(BASE, 'cpuDetail');

const PROOFS: Readonly<Record<string, readonly [JsonObject, JsonObject]>> = {
  'spec.policies': [policies('single-numa-node'), policies('restricted')],
  'spec.resReserved': [{}, { resReserved: { cpu: '6' } }],
  'spec.numares': [{}, { numares: { cpu: { allocatable: '0-5' } } }],
  'spec.cpuDetail': [{}, { cpuDetail: { ...cpuDetail, '7': { numa: 0 }, '6': { numa: 0 } } }],
  'spec.podAllocations.uid': [holder({ uid: 'uid-a' }), holder({ uid: 'uid-b' })],
  'spec.podAllocations.name': [holder({ namespace: 'ns', name: 'a' }), holder({ namespace: 'ns', name: 'b' })],
  'spec.podAllocations.namespace': [holder({ namespace: 'ns', name: 'a' }), holder({ namespace: 'other', name: 'a' })],
  'spec.podAllocations.containerAllocations.allocations': [busyHolder('0,1'), busyHolder('0,4')],
  'spec.MemoryDetail': [memory(8 * GIB), memory(0)],
};

describe('each field of a Numatopology', () => {
  it('that the page calls acted on has its proof', async () => {
    expect(Object.keys(PROOFS).toSorted()).to.deep.equal((await actedOn('Numatopology')).toSorted());
  });

  for (const [path, [one, other]] of Object.entries(PROOFS)) {
    it(`${path} makes a difference`, () => {
      expect(decided(one)).to.equal(decided(one));
      expect(decided(one)).not.to.equal(decided(other));
    });
  }
});
