import {
  COOLDOWN_KEY,
  GROUP_NAME_ANNOTATION,
  JOB_NAME_KEY,
  JOB_NAMESPACE_KEY,
  JOB_RETRY_KEY,
  JOB_TYPE_KEY,
  JOB_VERSION_KEY,
  MAX_UNAVAILABLE_ANNOTATION,
  MIN_AVAILABLE_ANNOTATION,
  NUMA_POLICY_ANNOTATION,
  PARTITION_KEY,
  PREEMPTABLE_KEY,
  QUEUE_NAME_ANNOTATION,
  QUEUE_NAME_LABEL,
  REPLACES_EVICTED_ANNOTATION,
  REVOCABLE_ZONE_KEY,
  TASK_INDEX_KEY,
  TASK_SPEC_KEY,
  TEMPLATE_UID_KEY,
  VOLCANO_GROUP_NAME_ANNOTATION,
} from '../../api/keys.ts';
import type { VcjobRecord } from '../../api/records/vcjob-record.ts';
import { apiVersion, PODS, VCJOBS } from '../../api/resources.ts';
import { objectAt, stringAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { queueLabels } from '../pod-group/resources.ts';
import { queueOf, schedulerOf } from './job-defaults.ts';
import type { TaskPlan } from './job-plan.ts';
import type { JobLife } from './life.ts';
import { partitionOf } from './partition.ts';
import { withVolumes } from './volumes.ts';

/** A pod that is to be made. */
export interface NewPod {
  readonly task: TaskPlan;
  readonly index: number;
  /** Somebody evicted the one before it. */
  readonly replacesEvicted: boolean;
}

export function podName({ name }: VcjobRecord, task: string, index: number): string {
  return `${name}-${task}-${index}`;
}

/** The pod as its template says it, with what tells whose it is. */
export function podBody(job: VcjobRecord, group: string, life: JobLife, { task, ...place }: NewPod): JsonObject {
  const template = objectAt(task.task.template);
  const spec = objectAt(template, 'spec');
  const schedulerName = stringAt(spec, ['schedulerName']) || schedulerOf(job);
  return {
    apiVersion: apiVersion(PODS),
    kind: PODS.kind,
    metadata: {
      name: podName(job, task.name, place.index),
      namespace: job.namespace,
      labels: { ...objectAt(template, 'metadata', 'labels'), ...podLabels(job, task, place.index) },
      annotations: {
        ...objectAt(template, 'metadata', 'annotations'),
        ...podAnnotations(job, group, life, { task, ...place }),
      },
      ownerReferences: [ownerReference(job)],
    },
    spec: withVolumes({ ...spec, schedulerName }, job),
  };
}

/** Of everything that the job controls; whoever deletes the job in the foreground waits for it. */
export function ownerReference({ name, uid }: VcjobRecord): JsonObject {
  const { kind } = VCJOBS;
  return { apiVersion: apiVersion(VCJOBS), kind, name, uid, controller: true, blockOwnerDeletion: true };
}

function podLabels(job: VcjobRecord, task: TaskPlan, index: number): JsonObject {
  const partition = partitionOf(task, index);
  return {
    ...copied(job.labels, [PREEMPTABLE_KEY, COOLDOWN_KEY, JOB_TYPE_KEY]),
    ...queueLabels(queueOf(job)),
    [JOB_NAME_KEY]: job.name,
    [JOB_NAMESPACE_KEY]: job.namespace,
    [TASK_SPEC_KEY]: task.name,
    [TASK_INDEX_KEY]: String(index),
    ...(partition === '' ? {} : { [PARTITION_KEY]: partition }),
  };
}

/** Keys of the job that its pods have as well. */
const COPIED = [
  PREEMPTABLE_KEY,
  COOLDOWN_KEY,
  REVOCABLE_ZONE_KEY,
  MIN_AVAILABLE_ANNOTATION,
  MAX_UNAVAILABLE_ANNOTATION,
];

function podAnnotations(job: VcjobRecord, group: string, life: JobLife, { task, ...place }: NewPod): JsonObject {
  const { index, replacesEvicted } = place;
  const partition = partitionOf(task, index);
  const { topologyPolicy } = task.task;
  return {
    ...copied(job.annotations, COPIED),
    [GROUP_NAME_ANNOTATION]: group,
    [VOLCANO_GROUP_NAME_ANNOTATION]: group,
    [QUEUE_NAME_ANNOTATION]: queueOf(job),
    [QUEUE_NAME_LABEL]: queueOf(job),
    [JOB_NAME_KEY]: job.name,
    [TASK_SPEC_KEY]: task.name,
    [TASK_INDEX_KEY]: String(index),
    [JOB_VERSION_KEY]: String(life.version),
    [JOB_RETRY_KEY]: String(life.retryCount),
    [TEMPLATE_UID_KEY]: `${job.name}-${task.name}`,
    ...(partition === '' ? {} : { [PARTITION_KEY]: partition }),
    ...(replacesEvicted ? { [REPLACES_EVICTED_ANNOTATION]: 'true' } : {}),
    ...(topologyPolicy === undefined || topologyPolicy === 'none' ? {} : { [NUMA_POLICY_ANNOTATION]: topologyPolicy }),
  };
}

function copied(from: ReadonlyMap<string, string>, keys: readonly string[]): JsonObject {
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = from.get(key);
      return value === undefined ? [] : [[key, value]];
    }),
  );
}
