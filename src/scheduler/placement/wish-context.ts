import type { PlacementContext, PluginHooks, Wishes } from '../framework/plugin.ts';
import type { DomainCounts } from '../ledger/domain-counts.ts';
import { NodeCells } from './node-cells.ts';
import type { Topology } from './topology.ts';
import { WishScores } from './wish-scores.ts';
import type { WishedCounts, WishWeights } from './wish-scores.ts';

/** How well nodes suit the pods of one class because of other pods. */
export class WishContext implements PlacementContext {
  readonly key: string;
  readonly hooks: PluginHooks = {};
  readonly order: (() => Int32Array) | undefined;
  readonly wishes: Wishes;
  readonly #counts: readonly DomainCounts[];
  readonly #topologies: readonly (Topology | undefined)[];
  readonly #local: readonly DomainCounts[];

  constructor(key: string, wished: WishedCounts, weights: WishWeights) {
    this.key = key;
    this.#counts = [...wished.near, ...wished.spread].map(({ domains }) => domains);
    this.#topologies = this.#counts.map(({ topology }) => topology);
    this.#local = this.#counts.filter(({ topology }) => topology?.isLocal === true);
    const topologies = wideTopologies(this.#counts);
    const cells = topologies.length === 0 ? undefined : new NodeCells(topologies);
    this.order = cells && (() => cells.order);
    const nodes = this.#topologies[0]?.domainOf.length ?? 0;
    this.wishes = new WishScores(wished, { topologies, cells, nodes }, weights);
  }

  /** The wishes are about the nodes as they are. */
  get isCurrent(): boolean {
    return this.#counts.every(({ topology }, i) => topology === this.#topologies[i]);
  }

  /** The levels of nodes that did not change are others when all pods were counted anew. */
  readonly version = (): number => this.#local.reduce((sum, { readings }) => sum + readings, 0);
}

/** Those with domains of several nodes, each once. */
export function wideTopologies(counts: readonly DomainCounts[]): readonly Topology[] {
  const wide = counts.flatMap(({ topology }) => (topology?.isLocal === false ? topology : []));
  return [...new Set(wide)];
}
