import { ALL_CORES } from '../../api/cards/card-resources.ts';
import type { CardChoice, CardRecord, CardRequest, CardWish, NodeCards } from '../../api/records/card-records.ts';
import { RecentAnswers } from '../../lib/recent-answers.ts';
import { RecentNumbers } from '../../lib/recent-numbers.ts';
import type { PlacementContext, PluginHooks } from '../framework/plugin.ts';
import type { Refusal } from '../model/refusal.ts';
import type { TaskClass } from '../model/task-class.ts';
import type { Task } from '../model/task.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import { fittingCards, freeMemory, isOfKind, mostMemory, suits, takenMemory } from './card-room.ts';
import type { CardUses } from './card-room.ts';
import type { CardState } from './card-states.ts';
import { canHold } from './choose-cards.ts';

/** 16 KiB for the answers to each wish: more states than the cards of most clusters are in at one time. */
const ANSWER_BITS = 11;
/** As much for the scores. */
const SCORE_BITS = 10;

/** What nodes that have the cards get for them. */
export interface CardScore {
  readonly weight: number;
  readonly policy: 'binpack' | 'spread';
}

/** What the nodes that refuse a request have at most. */
interface Most {
  fitting: number;
  memory: number;
}

/**
 * Where pods with this wish for cards may stand. What a node's cards hold changes with its tasks alone, so that each change asks
 * about one node, O(cards).
 */
export class DeviceContext implements PlacementContext {
  readonly key: string;
  readonly hooks: PluginHooks;
  readonly #wish: CardWish;
  /** What the container that asks for most cards wants. */
  readonly #largest: CardRequest;
  readonly #snapshot: Snapshot;
  /** By the state of a node's cards: whether they will do. */
  readonly #verdicts = new RecentAnswers(ANSWER_BITS);
  /** The same for scores, where there are any. */
  readonly #scores: RecentNumbers | undefined;
  #version = -1;
  #refusal: Refusal | undefined;

  constructor(wish: CardWish, snapshot: Snapshot, score: CardScore | undefined) {
    this.key = `cards ${wish.key}`;
    this.#wish = wish;
    this.#largest = wish.requests.toSorted((a, b) => b.count - a.count || b.memory - a.memory)[0] ?? NO_CARD;
    this.#snapshot = snapshot;
    this.#scores = score && new RecentNumbers(SCORE_BITS);
    this.hooks = {
      feasibleNode: (_, node) => this.allows(node),
      explain: (_, reasons) => this.#explain(reasons),
      ...(score === undefined
        ? {}
        : { scoreNode: (taskClass, node) => score.weight * this.#scoreOf(taskClass, node, score.policy) }),
    };
  }

  readonly followsNodes = true;

  /** Nodes that did not change have the cards that they had; but those with equal amounts may have others. */
  readonly version = (): number => 0;

  readonly allows = (node: number): boolean => {
    const state = this.#snapshot.devices.stateOf(node);
    return state !== undefined && this.#takes(state);
  };

  readonly allowsWithout = (node: number, gone?: ReadonlySet<Task>): boolean => {
    const { devices } = this.#snapshot;
    if (gone !== undefined) return devices.fitsWithout(this.#wish, node, gone);
    const cards = devices.cardsAt(node);
    return cards !== undefined && canHold(this.#wish, cards, undefined);
  };

  /** No node has the cards, whatever is free. */
  readonly refusal = (): Refusal | undefined => {
    const { devices, nodes } = this.#snapshot;
    if (this.#version === devices.version) return this.#refusal;
    this.#version = devices.version;
    const all = nodes.records.flatMap((_, node) => devices.cardsAt(node) ?? []);
    const isHopeless =
      nodes.count > 0 && !all.some((cards) => canHold(this.#wish, cards, undefined) || this.#isUnknown(cards));
    this.#refusal = isHopeless ? { code: 'NeverFits', message: this.#hopelessness(all) } : undefined;
    return this.#refusal;
  };

  #takes(state: CardState): boolean {
    const known = this.#verdicts.get(state.id);
    if (known !== undefined) return known;
    const isOpen = canHold(this.#wish, state.cards, state.uses);
    this.#verdicts.set(state.id, isOpen);
    return isOpen;
  }

  #scoreOf(taskClass: TaskClass, node: number, policy: CardScore['policy']): number {
    const { devices } = this.#snapshot;
    const state = devices.stateOf(node);
    if (state === undefined) return 0;
    const cards = devices.cardsAt(node) ?? state.cards;
    // Who prefers cards may look at more than at cards.
    const scores = devices.prefer === undefined ? this.#scores : undefined;
    const known = scores?.get(state.id) ?? NaN;
    if (!Number.isNaN(known)) return known;
    const score = fullness(cards, state.uses, devices.choiceAt(this.#wish, taskClass, node), policy);
    scores?.set(state.id, score);
    return score;
  }

  #explain(reasons: Map<string, number>): void {
    const { nodes, devices } = this.#snapshot;
    const most: Most = { fitting: 0, memory: 0 };
    let short = 0;
    for (let node = 0; node < nodes.count; node += 1) {
      const state = devices.stateOf(node);
      if (state !== undefined && this.#takes(state)) continue;
      const other = state === undefined ? `node(s) had no ${this.#kind()}` : this.#otherKind(state.cards);
      if (other !== undefined) reasons.set(other, (reasons.get(other) ?? 0) + 1);
      if (other !== undefined || state === undefined) continue;
      short += 1;
      this.#raise(most, state);
    }
    if (short > 0) reasons.set(`node(s) had too few cards with ${this.#asked()} free (${mostText(most)})`, short);
  }

  /** Most nodes of a full cluster need no look at their cards. */
  #raise(most: Most, { cards, uses, mostFree }: CardState): void {
    if (mostFree >= this.#largest.memory) {
      most.fitting = Math.max(most.fitting, fittingCards(this.#wish, this.#largest, cards, uses, Infinity));
    }
    if (mostFree > most.memory) most.memory = Math.max(most.memory, this.#freeMemory(cards, uses));
  }

  #otherKind(cards: NodeCards): string | undefined {
    if (cards.scheme !== this.#wish.scheme) return `node(s) had no ${this.#kind()}`;
    if (!isOfKind(this.#wish, cards)) return `node(s) had cards that are shared in another way (${cards.mode})`;
    if (!this.#isUnknown(cards)) return undefined;
    return `node(s) had cards that the hardware cuts, and ${this.#snapshot.devices.gap}`;
  }

  /** Some day the node may have what the pod asks for, once somebody says how its cards are cut. */
  #isUnknown(cards: NodeCards): boolean {
    const suiting = cards.cards.filter((card) => suits(this.#wish, card));
    return isOfKind(this.#wish, cards) && suiting.some(({ geometries }) => geometries?.length === 0);
  }

  /** Of the card that has most. */
  #freeMemory({ cards }: NodeCards, uses: CardUses | undefined): number {
    let most = 0;
    for (let i = 0; i < cards.length; i += 1) {
      const card = cards[i] as CardRecord;
      const free = freeMemory(card, uses?.[i]);
      if (free > most && suits(this.#wish, card)) most = free;
    }
    return most;
  }

  #kind(): string {
    return this.#wish.scheme === 'vgpu' ? 'cards for vGPUs' : 'shared cards';
  }

  /** Of each container, in words. */
  #asked(): string {
    return this.#wish.requests
      .filter(({ count }) => count > 0)
      .map((request) => requestText(request, this.#wish.isExclusive === true))
      .join(' and ');
  }

  #hopelessness(all: readonly NodeCards[]): string {
    const fitting = all
      .filter((cards) => isOfKind(this.#wish, cards))
      .map(({ cards }) => cards.filter((card) => suits(this.#wish, card)));
    const count = fitting.reduce((most, cards) => Math.max(most, cards.length), 0);
    const memory = fitting.flat().reduce((most, card) => Math.max(most, mostMemory(card)), 0);
    const largest = fitting.flat().some(({ geometries }) => geometries !== undefined)
      ? 'the largest, or the largest instance of one that is cut,'
      : 'the largest';
    const has =
      count === 0
        ? 'no node has such cards'
        : `a node has ${count} such cards at most, and ${largest} has ${memory} memory`;
    return `A pod asks for ${this.#asked()} of ${this.#kind()}${typesText(this.#wish)}, and ${has}, busy or not.`;
  }
}

/** Volcano's score: how full the cards will be, or how many of them nobody has yet. */
function fullness(
  { cards }: NodeCards,
  uses: CardUses | undefined,
  choice: CardChoice | undefined,
  policy: CardScore['policy'],
): number {
  let score = 0;
  for (const { card, memory } of choice?.flat() ?? []) {
    const at = cards.findIndex(({ id }) => id === card);
    const use = uses?.[at];
    const size = cards[at]?.memory ?? 0;
    if (policy === 'spread') score += use === undefined ? 100 : 0;
    else if (size > 0) score += (100 * (takenMemory(cards[at] as CardRecord, use) + memory)) / size;
  }
  return score;
}

const NO_CARD: CardRequest = { count: 0, memory: 0, percent: 0, cores: 0 };

function requestText({ count, memory, percent, cores }: CardRequest, isExclusive: boolean): string {
  const cards = count === 1 ? '1 card' : `${count} cards`;
  const parts: string[] = [];
  if (memory > 0) parts.push(`${memory} memory`);
  if (percent > 0) parts.push(`${percent} % of its memory`);
  if (cores === ALL_CORES) parts.push('nobody else on it');
  else if (cores > 0) parts.push(`${cores} cores`);
  if (isExclusive) parts.push('nobody on it who shares none either');
  return `${cards} (${parts.join(', ')})`;
}

function typesText({ types, otherTypes, mode }: CardWish): string {
  const parts: string[] = [];
  if (types.length > 0) parts.push(`type ${types.join(' or ')}`);
  else if (otherTypes.length > 0) parts.push(`type not ${otherTypes.join(' or ')}`);
  if (mode !== '') parts.push(`mode ${mode}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

function mostText({ fitting, memory }: Most): string {
  return `at most ${fitting} on one node, ${memory} memory on one card`;
}
