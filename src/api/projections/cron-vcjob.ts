import { objectAt } from '../../lib/json.ts';
import type { CronVcjobRecord, CronVcjobSpec } from '../records/cron-vcjob-record.ts';
import { readSubmitter } from '../submitter-claim.ts';
import { objects, readMetadata, text, timeMs } from './metadata.ts';
import { objectHead } from './object-head.ts';

/** The record of a CronJob of batch.volcano.sh; undefined for anything without name, namespace or UID. */
export function projectCronVcjob(raw: unknown): CronVcjobRecord | undefined {
  const metadata = readMetadata(raw);
  const head = objectHead(metadata);
  if (head === undefined) return undefined;
  const status = objectAt(raw, 'status');
  return {
    ...head,
    submitter: readSubmitter(metadata.annotations),
    // The API server has held it to the schema that the type comes from.
    spec: objectAt(raw, 'spec') as unknown as CronVcjobSpec,
    active: objects(status, 'active').map((job) => ({ name: text(job, 'name'), uid: text(job, 'uid') })),
    lastScheduleMs: timeMs(text(status, 'lastScheduleTime')),
    lastSuccessfulMs: timeMs(text(status, 'lastSuccessfulTime')),
  };
}
