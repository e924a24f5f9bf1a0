import type { VcjobRecord, VcjobStatus } from '../../api/records/vcjob-record.ts';
import { VCJOBS } from '../../api/resources.ts';
import { goDuration } from '../../lib/duration.ts';
import type { JsonObject } from '../../lib/json.ts';
import { mergePatch } from '../../lib/merge-patch.ts';
import type { ObjectRef, PatchEffect } from '../effect.ts';
import type { JobCounts } from './counts.ts';
import { jobPlan } from './job-plan.ts';
import { isOver } from './life.ts';
import type { JobLife, JobPhase } from './life.ts';

/** What a status is to say. */
export interface StatusNews extends Omit<JobLife, 'sinceMs'> {
  readonly counts: JobCounts;
  /** Why it took its phase; empty where the phase says enough. */
  readonly message: string;
  readonly observedGeneration: number;
  /** Places whose pods succeeded, by task. */
  readonly completed: Readonly<Record<string, string>>;
  /** What was made for the job and is there, by the keys that Volcano gives it. */
  readonly controlled: Readonly<Record<string, string>>;
}

/** The write that makes the status say so; none when it says so already. */
export function statusEffects(job: VcjobRecord, news: StatusNews, nowMs: number): readonly PatchEffect[] {
  const patch = mergePatch(job.status as JsonObject, statusBody(job, news, nowMs));
  if (patch === undefined) return [];
  const { namespace, name, uid, resourceVersion } = job;
  const precondition = { uid, resourceVersion };
  const body = { status: patch };
  return [
    {
      kind: 'patchStatus',
      type: VCJOBS,
      namespace,
      name,
      regarding: jobRef(job),
      precondition,
      body,
      refusal: STATUS_REFUSED,
    },
  ];
}

/** Volcano's words. */
const STATUS_REFUSED = { reason: 'JobStatusError', start: 'Failed to update Job status, err: ' };

/** What is made for the job, with changes as in a merge patch. */
export function withResources(
  { status }: VcjobRecord,
  changes: Readonly<Record<string, string | null>>,
): Readonly<Record<string, string>> {
  const all = Object.entries({ ...status.controlledResources, ...changes });
  return Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== null));
}

/** The job, for events and for writes that are refused. */
export function jobRef({ namespace, name, uid }: VcjobRecord): ObjectRef {
  return { type: VCJOBS, namespace, name, uid };
}

/** As Volcano writes it: numbers that are zero are left out. */
function statusBody(job: VcjobRecord, news: StatusNews, nowMs: number): JsonObject {
  const { counts, phase, controlled, completed } = news;
  const { pending, running, succeeded, failed, terminating, unknown, byTask } = counts;
  const isSamePhase = job.status.state?.phase === phase;
  const at = new Date(nowMs).toISOString().replace(/\.\d+Z$/, 'Z');
  const numbers = {
    minAvailable: jobPlan(job).minAvailable,
    pending,
    running,
    succeeded,
    failed,
    terminating,
    unknown,
    version: news.version,
    oldestVersion: news.oldestVersion,
    retryCount: news.retryCount,
    observedGeneration: news.observedGeneration,
  };
  const taskStatusCount = Object.fromEntries([...byTask].map(([task, phases]) => [task, taskCounts(phases)]));
  const runningDuration = isSamePhase ? job.status.runningDuration : durationAt(job, phase, nowMs);
  return {
    state: isSamePhase ? stateOf(job.status, news) : state(news, at),
    ...Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== 0)),
    ...(byTask.size === 0 ? {} : { taskStatusCount }),
    ...(Object.keys(completed).length === 0 ? {} : { completedIndexes: completed }),
    ...(runningDuration === undefined ? {} : { runningDuration }),
    ...(Object.keys(controlled).length === 0 ? {} : { controlledResources: controlled }),
    conditions: isSamePhase ? (job.status.conditions ?? []) : conditionsWith(job.status, phase, at),
  };
}

/** What has come to its end keeps why. */
function stateOf({ state: known }: VcjobStatus, { phase, message }: StatusNews): JsonObject {
  if (isOver(phase)) return { ...known };
  const { message: _, ...rest } = { ...known };
  return message === '' ? rest : { ...rest, message };
}

function state({ phase, message }: StatusNews, lastTransitionTime: string): JsonObject {
  return { phase, lastTransitionTime, ...(message === '' ? {} : { message }) };
}

function taskCounts(phases: ReadonlyMap<string, number>): JsonObject {
  return { phase: Object.fromEntries(phases) };
}

/** One entry a phase: the newest time that the job took it. */
function conditionsWith({ conditions = [] }: VcjobStatus, phase: JobPhase, at: string): readonly JsonObject[] {
  const others = conditions.filter(({ status }) => status !== phase).map((one) => ({ ...one }));
  return [...others, { status: phase, lastTransitionTime: at }];
}

function durationAt({ createdMs }: VcjobRecord, phase: JobPhase, nowMs: number): string | undefined {
  return isOver(phase) ? goDuration(Math.max(0, nowMs - createdMs)) : undefined;
}
