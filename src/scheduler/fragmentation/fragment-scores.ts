import type { CardChoice, CardRecord, CardRequest, CardWish } from '../../api/records/card-records.ts';
import { RecentNumbers } from '../../lib/recent-numbers.ts';
import { hasRoom, isOfKind, memoryOf, suits } from '../devices/card-room.ts';
import { onlyRequest } from '../devices/choose-cards.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import { CPU_IX } from '../model/resource-table.ts';
import type { TaskClass } from '../model/task-class.ts';
import { CARD, fragmentsOf, fragmentsWith, moveFree, partOf } from './node-fragments.ts';
import { NodeStates } from './node-states.ts';
import type { NodeState } from './node-states.ts';
import type { TypicalPod } from './typical-pods.ts';

/** 2 MiB of scores: those of a thousand nodes for a hundred kinds of pods. */
const SCORE_BITS = 17;
const MOST_KINDS = 4096;
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
  readonly #states: NodeStates;
  readonly #breaksTies: boolean;
  /** By state and kind. */
  #scores = new RecentNumbers(SCORE_BITS);
  /** Pods of one kind ask for the same CPU and cards: by both. */
  readonly #kinds = new Map<string, number>();
  /** Mostly the same pods are asked about again. */
  #latest: { readonly wish: CardWish | undefined; readonly taskClass: TaskClass; readonly kind: number } | undefined;
  /** Places in the node's list of the cards that the latest search found best. */
  readonly #best: number[] = [];
  /** What is free of the cards that it tried. */
  readonly #tried: number[] = [];

  constructor(snapshot: Snapshot, pods: readonly TypicalPod[], breaksTies: boolean) {
    this.#snapshot = snapshot;
    this.#states = new NodeStates(snapshot, pods);
    this.#breaksTies = breaksTies;
  }

  /** 0 for a node without cards, and for one whose cards are cut. */
  of(wish: CardWish | undefined, taskClass: TaskClass, node: number): number {
    const state = this.#states.of(node);
    if (state === undefined) return 0;
    const key = state.id * MOST_KINDS + this.#kindOf(wish, taskClass);
    const known = this.#scores.get(key);
    if (!Number.isNaN(known)) return known;
    const score = this.#scoreOf(wish, taskClass.amountOf(CPU_IX), state);
    this.#scores.set(key, score);
    return score;
  }

  #scoreOf(wish: CardWish | undefined, asked: number, state: NodeState): number {
    const request = wish && onlyRequest(wish);
    const score =
      wish === undefined || request === undefined
        ? scoreOf(state.fragments - fragmentsOf(state.eyes, state.cpu - asked, state.seen))
        : this.#search(wish, request, asked, state);
    if (score < 0) return 0;
    return this.#breaksTies ? score + TIE * alignment(request, state, asked) : score;
  }

  #kindOf(wish: CardWish | undefined, taskClass: TaskClass): number {
    const latest = this.#latest;
    if (latest?.taskClass === taskClass && latest.wish === wish) return latest.kind;
    const key = `${taskClass.amountOf(CPU_IX)} ${wish?.key ?? ''}`;
    let kind = this.#kinds.get(key);
    if (kind === undefined) {
      if (this.#kinds.size === MOST_KINDS) this.#forget();
      this.#kinds.set(key, (kind = this.#kinds.size));
    }
    this.#latest = { wish, taskClass, kind };
    return kind;
  }

  /** Kinds that come may have the numbers of those that went. */
  #forget(): void {
    this.#kinds.clear();
    this.#scores = new RecentNumbers(SCORE_BITS);
  }

  /** The cards that leave least that is of no use; undefined where others have to say. */
  choice(wish: CardWish, taskClass: TaskClass, node: number): CardChoice | undefined {
    const request = onlyRequest(wish);
    const state = this.#states.of(node);
    if (request === undefined || state === undefined) return undefined;
    if (this.#search(wish, request, taskClass.amountOf(CPU_IX), state) < 0) return undefined;
    const cards = this.#snapshot.nodes.records[node]?.cards?.cards ?? [];
    const parts = this.#best.map((at) => partOn(request, cards[at] as CardRecord));
    return wish.requests.map((each) => (each === request ? parts : []));
  }

  /**
   * The score of the best cards, which are in `#best` then; below 0 where none will do. A part of one card is tried on each card of another
   * fill, whole cards are the first ones that are free. Nothing is allocated.
   */
  #search(wish: CardWish, request: CardRequest, cpu: number, state: NodeState): number {
    const best = this.#best;
    best.length = 0;
    const { held } = state;
    if (!isOfKind(wish, held.cards)) return -1;
    const { cards } = held.cards;
    const tried = this.#tried;
    tried.length = 0;
    let score = -1;
    for (let at = 0; at < cards.length; at += 1) {
      const card = cards[at] as CardRecord;
      const free = state.free[at] ?? 0;
      if (request.count === 1 && tried.includes(free)) continue;
      if (free < partOf(request, card) || !hasRoom(request, card, held.uses?.[at]) || !suits(wish, card)) continue;
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
  const { eyes, held, free, seen } = state;
  const full = free[at] ?? 0;
  const left = full - partOf(request, held.cards.cards[at] as CardRecord);
  return scoreOf(state.fragments - fragmentsWith(eyes, state.cpu - cpu, seen, full, left));
}

function take(request: CardRequest, at: number, { eyes, held, free, seen }: NodeState, sign: 1 | -1): void {
  const full = free[at] ?? 0;
  const left = full - partOf(request, held.cards.cards[at] as CardRecord);
  if (sign === 1) moveFree(eyes, seen, full, left);
  else moveFree(eyes, seen, left, full);
}

function partOn(request: CardRequest, card: CardRecord): CardChoice[number][number] {
  return { card: card.id, memory: memoryOf(request, card), cores: request.cores };
}

/** 1 where CPU and cards are free in the proportion in which they are asked for; pods without cards go where cards have most CPU. */
function alignment(request: CardRequest | undefined, { held, cpu, seen: { idle } }: NodeState, asked: number): number {
  const has = cpu / (idle === 0 ? 1 : idle / CARD);
  if (request === undefined) return Math.min(1, has / CPU_PLENTY);
  const card = held.cards.cards[0];
  const part = card === undefined ? 0 : request.count * partOf(request, card);
  if (part === 0 || asked === 0 || has <= 0) return 0;
  const wants = (asked * CARD) / part;
  return Math.min(wants, has) / Math.max(wants, has);
}
