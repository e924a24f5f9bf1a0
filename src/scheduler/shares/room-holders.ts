import { joined } from '../../lib/joined.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { Job } from '../model/job.ts';
import type { Queue } from '../model/queue.ts';
import type { IndexedAmounts } from '../model/task-class.ts';
import { TaskStatus } from '../model/task.ts';
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
  /** With what each holds, and is promised, by resource, once somebody asked since it changed. */
  readonly jobs: Map<Job, Amounts | undefined>;
  /** Grows whenever one of them came, changed or went. */
  version: number;
  /** Of what is held, and of that and what is promised; by resource. */
  readonly words: Readonly<Record<Counted, Map<number, Words>>>;
}

/** Of one group, by resource. */
type Amounts = Readonly<Record<Counted, readonly number[]>>;

type Counted = 'held' | 'heldOrPromised';

/** Who holds a queue's room, or is promised it, for the messages of those who wait. Kept by change, put into words when asked. */
export class RoomHolders {
  readonly #snapshot: Snapshot;
  readonly #byQueue = new Map<Queue, QueueHolders>();
  readonly #queueOf = new Map<Job, Queue>();
  readonly #justLetIn: Job[] = [];
  /** Of groups of one that wait for their pod's room: by their minimum, which all that are alike share. */
  readonly #promisedToAlike = new WeakMap<IndexedAmounts, Amounts>();
  #position = -1;
  #cycle = 0;

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  /** Called once a cycle. O(changed jobs). */
  reset(): void {
    this.#cycle += 1;
    // The journal tells about them as well.
    this.#justLetIn.length = 0;
    const { jobJournal, jobs } = this.#snapshot;
    const changed = jobJournal.since(this.#position);
    this.#position = jobJournal.end;
    const read = changed ?? [...jobs.values()];
    for (let i = 0; i < read.length; i += 1) this.#note(read[i] as Job);
    if (changed !== undefined) return;
    for (const job of this.#queueOf.keys()) if (jobs.get(job.key) !== job) this.#note(job);
  }

  /** The job was let in just now: it is promised room. */
  letIn(job: Job): void {
    this.#justLetIn.push(job);
  }

  /** It may hold something now, or nothing any more. */
  #note(job: Job): void {
    const before = this.#queueOf.get(job);
    const queue = holds(job) ? job.queue : undefined;
    if (before !== undefined && before !== queue) this.#leave(job, before);
    if (queue === undefined) return;
    const holders = this.#holdersOf(queue);
    holders.jobs.set(job, undefined);
    holders.version += 1;
    if (before !== queue) this.#queueOf.set(job, queue);
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
   * Stays the same for the rest of the cycle, so that all who wait hear the same. When holders changed, O(holders of the
   * queue + tasks of those that changed).
   */
  text(queue: Queue, resource: number): string {
    return this.#text(queue, resource, 'heldOrPromised');
  }

  #text(queue: Queue, resource: number, counted: Counted): string {
    for (const job of this.#justLetIn.splice(0)) this.#note(job);
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
    words.text = this.#inWords(holders, resource, counted);
    return words.text;
  }

  /** The names of those with the most, and how many others there are. */
  #inWords({ jobs }: QueueHolders, resource: number, counted: Counted): string {
    const named: Holder[] = [];
    let count = 0;
    for (const [job, known] of jobs) {
      const amount =
        resource === ANY_RESOURCE ? tasksHolding(job) : (this.#of(jobs, job, known)[counted][resource] ?? 0);
      if (amount <= 0) continue;
      count += 1;
      enter(named, job, amount);
    }
    if (count === 0) return '';
    return ` by ${joined(
      named.map(({ key }) => key),
      count,
    )}`;
  }

  #of(jobs: QueueHolders['jobs'], job: Job, known: Amounts | undefined): Amounts {
    if (known !== undefined) return known;
    const { resources } = this.#snapshot;
    // It may have got its room meanwhile.
    const isWaiting = isLetIn(job) && tasksHolding(job) === 0 && job.alike(resources) !== undefined;
    const minimum = isWaiting ? job.minimum(resources) : undefined;
    let amounts = minimum && this.#promisedToAlike.get(minimum);
    if (amounts === undefined) {
      amounts = this.#read(job);
      if (minimum !== undefined) this.#promisedToAlike.set(minimum, amounts);
    }
    jobs.set(job, amounts);
    return amounts;
  }

  #read(job: Job): Amounts {
    const held = heldBy(job);
    const heldOrPromised = [...held];
    if (isLetIn(job)) addPromised(job, this.#snapshot.resources, heldOrPromised);
    return { held, heldOrPromised };
  }

  #holdersOf(queue: Queue): QueueHolders {
    let holders = this.#byQueue.get(queue);
    if (holders === undefined) {
      holders = { jobs: new Map(), version: 0, words: { held: new Map(), heldOrPromised: new Map() } };
      this.#byQueue.set(queue, holders);
    }
    return holders;
  }

  #leave(job: Job, queue: Queue): void {
    this.#queueOf.delete(job);
    const holders = this.#byQueue.get(queue);
    if (holders === undefined) return;
    holders.jobs.delete(job);
    holders.version += 1;
    if (holders.jobs.size === 0 && this.#snapshot.queues.get(queue.name) !== queue) this.#byQueue.delete(queue);
  }
}

function holds(job: Job): boolean {
  return tasksHolding(job) > 0 || (isLetIn(job) && job.isActive);
}

function tasksHolding(job: Job): number {
  return (
    job.placed() - job.count(TaskStatus.Succeeded) + job.count(TaskStatus.Releasing) + job.count(TaskStatus.Unknown)
  );
}

function enter(named: Holder[], { key }: Job, amount: number): void {
  const last = named.length < NAMED ? undefined : named.at(-1);
  if (last !== undefined && (amount < last.amount || (amount === last.amount && key > last.key))) return;
  named.push({ key, amount });
  named.sort(compare);
  named.length = Math.min(named.length, NAMED);
}

function compare(a: Holder, b: Holder): number {
  return b.amount - a.amount || (a.key < b.key ? -1 : 1);
}
