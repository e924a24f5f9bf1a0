import type { Plugin } from '../framework/plugin.ts';
import { numberArgument } from '../framework/plugin.ts';
import type { Queue } from '../model/queue.ts';
import { isWithin, upFrom } from '../model/queue-paths.ts';
import { Rights, rightsHooks } from '../shares/rights.ts';

/**
 * What queues deserve is declared, not worked out: each may take what is free within its capability, and has up to what it
 * deserves taken back. With a hierarchy all of it is asked level by level, and siblings compete.
 */
export const capacity: Plugin = {
  name: 'capacity',
  make: (snapshot, options, { actions, isHierarchical }) => {
    const isTree = isHierarchical === true;
    const reach = isTree ? Math.max(0, Math.floor(numberArgument(options, 'ancestorReclaimLevel', 0))) : 0;
    const rights = new Rights(snapshot, actions, { isTree, reach });
    return {
      ...(isTree ? { isHierarchical: true, victimQueueOrderFn: nearerFirst } : {}),
      ...rightsHooks(rights),
    };
  },
};

/** Who shares more of the queues above with the one that asks: what its team has is for itself to settle first. */
function nearerFirst(a: Queue, b: Queue, asking: Queue): number {
  const shared = (queue: Queue): number => upFrom(asking).filter((above) => isWithin(queue, above)).length;
  return shared(b) - shared(a);
}
