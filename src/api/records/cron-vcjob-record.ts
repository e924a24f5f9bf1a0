import type { CronVcjob } from '../kinds/cron-vcjob.ts';
import type { SignedSubmitter } from '../submitter-claim.ts';
import type { ObjectHead } from './object-head.ts';

/** The spec of a CronJob of batch.volcano.sh as it travels. */
export type CronVcjobSpec = CronVcjob['spec'];

/** What Sluice keeps of a CronJob of batch.volcano.sh. */
export interface CronVcjobRecord extends ObjectHead {
  /** Who its annotations say that it is of. */
  readonly submitter: SignedSubmitter;
  readonly spec: CronVcjobSpec;
  /** Jobs that had not come to their end when the status was written, in its order. */
  readonly active: readonly ActiveJob[];
  /** 0 when no job was made yet. */
  readonly lastScheduleMs: number;
  /** 0 when no job was completed yet. */
  readonly lastSuccessfulMs: number;
}

/** A job that the status names. */
export interface ActiveJob {
  readonly name: string;
  readonly uid: string;
}
