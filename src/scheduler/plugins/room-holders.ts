import type { Snapshot } from '../ledger/snapshot.ts';
import type { Job } from '../model/job.ts';
import type { Queue } from '../model/queue.ts';
import { TaskStatus } from '../model/task.ts';
import { isLetIn } from './promises.ts';

/** Groups that are named; the others are counted. */
const NAMED = 2;

interface Holder {
  readonly key: string;
  readonly tasks: number;
}

/** The groups that hold room of one queue, or are promised it. */
interface QueueHolders {
  readonly jobs: Set<Job>;
  /** Grows whenever one of them came, changed or went. */
  version: number;
  text: string;
  /** The cycle in which the text was asked for last, and what it was made from. */
  cycle: number;
  readVersion: number;
  readMoves: number;
}

/** Who holds a queue's room, or is promised it, for the messages of those who wait. Kept by change, put into words when asked. */
export class RoomHolders {
  readonly #snapshot: Snapshot;
  readonly #byQueue = new Map<Queue, QueueHolders>();
  readonly #queueOf = new Map<Job, Queue>();
  readonly #justLetIn: Job[] = [];
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
    const holders = this.#of(queue);
    holders.jobs.add(job);
    holders.version += 1;
    this.#queueOf.set(job, queue);
  }

  version(queue: Queue): number {
    return this.#byQueue.get(queue)?.version ?? 0;
  }

  /**
   * e.g. ` by ns/x, ns/y and 2 more`; empty when nobody does. Stays the same for the rest of the cycle, so that all who wait
   * hear the same. O(holders of the queue) when they changed.
   */
  text(queue: Queue): string {
    for (const job of this.#justLetIn.splice(0)) this.#note(job);
    const holders = this.#byQueue.get(queue);
    if (holders === undefined) return '';
    const { version, cycle, readVersion, readMoves } = holders;
    if (cycle === this.#cycle) return holders.text;
    holders.cycle = this.#cycle;
    if (readVersion === version && readMoves === queue.moves) return holders.text;
    holders.readVersion = version;
    holders.readMoves = queue.moves;
    holders.text = inWords(holders.jobs);
    return holders.text;
  }

  #of(queue: Queue): QueueHolders {
    let holders = this.#byQueue.get(queue);
    if (holders === undefined) {
      holders = { jobs: new Set(), version: 0, text: '', cycle: -1, readVersion: -1, readMoves: -1 };
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

/** The largest by name, and how many others. */
function inWords(jobs: ReadonlySet<Job>): string {
  const named: Holder[] = [];
  for (const job of jobs) enter(named, { key: job.key, tasks: tasksHolding(job) });
  if (named.length === 0) return '';
  return ` by ${joined(
    named.map(({ key }) => key),
    jobs.size,
  )}`;
}

/** e.g. `x`, `x and y`, `x, y and 3 more`; the count when not all names are given. */
export function joined(names: readonly string[], count = names.length): string {
  const named = names.slice(0, NAMED);
  const others = count - named.length;
  return others > 0 ? `${named.join(', ')} and ${others} more` : named.join(' and ');
}

function holds(job: Job): boolean {
  return tasksHolding(job) > 0 || (isLetIn(job) && job.isActive);
}

function tasksHolding(job: Job): number {
  return (
    job.placed() - job.count(TaskStatus.Succeeded) + job.count(TaskStatus.Releasing) + job.count(TaskStatus.Unknown)
  );
}

function enter(named: Holder[], holder: Holder): void {
  const last = named.at(-1);
  if (named.length >= NAMED && last !== undefined && compare(holder, last) > 0) return;
  named.push(holder);
  named.sort(compare);
  named.length = Math.min(named.length, NAMED);
}

function compare(a: Holder, b: Holder): number {
  return b.tasks - a.tasks || (a.key < b.key ? -1 : 1);
}
