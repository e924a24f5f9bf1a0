import type { Jobflow } from '../kinds/jobflow.ts';
import type { SignedSubmitter } from '../submitter-claim.ts';
import type { ObjectHead } from './object-head.ts';

/** The spec of a JobFlow as it travels. */
export type JobflowSpec = NonNullable<Jobflow['spec']>;
/** One flow of it. */
export type Flow = NonNullable<JobflowSpec['flows']>[number];
/** Its status as it travels; empty for a flow that no controller has seen. */
export type JobflowStatus = NonNullable<Jobflow['status']>;

/** What Sluice keeps of a JobFlow. */
export interface JobflowRecord extends ObjectHead {
  /** Who its annotations say that it is of. */
  readonly submitter: SignedSubmitter;
  readonly spec: JobflowSpec;
  readonly status: JobflowStatus;
}
