import type { HostPort } from '../../api/records/scheduling-shape.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import { TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';

/**
 * Whether none of the ports will be taken on the node once these have gone from it, and all that are on their way out. O(1) where they are free now,
 * else O(tasks of the node).
 */
export function portsFreeWithout(
  { index, nodeTasks }: Snapshot,
  node: number,
  ports: readonly HostPort[],
  gone: ReadonlySet<Task>,
): boolean {
  if (ports.length === 0 || index.portsFree(node, ports)) return true;
  const given: HostPort[] = [];
  for (let task = nodeTasks.first(node); task !== undefined; task = task.nextOnNode) {
    if (task.status === TaskStatus.Releasing || gone.has(task)) given.push(...task.class.shape.hostPorts);
  }
  return index.portsFree(node, ports, given);
}
