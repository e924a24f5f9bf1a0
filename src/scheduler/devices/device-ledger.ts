import { isOfRule } from '../../api/cards/exclusive-rules.ts';
import type { ExclusiveRule } from '../../api/cards/exclusive-rules.ts';
import type { KnownGeometries } from '../../api/cards/mig-geometries.ts';
import type { CardChoice, CardPart, CardWish, NodeCards, PodCards } from '../../api/records/card-records.ts';
import { isSame } from '../../lib/same.ts';
import { TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';
import type { TaskClass } from '../model/task-class.ts';
import type { NodeTable } from '../placement/node-table.ts';
import type { CardUse, CardUses } from './card-room.ts';
import { CardStates } from './card-states.ts';
import type { CardState } from './card-states.ts';
import { canHave, canHold, chooseCards } from './choose-cards.ts';
import type { CardOrder } from './choose-cards.ts';
import { CutCards } from './cut-cards.ts';
import { addPart, cardsOf, isOverfull, usesWithout } from './leaving-cards.ts';
import type { CardHolding } from './leaving-cards.ts';

/** Cards were chosen for a task together with its node. */
interface Promised {
  readonly node: string;
  readonly choice: CardChoice;
}

type CardPreference = (wish: CardWish, taskClass: TaskClass, node: number) => CardChoice | undefined;

/** Nobody is given cards. */
export const NO_WAYS: ReadonlySet<CardWish['by']> = new Set();

const NOTHING: readonly CardPart[] = [];
const NO_HOLDING: CardHolding = { parts: NOTHING, isExclusive: false };
const NOBODY: ReadonlySet<Task> = new Set();

/**
 * Which pod has which part of which card. A choice is a promise from the moment that the task is placed until its pod is seen
 * with the annotations that say the same, or its place is given back. What a pod was seen to have it keeps until it is gone,
 * whatever becomes of its annotations.
 */
export class DeviceLedger {
  /** Some pod asks for cards or has some; none: all of this costs one comparison. */
  isUsed = false;
  /** Ways of asking that are looked at; of others nothing is promised. */
  ways: ReadonlySet<CardWish['by']> = NO_WAYS;
  order: CardOrder = 'packed';
  /** Says which cards a pod gets, where it has something to say. */
  prefer: CardPreference | undefined;
  /** Grows whenever a node has other cards. */
  version = 0;
  readonly #nodes: NodeTable;
  /** By node and id, whatever cards the node has by now. */
  readonly #uses = new Map<number, Map<string, CardUse>>();
  /** The same in the order of the cards that the node has; dropped when a card comes into use or out of it. */
  readonly #aligned = new Map<number, CardUses>();
  readonly #cut = new CutCards();
  readonly #cardStates = new CardStates();
  /** By node; undefined when its cards or what is taken of them changed since. */
  readonly #states: (CardState | undefined)[] = [];
  readonly #promised = new Map<Task, Promised>();
  /** What each task takes off its node's cards now. */
  readonly #charged = new Map<Task, CardHolding>();
  /** Pods that are of one of these share no card with each other. */
  #rules: readonly ExclusiveRule[] = [];
  readonly #exclusive = new WeakMap<CardWish, CardWish>();
  /** By node: tasks on their way out that have parts of its cards. */
  readonly #leaving = new Map<number, Set<Task>>();

  constructor(nodes: NodeTable) {
    this.#nodes = nodes;
  }

  /** With the ways in which the hardware may cut them. */
  cardsAt(node: number): NodeCards | undefined {
    const cards = this.#nodes.records[node]?.cards;
    return cards && this.#cut.of(cards);
  }

  /** How cards are cut is known otherwise from now on; who asks has to be told which nodes changed. */
  learn(known: KnownGeometries): void {
    this.#cut.learn(known);
  }

  /** Why nobody knows how some card is cut, in words. */
  get gap(): string {
    return this.#cut.gap;
  }

  /** Undefined when none of the node's cards is in use. */
  usesOf(node: number): CardUses | undefined {
    const known = this.#aligned.get(node);
    if (known !== undefined) return known;
    const uses = this.#uses.get(node);
    const cards = this.#nodes.records[node]?.cards;
    if (uses === undefined || cards === undefined) return undefined;
    const aligned = cards.cards.map(({ id }) => uses.get(id));
    this.#aligned.set(node, aligned);
    return aligned;
  }

  /** The node has other cards by now. Who has parts of them keeps those, whether the node still has the cards or not. */
  changed(node: number): void {
    this.version += 1;
    this.#aligned.delete(node);
    this.#states[node] = undefined;
  }

  /** Undefined for a node without cards. */
  stateOf(node: number): CardState | undefined {
    const known = this.#states[node];
    if (known !== undefined) return known;
    const cards = this.cardsAt(node);
    if (cards === undefined) return undefined;
    const state = this.#cardStates.of(cards, this.usesOf(node));
    this.#states[node] = state;
    return state;
  }

  /** What the pod would get there now. */
  choiceAt(wish: CardWish, taskClass: TaskClass, node: number): CardChoice | undefined {
    const preferred = wish.isExclusive === true ? undefined : this.prefer?.(wish, taskClass, node);
    if (preferred !== undefined) return preferred;
    const cards = this.cardsAt(node);
    return cards && chooseCards(wish, cards, this.usesOf(node), this.order);
  }

  /** The same once these have gone, and all that are on their way out. */
  fitsWithout(wish: CardWish, node: number, gone: ReadonlySet<Task>): boolean {
    const cards = this.cardsAt(node);
    return cards !== undefined && canHold(wish, cards, this.#usesLater(node, cards, gone));
  }

  /** More of the cards that the task has or is promised is taken than there is, once those on their way out have gone. */
  isShort(task: Task): boolean {
    const cards = this.cardsAt(task.nodeIx);
    const parts = this.#charged.get(task)?.parts;
    if (cards === undefined || parts === undefined) return false;
    return isOverfull(cards, this.#usesLater(task.nodeIx, cards, NOBODY) ?? [], parts);
  }

  /** Whether these, which are told to go, could keep their parts beside what was promised of the cards. */
  mayStay(tasks: readonly Task[]): boolean {
    return [...Map.groupBy(tasks, ({ nodeIx }) => nodeIx)].every(([node, staying]) => {
      const cards = this.cardsAt(node);
      const parts = staying.flatMap((task) => this.#charged.get(task)?.parts ?? NOTHING);
      if (cards === undefined || parts.length === 0) return true;
      const going = new Set(this.#leaving.get(node)).difference(new Set(staying));
      return !isOverfull(cards, this.#usesWithout(node, cards, going) ?? [], parts);
    });
  }

  /** A statement gives the task a place, with cards, or takes it back. What is only promised may be that of tasks on their way out. */
  place(task: Task, node: number, sign: 1 | -1, status: TaskStatus): void {
    if (sign === -1) this.drop(task);
    else if (status === TaskStatus.Pipelined) this.#chooseLater(task, node);
    else this.choose(task, node);
    this.charge(task, node, sign);
  }

  /** Keeps cards for the task that it can have once these have gone: of those that would do the ones first that it could have now. */
  reserve(task: Task, node: number, gone: ReadonlySet<Task>): void {
    this.#chooseLater(task, node, gone, this.usesOf(node) ?? []);
    this.charge(task, node, 1);
  }

  /** Promises the task cards of the node, the preferred ones where it can have them; false when it can have none that it asks for. */
  choose(task: Task, node: number, preferred?: CardChoice): boolean {
    const wish = this.wishOf(task);
    const record = this.#nodes.records[node];
    if (wish === undefined || record === undefined) return true;
    const isFree = preferred !== undefined && canHave(preferred, wish, this.cardsAt(node), this.usesOf(node));
    const choice = isFree ? preferred : this.choiceAt(wish, task.class, node);
    if (choice === undefined) return false;
    this.#promised.set(task, { node: record.name, choice });
    return true;
  }

  /** The place was given back, or the pod is gone. */
  drop(task: Task): void {
    if (this.#promised.size > 0) this.#promised.delete(task);
  }

  /** The pod was seen on a node: what its annotations say counts from now on. Where they say nothing, the promise stays. */
  confirm(task: Task): void {
    const promised = this.#promised.get(task);
    if (promised === undefined) return;
    const isTold = (task.record.cards?.held.length ?? 0) > 0;
    if (isTold || promised.node !== task.nodeName) this.#promised.delete(task);
  }

  /** A task comes to a node, or leaves it. */
  charge(task: Task, node: number, sign: 1 | -1): void {
    if (sign === 1) {
      const parts = this.#partsOf(task, node);
      if (parts.length === 0) return;
      const holding = { parts, isExclusive: this.#isExclusive(task) };
      this.#charged.set(task, holding);
      this.#move(node, holding, 1);
      if (task.status === TaskStatus.Releasing) this.#leave(task, node);
      return;
    }
    const leaving = this.#leaving.get(node);
    if (leaving?.delete(task) === true && leaving.size === 0) this.#leaving.delete(node);
    const holding = this.#charged.get(task);
    if (holding === undefined) return;
    this.#charged.delete(task);
    this.#move(node, holding, -1);
  }

  /** Parts of the node's cards are kept for somebody who is to come, or no more. */
  hold(node: number, holding: CardHolding, sign: 1 | -1): void {
    this.#move(node, holding, sign);
  }

  /** What the task's pod says that it has. */
  holdingOf(task: Task): CardHolding {
    return { parts: task.record.cards?.held.flat() ?? NOTHING, isExclusive: this.#isExclusive(task) };
  }

  /** What the task asks of cards, where that is looked at. */
  wishOf(task: Task): CardWish | undefined {
    const wish = this.#lookedAt(task.record.cards);
    if (wish === undefined || !this.#isExclusive(task)) return wish;
    let exclusive = this.#exclusive.get(wish);
    if (exclusive === undefined) {
      exclusive = { ...wish, key: `exclusive ${wish.key}`, isExclusive: true };
      this.#exclusive.set(wish, exclusive);
    }
    return exclusive;
  }

  /** Which pods share no card with each other. When that changes, what each task has is charged anew. */
  setRules(rules: readonly ExclusiveRule[]): void {
    if (isSame(this.#rules, rules)) return;
    this.#rules = rules;
    this.version += 1;
    for (const [task, holding] of this.#charged) {
      const node = this.#nodes.indexOf(task.nodeName);
      const isExclusive = this.#isExclusive(task);
      if (node < 0 || isExclusive === holding.isExclusive) continue;
      this.#move(node, holding, -1);
      this.#charged.set(task, { ...holding, isExclusive });
      this.#move(node, { ...holding, isExclusive }, 1);
    }
  }

  /** Of vGPUs alone: other cards are told nothing of it. */
  #isExclusive({ record: { cards, labels } }: Task): boolean {
    return this.#rules.length > 0 && cards?.wish?.scheme !== 'share' && isOfRule(this.#rules, labels);
  }

  /** For a decision: empty when cards were asked for and none could be chosen, undefined when there is nothing to choose. */
  choiceOf(task: Task): CardChoice | undefined {
    if (!this.isUsed || this.wishOf(task) === undefined) return undefined;
    return this.#promised.get(task)?.choice ?? [];
  }

  /** The nodes are others: tasks are charged anew. */
  reset(): void {
    this.version += 1;
    this.#uses.clear();
    this.#aligned.clear();
    this.#states.length = 0;
    this.#charged.clear();
    this.#leaving.clear();
  }

  /** Given what is in use now, cards that the task could have now come before others. */
  #chooseLater(task: Task, node: number, gone: ReadonlySet<Task> = NOBODY, now?: CardUses): void {
    const wish = this.wishOf(task);
    const name = this.#nodes.records[node]?.name;
    const cards = this.cardsAt(node);
    if (wish === undefined || name === undefined || cards === undefined) return;
    const choice = chooseCards(wish, cards, this.#usesLater(node, cards, gone), this.order, now);
    if (choice !== undefined) this.#promised.set(task, { node: name, choice });
  }

  #leave(task: Task, node: number): void {
    const leaving = this.#leaving.get(node);
    if (leaving === undefined) this.#leaving.set(node, new Set([task]));
    else leaving.add(task);
  }

  #usesLater(node: number, cards: NodeCards, gone: ReadonlySet<Task>): CardUses | undefined {
    const going = [...(this.#leaving.get(node) ?? NOBODY), ...gone].filter(({ nodeIx }) => nodeIx === node);
    return this.#usesWithout(node, cards, going);
  }

  #usesWithout(node: number, cards: NodeCards, gone: Iterable<Task>): CardUses | undefined {
    const uses = this.usesOf(node);
    return uses && usesWithout(cards, uses, gone, (task) => this.#charged.get(task) ?? NO_HOLDING);
  }

  #lookedAt(cards: PodCards | undefined): CardWish | undefined {
    const wish = cards?.wish;
    return wish !== undefined && this.ways.has(wish.by) ? wish : undefined;
  }

  #partsOf(task: Task, node: number): readonly CardPart[] {
    const promised = this.#promised.get(task);
    if (promised !== undefined && promised.node === this.#nodes.records[node]?.name) return promised.choice.flat();
    return task.record.cards?.held.flat() ?? NOTHING;
  }

  #move(node: number, { parts, isExclusive }: CardHolding, sign: 1 | -1): void {
    this.#states[node] = undefined;
    let uses = this.#uses.get(node);
    if (uses === undefined) this.#uses.set(node, (uses = new Map()));
    for (const part of parts) {
      let use = uses.get(part.card);
      if (use === undefined) {
        uses.set(part.card, (use = { memory: 0, cores: 0, sharers: 0, exclusive: 0 }));
        this.#aligned.delete(node);
      }
      addPart(use, part, sign);
      if (use.sharers > 0) continue;
      uses.delete(part.card);
      this.#aligned.delete(node);
    }
    for (const card of isExclusive ? cardsOf(parts) : []) {
      const use = uses.get(card);
      if (use !== undefined) use.exclusive += sign;
    }
    if (uses.size === 0) this.#uses.delete(node);
  }
}
