import { joined } from '../../lib/joined.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import { HolderPile } from '../model/holding.ts';
import type { HeldAmounts, Holding } from '../model/holding.ts';
import type { Job } from '../model/job.ts';
import { JobBlock } from '../model/job-block.ts';
import type { Queue } from '../model/queue.ts';
import type { Row } from '../model/row.ts';
import type { IndexedAmounts } from '../model/task-class.ts';
import { TaskStatus } from '../model/task-status.ts';
import { NOTHING } from '../demand/indexed-sums.ts';
import { addPromised, heldBy, isLetIn } from '../demand/promises.ts';

/** Groups that are named; the others are counted. */
const NAMED = 2;

/** In the place of a resource: who holds most pods. */
const ANY_RESOURCE = -1;

interface Holder {
  readonly key: string;
  readonly amount: number;
}

/** Who holds most of one resource, in words. */
interface Words {
  text: string;
  /** The cycle in which it was asked for last, and what it was made from. */
  cycle: number;
  readVersion: number;
  readMoves: number;
}

/** The groups that hold room of one queue, or are promised it. */
interface QueueHolders {
  readonly queue: Queue;
  /** Of groups of which it is not known what they hold: nobody asked since they changed. */
  fresh: Holding;
  /** Of groups of one that wait for their pod's room: by their minimum, which all that are alike share. */
  readonly waiting: Map<IndexedAmounts, Holding>;
  /** All others. */
  others: HolderPile;
  /** Those of them whose pods were given places in this cycle, maybe more than once; as far as somebody asked. */
  takers: Job[];
  /** The same of blocks: each of their jobs is promised its place. */
  takingBlocks: JobBlock[];
  /** Grows whenever one of them came, changed or went. */
  version: number;
  /** Of what is held, and of that and what is promised; by resource. */
  readonly words: Readonly<Record<Counted, Map<number, Words>>>;
}

type Counted = keyof HeldAmounts;

/** One for all plugins over a snapshot, since each group knows where it counts. */
export function holdersOf(snapshot: Snapshot): RoomHolders {
  let holders = HOLDERS.get(snapshot);
  if (holders === undefined) HOLDERS.set(snapshot, (holders = new RoomHolders(snapshot)));
  return holders;
}

const HOLDERS = new WeakMap<Snapshot, RoomHolders>();

/**
 * Who holds a queue's room, or is promised it, for the messages of those who wait. Kept by change, put into words when asked. Groups of one
 * that wait for their pod are one sum for all that are alike: however many they are, words about them are made from that.
 */
export class RoomHolders {
  readonly #snapshot: Snapshot;
  readonly #byQueue = new Map<Queue, QueueHolders>();
  readonly #justLetIn: Job[] = [];
  #position = 0;
  #cycle = 0;
  /** So many of the cycle's takers stand with their queues. */
  #takersRead = 0;

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  /** Called once a cycle by each who asks. O(changed jobs). */
  reset(): void {
    this.#cycle += 1;
    // The journal tells about them as well.
    this.#justLetIn.length = 0;
    const { jobJournal, jobs } = this.#snapshot;
    const changed = jobJournal.since(this.#position);
    this.#position = jobJournal.end;
    if (changed === undefined) for (const holders of this.#byQueue.values()) startAnew(holders);
    const read = changed ?? [...jobs.values()];
    for (let i = 0; i < read.length; i += 1) {
      const each = read[i] as Job | JobBlock;
      if (!(each instanceof JobBlock)) this.#note(each);
      else if (!isNoted(each)) for (const job of each.jobs) this.#note(job);
    }
    this.#takersRead = 0;
    for (const holders of this.#byQueue.values()) {
      holders.takers = [];
      holders.takingBlocks = [];
    }
  }

  /** The job was let in just now: it is promised room. */
  letIn(job: Job): void {
    this.#justLetIn.push(job);
  }

  /**
   * Somebody was let in although it was refused in this cycle: who is asked after it hears of it, and whether it was asked itself
   * changes no words. Once a cycle of a queue at most.
   */
  wordAnew(queue: Queue): void {
    const words = this.#byQueue.get(queue)?.words;
    for (const known of Object.values(words ?? {})) known.clear();
  }

  /** The same for all of a row, which wait for their pods' room from now on. */
  letRowIn({ jobs, from, end, each }: Row): void {
    const queue = jobs[from]?.queue;
    if (queue === undefined) return;
    const holders = this.#holdersOf(queue);
    holders.version += 1;
    for (let i = from; i < end; i += 1) {
      const job = jobs[i] as Job;
      const minimum = each ?? job.minimum(this.#snapshot.resources) ?? NOTHING;
      const holding = this.#holdingOf(job, holders, minimum);
      if (job.holding === holding) continue;
      job.holding?.pile.remove(job);
      holding.pile.add(job, holding);
    }
  }

  /** It may hold something now, or nothing any more. */
  #note(job: Job): void {
    const before = job.holding;
    const queue = holds(job) ? job.queue : undefined;
    if (before !== undefined) {
      before.pile.remove(job);
      if (before.queue !== queue) this.#left(before.queue);
    }
    if (queue === undefined) return;
    const holders = this.#holdersOf(queue);
    holders.version += 1;
    holders.fresh.pile.add(job, holders.fresh);
  }

  version(queue: Queue): number {
    return this.#byQueue.get(queue)?.version ?? 0;
  }

  /** Like `text`, of those who hold some of it now, or some pod. */
  heldText(queue: Queue, resource = ANY_RESOURCE): string {
    return this.#text(queue, resource, 'held');
  }

  /**
   * e.g. ` by ns/x, ns/y and 2 more`, those first who hold or are promised most of the resource; empty when nobody does.
   * Stays the same for the rest of the cycle, so that all who wait hear the same. When holders changed, O(those that changed + those that do
   * not just wait, with the tasks of those that changed).
   */
  text(queue: Queue, resource: number): string {
    return this.#text(queue, resource, 'heldOrPromised');
  }

  #text(queue: Queue, resource: number, counted: Counted): string {
    for (const job of this.#justLetIn) this.#note(job);
    this.#justLetIn.length = 0;
    const holders = this.#byQueue.get(queue);
    if (holders === undefined) return '';
    const { version } = holders;
    const known = holders.words[counted];
    let words = known.get(resource);
    if (words === undefined) known.set(resource, (words = { text: '', cycle: -1, readVersion: -1, readMoves: -1 }));
    if (words.cycle === this.#cycle) return words.text;
    words.cycle = this.#cycle;
    if (words.readVersion === version && words.readMoves === queue.moves) return words.text;
    words.readVersion = version;
    words.readMoves = queue.moves;
    words.text = inWords(
      resource === ANY_RESOURCE ? this.#ofPods(holders) : this.#ofResource(holders, resource, counted),
    );
    return words.text;
  }

  /** By the number of pods. Of those who waited when the cycle began only takers can hold any. */
  #ofPods(holders: QueueHolders): Ranking {
    this.#readTakers();
    const { fresh, others } = holders;
    const ranking = new Ranking();
    for (const pile of [fresh.pile, others]) {
      for (const job of pile.members()) ranking.enter(job, tasksHolding(job));
    }
    for (const job of new Set(holders.takers)) {
      const pile = job.holding?.pile;
      if (pile !== undefined && pile !== fresh.pile && pile !== others) ranking.enter(job, tasksHolding(job));
    }
    for (const block of holders.takingBlocks) {
      if (block.standing !== undefined) ranking.enterAll(block.firstByName(NAMED), block.jobs.length, 1);
    }
    return ranking;
  }

  #readTakers(): void {
    const { takers } = this.#snapshot.placements;
    for (; this.#takersRead < takers.length; this.#takersRead += 1) {
      const taker = takers[this.#takersRead] as Job | JobBlock;
      const holders = taker.queue && this.#byQueue.get(taker.queue);
      if (taker instanceof JobBlock) holders?.takingBlocks.push(taker);
      else holders?.takers.push(taker);
    }
  }

  #ofResource(holders: QueueHolders, resource: number, counted: Counted): Ranking {
    this.#readTakers();
    for (const job of holders.takers) if (holds(job) && !isPromisedOnly(job)) readAgain(job, holders);
    this.#readFresh(holders);
    const ranking = new Ranking();
    for (const { pile, amounts } of holders.waiting.values()) {
      const amount = amounts?.[counted][resource] ?? 0;
      if (amount > 0) ranking.enterAll(pile.firstByName(NAMED), pile.count, amount);
    }
    for (const job of holders.others.members()) ranking.enter(job, job.holding?.amounts?.[counted][resource] ?? 0);
    return ranking;
  }

  #readFresh(holders: QueueHolders): void {
    const { pile } = holders.fresh;
    const { queue, waiting } = holders;
    const { resources } = this.#snapshot;
    for (const job of pile.members()) {
      pile.remove(job);
      // It may have got its room meanwhile, and not only the promise of it.
      const isWaiting = isLetIn(job) && isPromisedOnly(job) && job.alike(resources) !== undefined;
      const holding = this.#holdingOf(job, holders, isWaiting ? (job.minimum(resources) ?? NOTHING) : undefined);
      holding.pile.add(job, holding);
    }
    holders.fresh = { queue, pile: new HolderPile(), amounts: undefined };
    for (const [minimum, { pile: alike }] of waiting) if (alike.count === 0) waiting.delete(minimum);
  }

  /** One for all that wait for one minimum, of each group of one with one; undefined: it counts alone. */
  #holdingOf(job: Job, { queue, waiting, others }: QueueHolders, minimum: IndexedAmounts | undefined): Holding {
    const known = minimum && waiting.get(minimum);
    if (known !== undefined) return known;
    const amounts = this.#read(job);
    if (minimum === undefined) return { queue, pile: others, amounts };
    const holding = { queue, pile: new HolderPile(), amounts };
    waiting.set(minimum, holding);
    return holding;
  }

  #read(job: Job): HeldAmounts {
    const held = heldBy(job);
    const heldOrPromised = [...held];
    if (isLetIn(job)) addPromised(job, this.#snapshot.resources, heldOrPromised);
    return { held, heldOrPromised };
  }

  #holdersOf(queue: Queue): QueueHolders {
    let holders = this.#byQueue.get(queue);
    if (holders === undefined) {
      holders = {
        queue,
        fresh: { queue, pile: new HolderPile(), amounts: undefined },
        waiting: new Map(),
        others: new HolderPile(),
        takers: [],
        takingBlocks: [],
        version: 0,
        words: { held: new Map(), heldOrPromised: new Map() },
      };
      this.#byQueue.set(queue, holders);
    }
    return holders;
  }

  #left(queue: Queue): void {
    const holders = this.#byQueue.get(queue);
    if (holders === undefined) return;
    holders.version += 1;
    if (isEmpty(holders) && this.#snapshot.queues.get(queue.name) !== queue) this.#byQueue.delete(queue);
  }
}

/** All of its jobs count where they belong: nowhere as long as they ask to be let in. */
function isNoted(block: JobBlock): boolean {
  const first = block.jobs[0] as Job;
  return !block.isStale && (!isLetIn(first) || first.holding !== undefined);
}

/** Nobody counts in it any more. */
function startAnew(holders: QueueHolders): void {
  holders.version += 1;
  holders.fresh = { queue: holders.queue, pile: new HolderPile(), amounts: undefined };
  holders.waiting.clear();
  holders.others = new HolderPile();
}

/** It got its place in this cycle: it counts for what it holds, and not as one of those who wait. */
function readAgain(job: Job, { queue, fresh, others }: QueueHolders): void {
  const { holding } = job;
  if (holding?.queue !== queue) return;
  const { pile } = holding;
  if (pile === fresh.pile || pile === others) return;
  pile.remove(job);
  fresh.pile.add(job, fresh);
}

/** It holds nothing but promises, if anything. */
function isPromisedOnly(job: Job): boolean {
  return tasksHolding(job) === job.count(TaskStatus.Pipelined);
}

function isEmpty({ fresh, waiting, others }: QueueHolders): boolean {
  if (fresh.pile.count + others.count > 0) return false;
  for (const { pile } of waiting.values()) if (pile.count > 0) return false;
  return true;
}

function holds(job: Job): boolean {
  return tasksHolding(job) > 0 || (isLetIn(job) && job.isActive);
}

function tasksHolding(job: Job): number {
  return (
    job.placed() - job.count(TaskStatus.Succeeded) + job.count(TaskStatus.Releasing) + job.count(TaskStatus.Unknown)
  );
}

/** Those with the largest amounts, and the number of all that have any. */
class Ranking {
  readonly named: Holder[] = [];
  count = 0;

  enter({ key }: Job, amount: number): void {
    if (amount <= 0) return;
    this.count += 1;
    const { named } = this;
    const last = named.length < NAMED ? undefined : named.at(-1);
    if (last !== undefined && (amount < last.amount || (amount === last.amount && key > last.key))) return;
    named.push({ key, amount });
    named.sort(compare);
    named.length = Math.min(named.length, NAMED);
  }

  /** So many have so much each; given are those who come first by name. */
  enterAll(first: readonly Job[], count: number, amount: number): void {
    for (const job of first) this.enter(job, amount);
    this.count += count - first.length;
  }
}

/** The names of those with the most, and how many others there are. */
function inWords({ named, count }: Ranking): string {
  if (count === 0) return '';
  return ` by ${joined(
    named.map(({ key }) => key),
    count,
  )}`;
}

function compare(a: Holder, b: Holder): number {
  return b.amount - a.amount || (a.key < b.key ? -1 : 1);
}
