import type { Jobflow } from '../jobflow.ts';

/** The spec of a JobFlow as it travels. */
export type JobflowSpec = NonNullable<Jobflow['spec']>;
/** One flow of it. */
export type Flow = NonNullable<JobflowSpec['flows']>[number];
/** Its status as it travels; empty for a flow that no controller has seen. */
export type JobflowStatus = NonNullable<Jobflow['status']>;

/** What Sluice keeps of a JobFlow. */
export interface JobflowRecord {
  /** `namespace/name`. */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly deleting: boolean;
  readonly spec: JobflowSpec;
  readonly status: JobflowStatus;
}
