import { JobBlock } from '../model/job-block.ts';
import type { Job } from '../model/job.ts';
import type { JobSet } from '../model/job-set.ts';
import type { Queue } from '../model/queue.ts';
import type { JobOrder } from './waiting-lines.ts';

/** A change costs as much as a block is long, and a cycle in which nothing changes as much as there are blocks. */
const MOST_JOBS = 128;

/** The jobs of one queue, best first, in blocks: neither a coming nor a going job moves more than those of its block. */
export class WaitingLine {
  readonly #set: JobSet;
  readonly #queue: Queue | undefined;
  readonly #most: number;
  #blocks: JobBlock[] = [];
  #newcomers: Job[] = [];

  constructor(set: JobSet, queue: Queue | undefined, mostJobs = MOST_JOBS) {
    this.#set = set;
    this.#queue = queue;
    this.#most = mostJobs;
  }

  get blocks(): readonly JobBlock[] {
    return this.#blocks;
  }

  get isEmpty(): boolean {
    return this.#blocks.length === 0;
  }

  /** The job is in no block. */
  enter(job: Job): void {
    this.#newcomers.push(job);
  }

  /** Those that left their block leave the line, and the newcomers get their places in it. O(blocks + jobs of blocks that change) */
  settle(order: JobOrder): void {
    const isLeft = this.#blocks.some(({ isStale }) => isStale);
    if (!isLeft && this.#newcomers.length === 0) return;
    const newcomers = this.#newcomers.sort(order);
    this.#newcomers = [];
    const before = this.#blocks;
    this.#blocks = [];
    let next = 0;
    for (const [at, block] of before.entries()) {
      const first = next;
      const last = at === before.length - 1 ? undefined : block.jobs.at(-1);
      // All that are left stand in the last block or behind it.
      while (next < newcomers.length && (last === undefined || order(newcomers[next] as Job, last) < 0)) next += 1;
      if (first === next && !block.isStale) this.#blocks.push(block);
      else this.#add(merged(taken(block), newcomers.slice(first, next), order));
    }
    this.#add(newcomers.slice(next));
  }

  /** In blocks of about one length; few that come after few others join these. */
  #add(jobs: readonly Job[]): void {
    const before = this.#blocks.at(-1);
    const all =
      before !== undefined && 2 * (before.jobs.length + jobs.length) <= this.#most ? before.jobs.concat(jobs) : jobs;
    if (all.length === 0) return;
    if (before !== undefined && all !== jobs) {
      before.isStale = true;
      this.#blocks.pop();
    }
    const length = Math.ceil(all.length / Math.ceil(all.length / this.#most));
    for (let first = 0; first < all.length; first += length) {
      this.#blocks.push(new JobBlock(this.#set, this.#queue, all.slice(first, first + length)));
    }
  }
}

/** Those that still stand in it; it is of no use any more. */
function taken(block: JobBlock): readonly Job[] {
  const jobs = block.isStale ? block.jobs.filter((job) => job.block === block) : block.jobs;
  block.isStale = true;
  return jobs;
}

function merged(a: readonly Job[], b: readonly Job[], order: JobOrder): readonly Job[] {
  if (a.length === 0 || b.length === 0) return a.length === 0 ? b : a;
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
