import type { NodeCards } from '../../api/records/card-records.ts';
import { RecentMap } from '../../lib/recent-map.ts';
import { freeMemory } from './card-room.ts';
import type { CardUses } from './card-room.ts';

/** What a node's cards are and what is taken of each: one object for all nodes of which both are the same, so that it is judged once. */
export interface CardState {
  /** No other state had or will have it. */
  readonly id: number;
  /** Of one of these nodes: those of the others differ in their ids alone. */
  readonly cards: NodeCards;
  /** It never changes, as the uses of a node do. */
  readonly uses: CardUses | undefined;
  /** The most memory that is free on one card, whoever may have it. */
  readonly mostFree: number;
}

/** States that are remembered beside those that nodes have. */
const MOST_STATES = 4096;

/** The states that cards were in lately. */
export class CardStates {
  readonly #byKey = new RecentMap<CardState>(MOST_STATES);
  readonly #kinds = new WeakMap<NodeCards, string>();
  #latest = 0;

  /** O(cards). */
  of(cards: NodeCards, uses: CardUses | undefined): CardState {
    const key = uses === undefined ? this.#kindOf(cards) : `${this.#kindOf(cards)}\n${usesText(uses)}`;
    return this.#byKey.get(key) ?? this.#byKey.set(key, this.#add(cards, uses));
  }

  #add(cards: NodeCards, uses: CardUses | undefined): CardState {
    this.#latest += 1;
    const mostFree = cards.cards.reduce((most, card, at) => Math.max(most, freeMemory(card, uses?.[at])), 0);
    return { id: this.#latest, cards, uses: uses?.map((use) => use && { ...use }), mostFree };
  }

  #kindOf(cards: NodeCards): string {
    let kind = this.#kinds.get(cards);
    if (kind === undefined) this.#kinds.set(cards, (kind = kindText(cards)));
    return kind;
  }
}

function kindText({ scheme, mode, cards }: NodeCards): string {
  const each = cards.map((card) => [card.memory, card.sharers, card.type, card.isHealthy, card.geometries]);
  return JSON.stringify([scheme, mode, each]);
}

function usesText(uses: CardUses): string {
  let text = '';
  for (const use of uses) {
    if (use !== undefined) text += `${use.memory} ${use.cores} ${use.sharers} ${use.exclusive}`;
    if (use?.instances !== undefined) for (const each of use.instances) text += ` ${each.group}-${each.position}`;
    text += ',';
  }
  return text;
}
