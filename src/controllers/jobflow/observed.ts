import type { JobflowRecord, JobflowStatus } from '../../api/records/jobflow-record.ts';
import type { JobtemplateRecord } from '../../api/records/jobtemplate-record.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import type { VcjobRecord } from '../../api/records/vcjob-record.ts';
import type { SubmitterKeys } from '../../api/submitter-claim.ts';
import type { PodAnswer } from '../pod-question.ts';

/** All that decides what becomes of a JobFlow. */
export interface ObservedJobflow {
  readonly nowMs: number;
  readonly flow: JobflowRecord;
  /** Jobs, templates and pods of its namespace, by name. */
  readonly job: (name: string) => VcjobRecord | undefined;
  readonly template: (name: string) => JobtemplateRecord | undefined;
  readonly pod: (name: string) => PodRecord | undefined;
  readonly answerTo: (questionId: string) => PodAnswer | undefined;
  /** Fingerprints of the events that the flow was told already. */
  readonly reported: ReadonlySet<string>;
  /** What submitters are signed and known again with. */
  readonly submitterKeys: SubmitterKeys;
}

/** What the status says of one job. */
export type JobEntry = NonNullable<JobflowStatus['jobStatusList']>[number];

/** How the job of a flow is called. */
export function jobName({ flow }: Pick<ObservedJobflow, 'flow'>, name: string): string {
  return `${flow.name}-${name}`;
}

/** The job of a flow; undefined where there is none, and for somebody else's of that name. */
export function jobOf(observed: Pick<ObservedJobflow, 'flow' | 'job'>, name: string): VcjobRecord | undefined {
  const job = observed.job(jobName(observed, name));
  return job?.owner?.uid === observed.flow.uid ? job : undefined;
}

/** What the status remembers of a job that was completed. */
export function completedEntry(observed: Pick<ObservedJobflow, 'flow'>, name: string): JobEntry | undefined {
  const entries = observed.flow.status.jobStatusList ?? [];
  const job = jobName(observed, name);
  return entries.find((entry) => entry.name === job && entry.state === 'Completed');
}

/** The job has come to its good end: it says so, or the status remembers it and it is gone since. */
export function isCompleted(observed: Pick<ObservedJobflow, 'flow' | 'job'>, name: string): boolean {
  const job = observed.job(jobName(observed, name));
  if (job === undefined) return completedEntry(observed, name) !== undefined;
  return job.owner?.uid === observed.flow.uid && job.status.state?.phase === 'Completed';
}
