import { ROOT_QUEUE } from '../../api/keys.ts';
import type { Refusal } from '../model/refusal.ts';
import type { Queue } from '../model/queue.ts';
import { upFrom } from '../model/queue-paths.ts';

/** The queues whose place in the tree is not clear, since one above them is missing or stands above itself. */
export function queueTroubles(queues: ReadonlyMap<string, Queue>): ReadonlyMap<Queue, Refusal> {
  const troubles = new Map<Queue, Refusal>();
  for (const queue of queues.values()) {
    const top = upFrom(queue).at(-1) ?? queue;
    const { parent } = top.record;
    if (top.name === ROOT_QUEUE || parent === ROOT_QUEUE || parent === '') continue;
    const whose = top === queue ? 'its parent' : `the parent of queue ${top.name} above it`;
    const what = queues.has(parent) ? `stands below it: they form a circle` : 'does not exist';
    const message = `queue ${queue.name} takes no new work: ${whose}, queue ${parent}, ${what}.`;
    troubles.set(queue, { code: 'QueueTreeBroken', message });
  }
  return troubles;
}
