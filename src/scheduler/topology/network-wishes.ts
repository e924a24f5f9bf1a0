import type { PlacementContext, Wishes } from '../framework/plugin.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { TaskClass } from '../model/task-class.ts';
import type { Task } from '../model/task.ts';
import { chain } from './domain.ts';
import type { Domain } from './domain.ts';
import type { DomainTree } from './domain-tree.ts';
import type { DomainUse } from './domain-use.ts';

/** Highest score of a node, before the weight. */
const MAX_SCORE = 100;

/** How much fuller parts of the network are wished for. */
export interface NetworkWeights {
  readonly weight: number;
  /** What a tier counts of the one below it. */
  readonly fading: number;
}

/** A domain above a part, with the weight of its tier of those of all tiers. */
type Share = readonly [domain: Domain, weight: number];

/**
 * Ordinary pods prefer fuller parts of the network, so that others stay empty for groups whose pods have to be near each other: the
 * mean of how full the domains are that a node lies in, each tier counting `fading` times what the one below it does. Where a node
 * lies in no domain of a tier, that tier counts as full (Volcano's formula).
 */
export class NetworkWishes {
  readonly #snapshot: Snapshot;
  readonly #use: DomainUse;
  readonly #weights: NetworkWeights;
  #tree: DomainTree | undefined;
  #contexts = new WeakMap<TaskClass, PlacementContext>();
  #made = 0;
  #partOf = new Int32Array(0);
  #partsOf: readonly { readonly shares: readonly Share[]; readonly outside: number }[] = [];

  constructor(snapshot: Snapshot, use: DomainUse, weights: NetworkWeights) {
    this.#snapshot = snapshot;
    this.#use = use;
    this.#weights = weights;
  }

  /** Called once a cycle. */
  open(tree: DomainTree): void {
    if (tree === this.#tree) return;
    this.#tree = tree;
    this.#contexts = new WeakMap();
    const domains = [tree.root, ...tree.domains];
    const indices = new Map(domains.map((domain, at) => [domain, at]));
    this.#partOf = new Int32Array(tree.order.length);
    for (const node of tree.order) this.#partOf[node] = indices.get(tree.common([node]) ?? tree.root) ?? 0;
    this.#partsOf = domains.map((domain) => this.#sharesOf(domain, tree));
  }

  /** What pods say about others beside them comes first, and alone. */
  contextOf({ class: taskClass, record, job }: Task): PlacementContext | undefined {
    const tree = this.#tree;
    if (tree === undefined || tree.domains.length === 0 || job === undefined || job.isNear) return undefined;
    const { podRules } = this.#snapshot;
    if (taskClass.shape.wishes !== undefined) return undefined;
    if (!podRules.isEmpty && podRules.labelledAs(record).wishing.terms.length > 0) return undefined;
    let context = this.#contexts.get(taskClass);
    if (context === undefined) {
      this.#made += 1;
      const wishes = this.#wishesOf(taskClass, tree);
      context = { key: `network use ${this.#made}`, hooks: {}, order: () => tree.order, wishes };
      this.#contexts.set(taskClass, context);
    }
    return context;
  }

  #wishesOf(taskClass: TaskClass, tree: DomainTree): Wishes {
    const asked = this.#use.asked((resource) => taskClass.amountOf(resource));
    const scores: number[] = [];
    return {
      partOf: this.#partOf,
      levelOf: () => 0,
      scores: (parts) => {
        this.#use.sync(tree);
        parts.forEach((part, i) => (scores[i] = this.#score(part, asked)));
        return scores;
      },
    };
  }

  #score(part: number, asked: Float64Array): number {
    const { shares = [], outside = 0 } = this.#partsOf[part] ?? {};
    let score = outside;
    for (const [domain, weight] of shares) score += weight * this.#use.fill(domain, asked);
    return score * this.#weights.weight * MAX_SCORE;
  }

  /** Of the domains above the part, and of the tiers in which it lies in none. */
  #sharesOf(
    part: Domain,
    { tiers, root }: DomainTree,
  ): { readonly shares: readonly Share[]; readonly outside: number } {
    const weights = new Map(tiers.map((tier) => [tier, this.#weights.fading ** (tier - 1)]));
    let all = 0;
    for (const weight of weights.values()) all += weight;
    const share = (tier: number): number => (all > 0 ? (weights.get(tier) ?? 0) / all : 0);
    const above = [...chain(part)].filter((domain) => domain !== root);
    const shares = above.map((domain): Share => [domain, share(domain.tier)]);
    const covered = new Set(above.map(({ tier }) => tier));
    const outside = tiers.filter((tier) => !covered.has(tier)).reduce((sum, tier) => sum + share(tier), 0);
    return { shares, outside };
  }
}
