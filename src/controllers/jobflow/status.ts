import { MAX_HISTORIES } from '../../api/limits.ts';
import type { JobflowStatus } from '../../api/records/jobflow-record.ts';
import type { VcjobRecord } from '../../api/records/vcjob-record.ts';
import { durationMs } from '../../lib/duration.ts';
import { completedEntry, isCompleted, jobName, jobOf } from './observed.ts';
import type { JobEntry, ObservedJobflow } from './observed.ts';

type FlowPhase = NonNullable<NonNullable<JobflowStatus['state']>['phase']>;
type JobPhase = NonNullable<JobEntry['state']>;
type Histories = NonNullable<JobEntry['runningHistories']>;
type Conditions = NonNullable<JobflowStatus['conditions']>;

/** Which list a job is in by its phase; any other phase is in `unKnowJobs`. */
const LISTS: ReadonlyMap<JobPhase, keyof JobLists> = new Map<JobPhase, keyof JobLists>([
  ['Pending', 'pendingJobs'],
  ['Running', 'runningJobs'],
  ['Failed', 'failedJobs'],
  ['Completed', 'completedJobs'],
  ['Terminated', 'terminatedJobs'],
]);

/** Names of jobs; lists of none are left out, as Volcano leaves them out. */
type JobLists = Partial<
  Record<'pendingJobs' | 'runningJobs' | 'failedJobs' | 'completedJobs' | 'terminatedJobs' | 'unKnowJobs', string[]>
>;

/**
 * What the status of a flow is to say. A job counts from when its own controller has given it a phase. One that was
 * completed and is gone keeps what was said of it.
 */
export function statusOf(observed: ObservedJobflow): JobflowStatus {
  const entries = flowNames(observed).flatMap((name) => entryOf(observed, name));
  const lists: JobLists = {};
  for (const { name = '', state } of entries) {
    if (state !== undefined) (lists[LISTS.get(state) ?? 'unKnowJobs'] ??= []).push(name);
  }
  const conditions = conditionsOf(observed);
  return {
    ...lists,
    ...(entries.length === 0 ? {} : { jobStatusList: entries }),
    ...(Object.keys(conditions).length === 0 ? {} : { conditions }),
    state: { phase: phaseOf(observed, lists) },
  };
}

/** The names of the flows, in their order. */
export function flowNames({ flow }: Pick<ObservedJobflow, 'flow'>): readonly string[] {
  return (flow.spec.flows ?? []).map(({ name }) => name);
}

/** A flow that failed stays so: whoever wants another try makes it anew. */
function phaseOf(observed: ObservedJobflow, lists: JobLists): FlowPhase {
  const { flow } = observed;
  const before = flow.status.state?.phase;
  if (flow.deleting) return 'Terminating';
  if (before === 'Failed') return 'Failed';
  if (flowNames(observed).every((name) => isCompleted(observed, name))) return 'Succeed';
  if (lists.failedJobs !== undefined || lists.terminatedJobs !== undefined) return 'Failed';
  const hasBegun = lists.runningJobs !== undefined || lists.completedJobs !== undefined;
  return hasBegun || before === 'Running' ? 'Running' : 'Pending';
}

function entryOf(observed: ObservedJobflow, name: string): readonly JobEntry[] {
  const job = jobOf(observed, name);
  if (job === undefined) {
    const known = observed.job(jobName(observed, name)) === undefined ? completedEntry(observed, name) : undefined;
    return known === undefined ? [] : [known];
  }
  const state = job.status.state?.phase;
  if (state === undefined) return [];
  const { retryCount = 0, runningDuration = '' } = job.status;
  const ranMs = durationMs(runningDuration);
  const runningHistories = historiesOf(observed, job, state);
  return [
    {
      name: job.name,
      state,
      startTimestamp: timeText(job.createdMs),
      ...(ranMs === undefined ? {} : { endTimestamp: timeText(job.createdMs + ranMs) }),
      ...(retryCount > 0 ? { restartCount: retryCount } : {}),
      runningHistories,
    },
  ];
}

/** The phases that were seen, with the one that the job is in now. */
function historiesOf({ flow, nowMs }: ObservedJobflow, job: VcjobRecord, state: JobPhase): Histories {
  const known = flow.status.jobStatusList?.find(({ name }) => name === job.name);
  // A job that was deleted and made anew begins anew.
  const isSameJob = known?.startTimestamp === timeText(job.createdMs);
  const before = isSameJob ? (known.runningHistories ?? []) : [];
  const last = before.at(-1);
  if (last?.state === state) return before;
  const at = job.status.state?.lastTransitionTime ?? timeText(nowMs);
  const ended = last === undefined ? [] : [...before.slice(0, -1), { ...last, endTimestamp: at }];
  return [...ended, { startTimestamp: at, state }].slice(-MAX_HISTORIES);
}

function conditionsOf(observed: ObservedJobflow): Conditions {
  const known = observed.flow.status.conditions ?? {};
  const pairs = flowNames(observed).flatMap((name): readonly (readonly [string, Conditions[string]])[] => {
    const job = jobOf(observed, name);
    if (job !== undefined) return job.status.state?.phase === undefined ? [] : [[job.name, conditionOf(job)]];
    const before = known[jobName(observed, name)];
    return before !== undefined && isCompleted(observed, name) ? [[jobName(observed, name), before]] : [];
  });
  return Object.fromEntries(pairs);
}

function conditionOf({ status, createdMs }: VcjobRecord): Conditions[string] {
  const { state, runningDuration, taskStatusCount } = status;
  return {
    ...(state?.phase === undefined ? {} : { phase: state.phase }),
    createTime: timeText(createdMs),
    ...(runningDuration === undefined ? {} : { runningDuration }),
    ...(taskStatusCount === undefined ? {} : { taskStatusCount }),
  };
}

/** To the second, as API servers write times. */
function timeText(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}
