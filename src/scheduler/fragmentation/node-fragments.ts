import { ALL_CORES } from '../../api/cards/card-resources.ts';
import type { CardRecord, CardRequest, CardWish, NodeCards } from '../../api/records/card-records.ts';
import { isOfKind, memoryOf, suits } from '../devices/card-room.ts';
import type { CardState } from '../devices/card-states.ts';
import { onlyRequest } from '../devices/choose-cards.ts';
import type { TypicalPod } from './typical-pods.ts';

/** The typical pods as nodes with cards of one kind see them, in columns. */
export interface Eyes {
  readonly weights: Float64Array;
  readonly cpus: Float64Array;
  /** What it asks of cards, by its place among the demands: many pods differ in their CPU alone. -1 for a pod without cards, and for one that such a node never takes. */
  readonly demands: Int32Array;
  /** Of each demand: cards. */
  readonly counts: Float64Array;
  /** Of each demand: of a card, in thousandths of it. */
  readonly parts: Float64Array;
  /** Of each demand: how much is of no use for it, in the call that is going on. */
  readonly useless: Float64Array;
}

/** What is free of a node's cards, as the demands see it. Whole numbers, so that what is moved back is as it was. */
export interface FreeCards {
  /** Thousandths of a card, of all cards. */
  idle: number;
  /** Of each demand: cards with a large enough part free. */
  readonly fitting: Float64Array;
  /** Of each demand: what is free on the others. */
  readonly small: Float64Array;
}

/** Thousandths of a card. */
export const CARD = 1000;

/** How typical pods see nodes, by the kinds of their cards. */
export class NodeFragments {
  readonly #pods: readonly TypicalPod[];
  readonly #eyes = new Map<string, Eyes>();
  readonly #eyesOf = new WeakMap<NodeCards, Eyes>();

  constructor(pods: readonly TypicalPod[]) {
    this.#pods = pods;
  }

  /** How they see a node with these cards. */
  eyesFor(cards: NodeCards): Eyes {
    let eyes = this.#eyesOf.get(cards);
    if (eyes !== undefined) return eyes;
    const kinds = cards.cards.map(({ memory, type }) => `${memory} ${type}`);
    const key = [cards.scheme, cards.mode, ...new Set(kinds)].join('\n');
    eyes = this.#eyes.get(key);
    if (eyes === undefined) this.#eyes.set(key, (eyes = eyesOf(this.#pods, cards)));
    this.#eyesOf.set(cards, eyes);
    return eyes;
  }
}

/**
 * How much of a node's free cards is of no use: what is free on cards that are too small for a pod, or all that is free where the
 * pod does not fit at all, for each typical pod by how many of them there are (the measure of FGD, USENIX ATC 2023). In
 * thousandths of a card. O(typical pods + their demands).
 */
export function fragmentsOf(eyes: Eyes, cpu: number, { idle, fitting, small }: FreeCards): number {
  const { counts, useless } = eyes;
  for (let d = 0; d < counts.length; d += 1) {
    useless[d] = (fitting[d] ?? 0) >= (counts[d] ?? 0) ? (small[d] ?? 0) : idle;
  }
  return weighed(eyes, cpu, idle);
}

/** The same once one of the cards has less free. */
export function fragmentsWith(
  eyes: Eyes,
  cpu: number,
  { idle, fitting, small }: FreeCards,
  from: number,
  to: number,
): number {
  const { counts, parts, useless } = eyes;
  const left = idle - from + to;
  for (let d = 0; d < counts.length; d += 1) {
    const part = parts[d] ?? 0;
    const was = from >= part;
    const is = to >= part;
    const fits = (fitting[d] ?? 0) - Number(was) + Number(is);
    useless[d] = fits >= (counts[d] ?? 0) ? (small[d] ?? 0) - (was ? 0 : from) + (is ? 0 : to) : left;
  }
  return weighed(eyes, cpu, left);
}

/** Of what each demand has no use for. */
function weighed({ weights, cpus, demands, useless }: Eyes, cpu: number, idle: number): number {
  if (idle === 0) return 0;
  let fragments = 0;
  for (let t = 0; t < weights.length; t += 1) {
    const demand = demands[t] ?? -1;
    const lost = demand < 0 || cpu < (cpus[t] ?? 0) ? idle : (useless[demand] ?? 0);
    fragments += (weights[t] ?? 0) * lost;
  }
  return fragments;
}

/** O(cards x demands). */
export function freeCards(eyes: Eyes, free: ArrayLike<number>): FreeCards {
  const demands = eyes.parts.length;
  const cards = { idle: 0, fitting: new Float64Array(demands), small: new Float64Array(demands) };
  for (let i = 0; i < free.length; i += 1) tally(eyes, cards, free[i] ?? 0, 1);
  return cards;
}

/** So much is free of a card that had another part free. O(demands). */
export function moveFree(eyes: Eyes, cards: FreeCards, from: number, to: number): void {
  tally(eyes, cards, from, -1);
  tally(eyes, cards, to, 1);
}

function tally({ parts }: Eyes, cards: FreeCards, free: number, sign: 1 | -1): void {
  const { fitting, small } = cards;
  cards.idle += sign * free;
  for (let d = 0; d < parts.length; d += 1) {
    if (free >= (parts[d] ?? 0)) fitting[d] = (fitting[d] ?? 0) + sign;
    else small[d] = (small[d] ?? 0) + sign * free;
  }
}

/** What is free of each card, in thousandths; nothing of one that is broken or that somebody has alone. */
export function freeParts({ cards: { cards }, uses }: Pick<CardState, 'cards' | 'uses'>): number[] {
  return cards.map((card, at) => {
    const use = uses?.[at];
    if (!card.isHealthy || card.memory === 0 || (use?.cores ?? 0) >= ALL_CORES) return 0;
    return Math.max(0, Math.floor(((card.memory - (use?.memory ?? 0)) * CARD) / card.memory));
  });
}

/** How much of the card the request takes, in thousandths. */
export function partOf(request: CardRequest, card: CardRecord): number {
  if (request.cores === ALL_CORES) return CARD;
  return card.memory === 0 ? CARD : Math.ceil((memoryOf(request, card) * CARD) / card.memory);
}

function eyesOf(pods: readonly TypicalPod[], cards: NodeCards): Eyes {
  const asked = pods.map(({ wish }) => {
    const count = wish === undefined ? 0 : countOn(wish, cards);
    return count <= 0 ? '' : `${count} ${largestPart(wish, cards)}`;
  });
  const demands = [...new Set(asked)].filter((demand) => demand !== '');
  const [counts = [], parts = []] = [0, 1].map((at) => demands.map((demand) => Number(demand.split(' ')[at])));
  return {
    weights: Float64Array.from(pods, ({ weight }) => weight),
    cpus: Float64Array.from(pods, ({ cpu }) => cpu),
    demands: Int32Array.from(asked, (demand) => demands.indexOf(demand)),
    counts: Float64Array.from(counts),
    parts: Float64Array.from(parts),
    useless: new Float64Array(demands.length),
  };
}

function countOn(wish: CardWish, cards: NodeCards): number {
  const isTaken = isOfKind(wish, cards) && cards.cards.some((card) => suits(wish, card));
  return isTaken ? Math.max(...wish.requests.map(({ count }) => count)) : -1;
}

function largestPart(wish: CardWish | undefined, { cards: [card] }: NodeCards): number {
  const request = wish && (onlyRequest(wish) ?? wish.requests.find(({ count }) => count > 0));
  return request === undefined || card === undefined ? 0 : partOf(request, card);
}
