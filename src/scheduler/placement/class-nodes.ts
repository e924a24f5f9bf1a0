import { keepsAway, tolerates } from './taints.ts';
import type { SchedulingShape, TaintRecord } from '../../api/records/scheduling-shape.ts';
import type { Bitset } from '../../lib/bitset.ts';
import type { NodeIndex } from './node-index.ts';

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
