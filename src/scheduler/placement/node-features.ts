import type { NodeRecord } from '../../api/records/node-record.ts';

/** True when nothing changed that decides who may use the node: labels, taints, cordon. */
export function sameFeatures(a: NodeRecord, b: NodeRecord): boolean {
  if (a.unschedulable !== b.unschedulable || a.labels.size !== b.labels.size || a.taints.length !== b.taints.length)
    return false;
  for (const [key, value] of a.labels) if (b.labels.get(key) !== value) return false;
  return a.taints.every((taint, i) => {
    const other = b.taints[i];
    return other?.key === taint.key && other.value === taint.value && other.effect === taint.effect;
  });
}
