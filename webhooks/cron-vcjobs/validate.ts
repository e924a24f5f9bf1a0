import { readSchedule } from '../../src/lib/cron/schedule.ts';
import { nextTime } from '../../src/lib/cron/times.ts';
import { UTC, zoneNamed } from '../../src/lib/cron/zone.ts';
import { fieldError, formatFieldError } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { memberAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import type { Verdict } from '../verdict.ts';
import { isBeingDeleted } from '../being-deleted.ts';
import { qualifiedNameProblem } from '../pod-template/names.ts';
import { ofTemplate } from '../template-warnings.ts';
import { allow, refuse, UNCHANGED } from '../verdict.ts';
import { reviewOfJob } from './review-of-job.ts';

/** A job is named by its CronJob, a hyphen and the minutes since 1970, in ten digits at most. */
const MAX_NAME = 52;
const MAX_JOB_NAME = 63;
/** Each a line for people; who has more of them sees the rest once these are mended. */
const MAX_WARNINGS = 5;

/**
 * CronJobs of Volcano: every mistake at once, with Volcano's words. What its jobs would be refused for is no mistake of the CronJob
 * there, so it is told and no more.
 */
export function validateCronVcjobReview(request: AdmissionRequest, view: ClusterView): Verdict {
  const { object: cron, subresource, name } = request;
  if (subresource !== '' || cron === undefined || isBeingDeleted(request)) return UNCHANGED;
  const errors = [
    ...nameErrors(stringAt(cron, ['metadata', 'name'], name)),
    ...scheduleErrors(stringAt(cron, ['spec', 'schedule'])),
    ...zoneErrors(cron),
  ];
  if (errors.length > 0) return refuse('InvalidCronJob', ...errors);
  const warnings = [...neverWarnings(cron), ...templateWarnings(request, view)];
  return warnings.length === 0 ? UNCHANGED : allow([], warnings);
}

/** A CronJob with only a generateName has no name yet. */
function nameErrors(name: string): readonly FieldError[] {
  if (name === '') return [];
  const error = (message: string): FieldError => fieldError('metadata.name', 'FieldValueInvalid', name, message);
  if (name.length > MAX_NAME) {
    const message = `cronJob name must be no more than ${MAX_NAME} characters to accommodate job name suffix (max ${MAX_JOB_NAME} total)`;
    return [error(message)];
  }
  const problem = qualifiedNameProblem(name);
  return problem === undefined ? [] : [error(`invalid cronJob name ${JSON.stringify(name)}: ${problem}`)];
}

const SCHEDULE = 'spec.schedule';

function scheduleErrors(schedule: string): readonly FieldError[] {
  if (schedule === '') {
    return [fieldError(SCHEDULE, 'FieldValueRequired', undefined, 'schedule is required, but got empty')];
  }
  if (schedule.includes('TZ')) {
    const message = 'schedule should not contain TZ or CRON_TZ, TZ should only be set in the timeZone field';
    return [fieldError(SCHEDULE, 'FieldValueInvalid', schedule, message)];
  }
  const read = readSchedule(schedule);
  if (read.kind === 'schedule') return [];
  const message = `schedule is not a valid cron expression: ${read.problem}`;
  return [fieldError(SCHEDULE, 'FieldValueInvalid', schedule, message)];
}

/** What Volcano takes, and never makes a job of. */
function neverWarnings(cron: JsonObject): readonly string[] {
  const read = readSchedule(stringAt(cron, ['spec', 'schedule']));
  const isNever = read.kind === 'schedule' && nextTime(read.schedule, UTC, 0) === undefined;
  return [
    ...(isNever ? [`${SCHEDULE}: there is no such day, and no job is ever made`] : []),
    ...(memberAt(cron, 'spec', 'startingDeadlineSeconds') === 0
      ? ['spec.startingDeadlineSeconds: no job is made within 0 seconds, so none is ever made']
      : []),
  ];
}

/** One part of the name of a zone, as Volcano takes it. */
const ZONE_PART = /^(?!-)(?!\.{1,2}$)[A-Za-z.\-_0-9+]{1,14}$/;

function zoneErrors(cron: JsonObject): readonly FieldError[] {
  const zone = memberAt(cron, 'spec', 'timeZone');
  if (typeof zone !== 'string') return [];
  const message = zoneProblem(zone);
  return message === undefined ? [] : [fieldError('spec.timeZone', 'FieldValueInvalid', zone, message)];
}

function zoneProblem(zone: string): string | undefined {
  if (zone === '') return 'timeZone must be nil or non-empty string, got empty string';
  if (zone.toLowerCase() === 'local') {
    return "timeZone can't be Local, and must be defined in https://www.iana.org/time-zones";
  }
  if (!zone.split('/').every((part) => ZONE_PART.test(part))) return 'unknown timeZone: invalid timeZone';
  return zoneNamed(zone) === undefined ? 'invalid timeZone: nobody knows one of that name' : undefined;
}

function templateWarnings(request: AdmissionRequest, view: ClusterView): readonly string[] {
  const verdict = reviewOfJob(request, view);
  if (verdict.kind === 'allow') return ofTemplate('spec.jobTemplate.', verdict.warnings);
  if (verdict.kind === 'error') return [];
  return verdict.errors.slice(0, MAX_WARNINGS).map((error) => `its jobs will be refused: ${formatFieldError(error)}`);
}
