import { JobBlock } from '../model/job-block.ts';
import type { Job } from '../model/job.ts';
import type { JobSet } from '../model/job-set.ts';
import type { Queue } from '../model/queue.ts';
import type { JobOrder } from './waiting-lines.ts';

/** The jobs of one queue, best first, in blocks: neither a coming nor a going job moves more than those of its block. */
export class WaitingLine {
  readonly #set: JobSet;
  readonly #queue: Queue | undefined;
  readonly #most: number;
  #blocks: JobBlock[] = [];
  #newcomers: Job[] = [];
  /** Jobs mostly come in order: a comparison with the one before costs less than to look at all of them once more. */
  #areSorted = true;

  constructor(set: JobSet, queue: Queue | undefined, mostJobs: number) {
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
  enter(job: Job, order: JobOrder): void {
    const last = this.#newcomers.at(-1);
    if (last !== undefined && this.#areSorted) this.#areSorted = order(last, job) < 0;
    this.#newcomers.push(job);
  }

  /** Those that left their block leave the line, and the newcomers get their places in it. O(blocks + jobs of blocks that change) */
  settle(order: JobOrder): void {
    const isLeft = this.#blocks.some(({ isStale }) => isStale);
    if (!isLeft && this.#newcomers.length === 0) return;
    const newcomers = this.#areSorted ? this.#newcomers : this.#newcomers.sort(order);
    this.#newcomers = [];
    this.#areSorted = true;
    const before = this.#blocks;
    this.#blocks = [];
    let next = 0;
    for (const block of before) {
      const first = next;
      const staying = remaining(block);
      const last = staying.at(-1);
      while (last !== undefined && next < newcomers.length && order(newcomers[next] as Job, last) < 0) next += 1;
      if (first === next && !block.isStale) {
        this.#blocks.push(block);
        continue;
      }
      block.isStale = true;
      this.#add(merged(staying, newcomers.slice(first, next), order));
    }
    this.#add(newcomers.slice(next));
  }

  /** In blocks of about one length; few that come after few others join these. */
  #add(jobs: readonly Job[]): void {
    if (jobs.length === 0) return;
    const before = this.#blocks.at(-1);
    const all =
      before !== undefined && 2 * (before.jobs.length + jobs.length) <= this.#most ? before.jobs.concat(jobs) : jobs;
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

/** Those that still stand in it. */
function remaining(block: JobBlock): readonly Job[] {
  return block.isStale ? block.jobs.filter((job) => job.block === block) : block.jobs;
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
