import type { HookSwitch } from '../../config/policy.ts';
import type { PluginHooks } from './plugin.ts';

/** A hook that is there. */
export type Hook<H extends keyof PluginHooks> = NonNullable<PluginHooks[H]>;

/** What a switch turns off. A plugin without the hook does the same with its switch on or off. */
const SWITCHED: Readonly<Record<HookSwitch, readonly (keyof PluginHooks)[]>> = {
  enableJobOrder: ['jobOrderFn'],
  // A plugin that is not asked for its ranks has none within parents either: the others then rank all queues side by side.
  enableQueueOrder: ['queueOrderFn', 'isHierarchical'],
  enableTaskOrder: ['taskOrderFn'],
  enableJobReady: ['jobReadyFn'],
  enableJobPipelined: ['jobPipelinedFn'],
  enableJobEnqueued: ['jobEnqueueableFn', 'jobEnqueuedFn', 'enqueueStampFn'],
  enabledOverused: ['overusedFn'],
  enabledAllocatable: ['allocatableFn'],
  enablePredicate: ['feasible', 'feasibleNode', 'explain', 'contextFn', 'avoidFn', 'avoidNoneFn'],
  enableNodeOrder: ['score', 'scoreNode'],
  enablePreemptable: ['preemptableFn'],
  enableReclaimable: ['reclaimableFn'],
  enablePreemptive: ['preemptiveFn'],
  enableJobStarving: ['jobStarvingFn'],
  enabledVictim: ['victimTasksFn', 'victimReasonFn', 'isShuffleDueFn'],
};

/** The hooks that are left of a plugin when some switches are off. */
export function switchedHooks(hooks: PluginHooks, off: ReadonlySet<HookSwitch>): PluginHooks {
  if (off.size === 0) return hooks;
  const gone = new Set<string>([...off].flatMap((key) => SWITCHED[key]));
  return Object.fromEntries(Object.entries(hooks).filter(([name]) => !gone.has(name)));
}

/** The functions of one hook, tier by tier in the order of the plugins: whoever has none is not asked. */
export function tiersOf<H extends keyof PluginHooks>(
  tiers: readonly (readonly PluginHooks[])[],
  hook: H,
): readonly (readonly Hook<H>[])[] {
  return tiers.map((tier) => tier.flatMap((hooks) => hooks[hook] ?? [])).filter((tier) => tier.length > 0);
}
