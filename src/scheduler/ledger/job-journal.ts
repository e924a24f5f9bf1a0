import type { Job } from '../model/job.ts';

/**
 * The jobs that changed, in order, for plugins that keep a ledger of their own from cycle to cycle: each reads on from the
 * position where it stopped. A job that is gone stands here once more, without its queue.
 */
export class JobJournal {
  #entries: Job[] = [];
  #start = 0;

  /** Position behind the newest entry. */
  get end(): number {
    return this.#start + this.#entries.length;
  }

  get length(): number {
    return this.#entries.length;
  }

  push(job: Job): void {
    this.#entries.push(job);
  }

  /** Jobs that changed since the position, maybe more than once; undefined when all have to be read anew. */
  since(position: number): readonly Job[] | undefined {
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
