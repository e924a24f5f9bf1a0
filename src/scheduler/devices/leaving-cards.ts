import { ALL_CORES } from '../../api/cards/card-resources.ts';
import type { CardPart, NodeCards } from '../../api/records/card-records.ts';
import type { Task } from '../model/task.ts';
import type { CardUse, CardUses } from './card-room.ts';

/** What cards of a node hold once these tasks have gone from it. */
export function usesWithout(
  { cards }: NodeCards,
  uses: CardUses,
  gone: Iterable<Task>,
  partsOf: (task: Task) => readonly CardPart[],
): CardUses {
  const left: (CardUse | undefined)[] = uses.map((use) => use && { ...use });
  for (const { card, memory, cores } of [...new Set(gone)].flatMap(partsOf)) {
    const use = left[cards.findIndex(({ id }) => id === card)];
    if (use === undefined) continue;
    use.memory -= memory;
    use.cores -= cores;
    use.sharers -= 1;
  }
  return left.map((use) => (use === undefined || use.sharers <= 0 ? undefined : use));
}

/** One of the cards holds more than it has. Where all cores are taken nobody else may be: who they are of is not looked at. */
export function isOverfull({ cards }: NodeCards, uses: CardUses, parts: readonly CardPart[]): boolean {
  return parts.some(({ card: id }) => {
    const at = cards.findIndex((card) => card.id === id);
    const [card, use] = [cards[at], uses[at]];
    if (card === undefined || use === undefined) return false;
    const isCrowded = use.cores > ALL_CORES || (use.cores === ALL_CORES && use.sharers > 1);
    return isCrowded || use.memory > card.memory || use.sharers > card.sharers;
  });
}
