import { ownedBy, readPodNuma } from '../../src/api/numa/pod-numa.ts';
import { NUMA_POLICY_ANNOTATION } from '../../src/api/keys.ts';
import { projectNumatopology } from '../../src/api/projections/numatopology.ts';
import type { NumaPolicy, NumaScope, NumatopologyRecord, PodNuma } from '../../src/api/records/numa-records.ts';
import type { PodRecord } from '../../src/api/records/pod-record.ts';
import { DEFAULT_POLICY, plugin } from '../../src/config/policy.ts';
import type { SchedulerPolicy } from '../../src/config/policy.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { makePod, makeShape } from './records.ts';

/** Of a node: CPUs 0, 1 and so on, zone after zone. */
export interface Layout {
  /** CPUs of each zone. */
  readonly zones: readonly number[];
  readonly policy?: NumaPolicy;
  readonly scope?: NumaScope;
  readonly cpuManager?: string;
  /** CPUs in use, as numbers. */
  readonly used?: readonly number[];
  readonly reserved?: string;
  /** Pods that have them. */
  readonly holders?: readonly JsonObject[];
  /** Bytes by zone and resource. */
  readonly memory?: readonly Readonly<Record<string, { readonly allocatable: number; readonly free: number }>>[];
}

/** The object as an exporter writes it. */
export function numatopology(name: string, layout: Layout): JsonObject {
  const { zones, policy = 'single-numa-node', cpuManager = 'static', used = [], memory } = layout;
  const places = zones.flatMap((count, zone) => Array.from({ length: count }, () => zone));
  const unused = [...places.keys()].filter((cpu) => !used.includes(cpu));
  return {
    apiVersion: 'nodeinfo.volcano.sh/v1alpha1',
    kind: 'Numatopology',
    metadata: { name, uid: `numa-${name}` },
    spec: {
      policies: {
        CPUManagerPolicy: cpuManager,
        TopologyManagerPolicy: policy,
        ...(layout.scope === undefined ? {} : { TopologyManagerScope: layout.scope }),
        ...(memory === undefined ? {} : { MemoryManagerPolicy: 'Static' }),
      },
      resReserved: { cpu: layout.reserved ?? '0' },
      numares: { cpu: { allocatable: unused.join(','), capacity: places.length } },
      cpuDetail: Object.fromEntries(places.map((zone, cpu) => [String(cpu), { numa: zone, socket: zone, core: cpu }])),
      ...(layout.holders === undefined ? {} : { podAllocations: layout.holders }),
      ...(memory === undefined
        ? {}
        : { MemoryDetail: Object.fromEntries(memory.map((memoryMap, zone) => [String(zone), { memoryMap }])) }),
    },
  };
}

export function makeTopology(name: string, layout: Layout): NumatopologyRecord {
  const record = projectNumatopology(numatopology(name, layout));
  if (record === undefined) throw new Error('a Numatopology without name');
  return record;
}

/** Limits of a container, and whether it is a start-up step. */
export interface Limits {
  readonly cpu: string;
  readonly memory?: string;
  readonly huge?: string;
  readonly isStep?: boolean;
}

/** What the pod's kubelet gives it for itself; every container has the same amount of memory unless it says another. */
export function podNuma(policy: NumaPolicy, limits: readonly Limits[]): PodNuma | undefined {
  const container = ({ cpu, memory = '1Gi', huge }: Limits): JsonObject => ({
    resources: { limits: { cpu, memory, ...(huge === undefined ? {} : { 'hugepages-2Mi': huge }) } },
  });
  const isStep = (one: Limits): boolean => one.isStep === true;
  return readPodNuma(
    ownedBy({
      initContainers: limits.filter(isStep).map(container),
      containers: limits.filter((one) => !isStep(one)).map(container),
    }),
    { [NUMA_POLICY_ANNOTATION]: policy },
  );
}

/** A pod of the group with those containers; its requests are their CPUs. */
export function numaPod(
  name: string,
  group: string,
  [policy, limits]: readonly [NumaPolicy, readonly Limits[]],
  overrides: Partial<PodRecord> = {},
): PodRecord {
  const cpu = limits.filter(({ isStep }) => isStep !== true).reduce((sum, one) => sum + Number(one.cpu) * 1000, 0);
  return makePod(name, group, makeShape({ cpu }), { numa: podNuma(policy, limits), ...overrides });
}

/** A policy with the plugin. */
export function numaPolicy(weight = 1, scope: NumaScope = 'container'): SchedulerPolicy {
  const enforcing = [plugin('gang'), plugin('predicates'), plugin('proportion')];
  return { ...DEFAULT_POLICY, tiers: [[plugin('priority'), ...enforcing, plugin('numa-aware', { weight, scope })]] };
}
