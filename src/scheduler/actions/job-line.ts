import { Heap } from '../../lib/heap.ts';
import type { Framework } from '../framework/framework.ts';
import { JobBlock } from '../model/job-block.ts';
import type { Job } from '../model/job.ts';

/** The jobs of one queue, best first. */
export interface JobLine {
  pop(): Job | undefined;
  /** For another turn. */
  push(job: Job): void;
  /** The job, which has not had its turn, lost pods: it comes before those beside whom it stood. */
  moved(job: Job): void;
  /** The block of the next job, when all that are left of it come next, in their order; absent where jobs stand in no blocks. */
  block?(): JobBlock | undefined;
  /** Place of the next job in its block. */
  readonly place?: number;
  /** Passes over so many of those that are left of the block, or of all. */
  skip?(jobs: number): void;
}

/** Jobs in order. */
type Piece = Pick<JobBlock, 'jobs'>;

const NO_BLOCKS: readonly JobBlock[] = [];

/** Of a queue that stands for those below it. */
export const NO_JOBS: JobLine = {
  pop: () => undefined,
  push: () => undefined,
  moved: () => undefined,
};

/** Of jobs in no order; a line for each tenant where the ranks of a tenant's jobs move together. */
export function jobLine(jobs: Job[], { compareJobs, hasTenants }: Framework): JobLine {
  return hasTenants ? new TenantLines(jobs, compareJobs) : sortedLine(jobs, compareJobs);
}

function sortedLine(jobs: Job[], compare: (a: Job, b: Job) => number): OneLine {
  return new OneLine([{ jobs: jobs.sort(compare) }], compare);
}

/**
 * The first line stands in order from the beginning; jobs whose rank moves while jobs are placed stand in a heap: those that come back for another turn, and those that lost pods.
 */
export class OneLine implements JobLine {
  /** None of them is empty. */
  readonly #pieces: readonly Piece[];
  /** The same, where they are blocks. */
  readonly #blocks: readonly JobBlock[];
  readonly #back: Heap<Job>;
  readonly #compare: (a: Job, b: Job) => number;
  /** Jobs of the first line that have no place there any more. */
  readonly #moved = new Set<Job>();
  #at = 0;
  #place = 0;

  constructor(pieces: readonly Piece[], compare: (a: Job, b: Job) => number) {
    this.#pieces = pieces;
    this.#blocks = pieces[0] instanceof JobBlock ? (pieces as readonly JobBlock[]) : NO_BLOCKS;
    this.#back = new Heap([], compare);
    this.#compare = compare;
  }

  peek(): Job | undefined {
    const first = this.#first();
    const back = this.#back.peek();
    return first === undefined || (back !== undefined && this.#compare(back, first) < 0) ? back : first;
  }

  pop(): Job | undefined {
    const best = this.peek();
    if (best === undefined) return undefined;
    if (best !== this.#first()) return this.#back.pop();
    this.skip(1);
    return best;
  }

  push(job: Job): void {
    this.#back.push(job);
  }

  moved(job: Job): void {
    if (this.#moved.has(job)) return;
    this.#moved.add(job);
    this.push(job);
  }

  block(): JobBlock | undefined {
    const block = this.#blocks[this.#at];
    return block !== undefined && !block.isStale && this.#back.size === 0 ? block : undefined;
  }

  get place(): number {
    return this.#place;
  }

  skip(jobs: number): void {
    this.#place += jobs;
    if (this.#place < (this.#pieces[this.#at]?.jobs.length ?? 0)) return;
    this.#at += 1;
    this.#place = 0;
  }

  #first(): Job | undefined {
    for (;;) {
      const job = this.#pieces[this.#at]?.jobs[this.#place];
      if (job === undefined || !this.#moved.has(job)) return job;
      this.skip(1);
    }
  }
}

/** Within a line the tenant's share makes no difference; which line is next is looked at anew for each job. O(tenants) a job. */
class TenantLines implements JobLine {
  readonly #lines = new Map<unknown, OneLine>();
  readonly #compare: (a: Job, b: Job) => number;

  constructor(jobs: Job[], compare: (a: Job, b: Job) => number) {
    this.#compare = compare;
    for (const [tenant, own] of Map.groupBy(jobs, (job) => job.tenant))
      this.#lines.set(tenant, sortedLine(own, compare));
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

  moved(job: Job): void {
    this.#lines.get(job.tenant)?.moved(job);
  }
}
