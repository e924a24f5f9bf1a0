import type { ActiveJob, CronVcjobRecord } from '../../api/records/cron-vcjob-record.ts';
import type { VcjobRecord } from '../../api/records/vcjob-record.ts';
import { apiVersion, CRON_VCJOBS, VCJOBS } from '../../api/resources.ts';
import { UTC } from '../../lib/cron/zone.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { Effect, ObjectRef } from '../effect.ts';
import { endMs, phaseOf, scheduledMs } from './children.ts';
import type { Children } from './children.ts';
import { zonedStamp } from './job-body.ts';

/** The status where it has to be written, and what people are told when a job comes to its end or is missing. */
export function statusEffects(cron: CronVcjobRecord, { running, completed, failed }: Children): readonly Effect[] {
  const finished = [...completed, ...failed];
  const lastScheduleMs = latest(cron.lastScheduleMs, [...running, ...finished].map(scheduledMs));
  const lastSuccessfulMs = latest(cron.lastSuccessfulMs, completed.map(endMs));
  const isSame =
    sameJobs(cron.active, running) &&
    lastScheduleMs === cron.lastScheduleMs &&
    lastSuccessfulMs === cron.lastSuccessfulMs;
  if (isSame) return [];
  const status: JsonObject = {
    active: running.map(reference),
    ...(lastScheduleMs === 0 ? {} : { lastScheduleTime: zonedStamp(lastScheduleMs, UTC) }),
    ...(lastSuccessfulMs === 0 ? {} : { lastSuccessfulTime: zonedStamp(lastSuccessfulMs, UTC) }),
  };
  const { namespace, name, uid, resourceVersion } = cron;
  const regarding = cronRef(cron);
  const precondition = { uid, resourceVersion };
  return [
    { kind: 'patchStatus', type: CRON_VCJOBS, namespace, name, regarding, precondition, body: { status } },
    ...cron.active
      .filter(({ uid: jobUid }) => !running.some((job) => job.uid === jobUid))
      .flatMap((gone) => partingEvents(cron, gone, finished)),
  ];
}

/** The CronJob, as events are told about it. */
export function cronRef({ namespace, name, uid }: CronVcjobRecord): ObjectRef {
  return { type: CRON_VCJOBS, namespace, name, uid };
}

/** Whole seconds, as they are written. */
function latest(known: number, times: readonly number[]): number {
  return Math.max(known, ...times.map((ms) => Math.floor(ms / 1000) * 1000));
}

function sameJobs(active: CronVcjobRecord['active'], running: readonly VcjobRecord[]): boolean {
  return active.length === running.length && active.every(({ uid }, index) => uid === running[index]?.uid);
}

function reference({ namespace, name, uid }: VcjobRecord): JsonObject {
  return { apiVersion: apiVersion(VCJOBS), kind: VCJOBS.kind, namespace, name, uid };
}

function partingEvents(
  cron: CronVcjobRecord,
  { name, uid }: ActiveJob,
  finished: readonly VcjobRecord[],
): readonly Effect[] {
  const head = { kind: 'event', regarding: cronRef(cron), type: 'Normal', action: 'Watching' } as const;
  const job = finished.find((one) => one.uid === uid);
  if (job !== undefined) {
    return [{ ...head, reason: 'SawCompletedJob', note: `Saw completed job: ${name}, status: ${phaseOf(job)}` }];
  }
  // What was replaced was told of when it was deleted.
  if (cron.spec.concurrencyPolicy === 'Replace') return [];
  return [{ ...head, reason: 'MissingJob', note: `Active job went missing: ${name}` }];
}
