import type { WorkloadRecord } from './workload-record.ts';

/** What the controllers need of a batch/v1 Job. */
export interface JobRecord extends WorkloadRecord {
  readonly createdMs: number;
  /** Raw group plan annotation, empty when the webhook never saw it. */
  readonly groupPlan: string;
  /** Came to its end, or is on its way there: it makes no pods any more. */
  readonly finished: boolean;
  /** Wants no pods for now: it is suspended, or runs none at a time. */
  readonly suspended: boolean;
  /** Undefined when one success is enough. */
  readonly completions: number | undefined;
  /** Indexes that failed for good while the others go on. */
  readonly failedIndexes: number;
  /** Pods that came to a good end, whether they still exist or not. */
  readonly succeeded: number;
  /** Of its pods' template; empty when the template leaves it to the cluster. */
  readonly schedulerName: string;
  /** Of its pods' template; empty when the template leaves it to the cluster. */
  readonly priorityClassName: string;
}
