import { KEPT_JOBS } from '../../api/defaults.ts';
import type { CronVcjobRecord } from '../../api/records/cron-vcjob-record.ts';
import type { VcjobRecord } from '../../api/records/vcjob-record.ts';
import type { SubmitterKeys } from '../../api/submitter-claim.ts';
import { readSchedule } from '../../lib/cron/schedule.ts';
import { UTC, zoneNamed } from '../../lib/cron/zone.ts';
import { eventOnce, requeueAfter } from '../effect.ts';
import type { Effect, EventEffect } from '../effect.ts';
import { childrenOf, endMs } from './children.ts';
import type { Children } from './children.ts';
import { dueOf } from './due.ts';
import { jobName } from './job-body.ts';
import { deleteEffects, startEffects } from './start.ts';
import { cronRef, statusEffects } from './status.ts';

/** All that decides what becomes of a CronJob of Volcano. */
export interface ObservedCron {
  readonly nowMs: number;
  readonly cron: CronVcjobRecord;
  /** Jobs that it controls. */
  readonly jobs: readonly VcjobRecord[];
  /** Whether a job of that name exists in its namespace, whosever it is. */
  readonly hasJob: (name: string) => boolean;
  /** Fingerprints of the events that it was told already. */
  readonly reported: ReadonlySet<string>;
  /** What submitters are signed and known again with. */
  readonly submitterKeys: SubmitterKeys;
}

/** A clock that is set anew is noticed within this time. */
const LONGEST_SLEEP_MS = 600_000;

/** Keeps the status of a CronJob and its history short, and makes the job that is due. All memory is in its jobs and its status. */
export function reconcileCron({ nowMs, cron, jobs, hasJob, reported, submitterKeys }: ObservedCron): readonly Effect[] {
  if (cron.deleting) return [];
  const children = childrenOf(jobs);
  const kept = [...statusEffects(cron, children), ...historyEffects(cron, children)];
  if (cron.spec.suspend === true) return kept;
  const read = readSchedule(cron.spec.schedule);
  const zone = cron.spec.timeZone === undefined ? UTC : zoneNamed(cron.spec.timeZone);
  if (read.kind === 'problem') {
    const note = `unparseable schedule: ${JSON.stringify(cron.spec.schedule)}: ${read.problem}`;
    return [...kept, ...warning(cron, { reason: 'UnparseableSchedule', note }, reported)];
  }
  if (zone === undefined) {
    const note = `invalid timeZone: ${JSON.stringify(cron.spec.timeZone)}`;
    return [...kept, ...warning(cron, { reason: 'UnknownTimeZone', note }, reported)];
  }
  const { atMs, isFarBehind, nextMs } = dueOf(cron, read.schedule, zone, nowMs);
  const isMade = atMs !== undefined && jobs.some(({ name }) => name === jobName(cron, atMs));
  const started =
    atMs === undefined || isMade
      ? []
      : startEffects(cron, {
          atMs,
          isFarBehind,
          zone,
          running: children.running,
          isNameTaken: hasJob(jobName(cron, atMs)),
          reported,
          submitterKeys,
        });
  const wake = nextMs === undefined ? [] : [requeueAfter(Math.min(LONGEST_SLEEP_MS, Math.max(1, nextMs - nowMs)))];
  return [...kept, ...started, ...wake];
}

function warning(
  cron: CronVcjobRecord,
  event: Pick<EventEffect, 'reason' | 'note'>,
  reported: ReadonlySet<string>,
): readonly Effect[] {
  return eventOnce({ ...event, regarding: cronRef(cron), type: 'Warning', action: 'Scheduling' }, reported);
}

/** Of jobs that came to their end the latest are kept, as many as the CronJob says. */
function historyEffects(cron: CronVcjobRecord, { completed, failed }: Children): readonly Effect[] {
  const { successfulJobsHistoryLimit = KEPT_JOBS.successful, failedJobsHistoryLimit = KEPT_JOBS.failed } = cron.spec;
  return [...surplus(completed, successfulJobsHistoryLimit), ...surplus(failed, failedJobsHistoryLimit)].flatMap(
    (job) => deleteEffects(cron, job),
  );
}

function surplus(jobs: readonly VcjobRecord[], limit: number): readonly VcjobRecord[] {
  const there = jobs.filter(({ deleting }) => !deleting).toSorted((a, b) => endMs(a) - endMs(b));
  return there.slice(0, Math.max(0, there.length - limit));
}
