import type { Wishes } from '../framework/plugin.ts';
import type { DomainCounts } from '../ledger/domain-counts.ts';
import type { WeighedCounts } from '../ledger/pod-rule-ledger.ts';
import type { NodeCells } from './node-cells.ts';
import type { Topology } from './topology.ts';
import { NOWHERE } from './topology.ts';

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

/** Of one kind of wish, before it is scaled: by part, or by level. */
interface Raw {
  near: number;
  /** Below zero: the nodes lack a label that the pods are to be spread by. */
  spread: number;
}

const MAX_SCORE = 100;
const LACKS_LABEL = -1;

/**
 * kube-scheduler's scores for wishes between pods. Domains of several nodes make the parts; what pods on single nodes say makes the levels:
 * nodes on which it comes to the same are of one level.
 */
export class WishScores implements Wishes {
  readonly partOf: Int32Array;
  readonly #local: WishedCounts;
  readonly #wide: WishedCounts;
  readonly #weights: WishWeights;
  readonly #hasSpread: boolean;
  /** By part: its domain in each topology. */
  readonly #domains: readonly Int32Array[];
  readonly #topologies: readonly Topology[];
  readonly #levels = new Map<number, Map<number, number>>();
  readonly #ofLevels: Raw[] = [];
  readonly #ofParts: Raw[];
  readonly #near: number[] = [];
  readonly #spread: number[] = [];
  readonly #scores: number[] = [];

  constructor(wished: WishedCounts, { topologies, cells, nodes }: WishParts, weights: WishWeights) {
    this.#weights = weights;
    this.#local = ofTopologies(wished, (topology) => !topologies.includes(topology));
    this.#wide = ofTopologies(wished, (topology) => topologies.includes(topology));
    this.#hasSpread = wished.spread.length > 0;
    this.#topologies = topologies;
    this.#domains = cells?.domains ?? [new Int32Array(0)];
    this.#ofParts = this.#domains.map(() => ({ near: 0, spread: 0 }));
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
      const part = this.#ofParts[parts[i] ?? 0];
      const level = this.#ofLevels[levels[i] ?? 0];
      this.#near[i] = (part?.near ?? 0) + (level?.near ?? 0);
      this.#spread[i] = plus(part?.spread ?? 0, level?.spread ?? 0);
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
      level = this.#ofLevels.length;
      bySpread.set(spread, level);
      this.#ofLevels.push({ near, spread });
    }
    return level;
  }

  /** O(parts x wishes). */
  #readParts(): void {
    for (const raw of this.#ofParts) [raw.near, raw.spread] = [0, 0];
    for (const { domains, weight } of this.#wide.near) {
      const at = this.#indexOf(domains);
      for (const [part, raw] of this.#ofParts.entries())
        raw.near += weight * podsIn(domains, this.#domains[part]?.[at] ?? NOWHERE);
    }
    for (const rule of this.#wide.spread) {
      const at = this.#indexOf(rule.domains);
      for (const [part, raw] of this.#ofParts.entries())
        raw.spread = plus(raw.spread, unevenness(rule, this.#domains[part]?.[at] ?? NOWHERE));
    }
  }

  #indexOf({ topology }: DomainCounts): number {
    return topology === undefined ? NOWHERE : this.#topologies.indexOf(topology);
  }
}

function ofTopologies({ near, spread }: WishedCounts, isWanted: (topology: Topology) => boolean): WishedCounts {
  const isOf = ({ domains: { topology } }: { readonly domains: DomainCounts }): boolean =>
    topology !== undefined && isWanted(topology);
  return { near: near.filter(isOf), spread: spread.filter(isOf) };
}

function podsIn({ counts }: DomainCounts, domain: number): number {
  return domain === NOWHERE ? 0 : (counts[domain] ?? 0);
}

/** Pods in few large domains weigh less than those in many small ones; a pod alone is no more uneven than the skew allows. */
function unevenness({ domains, maxSkew }: SpreadCounts, domain: number): number {
  if (domain === NOWHERE) return LACKS_LABEL;
  return (domains.counts[domain] ?? 0) * Math.log((domains.topology?.size ?? 0) + 2) + maxSkew - 1;
}

/** Of two parts of a sum, either of which may lack a label. */
function plus(a: number, b: number): number {
  return a < 0 || b < 0 ? LACKS_LABEL : a + b;
}

/** The best gets 100, the worst nothing. */
function addNear(raw: readonly number[], weight: number, out: number[]): void {
  let [least, most] = [Infinity, -Infinity];
  for (const near of raw) [least, most] = [Math.min(least, near), Math.max(most, near)];
  if (most === least) return;
  const scale = (weight * MAX_SCORE) / (most - least);
  for (const [i, near] of raw.entries()) out[i] = (out[i] ?? 0) + scale * (near - least);
}

/** The emptiest gets 100, others less by what they hold in comparison with the fullest; who lacks a label gets nothing. */
function addSpread(raw: readonly number[], weight: number, out: number[]): void {
  let [least, most] = [Infinity, 0];
  for (const spread of raw) if (spread >= 0) [least, most] = [Math.min(least, spread), Math.max(most, spread)];
  for (const [i, spread] of raw.entries()) {
    if (spread < 0) continue;
    const share = most === 0 ? 1 : (most + least - spread) / most;
    out[i] = (out[i] ?? 0) + weight * MAX_SCORE * share;
  }
}
