import { ALL_CORES } from '../../api/cards/card-resources.ts';
import type { CardPart, NodeCards } from '../../api/records/card-records.ts';
import type { Task } from '../model/task.ts';
import type { CardUse, CardUses } from './card-room.ts';
import { isTorn, movedInstance } from './instances.ts';

/** Parts of cards of one node that somebody has. */
export interface CardHolding {
  readonly parts: readonly CardPart[];
  /** He shares none of the cards with others of that kind. */
  readonly isExclusive: boolean;
}

const NO_CARDS: ReadonlySet<string> = new Set();

/** Their ids, each once: several containers of a pod may have parts of one card. */
export function cardsOf(parts: readonly CardPart[]): ReadonlySet<string> {
  return new Set(parts.map(({ card }) => card));
}

/** Somebody has the part as well, or no more. */
export function addPart(use: CardUse, { memory, cores, instance }: CardPart, sign: 1 | -1): void {
  use.memory += sign * memory;
  use.cores += sign * cores;
  use.sharers += sign;
  if (instance !== undefined) use.instances = movedInstance(use.instances, instance, sign);
}

/** What cards of a node hold once these tasks have gone from it. */
export function usesWithout(
  { cards }: NodeCards,
  uses: CardUses,
  gone: Iterable<Task>,
  holdingOf: (task: Task) => CardHolding,
): CardUses {
  const left: (CardUse | undefined)[] = uses.map((use) => use && { ...use });
  const useOf = (card: string): CardUse | undefined => left[cards.findIndex(({ id }) => id === card)];
  for (const { parts, isExclusive } of [...new Set(gone)].map(holdingOf)) {
    for (const part of parts) {
      const use = useOf(part.card);
      if (use !== undefined) addPart(use, part, -1);
    }
    for (const card of isExclusive ? cardsOf(parts) : NO_CARDS) {
      const use = useOf(card);
      if (use !== undefined) use.exclusive -= 1;
    }
  }
  return left.map((use) => (use === undefined || use.sharers <= 0 ? undefined : use));
}

/** One of the cards holds more than it has. Where all cores are taken nobody else may be: who they are of is not looked at. */
export function isOverfull({ cards }: NodeCards, uses: CardUses, parts: readonly CardPart[]): boolean {
  return parts.some(({ card: id }) => {
    const at = cards.findIndex((card) => card.id === id);
    const [card, use] = [cards[at], uses[at]];
    if (card === undefined || use === undefined) return false;
    const isCrowded = use.cores > ALL_CORES || (use.cores === ALL_CORES && use.sharers > 1) || use.exclusive > 1;
    const isFull = card.geometries === undefined ? use.memory > card.memory : isTorn(use.instances ?? []);
    return isCrowded || isFull || use.sharers > card.sharers;
  });
}
