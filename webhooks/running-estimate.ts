import { RUNNING_ESTIMATE_ANNOTATION } from '../src/api/keys.ts';
import { deadlineMs, runningEstimateMs } from '../src/api/projections/running-estimate.ts';
import { readRunningEstimate, shorterRun } from '../src/api/running-estimate.ts';
import { keyPath } from '../src/lib/field-error.ts';
import { member, objectAt } from '../src/lib/json.ts';
import type { JsonObject } from '../src/lib/json.ts';

/** How long each pod of a Job runs at most, as the Job itself says: its annotation or its deadline. Undefined for no word. */
export function jobEstimate(job: JsonObject, annotations: JsonObject): string | undefined {
  const ms = shorterRun(runningEstimateMs(annotations), deadlineMs(objectAt(job, 'spec')));
  return ms === 0 ? undefined : `${ms / 1000}s`;
}

/** What cannot be read counts as no estimate, and nobody would see why; `path` is where the object stands. */
export function estimateWarnings(annotations: JsonObject, path: string): readonly string[] {
  const estimate = member(annotations, RUNNING_ESTIMATE_ANNOTATION);
  if (typeof estimate !== 'string' || readRunningEstimate(estimate) > 0) return [];
  return [`${where(path)} is no running estimate: write one such as 1h30m`];
}

/** A Job whose pods join a group that is not made from it says it to nobody. */
export function idleEstimateWarnings(annotations: JsonObject): readonly string[] {
  if (typeof member(annotations, RUNNING_ESTIMATE_ANNOTATION) !== 'string') return [];
  return [`${where('')} has no effect on a group that is named: write it in spec.template`];
}

function where(path: string): string {
  return keyPath(`${path}metadata.annotations`, RUNNING_ESTIMATE_ANNOTATION);
}
