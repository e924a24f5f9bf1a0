import { Heap } from '../../lib/heap.ts';
import type { Framework } from '../framework/framework.ts';
import type { Queue } from '../model/queue.ts';
import { NO_JOBS } from './job-line.ts';
import type { JobLine } from './job-line.ts';

/** A queue that has jobs, or one above it. */
export interface Branch {
  readonly queue: Queue;
  readonly jobs: JobLine;
  /** Stays true until its own line is found empty. */
  hasJobs: boolean;
  /** Undefined for queues at the top. */
  above: Branch | undefined;
  /** Undefined where no queue with jobs is below. */
  below: Heap<Branch> | undefined;
}

/**
 * The queues with jobs, by rank: a heap for each queue that has others below it, where some plugin ranks queues within
 * their parents; else one heap of all queues. The best child of the best parent comes first. A queue that has jobs of its
 * own beside children is one more sibling of these: its own jobs come when it ranks before the best child.
 */
export class QueueTree {
  readonly #top: Heap<Branch>;
  readonly #compare: (a: Branch, b: Branch) => number;

  constructor(byQueue: ReadonlyMap<Queue, JobLine>, framework: Framework) {
    this.#compare = (a, b) => framework.compareQueues(a.queue, b.queue);
    let top: Branch[] = [];
    for (const [above, siblings] of Map.groupBy(branches(byQueue, framework), (branch) => branch.above)) {
      if (above === undefined) top = siblings;
      else above.below = new Heap(siblings, this.#compare);
    }
    this.#top = new Heap(top, this.#compare);
  }

  /** The queue whose own jobs come next, if its line is not empty; undefined when no job is left. O(depth). */
  best(): Branch | undefined {
    let branch = this.#top.peek();
    for (;;) {
      const child = branch?.below?.peek();
      if (branch === undefined || child === undefined) return branch;
      // In no heap of its own: what a child takes may change the rank of its parent, beside that child too.
      if (branch.hasJobs && this.#compare(branch, child) < 0) return branch;
      branch = child;
    }
  }

  /** No other queue has jobs, or may have some. */
  isOnly(best: Branch): boolean {
    return this.#top.size === 1 && best.above === undefined && best.below?.peek() === undefined;
  }

  /** Looks again at the ranks of the best queue and of those above it, after it moved. */
  moved(best: Branch): void {
    for (let at: Branch | undefined = best; at !== undefined; at = at.above) this.#siblings(at).resift();
  }

  /** The best queue has no jobs of its own left. If none are below it either it goes; the one above is asked in its turn. */
  drop(best: Branch): void {
    best.hasJobs = false;
    if (best.below?.peek() === undefined) this.#siblings(best).pop();
  }

  #siblings(branch: Branch): Heap<Branch> {
    return branch.above?.below ?? this.#top;
  }
}

/** The queues with jobs and those above them, not yet in heaps. */
function branches(byQueue: ReadonlyMap<Queue, JobLine>, { hasHierarchy }: Framework): Iterable<Branch> {
  const made = new Map<Queue, Branch>();
  const branchOf = (queue: Queue): Branch => {
    let branch = made.get(queue);
    if (branch === undefined) {
      const jobs = byQueue.get(queue);
      branch = { queue, jobs: jobs ?? NO_JOBS, hasJobs: jobs !== undefined, above: undefined, below: undefined };
      made.set(queue, branch);
    }
    return branch;
  };
  for (const queue of byQueue.keys()) {
    let branch = branchOf(queue);
    let parent = hasHierarchy ? queue.parent : undefined;
    // What is above a branch that has one above it is there already.
    for (; parent !== undefined && branch.above === undefined; parent = parent.parent) {
      branch.above = branchOf(parent);
      branch = branch.above;
    }
  }
  return made.values();
}
