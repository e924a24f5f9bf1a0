import type { JobPhase } from './life.ts';
import type { JobAction } from './policies.ts';

/** What is done about a job: an action that somebody asked for, or nothing but keeping it as it should be. */
export type JobStep =
  | { readonly kind: 'sync' }
  /** All pods go; `to` is the phase in which they do. */
  | { readonly kind: 'kill'; readonly to: JobPhase; readonly isRetry: boolean }
  /** Only the pods that the action is about go. */
  | { readonly kind: 'killSome'; readonly to: JobPhase; readonly isRetry: boolean }
  /** The job is on its way out, or there already: what is left of it goes. */
  | { readonly kind: 'settle' };

const SYNC: JobStep = { kind: 'sync' };
const SETTLE: JobStep = { kind: 'settle' };
const RESTART: JobStep = { kind: 'kill', to: 'Restarting', isRetry: true };
const RESTART_SOME: JobStep = { kind: 'killSome', to: 'Restarting', isRetry: true };
/** A restart that is under way grows, and stays one. */
const RESTART_MORE: JobStep = { kind: 'kill', to: 'Restarting', isRetry: false };
const RESTART_SOME_MORE: JobStep = { kind: 'killSome', to: 'Restarting', isRetry: false };
/** A job that somebody suspended did not fail: to go on takes none of its retries, unlike in Volcano (volcano#3067). */
const RESUME: JobStep = { kind: 'kill', to: 'Restarting', isRetry: false };
const ABORT: JobStep = { kind: 'kill', to: 'Aborting', isRetry: false };
const TERMINATE: JobStep = { kind: 'kill', to: 'Terminating', isRetry: false };
const COMPLETE: JobStep = { kind: 'kill', to: 'Completing', isRetry: false };

/** What an action does in a phase, by the phase; undefined is no action. Volcano's table. */
type Row = Readonly<Record<JobAction | 'none', JobStep>>;

const LIVE: Row = {
  none: SYNC,
  RestartJob: RESTART,
  RestartTask: RESTART_SOME,
  RestartPod: RESTART_SOME,
  RestartPartition: RESTART_SOME,
  AbortJob: ABORT,
  TerminateJob: TERMINATE,
  CompleteJob: COMPLETE,
  ResumeJob: SYNC,
};

const RESTARTING: Row = {
  none: SETTLE,
  RestartJob: RESTART_MORE,
  RestartTask: RESTART_SOME_MORE,
  RestartPod: RESTART_SOME_MORE,
  RestartPartition: RESTART_SOME_MORE,
  AbortJob: RESTART_MORE,
  TerminateJob: RESTART_MORE,
  CompleteJob: RESTART_MORE,
  ResumeJob: RESTART_MORE,
};

const ENDING: Row = {
  none: SETTLE,
  RestartJob: SETTLE,
  RestartTask: SETTLE,
  RestartPod: SETTLE,
  RestartPartition: SETTLE,
  AbortJob: SETTLE,
  TerminateJob: SETTLE,
  CompleteJob: SETTLE,
  ResumeJob: SETTLE,
};

const SUSPENDED: Row = { ...ENDING, ResumeJob: RESUME };

const ROWS: Readonly<Record<Exclude<JobPhase, ''>, Row>> = {
  Pending: LIVE,
  Running: LIVE,
  Restarting: RESTARTING,
  Aborting: SUSPENDED,
  Aborted: SUSPENDED,
  Completing: ENDING,
  Completed: ENDING,
  Terminating: ENDING,
  Terminated: ENDING,
  Failed: ENDING,
};

/** What to do with a job in this phase; without an action it is only kept as it should be. */
export function stepFor(phase: Exclude<JobPhase, ''>, action: JobAction | undefined): JobStep {
  return ROWS[phase][action ?? 'none'];
}
