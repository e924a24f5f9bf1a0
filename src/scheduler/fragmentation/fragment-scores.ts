import type { CardChoice, CardRecord, CardRequest, CardWish, NodeCards } from '../../api/records/card-records.ts';
import { hasRoom, isOfKind, memoryOf, suits } from '../devices/card-room.ts';
import { onlyRequest } from '../devices/choose-cards.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import { CPU_IX } from '../model/resource-table.ts';
import type { TaskClass } from '../model/task-class.ts';
import {
  CARD,
  fragmentsOf,
  fragmentsWith,
  freeCards,
  freeParts,
  moveFree,
  NodeFragments,
  partOf,
} from './node-fragments.ts';
import type { Eyes, FreeCards } from './node-fragments.ts';
import type { TypicalPod } from './typical-pods.ts';

/** A node as it is, read once for each change of it. */
interface NodeState {
  readonly readAt: number;
  readonly cards: NodeCards;
  readonly eyes: Eyes;
  readonly cpu: number;
  /** Of each card, thousandths. */
  readonly free: number[];
  /** The same as typical pods see it; a pod that is tried takes its part for as long as that is looked at. */
  readonly seen: FreeCards;
  readonly fragments: number;
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
  /** Places in the node's list of the cards that the latest search found best. */
  readonly #best: number[] = [];
  /** What is free of the cards that it tried. */
  readonly #tried: number[] = [];

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
        ? scoreOf(state.fragments - fragmentsOf(state.eyes, state.cpu - asked, state.seen))
        : this.#search(wish, request, asked, state, node);
    if (score < 0) return 0;
    return this.#breaksTies ? score + TIE * alignment(request, state, asked) : score;
  }

  /** The cards that leave least that is of no use; undefined where others have to say. */
  choice(wish: CardWish, taskClass: TaskClass, node: number): CardChoice | undefined {
    const request = onlyRequest(wish);
    const state = this.#stateOf(node);
    if (request === undefined || state === undefined) return undefined;
    if (this.#search(wish, request, taskClass.amountOf(CPU_IX), state, node) < 0) return undefined;
    const parts = this.#best.map((at) => partOn(request, state.cards.cards[at] as CardRecord));
    return wish.requests.map((each) => (each === request ? parts : []));
  }

  /**
   * The score of the best cards, which are in `#best` then; below 0 where none will do. A part of one card is tried on each card of another
   * fill, whole cards are the first ones that are free. Asked of each node that changed, by each kind of pods: nothing is allocated.
   */
  #search(wish: CardWish, request: CardRequest, cpu: number, state: NodeState, node: number): number {
    const best = this.#best;
    best.length = 0;
    if (!isOfKind(wish, state.cards)) return -1;
    const { cards } = state.cards;
    const uses = this.#snapshot.devices.usesOf(node);
    const tried = this.#tried;
    tried.length = 0;
    let score = -1;
    for (let at = 0; at < cards.length; at += 1) {
      const card = cards[at] as CardRecord;
      const free = state.free[at] ?? 0;
      if (request.count === 1 && tried.includes(free)) continue;
      if (free < partOf(request, card) || !hasRoom(request, card, uses?.[at]) || !suits(wish, card)) continue;
      if (request.count > 1) {
        best.push(at);
        if (best.length === request.count) return scoreWith(request, best, cpu, state);
        continue;
      }
      tried.push(free);
      const own = scoreWithOne(request, at, cpu, state);
      if (own <= score) continue;
      score = own;
      best[0] = at;
    }
    return score;
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
    const eyes = this.#fragments.eyesFor(cards);
    const seen = freeCards(eyes, free);
    const fragments = fragmentsOf(eyes, cpu, seen);
    const state = { readAt: changedAt, cards, eyes, cpu, free, seen, fragments };
    this.#states[node] = state;
    return state;
  }
}

/** A whole number, and never below 0, by how much less of the cards is of no use, in thousandths of a card. */
function scoreOf(saved: number): number {
  return Math.floor(MOST / (1 + Math.exp(-saved / CARD)));
}

/** The score when the pod takes these cards. */
function scoreWith(request: CardRequest, at: readonly number[], cpu: number, state: NodeState): number {
  for (let i = 0; i < at.length; i += 1) take(request, at[i] ?? 0, state, 1);
  const fragments = fragmentsOf(state.eyes, state.cpu - cpu, state.seen);
  for (let i = 0; i < at.length; i += 1) take(request, at[i] ?? 0, state, -1);
  return scoreOf(state.fragments - fragments);
}

function scoreWithOne(request: CardRequest, at: number, cpu: number, state: NodeState): number {
  const { eyes, cards, free, seen } = state;
  const full = free[at] ?? 0;
  const left = full - partOf(request, cards.cards[at] as CardRecord);
  return scoreOf(state.fragments - fragmentsWith(eyes, state.cpu - cpu, seen, full, left));
}

function take(request: CardRequest, at: number, { eyes, cards, free, seen }: NodeState, sign: 1 | -1): void {
  const full = free[at] ?? 0;
  const left = full - partOf(request, cards.cards[at] as CardRecord);
  if (sign === 1) moveFree(eyes, seen, full, left);
  else moveFree(eyes, seen, left, full);
}

function partOn(request: CardRequest, card: CardRecord): CardChoice[number][number] {
  return { card: card.id, memory: memoryOf(request, card), cores: request.cores };
}

/** 1 where CPU and cards are free in the proportion in which they are asked for; pods without cards go where cards have most CPU. */
function alignment(request: CardRequest | undefined, { cards, cpu, seen: { idle } }: NodeState, asked: number): number {
  const has = cpu / (idle === 0 ? 1 : idle / CARD);
  if (request === undefined) return Math.min(1, has / CPU_PLENTY);
  const card = cards.cards[0];
  const part = card === undefined ? 0 : request.count * partOf(request, card);
  if (part === 0 || asked === 0 || has <= 0) return 0;
  const wants = (asked * CARD) / part;
  return Math.min(wants, has) / Math.max(wants, has);
}
