import type { CronVcjobRecord } from '../../api/records/cron-vcjob-record.ts';
import type { VcjobRecord } from '../../api/records/vcjob-record.ts';
import { VCJOBS } from '../../api/resources.ts';
import type { SubmitterKeys } from '../../api/submitter-claim.ts';
import { UTC } from '../../lib/cron/zone.ts';
import type { Zone } from '../../lib/cron/zone.ts';
import { eventOnce } from '../effect.ts';
import type { Effect, EventEffect } from '../effect.ts';
import { jobBody, jobName, zonedStamp } from './job-body.ts';
import { cronRef } from './status.ts';

/** What decides whether the job that is due is made. */
export interface StartParts {
  readonly atMs: number;
  readonly isFarBehind: boolean;
  readonly zone: Zone;
  /** Jobs of the CronJob that have not come to their end. */
  readonly running: readonly VcjobRecord[];
  /** A job of that name exists already. */
  readonly isNameTaken: boolean;
  /** Fingerprints of the events that the CronJob was told already. */
  readonly reported: ReadonlySet<string>;
  /** What submitters are signed and known again with. */
  readonly submitterKeys: SubmitterKeys;
}

/** Makes the job for a time, unless the policy of the CronJob is against it. */
export function startEffects(cron: CronVcjobRecord, parts: StartParts): readonly Effect[] {
  const { atMs, zone, running, reported, isFarBehind } = parts;
  const name = jobName(cron, atMs);
  const told = (event: Pick<EventEffect, 'type' | 'reason' | 'note'>): readonly Effect[] =>
    eventOnce({ ...event, regarding: cronRef(cron), action: 'Scheduling' }, reported);
  const late = isFarBehind ? told({ type: 'Warning', reason: 'TooManyMissedTimes', note: FAR_BEHIND }) : [];
  if (parts.isNameTaken) {
    const note = `Error creating job: ${name} exists already, and is not of this CronJob`;
    return [...late, ...told({ type: 'Warning', reason: 'FailedCreate', note })];
  }
  if (cron.spec.concurrencyPolicy === 'Forbid' && running.length > 0) {
    const note = `Not starting job because prior execution is running and concurrency policy is Forbid; due at ${zonedStamp(atMs, UTC)}`;
    return [...late, ...told({ type: 'Normal', reason: 'JobAlreadyActive', note })];
  }
  const replaced = cron.spec.concurrencyPolicy === 'Replace' ? running.filter(({ deleting }) => !deleting) : [];
  return [
    ...late,
    ...replaced.flatMap((job) => deleteEffects(cron, job)),
    {
      kind: 'create',
      type: VCJOBS,
      namespace: cron.namespace,
      name,
      regarding: cronRef(cron),
      body: jobBody(cron, atMs, zone, parts.submitterKeys),
    },
    {
      kind: 'event',
      regarding: cronRef(cron),
      type: 'Normal',
      reason: 'SuccessfulCreate',
      action: 'Scheduling',
      note: `Created job ${name}`,
    },
  ];
}

const FAR_BEHIND =
  'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew; only the latest is made up for';

/** Deletes a job of the CronJob, and says so. */
export function deleteEffects(cron: CronVcjobRecord, job: VcjobRecord): readonly Effect[] {
  const { namespace, name, uid } = job;
  const regarding = cronRef(cron);
  return [
    {
      kind: 'delete',
      type: VCJOBS,
      namespace,
      name,
      regarding,
      precondition: { uid, resourceVersion: '' },
      propagation: 'Background',
    },
    {
      kind: 'event',
      regarding,
      type: 'Normal',
      reason: 'SuccessfulDelete',
      action: 'Deleting',
      note: `Deleted job ${name}`,
    },
  ];
}
