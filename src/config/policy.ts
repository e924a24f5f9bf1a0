import type { MetricsSource } from './metrics-source.ts';

/** Every action that a configuration may name. */
export const ACTION_NAMES = [
  'enqueue',
  'allocate',
  'backfill',
  'preempt',
  'reclaim',
  'gangpreempt',
  'gangreclaim',
  'shuffle',
] as const;
export type ActionName = (typeof ACTION_NAMES)[number];

/** Actions that evict pods for others. */
export type EvictingAction = Extract<ActionName, 'preempt' | 'reclaim' | 'gangpreempt' | 'gangreclaim'>;

/** How votes on victims are counted; see `countVotes`. */
export type VoteCount = 'all' | 'tiers' | 'volcano';

/** Every plugin that a configuration may name. */
export const PLUGIN_NAMES = [
  'binpack',
  'capacity',
  'cdp',
  'conformance',
  'data-locality',
  'deviceshare',
  'drf',
  'extender',
  'fragmentation',
  'gang',
  'network-topology-aware',
  'nodegroup',
  'nodeorder',
  'numa-aware',
  'overcommit',
  'pdb',
  'predicates',
  'priority',
  'proportion',
  'rescheduling',
  'resource-strategy-fit',
  'resourcequota',
  'sla',
  'task-topology',
  'tdm',
  'usage',
  'usage-share',
] as const;
export type PluginName = (typeof PLUGIN_NAMES)[number];

/** Volcano's switches of single hooks, as far as there are such hooks; all are on unless a plugin's entry says otherwise. */
export const HOOK_SWITCHES = [
  'enableJobOrder',
  'enableQueueOrder',
  'enableTaskOrder',
  'enableJobReady',
  'enableJobPipelined',
  'enableJobEnqueued',
  'enabledOverused',
  'enabledAllocatable',
  'enablePredicate',
  'enableNodeOrder',
  'enablePreemptable',
  'enableReclaimable',
  'enablePreemptive',
  'enableJobStarving',
  'enabledVictim',
] as const;
export type HookSwitch = (typeof HOOK_SWITCHES)[number];

/** Arguments of a plugin or an action, checked by `plugin-arguments.ts`; each reads its own and has defaults. */
export type PluginArguments = ReadonlyMap<string, string | number | boolean>;

export interface PluginOption {
  readonly name: PluginName;
  readonly arguments: PluginArguments;
  /** Hooks of the plugin that are not asked. */
  readonly off: ReadonlySet<HookSwitch>;
  /** `enableHierarchy` is on: the plugin looks at the tree of queues. */
  readonly isHierarchical?: true;
}

/** What the scheduler does and in which order: Volcano's scheduler configuration, checked and frozen. */
export interface SchedulerPolicy {
  readonly actions: readonly ActionName[];
  readonly tiers: readonly (readonly PluginOption[])[];
  /** What the file says for single actions; each action reads its own and has defaults. */
  readonly actionArguments: ReadonlyMap<ActionName, PluginArguments>;
  /** Where measurements of nodes come from; undefined: nobody is asked. */
  readonly metrics: MetricsSource | undefined;
}

/** Whether any tier names the plugin. */
export function namesPlugin({ tiers }: SchedulerPolicy, name: PluginName): boolean {
  return tiers.some((tier) => tier.some((option) => option.name === name));
}

/** A plugin with all of its hooks. */
export function plugin(name: PluginName, options: Readonly<Record<string, string | number>> = {}): PluginOption {
  return Object.freeze({ name, arguments: new Map(Object.entries(options)), off: new Set<never>() });
}

/**
 * Used when no file is given. Packing outweighs spreading: batch clusters need whole free nodes for the next gang,
 * and accelerators count five times as much as CPU or memory.
 */
export const DEFAULT_POLICY: SchedulerPolicy = Object.freeze({
  actions: Object.freeze(['enqueue', 'allocate', 'backfill'] as const),
  tiers: Object.freeze([
    Object.freeze([plugin('priority'), plugin('gang')]),
    Object.freeze([
      plugin('predicates'),
      plugin('proportion'),
      plugin('nodeorder'),
      plugin('data-locality'),
      plugin('network-topology-aware'),
      plugin('numa-aware', { weight: 10 }),
      plugin('binpack', {
        'binpack.weight': 10,
        'binpack.resources': 'nvidia.com/gpu, amd.com/gpu',
        'binpack.resources.nvidia.com/gpu': 5,
        'binpack.resources.amd.com/gpu': 5,
      }),
    ]),
  ]),
  actionArguments: new Map<never, never>(),
  metrics: undefined,
});
