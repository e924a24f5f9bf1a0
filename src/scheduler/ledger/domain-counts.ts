import type { Topology } from '../placement/topology.ts';
import { NOWHERE } from '../placement/topology.ts';

/**
 * How many pods of a set stand in each domain of a topology. One pod more or less costs O(1); only when the last of the
 * emptiest domains fills up, O(domains), which needs as many pods.
 */
export class DomainCounts {
  /** Pods by domain. */
  counts = new Int32Array(0);
  /** In all domains. */
  total = 0;
  /** Of them by domain, those that are on their way out. */
  leaving = new Int32Array(0);
  totalLeaving = 0;
  /** In the emptiest domain; 0 when there is none. */
  least = 0;
  /**
   * Grows whenever more may have changed than the domain of the pod that came or went: the emptiest domain holds another
   * number, or the first pod came, or the last one went.
   */
  epoch = 0;
  /** Grows whenever all is counted anew. */
  readings = 0;
  #topology: Topology | undefined;
  /** Domains that hold no more than the emptiest. */
  #atLeast = 0;
  readonly #onFlip: () => void;

  /** `onFlip` is called when the first pod came to stand in any domain, and when the last one left. */
  constructor(onFlip: () => void) {
    this.#onFlip = onFlip;
  }

  /** Undefined until it is read for the present nodes. */
  get topology(): Topology | undefined {
    return this.#topology;
  }

  /** Counts anew from the pods by node, and those of them that are on their way out. O(nodes). */
  read(topology: Topology, byNode: Int32Array, leavingByNode: Int32Array): void {
    const before = this.total;
    this.#topology = topology;
    this.counts = new Int32Array(topology.size);
    this.total = 0;
    this.leaving = new Int32Array(topology.size);
    this.totalLeaving = 0;
    topology.domainOf.forEach((domain, node) => {
      if (domain === NOWHERE) return;
      const pods = byNode[node] ?? 0;
      this.counts[domain] = (this.counts[domain] ?? 0) + pods;
      this.total += pods;
      const leaving = leavingByNode[node] ?? 0;
      this.leaving[domain] = (this.leaving[domain] ?? 0) + leaving;
      this.totalLeaving += leaving;
    });
    this.#findLeast();
    this.epoch += 1;
    this.readings += 1;
    if ((before === 0) !== (this.total === 0)) this.#onFlip();
  }

  /** The nodes are others, or have other pods: nothing is known until `read`. */
  forget(): void {
    this.#topology = undefined;
  }

  /** `amount` is not 0. */
  add(node: number, amount: number, isLeaving: boolean): void {
    const domain = this.#topology?.domainOf[node] ?? NOWHERE;
    if (domain === NOWHERE) return;
    if (isLeaving) {
      this.leaving[domain] = (this.leaving[domain] ?? 0) + amount;
      this.totalLeaving += amount;
    }
    const before = this.counts[domain] ?? 0;
    const after = before + amount;
    this.counts[domain] = after;
    this.total += amount;
    const { least } = this;
    if (after < least) {
      this.least = after;
      this.#atLeast = 1;
    } else if (after === least) this.#atLeast += 1;
    else if (before === least) this.#leave();
    const hasFlipped = this.total === (amount > 0 ? amount : 0);
    if (this.least !== least || hasFlipped) this.epoch += 1;
    if (hasFlipped) this.#onFlip();
  }

  #leave(): void {
    this.#atLeast -= 1;
    if (this.#atLeast === 0) this.#findLeast();
  }

  #findLeast(): void {
    let least = Infinity;
    let atLeast = 0;
    for (const pods of this.counts) {
      if (pods < least) {
        least = pods;
        atLeast = 0;
      }
      if (pods === least) atLeast += 1;
    }
    this.least = least === Infinity ? 0 : least;
    this.#atLeast = atLeast;
  }
}
