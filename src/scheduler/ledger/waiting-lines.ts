import { JobBlock } from '../model/job-block.ts';
import type { Job } from '../model/job.ts';
import { JobSet } from '../model/job-set.ts';
import type { Queue } from '../model/queue.ts';
import { WaitingLine } from './waiting-line.ts';

/** How jobs of one queue rank; total, and the same for two jobs as long as neither changes. */
export type JobOrder = (a: Job, b: Job) => number;

/** A change costs as much as a block is long, and a cycle in which nothing changes as much as there are blocks. */
const MOST_JOBS = 128;

/**
 * The members of some sets of jobs, which have no job in common, as a line for each queue, best first. Kept from cycle to cycle: a job that
 * changes leaves its line and is put into the one where it belongs by then, O(log jobs + jobs of a block); for all others nothing is done.
 */
export class WaitingLines {
  readonly #lines = new Map<JobSet, Map<Queue | undefined, WaitingLine>>();
  /** Of a block. */
  readonly #mostJobs: number;
  #order: JobOrder = byAge;
  /** Jobs that changed since the lines were brought up to date. */
  #touched: Job[] = [];

  constructor(sets: readonly JobSet[], mostJobs = MOST_JOBS) {
    this.#mostJobs = mostJobs;
    for (const set of sets) this.#lines.set(set, new Map());
  }

  /** All lines are made anew in this order; without one the jobs stand by age. O(members) */
  rankBy(order: JobOrder = byAge): void {
    this.#order = order;
    for (const lines of this.#lines.values()) lines.clear();
    for (const job of this.#touched) job.block = undefined;
    this.#touched = [];
    for (const set of this.#lines.keys()) for (const job of set.members()) this.#touch(job);
  }

  /** The job may be a member of another set, or of one for the first time; or it changed. O(1) */
  refresh(job: Job): void {
    if (job.block !== TOUCHED) this.#touch(job);
  }

  /** The job is gone, or changed; it is put into no line in which it would not have been. O(1) */
  touch(job: Job): void {
    if (job.block !== undefined) this.refresh(job);
  }

  #touch(job: Job): void {
    if (job.block !== undefined) job.block.isStale = true;
    job.block = TOUCHED;
    this.#touched.push(job);
  }

  /** The lines of the set, as its members are now, that of jobs without a queue under undefined; undefined for another set. */
  of(set: JobSet): ReadonlyMap<Queue | undefined, WaitingLine> | undefined {
    if (this.#touched.length > 0) this.#bringUpToDate();
    return this.#lines.get(set);
  }

  #bringUpToDate(): void {
    const touched = this.#touched;
    this.#touched = [];
    for (let i = 0; i < touched.length; i += 1) this.#enter(touched[i] as Job);
    for (const lines of this.#lines.values()) {
      for (const [queue, line] of lines) {
        line.settle(this.#order);
        if (line.isEmpty) lines.delete(queue);
      }
    }
  }

  #enter(job: Job): void {
    job.block = undefined;
    for (const [set, lines] of this.#lines) {
      if (!set.has(job)) continue;
      let line = lines.get(job.queue);
      if (line === undefined) lines.set(job.queue, (line = new WaitingLine(set, job.queue, this.#mostJobs)));
      line.enter(job, this.#order);
      return;
    }
  }
}

/** In the place of the block of a job that has to be put into one. */
const TOUCHED = new JobBlock(new JobSet(0), undefined, []);

function byAge(a: Job, b: Job): number {
  return a.createdMs - b.createdMs || (a.key < b.key ? -1 : 1);
}
