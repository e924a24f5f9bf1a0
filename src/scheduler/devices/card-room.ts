import { ALL_CORES } from '../../api/cards/card-resources.ts';
import type { CardInstance, CardRecord, CardRequest, CardWish, NodeCards } from '../../api/records/card-records.ts';
import { heldMemory, largestInstance, largestOpen, openInstances } from './instances.ts';

/** What is taken of one card. */
export interface CardUse {
  memory: number;
  cores: number;
  /** Containers that have part of it. */
  sharers: number;
  /** Pods among those that share no card with each other. */
  exclusive: number;
  /** Of a card that is cut: those that are somebody's. Another list whenever one comes or goes. */
  instances?: readonly CardInstance[];
}

/** By the place of the card in its node's list; absent: nothing is taken. */
export type CardUses = readonly (Readonly<CardUse> | undefined)[];

const UNUSED: Readonly<CardUse> = { memory: 0, cores: 0, sharers: 0, exclusive: 0 };
/** Every type of card that the device plugin of vGPUs knows has it in its name. */
const VGPU_TYPE = 'NVIDIA';

/** Nothing but the cards' own use keeps the pod from the node. */
export function isOfKind({ scheme, mode }: CardWish, node: NodeCards): boolean {
  return node.scheme === scheme && (mode === '' || mode === node.mode);
}

/** How much of the card's memory is asked for; of one that is not cut. */
export function memoryOf({ memory, percent }: CardRequest, card: CardRecord): number {
  return memory > 0 ? memory : Math.floor((card.memory * percent) / 100);
}

/** How much of the card's memory somebody has. */
export function takenMemory(card: CardRecord, use: Readonly<CardUse> = UNUSED): number {
  return card.geometries === undefined ? use.memory : heldMemory(card, use);
}

/** The most that one pod can have of the card while nobody else has any. */
export function mostMemory(card: CardRecord): number {
  return card.geometries === undefined ? card.memory : largestInstance(card);
}

/** The most memory that one pod could have of the card now, whoever it is. */
export function freeMemory(card: CardRecord, use: Readonly<CardUse> = UNUSED): number {
  return card.geometries === undefined ? card.memory - use.memory : largestOpen(card, use);
}

/** Nobody is on the card with whom the pod shares none. */
export function isFreeOfOthers({ isExclusive }: CardWish, use: Readonly<CardUse> = UNUSED): boolean {
  return isExclusive !== true || use.exclusive === 0;
}

/** The card may be given to the pod at all. */
export function suits({ scheme, types, otherTypes }: CardWish, card: CardRecord): boolean {
  if (!card.isHealthy) return false;
  if (scheme !== 'vgpu') return true;
  const { type } = card;
  if (!type.includes(VGPU_TYPE)) return false;
  if (types.length > 0) return types.some((each) => type.includes(each));
  return !otherTypes.some((each) => type.includes(each));
}

/**
 * By the rules of Volcano's vGPUs, which hold for shared cards as well: so many sharers, so much memory, 100 cores; who asks for
 * all cores has the card alone, and who asks for none does not go where all are taken. Of a card that is cut the memory is that of an instance.
 */
export function hasRoom(request: CardRequest, card: CardRecord, use: Readonly<CardUse> = UNUSED): boolean {
  if (use.sharers >= card.sharers || use.cores + request.cores > ALL_CORES) return false;
  if (request.cores === ALL_CORES && use.sharers > 0) return false;
  if (request.cores === 0 && use.cores >= ALL_CORES) return false;
  if (card.geometries !== undefined) return openInstances(request, card, use).length > 0;
  return use.memory + memoryOf(request, card) <= card.memory;
}

/** How many of the node's cards could serve the request now; counted up to `most`. Nothing is allocated for cards that are not cut. */
export function fittingCards(
  wish: CardWish,
  request: CardRequest,
  { cards }: NodeCards,
  uses: CardUses | undefined,
  most: number,
): number {
  let fitting = 0;
  for (let i = 0; i < cards.length && fitting < most; i += 1) {
    const card = cards[i] as CardRecord;
    const use = uses?.[i];
    if (hasRoom(request, card, use) && isFreeOfOthers(wish, use) && suits(wish, card)) fitting += 1;
  }
  return fitting;
}
