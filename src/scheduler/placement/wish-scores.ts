import type { Wishes } from '../framework/plugin.ts';
import type { DomainCounts } from '../ledger/domain-counts.ts';
import type { WeighedCounts } from '../ledger/pod-rule-ledger.ts';
import type { NodeCells } from './node-cells.ts';
import type { Topology } from './topology.ts';
import { NOWHERE } from './topology.ts';
import { addNear, addSpread, LACKS_LABEL, plus } from './wish-scales.ts';

/** Pods that are to be spread, and how uneven they may stand without a word. */
export interface SpreadCounts {
  readonly domains: DomainCounts;
  readonly maxSkew: number;
}

/** What some pods would like. */
export interface WishedCounts {
  readonly near: readonly WeighedCounts[];
  readonly spread: readonly SpreadCounts[];
}

/** Of the two kinds of wishes in the score. */
export interface WishWeights {
  readonly affinity: number;
  readonly spread: number;
}

/** The nodes by the domains of several nodes that the wishes are about. */
export interface WishParts {
  readonly topologies: readonly Topology[];
  /** Undefined when all wishes are about single nodes. */
  readonly cells: NodeCells | undefined;
  readonly nodes: number;
}

/** Of each part, or of each level, before it is scaled. */
interface Raw<Numbers> {
  readonly near: Numbers;
  /** Below zero: the nodes lack a label that the pods are to be spread by. */
  readonly spread: Numbers;
}

/** A rule as it is scored. */
interface ScoredSpread extends SpreadCounts {
  /** Pods in few large domains weigh less than those in many small ones. */
  readonly podWeight: number;
}

interface ScoredCounts extends WishedCounts {
  readonly spread: readonly ScoredSpread[];
}

/**
 * kube-scheduler's scores for wishes between pods. Domains of several nodes make the parts; what pods on single nodes say makes the levels:
 * nodes on which it comes to the same are of one level.
 */
export class WishScores implements Wishes {
  readonly partOf: Int32Array;
  readonly #local: ScoredCounts;
  readonly #wide: ScoredCounts;
  readonly #weights: WishWeights;
  readonly #hasSpread: boolean;
  /** The domain of each part, by topology. */
  readonly #domains: ReadonlyMap<Topology, Int32Array>;
  readonly #levels = new Map<number, Map<number, number>>();
  readonly #ofLevels: Raw<number[]> = { near: [], spread: [] };
  readonly #ofParts: Raw<Float64Array>;
  readonly #near: number[] = [];
  readonly #spread: number[] = [];
  readonly #scores: number[] = [];

  constructor(wished: WishedCounts, { topologies, cells, nodes }: WishParts, weights: WishWeights) {
    this.#weights = weights;
    this.#local = ofTopologies(wished, (topology) => !topologies.includes(topology));
    this.#wide = ofTopologies(wished, (topology) => topologies.includes(topology));
    this.#hasSpread = wished.spread.length > 0;
    const parts = cells?.domains ?? [];
    this.#domains = new Map(
      topologies.map((topology, at) => [topology, Int32Array.from(parts, (of) => of[at] ?? NOWHERE)]),
    );
    const count = Math.max(1, parts.length);
    this.#ofParts = { near: new Float64Array(count), spread: new Float64Array(count) };
    this.partOf = cells?.cellOf() ?? new Int32Array(nodes);
  }

  levelOf(node: number): number {
    const { near, spread } = this.#local;
    let raw = 0;
    for (const { domains, weight } of near)
      raw += weight * podsIn(domains, domains.topology?.domainOf[node] ?? NOWHERE);
    let uneven = 0;
    for (const rule of spread)
      uneven = plus(uneven, unevenness(rule, rule.domains.topology?.domainOf[node] ?? NOWHERE));
    return this.#level(raw, uneven);
  }

  scores(parts: readonly number[], levels: readonly number[]): ArrayLike<number> {
    this.#readParts();
    for (let i = 0; i < parts.length; i += 1) {
      const part = parts[i] ?? 0;
      const level = levels[i] ?? 0;
      this.#near[i] = (this.#ofParts.near[part] ?? 0) + (this.#ofLevels.near[level] ?? 0);
      this.#spread[i] = plus(this.#ofParts.spread[part] ?? 0, this.#ofLevels.spread[level] ?? 0);
      this.#scores[i] = 0;
    }
    this.#near.length = parts.length;
    this.#spread.length = parts.length;
    this.#scores.length = parts.length;
    addNear(this.#near, this.#weights.affinity, this.#scores);
    if (this.#hasSpread) addSpread(this.#spread, this.#weights.spread, this.#scores);
    return this.#scores;
  }

  #level(near: number, spread: number): number {
    let bySpread = this.#levels.get(near);
    if (bySpread === undefined) this.#levels.set(near, (bySpread = new Map()));
    let level = bySpread.get(spread);
    if (level === undefined) {
      level = this.#ofLevels.near.length;
      bySpread.set(spread, level);
      this.#ofLevels.near.push(near);
      this.#ofLevels.spread.push(spread);
    }
    return level;
  }

  /** O(parts x wishes). */
  #readParts(): void {
    this.#ofParts.near.fill(0);
    this.#ofParts.spread.fill(0);
    const { near, spread } = this.#ofParts;
    for (const { domains, weight } of this.#wide.near) {
      const domainOf = this.#domainsIn(domains);
      for (let part = 0; part < near.length; part += 1) {
        near[part] = (near[part] ?? 0) + weight * podsIn(domains, domainOf[part] ?? NOWHERE);
      }
    }
    for (const rule of this.#wide.spread) {
      const domainOf = this.#domainsIn(rule.domains);
      for (let part = 0; part < spread.length; part += 1) {
        spread[part] = plus(spread[part] ?? 0, unevenness(rule, domainOf[part] ?? NOWHERE));
      }
    }
  }

  /** By part. */
  #domainsIn({ topology }: DomainCounts): Int32Array {
    return (topology && this.#domains.get(topology)) ?? NO_DOMAINS;
  }
}

const NO_DOMAINS = new Int32Array(0);

function ofTopologies({ near, spread }: WishedCounts, isWanted: (topology: Topology) => boolean): ScoredCounts {
  const isOf = ({ domains: { topology } }: { readonly domains: DomainCounts }): boolean =>
    topology !== undefined && isWanted(topology);
  const scored = spread.filter(isOf).map(({ domains, maxSkew }) => {
    return { domains, maxSkew, podWeight: Math.log((domains.topology?.size ?? 0) + 2) };
  });
  return { near: near.filter(isOf), spread: scored };
}

function podsIn({ counts }: DomainCounts, domain: number): number {
  return domain === NOWHERE ? 0 : (counts[domain] ?? 0);
}

/** The more pods, and the more of them may stand there without a word, the more uneven. */
function unevenness({ domains, maxSkew, podWeight }: ScoredSpread, domain: number): number {
  if (domain === NOWHERE) return LACKS_LABEL;
  return (domains.counts[domain] ?? 0) * podWeight + maxSkew - 1;
}
