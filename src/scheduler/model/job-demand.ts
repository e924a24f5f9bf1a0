import type { Queue } from './queue.ts';
import type { IndexedAmounts } from './task-class.ts';

/** The part of one job in what a queue is asked for: without zeros, since there is one a job, and vectors are as long as there are names. */
export interface JobDemand {
  readonly queue: Queue;
  readonly promised: IndexedAmounts;
  /** Below zero: what an elastic job could give back. */
  readonly surplus: IndexedAmounts;
  readonly unusable: IndexedAmounts;
}
