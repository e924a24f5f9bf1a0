import { PARTITION_KEY, RUNNING_ESTIMATE_ANNOTATION, TASK_SPEC_KEY } from '../../api/keys.ts';
import type { PodGroupRecord } from '../../api/records/pod-group-record.ts';
import type { VcjobRecord } from '../../api/records/vcjob-record.ts';
import { apiVersion, POD_GROUPS } from '../../api/resources.ts';
import type { JsonObject } from '../../lib/json.ts';
import { specPatch } from '../pod-group/spec-patch.ts';
import { queueOf } from './job-defaults.ts';
import type { JobPlan, TaskPlan } from './job-plan.ts';
import { minResources } from './minimum.ts';
import type { PriorityOf } from './minimum.ts';
import { ownerReference } from './pod-body.ts';

/** The whole object as `kubectl apply` last saw it: of the job, and no business of its group. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

export function groupName({ name, uid }: VcjobRecord): string {
  return `${name}-${uid}`;
}

/** The PodGroup as it is created; labels and annotations of the job are its own as well. */
export function groupBody(job: VcjobRecord, plan: JobPlan, priorityOf: PriorityOf): JsonObject {
  const { runningEstimate, networkTopology } = job.spec;
  const parts = plan.tasks.flatMap(subGroupPolicy);
  const annotations = Object.fromEntries([...job.annotations].filter(([key]) => key !== LAST_APPLIED));
  const estimate = runningEstimate === undefined ? {} : { [RUNNING_ESTIMATE_ANNOTATION]: runningEstimate };
  return {
    apiVersion: apiVersion(POD_GROUPS),
    kind: POD_GROUPS.kind,
    metadata: {
      name: groupName(job),
      namespace: job.namespace,
      labels: Object.fromEntries(job.labels),
      annotations: { ...estimate, ...annotations },
      ownerReferences: [ownerReference(job)],
    },
    spec: {
      ...demandOf(plan),
      queue: queueOf(job),
      priorityClassName: job.spec.priorityClassName ?? '',
      minResources: minResources(plan, priorityOf),
      ...(networkTopology === undefined ? {} : { networkTopology: { ...networkTopology } }),
      ...(parts.length === 0 ? {} : { subGroupPolicy: parts }),
    },
  };
}

/** What of the group has to change since the job did; undefined when nothing has to. */
export function groupPatch(
  group: PodGroupRecord,
  job: VcjobRecord,
  plan: JobPlan,
  priorityOf: PriorityOf,
): JsonObject | undefined {
  const { minMember, minTaskMember } = demandOf(plan);
  const wanted = {
    queue: queueOf(job),
    priorityClassName: job.spec.priorityClassName ?? '',
    minResources: minResources(plan, priorityOf),
  };
  // Of a role that needs nobody the record says nothing.
  const roles = new Map(Object.entries(minTaskMember).filter(([, count]) => count > 0));
  return specPatch(group, wanted, { minMember, minTaskMember: roles });
}

function demandOf({ minAvailable, tasks }: JobPlan) {
  const minTaskMember = Object.fromEntries(tasks.map((task) => [task.name, task.minAvailable]));
  return { minMember: minAvailable, minTaskMember };
}

function subGroupPolicy({ name, task }: TaskPlan): readonly JsonObject[] {
  const { partitionPolicy } = task;
  if (partitionPolicy === undefined) return [];
  const { partitionSize, minPartitions, networkTopology } = partitionPolicy;
  return [
    {
      name,
      subGroupSize: partitionSize,
      minSubGroups: minPartitions ?? 0,
      labelSelector: { matchLabels: { [TASK_SPEC_KEY]: name } },
      matchLabelKeys: [PARTITION_KEY],
      ...(networkTopology === undefined ? {} : { networkTopology: { ...networkTopology } }),
    },
  ];
}
