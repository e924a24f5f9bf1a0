import { expect } from 'chai';
import { apiVersion, CRON_VCJOBS, QUEUES } from '../../../src/api/resources.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { cronVcjobRights } from '../../../webhooks/cron-vcjobs/rights.ts';
import { validateCronVcjobReview } from '../../../webhooks/cron-vcjobs/validate.ts';
import { request, view } from '../fixture.ts';
import { vcjob } from '../vcjobs/vcjob-fixture.ts';

function cron(spec: JsonObject = {}, name = 'nightly', job: JsonObject = vcjob({ queue: 'blue' })): JsonObject {
  return {
    apiVersion: apiVersion(CRON_VCJOBS),
    kind: CRON_VCJOBS.kind,
    metadata: { name, namespace: 'team-a' },
    spec: { schedule: '*/5 * * * *', jobTemplate: { spec: job['spec'] ?? {} }, ...spec },
  };
}

/** `allow` with its warnings, or each mistake with its path. */
function review(object: JsonObject, oldObject?: JsonObject): string {
  const operation = oldObject === undefined ? 'CREATE' : 'UPDATE';
  const verdict = validateCronVcjobReview(request({ operation, object, oldObject }), view());
  if (verdict.kind === 'allow') return ['allow', ...verdict.warnings].join(' | ');
  if (verdict.kind === 'error') return verdict.message;
  return verdict.errors.map(({ path, message }) => `${path}: ${message}`).join(' | ');
}

const SCHEDULE = 'spec.schedule: schedule is not a valid cron expression: ';
const TZ = 'spec.schedule: schedule should not contain TZ or CRON_TZ, TZ should only be set in the timeZone field';
const LONG_NAME = 'n'.repeat(53);

describe('a CronJob of Volcano that never makes a job', () => {
  const rows: Readonly<Record<string, readonly [spec: JsonObject, want: string]>> = {
    'is told of a day that no month has': [
      { schedule: '0 0 31 2 *' },
      'allow | spec.schedule: there is no such day, and no job is ever made',
    ],
    'is told of a deadline of no time': [
      { startingDeadlineSeconds: 0 },
      'allow | spec.startingDeadlineSeconds: no job is made within 0 seconds, so none is ever made',
    ],
    'is none that has a leap day': [{ schedule: '0 0 29 2 *' }, 'allow'],
    'is none that has a second': [{ startingDeadlineSeconds: 1 }, 'allow'],
  };
  for (const [name, [spec, want]] of Object.entries(rows)) {
    it(name, () => expect(review(cron(spec))).to.equal(want));
  }
});

describe('a CronJob of Volcano in admission', () => {
  const rows: Readonly<Record<string, readonly [object: JsonObject, want: string]>> = {
    'may have five fields': [cron(), ''],
    'may have a descriptor': [cron({ schedule: '@daily' }), ''],
    'may say how often': [cron({ schedule: '@every 1h30m' }), ''],
    'may have a time zone': [cron({ timeZone: 'America/Argentina/Buenos_Aires' }), ''],
    'may have a name that leaves room for a minute': [cron({}, 'n'.repeat(52)), ''],
    'must have a schedule': [cron({ schedule: '' }), 'spec.schedule: schedule is required, but got empty'],
    'has no time zone in its schedule': [cron({ schedule: 'TZ=UTC 0 * * * *' }), TZ],
    'has none there by another name either': [cron({ schedule: 'CRON_TZ=UTC 0 * * * *' }), TZ],
    'has no field of seconds': [cron({ schedule: '0 * * * * *' }), `${SCHEDULE}expected exactly 5 fields, found 6`],
    'has no hour after the last': [cron({ schedule: '0 24 * * *' }), `${SCHEDULE}the hour is above 23: 24`],
    'has no time zone that is empty': [
      cron({ timeZone: '' }),
      'spec.timeZone: timeZone must be nil or non-empty string, got empty string',
    ],
    'has no time zone of the machine': [
      cron({ timeZone: 'local' }),
      "spec.timeZone: timeZone can't be Local, and must be defined in https://www.iana.org/time-zones",
    ],
    'has no path for a time zone': [cron({ timeZone: '../UTC' }), 'spec.timeZone: unknown timeZone: invalid timeZone'],
    'has no offset for a time zone': [
      cron({ timeZone: '+01:00' }),
      'spec.timeZone: unknown timeZone: invalid timeZone',
    ],
    'has no time zone that nobody knows': [
      cron({ timeZone: 'Europe/Atlantis' }),
      'spec.timeZone: invalid timeZone: nobody knows one of that name',
    ],
    'has no name that leaves too little room': [
      cron({}, LONG_NAME),
      'metadata.name: cronJob name must be no more than 52 characters to accommodate job name suffix (max 63 total)',
    ],
    'is told all mistakes at once': [
      cron({ schedule: '', timeZone: '' }, LONG_NAME),
      'metadata.name: cronJob name must be no more than 52 characters to accommodate job name suffix (max 63 total) | spec.schedule: schedule is required, but got empty | spec.timeZone: timeZone must be nil or non-empty string, got empty string',
    ],
  };
  for (const [name, [object, want]] of Object.entries(rows)) {
    it(name, () => {
      if (want === '') expect(review(object)).to.match(/^allow/);
      else expect(review(object)).to.equal(want);
      // What was wrong before is wrong still.
      expect(review(object, object).split(' | ')[0]).to.equal(want === '' ? 'allow' : want.split(' | ')[0]);
    });
  }

  it('is told what its jobs will be refused for, and is not refused', () => {
    const said = review(cron({}, 'nightly', vcjob({ queue: 'nowhere', tasks: [] })));
    expect(said.split(' | ').slice(0, 2)).to.deep.equal([
      'allow',
      'its jobs will be refused: spec.tasks: No task specified in job spec',
    ]);
    expect(said).to.include('its jobs will be refused: spec.queue: "nowhere": unable to find job queue');
  });

  it('takes the right to use the queue of its jobs, and takes it again for another queue', () => {
    const cluster = view({ rights: { queues: 'enforce' } });
    const old = cron({}, 'nightly', vcjob({ queue: 'red' }));
    const names = (oldObject: JsonObject | undefined): readonly string[] =>
      cronVcjobRights(request({ object: cron(), oldObject }), cluster).map(({ verb, type, name, path }) => {
        expect(type).to.equal(QUEUES);
        return `${verb} ${name} ${path}`;
      });
    expect(names(undefined)).to.deep.equal(['use blue spec.jobTemplate.spec.queue']);
    expect(names(old)).to.deep.equal(['use blue spec.jobTemplate.spec.queue']);
    expect(names(cron())).to.deep.equal([]);
  });
});
