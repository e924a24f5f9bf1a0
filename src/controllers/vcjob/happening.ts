import type { POLICY_EVENTS } from '../../api/vcjob-policies.ts';

/** What policies may react to, but for the one that stands for all. */
export type JobEvent = Exclude<(typeof POLICY_EVENTS)[number], '*'>;

/** Something that happened to a job, as its objects tell it: it can be read off them until something is done about it. */
export interface Happening {
  readonly event: JobEvent;
  /** Task that it happened to; empty when it happened to the job as a whole. */
  readonly task: string;
  /** The pod that it happened to; undefined when it happened to a task or the job. */
  readonly pod: HappeningPod | undefined;
  /** When, milliseconds since 1970; 0 when nobody knows. */
  readonly atMs: number;
}

/** A pod of a happening; one that is gone has only its place. */
export interface HappeningPod {
  readonly index: number;
  /** Empty when its task has no parts. */
  readonly partition: string;
  /** Of its first container; undefined when it has none. */
  readonly exitCode: number | undefined;
}
