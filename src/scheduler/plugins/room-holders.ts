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

interface Holders {
  /** The largest, best first. */
  readonly named: Holder[];
  count: number;
  text?: string;
}

/** Who holds a queue's room, or is promised it, for the messages of those who wait. Looked up once a cycle, when somebody asks. */
export class RoomHolders {
  readonly #snapshot: Snapshot;
  #byQueue: Map<Queue, Holders> | undefined;
  /** Those of the latest cycle, to tell when one comes or goes. */
  readonly #known = new Set<Job>();
  readonly #versions = new WeakMap<Queue, number>();
  #position = -1;

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  /** Called once a cycle. O(changed jobs). */
  reset(): void {
    this.#byQueue = undefined;
    const { jobJournal, jobs } = this.#snapshot;
    const changed = jobJournal.since(this.#position);
    this.#position = jobJournal.end;
    for (const job of changed ?? jobs.values()) this.#note(job);
  }

  /** Grows whenever a group of the queue that holds something, or did, changed. */
  version(queue: Queue): number {
    return this.#versions.get(queue) ?? 0;
  }

  #note(job: Job): void {
    const { queue } = job;
    const isHolder = queue !== undefined && holds(job);
    const wasHolder = this.#known.has(job);
    if (isHolder) this.#known.add(job);
    else if (wasHolder) this.#known.delete(job);
    if (queue !== undefined && (isHolder || wasHolder)) this.#versions.set(queue, this.version(queue) + 1);
  }

  /** e.g. ` by ns/x, ns/y and 2 more`; empty when nobody does. The first call in a cycle is O(jobs). */
  text(queue: Queue): string {
    this.#byQueue ??= this.#collect();
    const holders = this.#byQueue.get(queue);
    if (holders === undefined) return '';
    holders.text ??= ` by ${joined(
      holders.named.map(({ key }) => key),
      holders.count,
    )}`;
    return holders.text;
  }

  #collect(): Map<Queue, Holders> {
    const byQueue = new Map<Queue, Holders>();
    for (const job of this.#snapshot.jobs.values()) {
      if (job.queue === undefined || !holds(job)) continue;
      let holders = byQueue.get(job.queue);
      if (holders === undefined) {
        holders = { named: [], count: 0 };
        byQueue.set(job.queue, holders);
      }
      holders.count += 1;
      enter(holders.named, { key: job.key, tasks: tasksHolding(job) });
    }
    return byQueue;
  }
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
