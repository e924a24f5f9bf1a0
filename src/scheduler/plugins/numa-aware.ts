import type { PodNuma } from '../../api/records/numa-records.ts';
import { numberArgument } from '../framework/plugin.ts';
import type { PlacementContext, Plugin } from '../framework/plugin.ts';
import { BystanderContext } from '../numa/bystander-context.ts';
import { NumaContext } from '../numa/numa-context.ts';

/** NUMA policies: pods with one go where the kubelet would take them, and best where it cuts them least. */
export const numaAware: Plugin = {
  name: 'numa-aware',
  make: (snapshot, options) => {
    const { numa } = snapshot;
    const weight = numberArgument(options, 'weight', 1);
    numa.isMinded = true;
    numa.scope = options.get('scope') === 'pod' ? 'pod' : 'container';
    const known = new WeakMap<PodNuma, PlacementContext>();
    return {
      // Without a topology nobody is claimed.
      claimStampFn: () => numa.version,
      contextFn: ({ record }) => {
        // To look at a record costs more than all else here.
        if (!numa.isUsed) return undefined;
        const pod = record.numa;
        if (pod === undefined || (pod.policy === 'none' && !numa.hasPromises)) return undefined;
        let context = known.get(pod);
        if (context !== undefined) return context;
        context = pod.policy === 'none' ? new BystanderContext(pod, snapshot) : new NumaContext(pod, snapshot, weight);
        known.set(pod, context);
        return context;
      },
    };
  },
};
