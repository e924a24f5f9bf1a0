import { member, objectAt } from '../../lib/json.ts';
import { GROUP_PLAN_ANNOTATION } from '../keys.ts';
import type { JobRecord } from '../records/job-record.ts';
import { objects, readMetadata, text } from './metadata.ts';

/** The record of a batch/v1 Job; undefined for anything without name, namespace or UID. */
export function projectJob(raw: unknown): JobRecord | undefined {
  const { name, namespace, uid, resourceVersion, deleting, annotations } = readMetadata(raw);
  if (name === '' || namespace === '' || uid === '') return undefined;
  return {
    key: `${namespace}/${name}`,
    namespace,
    name,
    uid,
    resourceVersion,
    deleting,
    groupPlan: text(annotations, GROUP_PLAN_ANNOTATION),
    schedulerName: text(objectAt(raw, 'spec', 'template', 'spec'), 'schedulerName'),
    finished: objects(raw, 'status', 'conditions').some(
      (condition) => ENDS.has(text(condition, 'type')) && member(condition, 'status') === 'True',
    ),
  };
}

const ENDS: ReadonlySet<string> = new Set(['Complete', 'Failed']);
