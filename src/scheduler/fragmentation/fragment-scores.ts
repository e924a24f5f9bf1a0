import type { CardChoice, CardRecord, CardRequest, CardWish, NodeCards } from '../../api/records/card-records.ts';
import { hasRoom, isOfKind, memoryOf, suits } from '../devices/card-room.ts';
import { onlyRequest } from '../devices/choose-cards.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import { CPU_IX } from '../model/resource-table.ts';
import type { TaskClass } from '../model/task-class.ts';
import { CARD, freeParts, NodeFragments, partOf } from './node-fragments.ts';
import type { Eyes } from './node-fragments.ts';
import type { TypicalPod } from './typical-pods.ts';

/** A node as it is, read once for each change of it. */
interface NodeState {
  readonly readAt: number;
  readonly cards: NodeCards;
  readonly eyes: Eyes;
  readonly cpu: number;
  /** Of each card, thousandths. */
  readonly free: number[];
  readonly idle: number;
  readonly fragments: number;
}

/** Cards of a node for one container, and how good that is. */
interface Option {
  /** Places in the node's list. */
  readonly at: readonly number[];
  readonly score: number;
}

/** Scores are whole numbers up to this: finer ones pack worse. */
const MOST = 100;
/** Of a whole score: who ties stays behind who does not. */
const TIE = 0.9;
/** So many thousandths of a CPU for each idle card suit pods without cards best. */
const CPU_PLENTY = 1_000_000;

/**
 * How little of the cards becomes useless when a pod comes to a node, from 0 to 100 in whole steps as FGD has it; between equals
 * where what is free of CPU and cards stands in the proportion in which the pod asks for them.
 */
export class FragmentScores {
  readonly #snapshot: Snapshot;
  readonly #fragments: NodeFragments;
  readonly #breaksTies: boolean;
  readonly #states: (NodeState | undefined)[] = [];
  #nodesVersion = -1;

  constructor(snapshot: Snapshot, pods: readonly TypicalPod[], breaksTies: boolean) {
    this.#snapshot = snapshot;
    this.#fragments = new NodeFragments(pods);
    this.#breaksTies = breaksTies;
  }

  /** 0 for a node without cards. */
  of(wish: CardWish | undefined, taskClass: TaskClass, node: number): number {
    const state = this.#stateOf(node);
    if (state === undefined) return 0;
    const asked = taskClass.amountOf(CPU_IX);
    const request = wish && onlyRequest(wish);
    const score =
      wish === undefined || request === undefined
        ? scoreOf(state.fragments - this.#fragments.of(state.eyes, state.cpu - asked, state.free))
        : this.#best(wish, request, asked, state, node)?.score;
    if (score === undefined) return 0;
    return this.#breaksTies ? score + TIE * alignment(request, state, asked) : score;
  }

  /** The cards that leave least that is of no use; undefined where others have to say. */
  choice(wish: CardWish, taskClass: TaskClass, node: number): CardChoice | undefined {
    const request = onlyRequest(wish);
    const state = this.#stateOf(node);
    if (request === undefined || state === undefined) return undefined;
    const option = this.#best(wish, request, taskClass.amountOf(CPU_IX), state, node);
    if (option === undefined) return undefined;
    const parts = option.at.map((at) => partOn(request, state.cards.cards[at] as CardRecord));
    return wish.requests.map((each) => (each === request ? parts : []));
  }

  /** A part of one card is tried on each card of another fill, whole cards are the first ones that are free. */
  #best(wish: CardWish, request: CardRequest, cpu: number, state: NodeState, node: number): Option | undefined {
    if (!isOfKind(wish, state.cards)) return undefined;
    const { cards } = state.cards;
    const uses = this.#snapshot.devices.usesOf(node);
    const fits = (at: number): boolean => {
      const card = cards[at] as CardRecord;
      return (state.free[at] ?? 0) >= partOf(request, card) && hasRoom(request, card, uses?.[at]) && suits(wish, card);
    };
    if (request.count > 1) {
      const at = cards.keys().filter(fits).take(request.count).toArray();
      return at.length < request.count ? undefined : { at, score: this.#with(request, at, cpu, state) };
    }
    let best: Option | undefined;
    const tried: number[] = [];
    for (let at = 0; at < cards.length; at += 1) {
      const free = state.free[at] ?? 0;
      if (tried.includes(free) || !fits(at)) continue;
      tried.push(free);
      const score = this.#with(request, [at], cpu, state);
      if (best === undefined || score > best.score) best = { at: [at], score };
    }
    return best;
  }

  /** The score when the pod takes these cards. */
  #with(request: CardRequest, at: readonly number[], cpu: number, state: NodeState): number {
    take(state, request, at, 1);
    const fragments = this.#fragments.of(state.eyes, state.cpu - cpu, state.free);
    take(state, request, at, -1);
    return scoreOf(state.fragments - fragments);
  }

  #stateOf(node: number): NodeState | undefined {
    const { nodes, nodesVersion, recency, devices } = this.#snapshot;
    if (this.#nodesVersion !== nodesVersion) {
      this.#nodesVersion = nodesVersion;
      this.#states.length = 0;
    }
    const cards = nodes.records[node]?.cards;
    const known = this.#states[node];
    const changedAt = recency.changedAt(node);
    if (known?.readAt === changedAt && known.cards === cards) return known;
    if (cards === undefined) return undefined;
    const cpu = nodes.available[CPU_IX]?.[node] ?? 0;
    const free = freeParts(cards, devices.usesOf(node));
    const idle = free.reduce((sum, part) => sum + part, 0);
    const eyes = this.#fragments.eyesFor(cards);
    const fragments = this.#fragments.of(eyes, cpu, free);
    const state = { readAt: changedAt, cards, eyes, cpu, free, idle, fragments };
    this.#states[node] = state;
    return state;
  }
}

/** A whole number, by how much less of the cards is of no use, in thousandths of a card. */
function scoreOf(saved: number): number {
  return Math.floor(MOST / (1 + Math.exp(-saved / CARD)));
}

/** Whole numbers: what is given back is what was taken. */
function take({ cards, free }: NodeState, request: CardRequest, at: readonly number[], sign: 1 | -1): void {
  for (let i = 0; i < at.length; i += 1) {
    const each = at[i] ?? 0;
    free[each] = (free[each] ?? 0) - sign * partOf(request, cards.cards[each] as CardRecord);
  }
}

function partOn(request: CardRequest, card: CardRecord): CardChoice[number][number] {
  return { card: card.id, memory: memoryOf(request, card), cores: request.cores };
}

/** 1 where CPU and cards are free in the proportion in which they are asked for; pods without cards go where cards have most CPU. */
function alignment(request: CardRequest | undefined, { cards, cpu, idle }: NodeState, asked: number): number {
  const has = cpu / (idle === 0 ? 1 : idle / CARD);
  if (request === undefined) return Math.min(1, has / CPU_PLENTY);
  const card = cards.cards[0];
  const part = card === undefined ? 0 : request.count * partOf(request, card);
  if (part === 0 || asked === 0 || has <= 0) return 0;
  const wants = (asked * CARD) / part;
  return Math.min(wants, has) / Math.max(wants, has);
}
