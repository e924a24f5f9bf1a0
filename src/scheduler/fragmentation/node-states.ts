import { RecentMap } from '../../lib/recent-map.ts';
import type { CardState } from '../devices/card-states.ts';
import { isCut } from '../devices/cut-cards.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import { CPU_IX } from '../model/resource-table.ts';
import { fragmentsOf, freeCards, freeParts, NodeFragments } from './node-fragments.ts';
import type { Eyes, FreeCards } from './node-fragments.ts';
import type { TypicalPod } from './typical-pods.ts';

/** What nodes are to the scores: one object for all whose cards are in one state, and that have as much CPU free. */
export interface NodeState {
  /** No other state had or will have it. */
  readonly id: number;
  readonly held: CardState;
  readonly eyes: Eyes;
  /** Free, thousandths. */
  readonly cpu: number;
  /** Of each card, thousandths. */
  readonly free: number[];
  /** The same as typical pods see it; a pod that is tried takes its part for as long as that is looked at. */
  readonly seen: FreeCards;
  readonly fragments: number;
}

/** States that are remembered beside those that nodes have. */
const MOST_STATES = 8192;

/** The states of the nodes, in the eyes of the typical pods. */
export class NodeStates {
  readonly #snapshot: Snapshot;
  readonly #fragments: NodeFragments;
  /** By node, as it was when somebody asked. */
  readonly #known: (NodeState | undefined)[] = [];
  readonly #states = new RecentMap<NodeState>(MOST_STATES);
  #latest = 0;

  constructor(snapshot: Snapshot, pods: readonly TypicalPod[]) {
    this.#snapshot = snapshot;
    this.#fragments = new NodeFragments(pods);
  }

  /** Undefined for a node without cards, and for one whose cards are cut: what is left of those is instances. O(1) while it is unchanged, O(typical pods + cards x their demands) for a state that is new. */
  of(node: number): NodeState | undefined {
    const { nodes, devices } = this.#snapshot;
    const held = devices.stateOf(node);
    if (held === undefined || isCut(held.cards)) return undefined;
    const cpu = nodes.available[CPU_IX]?.[node] ?? 0;
    const known = this.#known[node];
    if (known?.held === held && known.cpu === cpu) return known;
    const key = `${held.id} ${cpu}`;
    const state = this.#states.get(key) ?? this.#states.set(key, this.#read(held, cpu));
    this.#known[node] = state;
    return state;
  }

  #read(held: CardState, cpu: number): NodeState {
    this.#latest += 1;
    const free = freeParts(held);
    const eyes = this.#fragments.eyesFor(held.cards);
    const seen = freeCards(eyes, free);
    return { id: this.#latest, held, eyes, cpu, free, seen, fragments: fragmentsOf(eyes, cpu, seen) };
  }
}
