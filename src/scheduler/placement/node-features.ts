import type { NodeImage, NodeRecord } from '../../api/records/node-record.ts';
import type { ResourceAmounts } from '../../api/records/scheduling-shape.ts';

/** True when both offer the same of everything. */
export function sameAmounts(a: ResourceAmounts, b: ResourceAmounts): boolean {
  if (a.size !== b.size) return false;
  for (const [name, amount] of a) if (b.get(name) !== amount) return false;
  return true;
}

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

/** True when both are the same images in the same order, as kubelets tell them: equal ones are one object. */
export function sameImages(a: readonly NodeImage[], b: readonly NodeImage[]): boolean {
  return a === b || (a.length === b.length && a.every((image, i) => image === b[i]));
}
