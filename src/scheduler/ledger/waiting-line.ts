import { JobBlock } from '../model/job-block.ts';
import type { Job } from '../model/job.ts';
import type { JobSet } from '../model/job-set.ts';
import type { Queue } from '../model/queue.ts';

/** How jobs of one queue rank; total, and the same for two jobs as long as neither changes. */
export type JobOrder = (a: Job, b: Job) => number;

/** Hears of each block of newcomers of a line. */
export type Entered = (block: JobBlock) => void;

/**
 * The jobs of one queue, best first, in blocks: neither a coming nor a going job moves more than those of its block. It is brought up to date in
 * three steps: `dropGone`, `enter` for each newcomer, `close`.
 */
export class WaitingLine {
  readonly set: JobSet;
  readonly queue: Queue | undefined;
  readonly #most: number;
  /** Replaced and never changed: whoever walks over it goes on with what it was. */
  #blocks: readonly JobBlock[] = [];
  /** Behind them: newcomers that came in order, as nearly all do. They are in no other list, so that each is looked at once. */
  #behind: JobBlock[] = [];
  #open: Job[] = [];
  /** The last of all those. */
  #last: Job | undefined;
  /** Newcomers that belong further ahead. */
  #between: Job[] = [];

  constructor(set: JobSet, queue: Queue | undefined, mostJobs: number) {
    this.set = set;
    this.queue = queue;
    this.#most = mostJobs;
  }

  get blocks(): readonly JobBlock[] {
    return this.#blocks;
  }

  /** Those that left their block leave the line. O(blocks + jobs of blocks that some left, but not all) */
  dropGone(): void {
    if (this.#blocks.some(({ isStale }) => isStale)) {
      this.#build(this.#blocks, (add, block) => add(block.isStale ? remaining(block) : block));
    }
    this.#last = this.#blocks.at(-1)?.jobs.at(-1);
  }

  /** The job is in no block. */
  enter(job: Job, order: JobOrder, tell: Entered): void {
    if (this.#last !== undefined && order(this.#last, job) >= 0) {
      this.#between.push(job);
      return;
    }
    this.#last = job;
    this.#open.push(job);
    if (this.#open.length === this.#most) this.#closeBlock(tell);
  }

  /** The jobs of the block, which stands in no line, are in no other block; those that left it meanwhile are not meant. */
  enterBlock(block: JobBlock, order: JobOrder, tell: Entered): void {
    const first = block.jobs[0] as Job;
    if (block.isStale || (this.#last !== undefined && order(this.#last, first) >= 0)) {
      for (const job of remaining(block)) this.enter(job, order, tell);
      return;
    }
    if (this.#open.length > 0) this.#closeBlock(tell);
    this.#behind.push(block);
    this.#last = block.jobs.at(-1);
  }

  /** All newcomers stand in blocks from now on. O(blocks + jobs of blocks that change) */
  close(order: JobOrder, tell: Entered): void {
    if (this.#open.length > 0) this.#closeBlock(tell);
    if (this.#behind.length > 0) {
      const behind = this.#behind;
      this.#behind = [];
      this.#build([...this.#blocks, ...behind], (add, block) => add(block));
    }
    if (this.#between.length > 0) this.#putBetween(this.#between.sort(order), order);
    this.#last = this.#blocks.at(-1)?.jobs.at(-1);
  }

  #closeBlock(tell: Entered): void {
    const block = new JobBlock(this.set, this.queue, this.#open);
    this.#open = [];
    this.#behind.push(block);
    tell(block);
  }

  /** None of them comes behind the last one. */
  #putBetween(newcomers: readonly Job[], order: JobOrder): void {
    this.#between = [];
    let next = 0;
    this.#build(this.#blocks, (add, block) => {
      const first = next;
      const last = block.jobs.at(-1) as Job;
      while (next < newcomers.length && order(newcomers[next] as Job, last) < 0) next += 1;
      add(first === next ? block : merged(block.jobs, newcomers.slice(first, next), order));
    });
  }

  /** What is added for each of the blocks stands there in the end: blocks as they are, and jobs in new ones. Short ones become one. */
  #build(
    before: readonly JobBlock[],
    each: (add: (next: JobBlock | readonly Job[]) => void, block: JobBlock) => void,
  ): void {
    const blocks: JobBlock[] = [];
    const make = (jobs: readonly Job[]): void => {
      const length = Math.ceil(jobs.length / Math.ceil(jobs.length / this.#most));
      for (let at = 0; at < jobs.length; at += length) {
        blocks.push(new JobBlock(this.set, this.queue, jobs.slice(at, at + length)));
      }
    };
    const add = (next: JobBlock | readonly Job[]): void => {
      const jobs = next instanceof JobBlock ? next.jobs : next;
      if (jobs.length === 0) return;
      const last = blocks.at(-1);
      if (last !== undefined && 2 * (last.jobs.length + jobs.length) <= this.#most) {
        blocks.pop();
        make(last.jobs.concat(jobs));
      } else if (next instanceof JobBlock) blocks.push(next);
      else make(next);
    };
    for (const block of before) each(add, block);
    this.#blocks = blocks;
  }
}

/** Those that still stand in it. */
function remaining(block: JobBlock): readonly Job[] {
  return block.gone === block.jobs.length ? NOBODY : block.jobs.filter((job) => job.block === block);
}

const NOBODY: readonly Job[] = [];

function merged(a: readonly Job[], b: readonly Job[], order: JobOrder): readonly Job[] {
  const all: Job[] = [];
  let [i, k] = [0, 0];
  while (i < a.length || k < b.length) {
    const [first, second] = [a[i], b[k]];
    if (second === undefined || (first !== undefined && order(first, second) < 0)) {
      all.push(first as Job);
      i += 1;
    } else {
      all.push(second);
      k += 1;
    }
  }
  return all;
}
