import { KEPT_JOBS } from '../defaults.ts';
import type { Static } from 'typebox';
import Type from 'typebox';
import type { KindDefinition, PrinterColumn } from './crd.ts';
import { CRON_VCJOBS } from '../resources.ts';
import { Enum, Fields, Int32, List, OBJECT_HEAD, OpenObject, Optional, Text, Timestamp } from './schema-helper.ts';
import type { Readable } from './schema-helper.ts';
import { vcjobSpec } from './vcjob.ts';

/** What happens when a job is due while one of before still runs. */
const CONCURRENCY_POLICIES = ['Allow', 'Forbid', 'Replace'] as const;

const metadata = OpenObject('Labels and annotations of the jobs; nothing else of it is taken over.');

const jobTemplate = Fields(
  { metadata: Optional(metadata), spec: Optional(vcjobSpec) },
  'The Jobs of Volcano that are made. Checked by the rules for Jobs once one is made.',
);

const spec = Fields(
  {
    schedule: Text(
      'When jobs are made: minute, hour, day of the month, month and day of the week, as of cron (`*/5 8-18 * * MON-FRI`), or @hourly, @daily, @weekly, @monthly, @yearly, or @every with a duration (`@every 90m`).',
      { maxLength: 1024 },
    ),
    timeZone: Optional(
      Text(
        'Time zone of the schedule by its IANA name, such as Europe/Berlin; without one, UTC. An hour that a clock leaves out makes no jobs, one that it repeats makes them twice.',
      ),
    ),
    startingDeadlineSeconds: Optional(
      Type.Integer({
        description: 'Seconds after its time in which a job may still be made; without it, any time later.',

        minimum: 0,
      }),
    ),
    concurrencyPolicy: Optional(
      Enum(
        CONCURRENCY_POLICIES,
        'What happens when a job is due while one of before still runs: Allow makes it, Forbid leaves it out, Replace deletes the one of before.',
        { default: 'Allow' },
      ),
    ),
    suspend: Optional(Type.Boolean({ description: 'Makes no more jobs; those that run go on.', default: false })),
    jobTemplate,
    successfulJobsHistoryLimit: Optional(
      Int32('Jobs that were completed and are kept.', { default: KEPT_JOBS.successful, minimum: 0 }),
    ),
    failedJobsHistoryLimit: Optional(
      Int32('Jobs that failed, or were ended, and are kept.', { default: KEPT_JOBS.failed, minimum: 0 }),
    ),
  },
  'When jobs are made, and what of them is kept.',
);

const active = Fields(
  {
    apiVersion: Optional(Text('Group and version of the job.')),
    kind: Optional(Text('Kind of the job.')),
    namespace: Optional(Text('Namespace of the job.')),
    name: Optional(Text('Name of the job.')),
    uid: Optional(Text('UID of the job.')),
    resourceVersion: Optional(Text('Version of the job when it was looked at.')),
    fieldPath: Optional(Text('Part of the job that is meant; empty for all of it.')),
  },
  'A job that has not come to its end.',
);

const status = Fields(
  {
    active: Optional(List(active, 'Jobs that have not come to their end.', { 'x-kubernetes-list-type': 'atomic' })),
    lastScheduleTime: Optional(Timestamp('The time of the schedule that the latest job was made for.')),
    lastSuccessfulTime: Optional(Timestamp('When a job was last completed.')),
  },
  'Which jobs run; written by the controller.',
);

const schema = Fields(
  { ...OBJECT_HEAD, spec, status: Optional(status) },
  'A CronJob of Volcano makes Jobs of Volcano at set times, each named by its minute.',
);

/** A CronJob of batch.volcano.sh as it travels. */
export type CronVcjob = Readable<Static<typeof schema>>;

const columns: readonly PrinterColumn[] = [
  { name: 'SCHEDULE', type: 'string', jsonPath: '.spec.schedule', description: 'When jobs are made' },
  { name: 'SUSPEND', type: 'boolean', jsonPath: '.spec.suspend', description: 'Whether it makes none for now' },
  { name: 'LAST', type: 'date', jsonPath: '.status.lastScheduleTime', description: 'Time that the latest job is of' },
  { name: 'AGE', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Time since creation' },
];

/** CronJob of batch.volcano.sh/v1alpha1. */
export const CRON_VCJOB_KIND: KindDefinition = {
  type: CRON_VCJOBS,
  file: 'cron-vcjob',
  shortNames: ['cronvcjob', 'cronvj'],
  hasStatusSubresource: true,
  columns,
  schema,
};
