import { ALL_CORES, MIG_MODE } from '../../../api/cards/card-resources.ts';
import { partId } from '../../../api/cards/choice-text.ts';
import type { CardPart, CardRecord, CardRequest, CardWish, NodeCards } from '../../../api/records/card-records.ts';
import type { NodeRecord } from '../../../api/records/node-record.ts';
import type { PodRecord } from '../../../api/records/pod-record.ts';
import type { BindDecision } from '../../../scheduler/session/decision.ts';

interface CardView {
  pod(uid: string): PodRecord | undefined;
  node(name: string): NodeRecord | undefined;
}

interface Holding {
  readonly node: string;
  readonly parts: readonly CardPart[];
}

/** Who has which parts of cards, by the checker's own account: a list for each node, added up anew for each question. */
export class CardReservations {
  readonly #view: CardView;
  readonly #byPod = new Map<string, Holding>();
  readonly #podsOf = new Map<string, Set<string>>();

  constructor(view: CardView) {
    this.#view = view;
  }

  /** The first card that would be given to too many, or that the pod did not ask for. */
  problem(binds: readonly BindDecision[]): string | undefined {
    const more = new Map<string, CardPart[]>();
    for (const bind of binds) {
      if (bind.cards === undefined) continue;
      const cards = this.#view.node(bind.node)?.cards;
      const wish = this.#view.pod(bind.uid)?.cards?.wish;
      const parts = bind.cards.flat();
      const held = more.get(bind.node) ?? this.#heldOn(bind.node);
      const problem =
        wish === undefined ? 'it asks for no cards' : (unmet(wish, bind.cards) ?? crowded(parts, held, cards));
      if (problem !== undefined) return `${bind.pod}: ${problem}`;
      more.set(bind.node, [...held, ...parts]);
    }
    return undefined;
  }

  /** The pod is to be bound with these. */
  add(uid: string, node: string, parts: readonly CardPart[]): void {
    if (parts.length === 0) return;
    this.#byPod.set(uid, { node, parts });
    const pods = this.#podsOf.get(node);
    if (pods === undefined) this.#podsOf.set(node, new Set([uid]));
    else pods.add(uid);
  }

  /** The pod stands on a node. What it was bound with, or first seen with, counts, whatever becomes of its annotations. */
  see({ uid, nodeName, cards }: PodRecord, wasSeen: boolean): void {
    const told = cards?.held.flat() ?? [];
    const known = this.#byPod.get(uid)?.parts ?? [];
    this.remove(uid);
    this.add(uid, nodeName, told.length > 0 && !(wasSeen && known.length > 0) ? told : known);
  }

  remove(uid: string): void {
    const holding = this.#byPod.get(uid);
    if (holding === undefined) return;
    this.#byPod.delete(uid);
    const pods = this.#podsOf.get(holding.node);
    if (pods?.delete(uid) === true && pods.size === 0) this.#podsOf.delete(holding.node);
  }

  #heldOn(node: string): CardPart[] {
    return [...(this.#podsOf.get(node) ?? [])].flatMap((uid) => this.#byPod.get(uid)?.parts ?? []);
  }
}

/** Each container gets as many different cards as it asks for, and of each what it asks for. */
function unmet(wish: CardWish, choice: readonly (readonly CardPart[])[]): string | undefined {
  const isMet = wish.requests.every((request, at) => isServed(request, choice[at] ?? []));
  return isMet && choice.length <= wish.requests.length ? undefined : 'it would not get the cards that it asks for';
}

function isServed({ count, memory, cores }: CardRequest, parts: readonly CardPart[]): boolean {
  if (parts.length !== count || new Set(parts.map(({ card }) => card)).size !== count) return false;
  return parts.every((part) => part.cores === cores && (memory === 0 || hasMemory(part, memory)));
}

/** An instance may be larger than what was asked for. */
function hasMemory({ memory, instance }: CardPart, asked: number): boolean {
  return instance === undefined ? memory === asked : memory >= asked;
}

function crowded(
  parts: readonly CardPart[],
  held: readonly CardPart[],
  node: NodeCards | undefined,
): string | undefined {
  const all = [...held, ...parts];
  for (const id of new Set(parts.map(({ card }) => card))) {
    const card = node?.cards.find((each) => each.id === id);
    if (card?.isHealthy !== true) return `card ${id} is not there`;
    const users = all.filter((part) => part.card === id);
    const problem = node?.mode === MIG_MODE ? tornCard(id, users) : overfullCard(card, users);
    if (problem !== undefined) return problem;
    const cores = users.reduce((sum, part) => sum + part.cores, 0);
    if (cores > ALL_CORES) return `card ${id} would hold ${cores} of ${ALL_CORES} cores`;
    if (users.length > card.sharers) return `card ${id} would be shared by ${users.length} of ${card.sharers}`;
    if (users.length > 1 && users.some((part) => part.cores === ALL_CORES)) return `card ${id} is for one alone`;
  }
  return undefined;
}

function overfullCard({ id, memory }: CardRecord, users: readonly CardPart[]): string | undefined {
  const instance = users.find((part) => part.instance !== undefined);
  if (instance !== undefined) return `${partId(instance)} is an instance of a card that is not cut`;
  const held = users.reduce((sum, part) => sum + part.memory, 0);
  return held > memory ? `card ${id} would hold ${held} of ${memory} memory` : undefined;
}

/** The hardware cuts a card in one way at a time. */
function tornCard(id: string, users: readonly CardPart[]): string | undefined {
  const groups = new Set(users.map(({ instance }) => instance?.group));
  if (groups.has(undefined)) return `card ${id} is cut, and would be given without an instance`;
  if (groups.size > 1) return `card ${id} would be cut as ${[...groups].join(' and ')} at once`;
  const twice = users.find(({ instance }, at) => {
    return users.findIndex((other) => other.instance?.position === instance?.position) < at;
  });
  return twice && `instance ${partId(twice)} would be given away twice`;
}
