import { CRON_TIME_ANNOTATION } from '../../api/keys.ts';
import type { CronVcjobRecord } from '../../api/records/cron-vcjob-record.ts';
import { apiVersion, CRON_VCJOBS, VCJOBS } from '../../api/resources.ts';
import type { SubmitterKeys } from '../../api/submitter-claim.ts';
import type { Zone } from '../../lib/cron/zone.ts';
import { objectAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { handedDownAnnotations } from '../submitter.ts';

const MINUTE_MS = 60_000;

/** The name of the job for a time: no two jobs of a CronJob are of the same minute. */
export function jobName({ name }: CronVcjobRecord, atMs: number): string {
  return `${name}-${Math.floor(atMs / MINUTE_MS)}`;
}

/** The whole job for a time of the schedule. */
export function jobBody(cron: CronVcjobRecord, atMs: number, zone: Zone, keys: SubmitterKeys): JsonObject {
  const { namespace, name, uid, spec, submitter } = cron;
  const template = spec.jobTemplate as unknown as JsonObject;
  const labels = objectAt(template, 'metadata', 'labels');
  const annotations = objectAt(template, 'metadata', 'annotations');
  return {
    apiVersion: apiVersion(VCJOBS),
    kind: VCJOBS.kind,
    metadata: {
      name: jobName(cron, atMs),
      namespace,
      labels,
      annotations: {
        ...annotations,
        ...handedDownAnnotations(keys, { type: CRON_VCJOBS, head: cron, submitter }, VCJOBS, jobName(cron, atMs)),
        [CRON_TIME_ANNOTATION]: zonedStamp(atMs, zone),
      },
      ownerReferences: [{ apiVersion: apiVersion(CRON_VCJOBS), kind: CRON_VCJOBS.kind, name, uid, controller: true }],
    },
    spec: objectAt(template, 'spec'),
  };
}

/** RFC 3339 with the offset of the zone, in whole seconds. */
export function zonedStamp(atMs: number, zone: Zone): string {
  const minutes = Math.round(zone.offsetMs(atMs) / MINUTE_MS);
  const shown = new Date(atMs + minutes * MINUTE_MS).toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length);
  if (minutes === 0) return `${shown}Z`;
  const two = (value: number): string => String(value).padStart(2, '0');
  const ahead = Math.abs(minutes);
  return `${shown}${minutes < 0 ? '-' : '+'}${two(Math.floor(ahead / 60))}:${two(ahead % 60)}`;
}
