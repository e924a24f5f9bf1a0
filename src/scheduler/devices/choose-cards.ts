import type {
  CardChoice,
  CardPart,
  CardRecord,
  CardRequest,
  CardWish,
  NodeCards,
} from '../../api/records/card-records.ts';
import { fittingCards, hasRoom, isFreeOfOthers, isOfKind, memoryOf, suits } from './card-room.ts';
import type { CardUse, CardUses } from './card-room.ts';

/** Which of several cards that would do: the one with the least room left, or the emptiest. */
export type CardOrder = 'packed' | 'spread';

/** Ways to share out the cards of one node between the containers of one pod before it counts as full for it. */
const MOST_WAYS = 500;

/** A card in the middle of a choice. */
interface Room extends CardUse {
  readonly card: CardRecord;
}

/** Whether the pod can have its cards on the node. O(cards), but for pods of which several containers ask for some. */
export function canHold(wish: CardWish, node: NodeCards, uses: CardUses | undefined): boolean {
  if (!isOfKind(wish, node)) return false;
  const only = onlyRequest(wish);
  if (only !== undefined) return fittingCards(wish, only, node, uses, only.count) === only.count;
  return chooseCards(wish, node, uses, 'packed') !== undefined;
}

/**
 * Which cards of the node each container gets, different ones for one container; undefined when they cannot have them. Of
 * several containers the one that asks for most is served first, and others are tried elsewhere until all are served. Where `uses` are those
 * of a later time, cards that would do as they are used `now` come before others, and then those that are used least.
 */
export function chooseCards(
  wish: CardWish,
  node: NodeCards,
  uses: CardUses | undefined,
  order: CardOrder,
  now?: CardUses,
): CardChoice | undefined {
  if (!isOfKind(wish, node)) return undefined;
  const rooms = roomsOf(wish, node, uses);
  const asking = [...wish.requests.keys()].filter((at) => (wish.requests[at]?.count ?? 0) > 0);
  const largestFirst = asking.toSorted((a, b) =>
    byDemand(wish.requests[a] as CardRequest, wish.requests[b] as CardRequest),
  );
  const search = new CardSearch(wish, rooms, {
    order,
    now: now && new Map(node.cards.map((card, i) => [card, now[i]])),
  });
  return search.serve(largestFirst) ? wish.requests.map((_, at) => search.parts[at] ?? []) : undefined;
}

/** Whether the containers can have just these cards now. */
export function canHave(
  choice: CardChoice,
  wish: CardWish,
  node: NodeCards | undefined,
  uses: CardUses | undefined,
): boolean {
  if (node === undefined || !isOfKind(wish, node) || choice.length !== wish.requests.length) return false;
  const rooms = roomsOf(wish, node, uses);
  return wish.requests.every((request, at) => {
    const parts = choice[at] ?? [];
    const wanted = new Set(parts.map(({ card }) => card));
    const taken = rooms.filter((room) => wanted.has(room.card.id) && hasRoom(request, room.card, room));
    for (const room of taken) take(room, request, 1);
    return taken.length === request.count && parts.length === request.count;
  });
}

/** The only container that asks for cards; undefined for none and for several. */
export function onlyRequest({ requests }: CardWish): CardRequest | undefined {
  let only: CardRequest | undefined;
  for (const request of requests) {
    if (request.count === 0) continue;
    if (only !== undefined) return undefined;
    only = request;
  }
  return only;
}

function roomsOf(wish: CardWish, { cards }: NodeCards, uses: CardUses | undefined): readonly Room[] {
  const rooms = cards.map((card, i) => ({ card, memory: 0, cores: 0, sharers: 0, exclusive: 0, ...uses?.[i] }));
  return rooms.filter((room) => isFreeOfOthers(wish, room) && suits(wish, room.card));
}

/** Who asks for no cores comes first: later he could not join a card of which all are taken. */
function byDemand(a: CardRequest, b: CardRequest): number {
  const isSecond = Number(a.cores > 0) - Number(b.cores > 0);
  return isSecond || b.memory - a.memory || b.percent - a.percent || b.cores - a.cores || b.count - a.count;
}

interface Preference {
  readonly order: CardOrder;
  /** How cards are used now, where a choice is made for later. */
  readonly now: ReadonlyMap<CardRecord, Readonly<CardUse> | undefined> | undefined;
}

/** How much has to come free of the card before the request has room: nothing where it has room now. */
function waitFor(request: CardRequest, card: CardRecord, use: Readonly<CardUse> | undefined): number {
  return use === undefined || hasRoom(request, card, use) ? 0 : use.memory / card.memory + use.cores;
}

class CardSearch {
  readonly parts: (readonly CardPart[] | undefined)[] = [];
  readonly #wish: CardWish;
  readonly #rooms: readonly Room[];
  readonly #preference: Preference;
  #ways = 0;

  constructor(wish: CardWish, rooms: readonly Room[], preference: Preference) {
    this.#wish = wish;
    this.#rooms = rooms;
    this.#preference = preference;
  }

  /** Takes cards for all of the containers, named by their places, or for none. */
  serve([first, ...others]: readonly number[]): boolean {
    if (first === undefined) return true;
    const request = this.#wish.requests[first] as CardRequest;
    const fitting = this.#rooms.filter((room) => hasRoom(request, room.card, room));
    const { order, now } = this.#preference;
    const compare = order === 'packed' ? byLeftMemory : byEmptiness;
    const wait = ({ card }: Room): number => (now === undefined ? 0 : waitFor(request, card, now.get(card)));
    fitting.sort((a, b) => wait(a) - wait(b) || compare(a, b));
    return this.#combine(request, fitting, [], (rooms) => {
      this.#ways += 1;
      for (const room of rooms) take(room, request, 1);
      this.parts[first] = rooms.map(({ card }) => ({
        card: card.id,
        memory: memoryOf(request, card),
        cores: request.cores,
      }));
      if (this.serve(others)) return true;
      for (const room of rooms) take(room, request, -1);
      this.parts[first] = undefined;
      return false;
    });
  }

  /** Asks about sets of so many of the rooms, the preferred ones first, until one will do. */
  #combine(
    request: CardRequest,
    left: readonly Room[],
    taken: readonly Room[],
    ask: (rooms: readonly Room[]) => boolean,
  ): boolean {
    if (taken.length === request.count) return ask(taken);
    for (let i = 0; i <= left.length - (request.count - taken.length); i += 1) {
      if (this.#ways >= MOST_WAYS) return false;
      if (this.#combine(request, left.slice(i + 1), [...taken, left[i] as Room], ask)) return true;
    }
    return false;
  }
}

function take(room: Room, request: CardRequest, sign: 1 | -1): void {
  room.memory += sign * memoryOf(request, room.card);
  room.cores += sign * request.cores;
  room.sharers += sign;
}

function byLeftMemory(a: Room, b: Room): number {
  return a.card.memory - a.memory - (b.card.memory - b.memory) || b.cores - a.cores || b.sharers - a.sharers;
}

function byEmptiness(a: Room, b: Room): number {
  return a.sharers - b.sharers || byLeftMemory(b, a);
}
