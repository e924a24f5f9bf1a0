import type { Entered, JobOrder } from './waiting-line.ts';
import { JobBlock } from '../model/job-block.ts';
import type { Job } from '../model/job.ts';
import { JobSet } from '../model/job-set.ts';
import type { Queue } from '../model/queue.ts';
import { WaitingLine } from './waiting-line.ts';

/** A change costs as much as a block is long, and a cycle in which nothing changes as much as there are blocks. */
const MOST_JOBS = 128;

/**
 * The members of some sets of jobs, which have no job in common, as a line for each queue, best first. Kept from cycle to cycle: a job that
 * changes leaves its line and is put into the one where it belongs by then, O(log jobs + jobs of a block); for all others nothing is done.
 */
export class WaitingLines {
  readonly #lines = new Map<JobSet, Map<Queue | undefined, WaitingLine>>();
  readonly #sets: readonly JobSet[];
  /** Of a block. */
  readonly #mostJobs: number;
  #order: JobOrder = byAge;
  /** Jobs that changed since the lines were brought up to date, and may be members. */
  #touched: Job[] = [];
  /** Blocks whose jobs went over from one set into another, and which stand in no line yet. */
  #moved: JobBlock[] = [];
  /** Some job left its block. */
  #hasGone = false;

  constructor(sets: readonly JobSet[], mostJobs = MOST_JOBS) {
    this.#sets = sets;
    this.#mostJobs = mostJobs;
    for (const set of sets) this.#lines.set(set, new Map());
  }

  /** All lines are made anew in this order; without one the jobs stand by age. O(members) */
  rankBy(order: JobOrder = byAge): void {
    this.#order = order;
    for (const lines of this.#lines.values()) lines.clear();
    for (const job of this.#touched) job.block = undefined;
    this.#touched = [];
    this.#moved = [];
    for (const set of this.#sets) for (const job of set.members()) this.refresh(job);
  }

  /** The job is a member, maybe of another set than before, or for the first time; or it changed. O(1) */
  refresh(job: Job): void {
    if (job.block === TOUCHED) return;
    this.leave(job);
    job.block = TOUCHED;
    this.#touched.push(job);
  }

  /** All jobs of the block, none of which left it, are members of another set from now on, and stand in the block that is returned. O(jobs) */
  letIn(block: JobBlock, set: JobSet): JobBlock {
    const moved = block.letIn(set);
    this.#moved.push(moved);
    this.#hasGone = true;
    return moved;
  }

  /** The job changed, if it is a member at all. O(1) */
  touch(job: Job): void {
    if (job.block !== undefined) this.refresh(job);
  }

  /** The job is a member no more. O(1) */
  leave(job: Job): void {
    const { block } = job;
    if (block === undefined || block === TOUCHED) return;
    block.gone += 1;
    job.block = undefined;
    this.#hasGone = true;
  }

  /** The lines of the set, as its members are now, that of jobs without a queue under undefined; undefined for another set. */
  of(set: JobSet): ReadonlyMap<Queue | undefined, WaitingLine> | undefined {
    this.settle();
    return this.#lines.get(set);
  }

  /** All members stand in their lines, as they are now. A block is told of while its jobs are at hand; it may become part of another one yet. */
  settle(tell: Entered = nothing): void {
    if (!this.#hasGone && this.#touched.length === 0) return;
    if (this.#hasGone) this.#eachLine((line) => line.dropGone());
    this.#hasGone = false;
    for (const block of this.#moved) this.#lineIn(block.set, block.queue)?.enterBlock(block, this.#order, tell);
    this.#moved = [];
    const touched = this.#touched;
    this.#touched = [];
    let last: WaitingLine | undefined;
    for (let i = 0; i < touched.length; i += 1) {
      const job = touched[i] as Job;
      job.block = undefined;
      const isInLast = last !== undefined && last.queue === job.queue && last.set.has(job);
      const line = isInLast ? last : this.#lineOf(job);
      line?.enter(job, this.#order, tell);
      last = line;
    }
    this.#eachLine((line) => line.close(this.#order, tell));
    for (const lines of this.#lines.values()) {
      for (const [queue, { blocks }] of lines) if (blocks.length === 0) lines.delete(queue);
    }
  }

  #eachLine(act: (line: WaitingLine) => void): void {
    for (const lines of this.#lines.values()) for (const line of lines.values()) act(line);
  }

  #lineOf(job: Job): WaitingLine | undefined {
    const set = this.#sets.find((each) => each.has(job));
    return set && this.#lineIn(set, job.queue);
  }

  #lineIn(set: JobSet, queue: Queue | undefined): WaitingLine | undefined {
    const lines = this.#lines.get(set);
    let line = lines?.get(queue);
    if (line === undefined) lines?.set(queue, (line = new WaitingLine(set, queue, this.#mostJobs)));
    return line;
  }
}

/** In the place of the block of a job that has to be put into one. */
const TOUCHED = new JobBlock(new JobSet(0), undefined, []);

function nothing(): void {
  // Nobody listens.
}

function byAge(a: Job, b: Job): number {
  return a.createdMs - b.createdMs || (a.key < b.key ? -1 : 1);
}
