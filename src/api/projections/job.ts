import { member, objectAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { GROUP_PLAN_ANNOTATION } from '../keys.ts';
import type { JobRecord } from '../records/job-record.ts';
import type { RootState } from '../records/pod-group-record.ts';
import { JOBS } from '../resources.ts';
import { objects, readMetadata, text, whole } from './metadata.ts';
import { projectWorkload } from './workload.ts';

/** The record of a batch/v1 Job; undefined for anything without name, namespace or UID. */
export function projectJob(raw: unknown): JobRecord | undefined {
  const workload = projectWorkload(JOBS, raw);
  if (workload === undefined) return undefined;
  const { createdMs, annotations } = readMetadata(raw);
  const spec = objectAt(raw, 'spec');
  const podSpec = objectAt(spec, 'template', 'spec');
  return {
    ...workload,
    createdMs,
    groupPlan: text(annotations, GROUP_PLAN_ANNOTATION),
    state: stateOf(raw, spec),
    completions: member(spec, 'completions') === undefined ? undefined : whole(spec, 'completions', 1),
    failedIndexes: countIndexes(text(objectAt(raw, 'status'), 'failedIndexes')),
    succeeded: whole(objectAt(raw, 'status'), 'succeeded', 0),
    schedulerName: text(podSpec, 'schedulerName'),
    priorityClassName: text(podSpec, 'priorityClassName'),
  };
}

/** One that runs no pod at a time is suspended as well. */
function stateOf(raw: unknown, spec: JsonObject): RootState {
  const hasEnded = objects(raw, 'status', 'conditions').some(
    (condition) => ENDS.has(text(condition, 'type')) && member(condition, 'status') === 'True',
  );
  if (hasEnded) return 'Ended';
  return member(spec, 'suspend') === true || whole(spec, 'parallelism', 1) === 0 ? 'Suspended' : 'Active';
}

/** The first two are set as soon as the outcome is sure, the others once the last pod is gone. */
const ENDS: ReadonlySet<string> = new Set(['SuccessCriteriaMet', 'FailureTarget', 'Complete', 'Failed']);

/** How many indexes a list such as `1,3-5` names. O(length). */
function countIndexes(list: string): number {
  return list.split(',').reduce((sum, range) => {
    const [first = Number.NaN, last = first] = range.split('-').map((end) => (end === '' ? Number.NaN : Number(end)));
    return Number.isSafeInteger(first) && last >= first ? sum + last - first + 1 : sum;
  }, 0);
}
