import type {
  CardChoice,
  CardPart,
  CardRecord,
  CardRequest,
  CardWish,
  NodeCards,
} from '../../api/records/card-records.ts';
import { fittingCards, hasRoom, isFreeOfOthers, isOfKind, memoryOf, suits, takenMemory } from './card-room.ts';
import type { CardUse, CardUses } from './card-room.ts';
import { memoryAsked, movedInstance, openInstances, openMemory } from './instances.ts';
import type { OpenInstance } from './instances.ts';

/** Which of several cards that would do: the one with the least room left, or the emptiest. */
export type CardOrder = 'packed' | 'spread';

/** Ways to share out the cards of one node between the containers of one pod before it counts as full for it. */
const MOST_WAYS = 500;

/** A card in the middle of a choice. */
interface Room extends CardUse {
  readonly card: CardRecord;
}

/** What a container may have of a card: part of it, or an instance where it is cut. */
interface Way extends Partial<OpenInstance> {
  readonly room: Room;
  readonly memory: number;
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
    const ways = parts.flatMap((part) => wayOf(part, request, rooms) ?? []);
    for (const way of ways) take(way, request, 1);
    return ways.length === request.count && parts.length === request.count && areApart(ways);
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
  for (const room of rooms) if (room.card.geometries !== undefined) room.memory = takenMemory(room.card, room);
  return rooms.filter((room) => isFreeOfOthers(wish, room) && suits(wish, room.card));
}

/** An idle card that is cut may serve the request in several ways, the first of its geometries before the others. */
function waysInto(request: CardRequest, rooms: readonly Room[]): Way[] {
  const ways: Way[] = [];
  for (const room of rooms) {
    const { card } = room;
    if (!hasRoom(request, card, room)) continue;
    if (card.geometries === undefined) ways.push({ room, memory: memoryOf(request, card) });
    else for (const open of openInstances(request, card, room)) ways.push({ room, ...open });
  }
  return ways;
}

/** Just this part; undefined where the request cannot have it. */
function wayOf({ card: id, instance }: CardPart, request: CardRequest, rooms: readonly Room[]): Way | undefined {
  const room = rooms.find(({ card }) => card.id === id);
  if (room === undefined || !hasRoom(request, room.card, room)) return undefined;
  const { card } = room;
  const isCut = card.geometries !== undefined;
  if (instance === undefined) return isCut ? undefined : { room, memory: memoryOf(request, card) };
  const memory = isCut ? openMemory(instance, card, room) : undefined;
  return memory === undefined || memory < memoryAsked(request, card) ? undefined : { room, memory, instance };
}

function areApart(ways: readonly Way[]): boolean {
  return new Set(ways.map(({ room }) => room)).size === ways.length;
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
    const fitting = waysInto(request, this.#rooms);
    const { order, now } = this.#preference;
    const compare = order === 'packed' ? byLeftMemory : byEmptiness;
    const wait = ({ card }: Room): number => (now === undefined ? 0 : waitFor(request, card, now.get(card)));
    fitting.sort(({ room: a }, { room: b }) => wait(a) - wait(b) || compare(a, b));
    return this.#combine(request, fitting, [], (ways) => {
      this.#ways += 1;
      for (const way of ways) take(way, request, 1);
      this.parts[first] = ways.map((way) => partOf(way, request));
      if (this.serve(others)) return true;
      for (const way of ways) take(way, request, -1);
      this.parts[first] = undefined;
      return false;
    });
  }

  /** Asks about sets of so many of the ways into different cards, the preferred ones first, until one will do. */
  #combine(
    request: CardRequest,
    left: readonly Way[],
    taken: readonly Way[],
    ask: (ways: readonly Way[]) => boolean,
  ): boolean {
    if (taken.length === request.count) return ask(taken);
    for (let i = 0; i <= left.length - (request.count - taken.length); i += 1) {
      if (this.#ways >= MOST_WAYS) return false;
      const way = left[i] as Way;
      if (way.instance !== undefined && taken.some(({ room }) => room === way.room)) continue;
      if (this.#combine(request, left.slice(i + 1), [...taken, way], ask)) return true;
    }
    return false;
  }
}

function take({ room, memory, instance }: Way, { cores }: CardRequest, sign: 1 | -1): void {
  room.memory += sign * memory;
  room.cores += sign * cores;
  room.sharers += sign;
  if (instance !== undefined) room.instances = movedInstance(room.instances, instance, sign);
}

function partOf({ room: { card }, memory, instance }: Way, { cores }: CardRequest): CardPart {
  const part = { card: card.id, memory, cores };
  return instance === undefined ? part : { ...part, instance };
}

function byLeftMemory(a: Room, b: Room): number {
  return a.card.memory - a.memory - (b.card.memory - b.memory) || b.cores - a.cores || b.sharers - a.sharers;
}

function byEmptiness(a: Room, b: Room): number {
  return a.sharers - b.sharers || byLeftMemory(b, a);
}
