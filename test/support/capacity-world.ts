import type { PodGroupRecord } from '../../src/api/records/pod-group-record.ts';
import type { QueueRecord } from '../../src/api/records/queue-record.ts';
import { DEFAULT_POLICY, plugin } from '../../src/config/policy.ts';
import type { ActionName, PluginOption, SchedulerPolicy } from '../../src/config/policy.ts';
import type { LivingWorld } from './living-world.ts';
import { amounts } from './scheduler-world.ts';

interface Choice {
  readonly isTree?: boolean;
  readonly level?: number;
  readonly actions?: readonly ActionName[];
}

/** The default actions and reclaim; shares go by what queues declare. */
export function capacityPolicy({ isTree = false, level = 0, actions = ['reclaim'] }: Choice = {}): SchedulerPolicy {
  const options = plugin('capacity', { ancestorReclaimLevel: level });
  const capacity: PluginOption = isTree ? { ...options, isHierarchical: true } : options;
  return {
    ...DEFAULT_POLICY,
    actions: ['enqueue', 'allocate', 'backfill', ...actions],
    tiers: [
      [plugin('priority'), plugin('gang'), plugin('conformance')],
      [plugin('predicates'), capacity, plugin('binpack')],
    ],
  };
}

type Amounts = readonly [cpus: number, gibs?: number, gpus?: number];

/** Lists of a queue in whole CPUs, GiB and GPUs. */
export interface Lists {
  readonly deserved?: Amounts | undefined;
  readonly capability?: Amounts | undefined;
  readonly guarantee?: Amounts | undefined;
}

export function lists({ deserved, capability, guarantee }: Lists): Partial<QueueRecord> {
  const list = (of: Amounts | undefined): ReadonlyMap<string, number> | undefined => {
    return of === undefined ? undefined : new Map(Object.entries(amounts(...of)).filter(([, amount]) => amount > 0));
  };
  return { deserved: list(deserved), capability: list(capability), guarantee: list(guarantee) };
}

/** A group of which so many pods run on the node and others wait, each startable alone. */
export function elastic(
  on: LivingWorld,
  queue: string,
  {
    runs = 0,
    waits = 0,
    node = 'n1',
    requests = amounts(1),
  }: {
    readonly runs?: number;
    readonly waits?: number;
    readonly node?: string;
    readonly requests?: Readonly<Record<string, number>>;
  },
  overrides: Partial<PodGroupRecord> = {},
): void {
  on.group(queue, 1, { queue, phase: runs > 0 ? 'Running' : '', ...overrides });
  for (let i = 0; i < runs; i += 1) on.running(`${queue}-${i}`, queue, node, { requests, createdMs: i });
  on.pods(queue, { count: waits, requests, prefix: `${queue}-waits` });
}
