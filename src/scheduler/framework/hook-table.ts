import type { HookSwitch } from '../../config/policy.ts';
import type { PlacementContext, PluginHooks } from './plugin.ts';

/** A hook that is there. */
export type Hook<H extends keyof PluginHooks> = NonNullable<PluginHooks[H]>;

/** What a switch turns off. A plugin without the hook does the same with its switch on or off. */
const SWITCHED: Readonly<Record<HookSwitch, readonly (keyof PluginHooks)[]>> = {
  enableJobOrder: ['jobOrderFn', 'isSteadyOrder', 'ranksTenants'],
  // A plugin that is not asked for its ranks has none within parents either: the others then rank all queues side by side.
  enableQueueOrder: ['queueOrderFn', 'victimQueueOrderFn', 'isHierarchical'],
  enableTaskOrder: ['taskOrderFn'],
  enableJobReady: ['jobReadyFn', 'lackingFn'],
  enableJobPipelined: ['jobPipelinedFn'],
  enableJobEnqueued: ['jobEnqueueableFn', 'rowEnqueueableFn', 'jobEnqueuedFn', 'rowEnqueuedFn', 'enqueueStampFn'],
  enabledOverused: ['overusedFn'],
  enabledAllocatable: ['allocatableFn'],
  enablePredicate: [
    'feasible',
    'feasibleNode',
    'explain',
    'volumeFn',
    'deviceClaimFn',
    'avoidFn',
    'avoidNoneFn',
    'domainsFn',
  ],
  enableNodeOrder: ['score', 'scoreNode', 'wishFn'],
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
  const left = without(hooks, gone);
  if (hooks.contextFn === undefined || !(off.has('enablePredicate') || off.has('enableNodeOrder'))) return left;
  return { ...left, contextFn: switchedContexts(hooks.contextFn, gone, !off.has('enablePredicate')) };
}

function without(hooks: PluginHooks, gone: ReadonlySet<string>): PluginHooks {
  return Object.fromEntries(Object.entries(hooks).filter(([name]) => !gone.has(name)));
}

/** Contexts bring hooks of their own, to which the switches apply as well. What of one says nothing any more claims nobody. */
function switchedContexts(
  claim: Hook<'contextFn'>,
  gone: ReadonlySet<string>,
  closesNodes: boolean,
): Hook<'contextFn'> {
  const known = new WeakMap<PlacementContext, PlacementContext>();
  return (task) => {
    const context = claim(task);
    if (context === undefined) return undefined;
    let switched = known.get(context);
    if (switched === undefined) {
      const { key, hooks: own } = context;
      const hooks = without(own, gone);
      switched = closesNodes ? { ...context, hooks } : { key, hooks };
      known.set(context, switched);
    }
    return closesNodes || Object.keys(switched.hooks).length > 0 ? switched : undefined;
  };
}

/** The functions of one hook, tier by tier in the order of the plugins: whoever has none is not asked. */
export function tiersOf<H extends keyof PluginHooks>(
  tiers: readonly (readonly PluginHooks[])[],
  hook: H,
): readonly (readonly Hook<H>[])[] {
  return tiers.map((tier) => tier.flatMap((hooks) => hooks[hook] ?? [])).filter((tier) => tier.length > 0);
}
