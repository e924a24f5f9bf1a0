import {
  GROUP_ORIGIN_ANNOTATION,
  PARTITION_KEY,
  PODS_REFUSED_ANNOTATION,
  RUNNING_ESTIMATE_ANNOTATION,
  TASK_SPEC_KEY,
} from '../../api/keys.ts';
import type { PodGroupRecord } from '../../api/records/pod-group-record.ts';
import type { VcjobRecord } from '../../api/records/vcjob-record.ts';
import { apiVersion, POD_GROUPS, VCJOBS } from '../../api/resources.ts';
import { readSubmitter, SUBMITTER_KEYS, submitterAnnotations } from '../../api/submitter-claim.ts';
import type { SubmitterKeys } from '../../api/submitter-claim.ts';
import type { JsonObject } from '../../lib/json.ts';
import { groupSubmitter } from '../submitter.ts';
import { specPatch } from '../pod-group/spec-patch.ts';
import { queueOf } from './job-defaults.ts';
import { remainingPlan } from './done-places.ts';
import type { DonePlaces } from './done-places.ts';
import { openTasks } from './depends-on.ts';
import type { JobPlan, TaskPlan } from './job-plan.ts';
import type { JobPod } from './job-pod.ts';
import { minResources } from './minimum.ts';
import type { PriorityOf } from './minimum.ts';
import { ownerReference } from './pod-body.ts';

/** What the group of a job follows. */
export interface GroupFacts {
  readonly job: VcjobRecord;
  readonly plan: JobPlan;
  readonly jobPods: readonly JobPod[];
  readonly done: DonePlaces;
  readonly priorityOf: PriorityOf;
  readonly submitterKeys: SubmitterKeys;
}

/** The whole object as `kubectl apply` last saw it, and what holds for the job alone: no business of its group. */
const OWN_OF_JOB: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  ...SUBMITTER_KEYS,
]);

export function groupName({ name, uid }: VcjobRecord): string {
  return `${name}-${uid}`;
}

/** The PodGroup as it is created; labels and annotations of the job are its own as well. */
export function groupBody(facts: GroupFacts): JsonObject {
  const { job, plan, priorityOf, submitterKeys } = facts;
  const { runningEstimate, networkTopology } = job.spec;
  const parts = plan.tasks.flatMap(subGroupPolicy);
  const annotations = Object.fromEntries([...job.annotations].filter(([key]) => !OWN_OF_JOB.has(key)));
  const submitter = readSubmitter(Object.fromEntries(job.annotations));
  const estimate = runningEstimate === undefined ? {} : { [RUNNING_ESTIMATE_ANNOTATION]: runningEstimate };
  return {
    apiVersion: apiVersion(POD_GROUPS),
    kind: POD_GROUPS.kind,
    metadata: {
      name: groupName(job),
      namespace: job.namespace,
      labels: Object.fromEntries(job.labels),
      annotations: {
        ...estimate,
        ...annotations,
        ...submitterAnnotations(groupSubmitter(submitterKeys, { type: VCJOBS, head: job, submitter }, groupName(job))),
        [GROUP_ORIGIN_ANNOTATION]: `${VCJOBS.kind}.${VCJOBS.group}/${job.name}`,
      },
      ownerReferences: [ownerReference(job)],
    },
    spec: {
      ...demandOf(facts),
      queue: queueOf(job),
      priorityClassName: job.spec.priorityClassName ?? '',
      minResources: minResources(remainingPlan(plan, facts.done), priorityOf),
      ...(networkTopology === undefined ? {} : { networkTopology: { ...networkTopology } }),
      ...(parts.length === 0 ? {} : { subGroupPolicy: parts }),
    },
  };
}

/**
 * What of the group has to change; undefined when nothing has to. `refused` is why the API server does not take pods of the job, for the
 * scheduler to say.
 */
export function groupPatch(group: PodGroupRecord, facts: GroupFacts, refused: string): JsonObject | undefined {
  const spec = groupSpec(group, facts);
  const isKnown = refused === (group.hints.get(PODS_REFUSED_ANNOTATION) ?? '');
  if (isKnown) return spec === undefined ? undefined : { spec };
  const metadata = { annotations: { [PODS_REFUSED_ANNOTATION]: refused === '' ? null : refused } };
  return spec === undefined ? { metadata } : { metadata, spec };
}

function groupSpec(group: PodGroupRecord, facts: GroupFacts): JsonObject | undefined {
  const { job, plan, priorityOf } = facts;
  const { minMember, minTaskMember } = demandOf(facts);
  const wanted = {
    queue: queueOf(job),
    priorityClassName: job.spec.priorityClassName ?? '',
    minResources: minResources(remainingPlan(plan, facts.done), priorityOf),
  };
  // Of a role that needs nobody the record says nothing.
  const roles = new Map(Object.entries(minTaskMember).filter(([, count]) => count > 0));
  return specPatch(group, wanted, { minMember, minTaskMember: roles });
}

/**
 * Pods of a task that waits for others are not there to be placed with them: until it opens, the gang is what can start before it
 * (volcano#2944).
 */
function demandOf({ plan, jobPods, done }: GroupFacts) {
  const started = new Set([...jobPods.map(({ task }) => task), ...done.keys()]);
  const open = new Set(openTasks(plan, jobPods, done).map(({ name }) => name));
  const left = remainingPlan(plan, done);
  const there = left.tasks.filter(({ name }) => open.has(name) || started.has(name));
  const most = there.reduce((sum, { replicas }) => sum + replicas, 0);
  const minTaskMember = Object.fromEntries(
    left.tasks.map((task) => [task.name, there.includes(task) ? task.minAvailable : 0]),
  );
  return { minMember: Math.min(left.minAvailable, most), minTaskMember };
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
