import type { WorkloadRecord } from './workload-record.ts';

/** What the controllers need of a batch/v1 Job. */
export interface JobRecord extends WorkloadRecord {
  readonly createdMs: number;
  /** Raw group plan annotation, empty when the webhook never saw it. */
  readonly groupPlan: string;
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
