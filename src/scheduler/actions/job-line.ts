import { Heap } from '../../lib/heap.ts';
import type { Framework } from '../framework/framework.ts';
import type { Job } from '../model/job.ts';

/** The jobs of one queue, best first. */
export interface JobLine {
  pop(): Job | undefined;
  /** For another turn. */
  push(job: Job): void;
}

/** A line for each tenant where the ranks of a tenant's jobs move together. */
export function jobLine(jobs: Job[], { compareJobs, hasTenants }: Framework): JobLine {
  return hasTenants ? new TenantLines(jobs, compareJobs) : new OneLine(jobs, compareJobs);
}

/**
 * The first line is sorted once (jobs mostly arrive in order, and the sort is linear then); jobs that come back for another
 * turn stand in a heap, since only their own rank moves while jobs are placed. Where jobs lose pods meanwhile, those of them
 * that still stand here keep the rank that they had.
 */
class OneLine implements JobLine {
  readonly #first: readonly Job[];
  readonly #back: Heap<Job>;
  readonly #compare: (a: Job, b: Job) => number;
  #next = 0;

  constructor(jobs: Job[], compare: (a: Job, b: Job) => number) {
    this.#first = jobs.sort(compare);
    this.#back = new Heap([], compare);
    this.#compare = compare;
  }

  peek(): Job | undefined {
    const first = this.#first[this.#next];
    const back = this.#back.peek();
    return first === undefined || (back !== undefined && this.#compare(back, first) < 0) ? back : first;
  }

  pop(): Job | undefined {
    const best = this.peek();
    if (best === undefined) return undefined;
    if (best === this.#first[this.#next]) this.#next += 1;
    else this.#back.pop();
    return best;
  }

  push(job: Job): void {
    this.#back.push(job);
  }
}

/** Within a line the tenant's share makes no difference; which line is next is looked at anew for each job. O(tenants) a job. */
class TenantLines implements JobLine {
  readonly #lines = new Map<unknown, OneLine>();
  readonly #compare: (a: Job, b: Job) => number;

  constructor(jobs: Job[], compare: (a: Job, b: Job) => number) {
    this.#compare = compare;
    for (const [tenant, own] of Map.groupBy(jobs, (job) => job.tenant))
      this.#lines.set(tenant, new OneLine(own, compare));
  }

  pop(): Job | undefined {
    let best: OneLine | undefined;
    let job: Job | undefined;
    for (const line of this.#lines.values()) {
      const next = line.peek();
      if (next === undefined || (job !== undefined && this.#compare(job, next) <= 0)) continue;
      [best, job] = [line, next];
    }
    return best?.pop();
  }

  push(job: Job): void {
    this.#lines.get(job.tenant)?.push(job);
  }
}
