import type { NodeRecord } from '../../api/records/node-record.ts';
import type { ClusterRoom } from '../../../webhooks/admission.ts';

/** How large the cluster is, from its nodes. O(nodes x resources). */
export function clusterRoom(nodes: Iterable<NodeRecord>): ClusterRoom {
  const totals = new Map<string, number>();
  const largestNode = new Map<string, number>();
  for (const { allocatable } of nodes) {
    for (const [name, amount] of allocatable) {
      totals.set(name, (totals.get(name) ?? 0) + amount);
      largestNode.set(name, Math.max(largestNode.get(name) ?? 0, amount));
    }
  }
  return { totals, largestNode };
}
