import { ROOT_QUEUE } from '../../api/keys.ts';
import type { Queue } from '../model/queue.ts';

/**
 * Links every queue to the one that it names as its parent. The links follow from the records alone, in whatever order these
 * came: of queues that name each other in a circle none has a parent, and what hangs below them stays there. O(queues).
 */
export function linkParents(queues: ReadonlyMap<string, Queue>): void {
  for (const queue of queues.values()) queue.parent = namedParent(queue, queues);
  const seen = new Set<Queue>();
  for (const queue of queues.values()) if (queue.parent !== undefined) cutCircleAbove(queue, seen);
  sumBelow(queues);
}

/** What stands below a queue may be others now. */
function sumBelow(queues: ReadonlyMap<string, Queue>): void {
  for (const queue of queues.values()) {
    if (queue.below.length === 0) continue;
    queue.below.length = 0;
    queue.leavingBelow.length = 0;
    queue.movesBelow += 1;
    queue.isDirty = true;
  }
  for (const queue of queues.values()) {
    for (let above = queue.parent; above !== undefined; above = above.parent) {
      addAll(above.below, queue.allocated);
      addAll(above.leavingBelow, queue.leaving);
      above.movesBelow += 1;
      above.isDirty = true;
    }
  }
}

function addAll(to: number[], amounts: readonly number[]): void {
  while (to.length < amounts.length) to.push(0);
  amounts.forEach((amount, r) => (to[r] = (to[r] ?? 0) + amount));
}

/** Most queues of most clusters name `root`, and `root` itself is below nobody. */
function namedParent({ name, record }: Queue, queues: ReadonlyMap<string, Queue>): Queue | undefined {
  return name === ROOT_QUEUE || record.parent === ROOT_QUEUE ? undefined : queues.get(record.parent);
}

/** Goes up no further than to queues that were seen from another one. */
function cutCircleAbove(queue: Queue, seen: Set<Queue>): void {
  const path: Queue[] = [];
  let at = queue;
  while (at.parent !== undefined && !seen.has(at)) {
    seen.add(at);
    path.push(at);
    at = at.parent;
  }
  const start = path.indexOf(at);
  if (start >= 0) for (const member of path.slice(start)) member.parent = undefined;
}
