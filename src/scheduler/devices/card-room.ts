import { ALL_CORES } from '../../api/cards/card-resources.ts';
import type { CardRecord, CardRequest, CardWish, NodeCards } from '../../api/records/card-records.ts';

/** What is taken of one card. */
export interface CardUse {
  memory: number;
  cores: number;
  /** Containers that have part of it. */
  sharers: number;
  /** Pods among those that share no card with each other. */
  exclusive: number;
}

/** By the place of the card in its node's list; absent: nothing is taken. */
export type CardUses = readonly (Readonly<CardUse> | undefined)[];

const UNUSED: Readonly<CardUse> = { memory: 0, cores: 0, sharers: 0, exclusive: 0 };
/** Every type of card that the device plugin of vGPUs knows has it in its name. */
const VGPU_TYPE = 'NVIDIA';
/** Cards that are cut by the hardware: they have parts of fixed sizes. */
const MIG = 'mig';

/** Nothing but the cards' own use keeps the pod from the node. */
export function isOfKind({ scheme, mode }: CardWish, node: NodeCards): boolean {
  return node.scheme === scheme && node.mode !== MIG && (mode === '' || mode === node.mode);
}

/** How much of the card's memory is asked for. */
export function memoryOf({ memory, percent }: CardRequest, card: CardRecord): number {
  return memory > 0 ? memory : Math.floor((card.memory * percent) / 100);
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
 * all cores has the card alone, and who asks for none does not go where all are taken.
 */
export function hasRoom(request: CardRequest, card: CardRecord, use: Readonly<CardUse> = UNUSED): boolean {
  if (use.sharers >= card.sharers || use.cores + request.cores > ALL_CORES) return false;
  if (use.memory + memoryOf(request, card) > card.memory) return false;
  if (request.cores === ALL_CORES && use.sharers > 0) return false;
  return request.cores > 0 || use.cores < ALL_CORES;
}

/** How many of the node's cards could serve the request now; counted up to `most`. Nothing is allocated. */
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
