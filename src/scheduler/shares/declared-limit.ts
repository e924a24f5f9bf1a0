import type { Queue } from '../model/queue.ts';
import { EPSILON } from './epsilon.ts';

/**
 * The limit is what the queue, or one above it, declares as the most that it may hold; else it follows from what there is
 * of nodes, and grows with them. O(levels).
 */
export function isDeclaredLimit(queue: Queue, resource: string, limit: number): boolean {
  for (let at: Queue | undefined = queue; at !== undefined; at = at.parent) {
    if ((at.record.capability?.get(resource) ?? Infinity) <= limit + EPSILON) return true;
  }
  return false;
}
