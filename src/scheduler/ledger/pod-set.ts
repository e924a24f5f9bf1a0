import type { DomainCounts } from './domain-counts.ts';

/** Pods that are counted, all those of which something is true: how many of them stand on each node. */
export class PodSet {
  /** Pods that are being deleted are none of it. */
  readonly skipsLeaving: boolean;
  /** Kept up to date with the nodes. */
  readonly domains = new Set<DomainCounts>();
  byNode = new Int32Array(0);
  /** Of them, those that are on their way out. */
  leavingByNode = new Int32Array(0);
  /** Until then nothing is counted: the pods that stand somewhere are gone over once, and put in. */
  isFilled = false;

  constructor(skipsLeaving: boolean) {
    this.skipsLeaving = skipsLeaving;
  }

  /** Nobody stands anywhere; whoever does is added from now on. */
  reset(nodes: number): void {
    this.byNode = new Int32Array(nodes);
    this.leavingByNode = new Int32Array(nodes);
    this.isFilled = true;
    for (const counts of this.domains) counts.forget();
  }

  /** One pod more or less; for pods that have a term, as much as it weighs. */
  add(node: number, amount: number, isLeaving: boolean): void {
    if (!this.isFilled) return;
    this.byNode[node] = (this.byNode[node] ?? 0) + amount;
    if (isLeaving) this.leavingByNode[node] = (this.leavingByNode[node] ?? 0) + amount;
    for (const counts of this.domains) counts.add(node, amount, isLeaving);
  }
}
