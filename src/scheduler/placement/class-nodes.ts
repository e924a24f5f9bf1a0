import type { SchedulingShape, TaintRecord, Toleration } from '../../api/records/scheduling-shape.ts';
import type { Bitset } from '../../lib/bitset.ts';
import type { NodeIndex } from './node-index.ts';

/** Whether one of the tolerations covers the taint (Kubernetes' rules: empty key with Exists covers all). */
export function tolerates(tolerations: readonly Toleration[], taint: TaintRecord): boolean {
  return tolerations.some(
    (toleration) =>
      (toleration.effect === '' || toleration.effect === taint.effect) &&
      (toleration.key === '' ? toleration.operator === 'Exists' : toleration.key === taint.key) &&
      (toleration.operator === 'Exists' || toleration.value === taint.value),
  );
}

/** A soft taint only makes a node less wanted. */
export function keepsAway(taint: TaintRecord): boolean {
  return taint.effect !== 'PreferNoSchedule';
}

/** Takes out the nodes with a taint that keeps the shape away, of those that count. */
export function subtractTainted(
  index: NodeIndex,
  { tolerations }: SchedulingShape,
  out: Bitset,
  counts: (taint: TaintRecord) => boolean = keepsAway,
): void {
  for (const { taint, nodes } of index.taints()) {
    if (counts(taint) && !tolerates(tolerations, taint)) out.subtract(nodes);
  }
}

/** Nodes that satisfy the shape's node selector and required affinity. */
export function matchingNodes(index: NodeIndex, { nodeSelector, requiredTerms }: SchedulingShape): Bitset {
  const matching = index.all();
  for (const [key, value] of nodeSelector) matching.intersect(index.withLabel(key, value));
  if (requiredTerms === undefined) return matching;
  const any = index.none();
  for (const term of requiredTerms) any.union(index.matching(term));
  matching.intersect(any);
  return matching;
}
