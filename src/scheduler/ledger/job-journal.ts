import type { Job } from '../model/job.ts';
import { JobBlock } from '../model/job-block.ts';

/** In `Job.flags`: the job stands here, did, or is about to. */
const KNOWN = 1 << 10;

/**
 * The jobs that changed, in order, for plugins that keep a ledger of their own from cycle to cycle: each reads on from the
 * position where it stopped. A job that is gone stands here once more, without its queue. A block stands for groups of one that are alike, and
 * came together (no group of it stood here before), or were let in together: nothing else about them changed then.
 */
export class JobJournal {
  #entries: (Job | JobBlock)[] = [];
  #start = 0;

  /** Position behind the newest entry. */
  get end(): number {
    return this.#start + this.#entries.length;
  }

  get length(): number {
    return this.#entries.length;
  }

  push(changed: Job | JobBlock): void {
    this.#entries.push(changed);
    if (!(changed instanceof JobBlock)) changed.flags |= KNOWN;
  }

  /** None of them stood here before. All of them are known from now on. */
  meet(jobs: readonly Job[]): boolean {
    let areNew = true;
    for (let i = 0; i < jobs.length; i += 1) {
      const job = jobs[i] as Job;
      if ((job.flags & KNOWN) !== 0) areNew = false;
      job.flags |= KNOWN;
    }
    return areNew;
  }

  /** What changed since the position, maybe more than once; undefined when all jobs have to be read anew. */
  since(position: number): readonly (Job | JobBlock)[] | undefined {
    return position < this.#start ? undefined : this.#entries.slice(position - this.#start);
  }

  /** Forgets the oldest entries beyond so many. */
  trim(most: number): void {
    const surplus = this.#entries.length - most;
    if (surplus <= 0) return;
    this.#entries = this.#entries.slice(surplus);
    this.#start += surplus;
  }
}
