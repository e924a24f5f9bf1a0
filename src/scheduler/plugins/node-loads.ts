import type { NodeUsage } from '../../api/records/node-usage.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import { CPU_IX, MEMORY_IX } from '../model/resource-table.ts';
import type { TaskClass } from '../model/task-class.ts';

/** In use or asked for, in percent of the node. */
export type Load = NodeUsage;

/**
 * How loaded nodes are: by what was measured, where there is a measurement that is not too old, else by what the pods there ask for
 * that are not on their way out. A node that was not measured has no load then.
 */
export function loadOf(snapshot: Snapshot, node: number, nowMs: number): Load | undefined {
  const { nodes, usages } = snapshot;
  if (usages.staleMs > nowMs) return usages.of(nodes.records[node]?.name ?? '');
  return { cpu: heldShare(snapshot, node, CPU_IX), memory: heldShare(snapshot, node, MEMORY_IX) };
}

/** What a task of the class is thought to add to the node's load: what it asks for. */
export function addedLoad({ nodes }: Snapshot, node: number, { resources, amounts }: TaskClass): Load {
  const share = (resource: number): number => {
    const offered = nodes.allocatable[resource]?.[node] ?? 0;
    return offered > 0 ? (100 * (amounts[resources.indexOf(resource)] ?? 0)) / offered : 0;
  };
  return { cpu: share(CPU_IX), memory: share(MEMORY_IX) };
}

export function sumOf(a: Load, b: Load): Load {
  return { cpu: a.cpu + b.cpu, memory: a.memory + b.memory };
}

export function difference(a: Load, b: Load): Load {
  return { cpu: a.cpu - b.cpu, memory: a.memory - b.memory };
}

/** Neither is above its limit. */
export function isWithin(load: Load, limit: Load): boolean {
  return load.cpu <= limit.cpu && load.memory <= limit.memory;
}

function heldShare({ nodes }: Snapshot, node: number, resource: number): number {
  const offered = nodes.allocatable[resource]?.[node] ?? 0;
  const free = (nodes.idle[resource]?.[node] ?? 0) + (nodes.releasing[resource]?.[node] ?? 0);
  return offered > 0 ? (100 * (offered - free)) / offered : 0;
}
