import type { ExtendedResources } from '../../api/devices/extended-resources.ts';
import type { NodeRecord } from '../../api/records/node-record.ts';
import type { ResourceAmounts } from '../../api/records/scheduling-shape.ts';
import type { ResourceTable } from '../../scheduler/model/resource-table.ts';
import type { NodeTable } from '../../scheduler/placement/node-table.ts';
import type { ClusterRoom } from '../../../webhooks/admission.ts';

/** How large the cluster is, from its nodes, and what classes serve beside them. O(nodes x resources). */
export function clusterRoom(nodes: Iterable<NodeRecord>, served: ExtendedResources): ClusterRoom {
  const totals = new Map<string, number>();
  const largestNode = new Map<string, number>();
  for (const { allocatable } of nodes) {
    for (const [name, amount] of allocatable) {
      totals.set(name, (totals.get(name) ?? 0) + amount);
      largestNode.set(name, Math.max(largestNode.get(name) ?? 0, amount));
    }
  }
  return { totals, largestNode, served };
}

/** What the nodes have left, together. O(nodes x resources). */
export function freeRoom({ idle, offered }: NodeTable, resources: ResourceTable): ResourceAmounts {
  return new Map(offered.map((r) => [resources.name(r), sumAboveZero(idle[r])]));
}

/** A node that others overcommit has nothing left, and takes nothing from the others. */
function sumAboveZero(column: Float64Array | undefined): number {
  let sum = 0;
  for (const amount of column ?? []) sum += Math.max(0, amount);
  return sum;
}
