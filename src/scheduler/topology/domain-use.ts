import type { Snapshot } from '../ledger/snapshot.ts';
import type { Domain } from './domain.ts';
import { chain } from './domain.ts';
import type { DomainTree } from './domain-tree.ts';

/** A resource that counts, by its index. */
export interface WeighedResource {
  readonly resource: number;
  readonly weight: number;
}

/** Of the resources that count, in their order. */
interface Amounts {
  readonly used: Float64Array;
  readonly offered: Float64Array;
}

/** How full domains of the network are, by the weights of resources. */
export class DomainUse {
  readonly #snapshot: Snapshot;
  readonly #weighed: readonly WeighedResource[];
  readonly #byDomain = new Map<Domain, Amounts>();
  /** By resource and node, as it was counted last. */
  #counted: readonly Float64Array[] = [];
  #tree: DomainTree | undefined;
  #allocatableVersion = -1;
  #syncedTo = -1;

  constructor(snapshot: Snapshot, weighed: readonly WeighedResource[]) {
    this.#snapshot = snapshot;
    this.#weighed = weighed;
  }

  /** Asked amounts, in the order of the resources that count. */
  asked(amountOf: (resource: number) => number): Float64Array {
    return Float64Array.from(this.#weighed, ({ resource }) => amountOf(resource));
  }

  /** Counts the nodes that changed. O(changed nodes x tiers), and over all nodes for another tree or when they offer other amounts. */
  sync(tree: DomainTree): void {
    const { recency, allocatableVersion } = this.#snapshot;
    if (tree !== this.#tree || allocatableVersion !== this.#allocatableVersion) {
      this.#tree = tree;
      this.#allocatableVersion = allocatableVersion;
      this.#reset(tree);
    } else {
      let node = recency.newest;
      while (node >= 0 && recency.changedAt(node) > this.#syncedTo) {
        this.#count(node, tree);
        node = recency.olderThan(node);
      }
    }
    this.#syncedTo = recency.now;
  }

  /**
   * From 0 to 1, as it was counted last: the weighted mean of (used + asked) / offered over the resources that are asked for; 0 where that
   * is more than there is (Volcano's formula).
   */
  fill(domain: Domain, asked: Float64Array): number {
    const amounts = this.#byDomain.get(domain);
    let sum = 0;
    let weights = 0;
    for (let i = 0; i < asked.length; i += 1) {
      const amount = asked[i] ?? 0;
      if (amount === 0) continue;
      const offered = amounts?.offered[i] ?? 0;
      const used = (amounts?.used[i] ?? 0) + amount;
      if (used > offered) return 0;
      const weight = this.#weighed[i]?.weight ?? 0;
      sum += (weight * used) / offered;
      weights += weight;
    }
    return weights === 0 ? 0 : sum / weights;
  }

  #reset(tree: DomainTree): void {
    const { nodes } = this.#snapshot;
    const size = this.#weighed.length;
    this.#counted = this.#weighed.map(() => new Float64Array(nodes.count));
    this.#byDomain.clear();
    for (const domain of [tree.root, ...tree.domains]) {
      this.#byDomain.set(domain, { used: new Float64Array(size), offered: new Float64Array(size) });
    }
    for (let node = 0; node < nodes.count; node += 1) {
      this.#weighed.forEach(({ resource }, i) => {
        const amount = nodes.allocatable[resource]?.[node] ?? 0;
        for (const domain of domainsOf(node, tree)) this.#add(domain, i, 'offered', amount);
      });
      this.#count(node, tree);
    }
  }

  #count(node: number, tree: DomainTree): void {
    const { allocatable, idle } = this.#snapshot.nodes;
    this.#weighed.forEach(({ resource }, i) => {
      const used = (allocatable[resource]?.[node] ?? 0) - (idle[resource]?.[node] ?? 0);
      const counted = this.#counted[i];
      const moved = used - (counted?.[node] ?? 0);
      if (counted === undefined || moved === 0) return;
      counted[node] = used;
      for (const domain of domainsOf(node, tree)) this.#add(domain, i, 'used', moved);
    });
  }

  #add(domain: Domain, i: number, column: keyof Amounts, amount: number): void {
    const amounts = this.#byDomain.get(domain)?.[column];
    if (amounts !== undefined) amounts[i] = (amounts[i] ?? 0) + amount;
  }
}

/** From the inside out. */
function domainsOf(node: number, tree: DomainTree): Iterable<Domain> {
  return chain(tree.common([node]) ?? tree.root);
}
