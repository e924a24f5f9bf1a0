import type { JsonObject } from '../../lib/json.ts';
import { RUNNING_ESTIMATE_ANNOTATION } from '../keys.ts';
import { readRunningEstimate } from '../running-estimate.ts';
import { text, whole } from './metadata.ts';

/** What the annotation says, milliseconds above 0; 0 when there is none, or nothing that can be read. */
export function runningEstimateMs(annotations: JsonObject): number {
  return readRunningEstimate(text(annotations, RUNNING_ESTIMATE_ANNOTATION));
}

/** `activeDeadlineSeconds` of the spec of a pod or a Job: what runs for longer is ended. Milliseconds, 0 for none. */
export function deadlineMs(spec: JsonObject): number {
  return 1000 * Math.max(0, whole(spec, 'activeDeadlineSeconds', 0));
}
