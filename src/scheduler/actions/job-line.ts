import { Heap } from '../../lib/heap.ts';
import type { Job } from '../model/job.ts';

/**
 * The jobs of one queue, best first. The first line is sorted once (jobs mostly arrive in order, and the sort is linear
 * then); jobs that come back for another turn stand in a heap, since only their own rank moves while jobs are placed.
 * Where jobs lose pods meanwhile, those of them that still stand here keep the rank that they had.
 */
export class JobLine {
  readonly #first: readonly Job[];
  readonly #back: Heap<Job>;
  readonly #compare: (a: Job, b: Job) => number;
  #next = 0;

  constructor(jobs: Job[], compare: (a: Job, b: Job) => number) {
    this.#first = jobs.sort(compare);
    this.#back = new Heap([], compare);
    this.#compare = compare;
  }

  pop(): Job | undefined {
    const first = this.#first[this.#next];
    const back = this.#back.peek();
    if (first === undefined || (back !== undefined && this.#compare(back, first) < 0)) return this.#back.pop();
    this.#next += 1;
    return first;
  }

  push(job: Job): void {
    this.#back.push(job);
  }
}
