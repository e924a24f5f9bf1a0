import type { JsonObject } from '../lib/json.ts';
import { projectHyperNode } from './projections/hyper-node.ts';
import { projectCronVcjob } from './projections/cron-vcjob.ts';
import { projectConfigMap } from './projections/config-map.ts';
import { projectDataset } from './projections/dataset.ts';
import { projectDisruptionBudget } from './projections/disruption-budget.ts';
import { projectClaimTemplate } from './projections/devices/claim-template.ts';
import { projectDeviceClass } from './projections/devices/device-class.ts';
import { projectDeviceTaintRule } from './projections/devices/device-taint.ts';
import { projectResourceClaim } from './projections/devices/resource-claim.ts';
import { projectResourceSlice } from './projections/devices/resource-slice.ts';
import { projectJob } from './projections/job.ts';
import { projectJobflow, projectJobtemplate } from './projections/jobflow.ts';
import { projectNamespace } from './projections/namespace.ts';
import { projectNode, shareImages } from './projections/node.ts';
import { POLICIES_ENABLED, POLICIES_LABEL } from './keys.ts';
import { projectPolicyMap } from './projections/policy-map.ts';
import { projectNumatopology } from './projections/numatopology.ts';
import { projectNodeShard } from './projections/node-shard.ts';
import { projectPolicy } from './projections/policy.ts';
import { projectPodGroup } from './projections/pod-group.ts';
import { projectPod } from './projections/pod.ts';
import { projectPriorityClass } from './projections/priority-class.ts';
import { projectQueue } from './projections/queue.ts';
import { projectRoot } from './projections/root.ts';
import { projectCsiDriver, projectCsiNode, projectStorageCapacity } from './projections/csi.ts';
import { projectStorageClass } from './projections/storage-class.ts';
import { projectWorkloadKind } from './projections/workload-kind.ts';
import { projectVolumeClaim } from './projections/volume-claim.ts';
import { projectCommand } from './projections/command.ts';
import { projectVcjob } from './projections/vcjob.ts';
import { projectWorkload } from './projections/workload.ts';
import { projectVolume } from './projections/volume.ts';
import { projectResourceQuota } from './projections/resource-quota.ts';
import type { ClaimTemplateRecord } from './records/claim-template-record.ts';
import type { CommandRecord } from './records/command-record.ts';
import type { HyperNodeRecord } from './records/hyper-node-record.ts';
import type { CronVcjobRecord } from './records/cron-vcjob-record.ts';
import type { ConfigMapRecord } from './records/config-map-record.ts';
import type { DatasetRecord } from './records/dataset-record.ts';
import type { DisruptionBudgetRecord } from './records/disruption-budget-record.ts';
import type { JobRecord } from './records/job-record.ts';
import type { JobflowRecord } from './records/jobflow-record.ts';
import type { JobtemplateRecord } from './records/jobtemplate-record.ts';
import type { NamespaceRecord } from './records/namespace-record.ts';
import type { NodeRecord } from './records/node-record.ts';
import type { NumatopologyRecord } from './records/numa-records.ts';
import type { NodeShardRecord } from './records/node-shard-record.ts';
import type { PodGroupRecord } from './records/pod-group-record.ts';
import type { PodRecord } from './records/pod-record.ts';
import type { PolicyMapRecord } from './records/policy-map-record.ts';
import type { PolicyRecord } from './records/policy-record.ts';
import type { PriorityClassRecord } from './records/priority-class-record.ts';
import type { QueueRecord } from './records/queue-record.ts';
import type { RootRecord } from './records/root-record.ts';
import type { CsiDriverRecord, CsiNodeRecord, StorageCapacityRecord } from './records/csi-records.ts';
import type { StorageClassRecord } from './records/storage-class-record.ts';
import type { VcjobRecord } from './records/vcjob-record.ts';
import type { WorkloadRecord } from './records/workload-record.ts';
import type { VolumeClaimRecord } from './records/volume-claim-record.ts';
import type { VolumeRecord } from './records/volume-record.ts';
import type { WorkloadKindRecord } from './records/workload-kind-record.ts';
import type { ResourceQuotaRecord } from './records/resource-quota-record.ts';
import type { SchedulingShape } from './records/scheduling-shape.ts';
import {
  CLAIM_TEMPLATES,
  COMMANDS,
  CONFIG_MAPS,
  CRON_VCJOBS,
  HYPER_NODES,
  CSI_DRIVERS,
  CSI_NODES,
  DAEMON_SETS,
  DATASETS,
  DEVICE_CLASSES,
  DEVICE_TAINT_RULES,
  DISRUPTION_BUDGETS,
  JOBFLOWS,
  JOBS,
  JOBTEMPLATES,
  NAMESPACED_WORKLOAD_POLICIES,
  NAMESPACES,
  NODES,
  NODE_SHARDS,
  NUMATOPOLOGIES,
  POD_GROUPS,
  PODS,
  PRIORITY_CLASSES,
  QUEUES,
  REPLICA_SETS,
  REPLICATION_CONTROLLERS,
  STATEFUL_SETS,
  STORAGE_CAPACITIES,
  STORAGE_CLASSES,
  VCJOBS,
  VOLUME_CLAIMS,
  VOLUMES,
  RESOURCE_CLAIMS,
  RESOURCE_QUOTAS,
  RESOURCE_SLICES,
  WORKLOAD_KINDS,
  WORKLOAD_POLICIES,
} from './resources.ts';
import type { ResourceType } from './resources.ts';

/** A kind that is watched: where it lives, what is kept of its objects, and how those are told apart. */
export interface WatchedKind<T> {
  readonly type: ResourceType;
  /** Only objects with such labels; absent for all. */
  readonly labelSelector?: string;
  /** Older API servers do not serve it. */
  readonly isOptional?: boolean;
  /** Many more objects than of any other kind. */
  readonly isNumerous?: boolean;
  project(this: void, raw: JsonObject): T | undefined;
  keyOf(this: void, record: T): string;
  /** Version of the record's object, where it tells that: then it is kept once. */
  versionOf?(this: void, record: T): string;
}

export const WATCHED_JOBS: WatchedKind<JobRecord> = { type: JOBS, project: projectJob, keyOf: ({ key }) => key };

function workloads(type: ResourceType): WatchedKind<WorkloadRecord> {
  return { type, project: (raw) => projectWorkload(type, raw), keyOf: ({ key }) => key };
}

export const WATCHED_REPLICA_SETS = workloads(REPLICA_SETS);

/** Whose pods are alike and share a group, but for Jobs of Kubernetes, of which more is known. */
export const WATCHED_WORKLOADS: readonly WatchedKind<WorkloadRecord>[] = [
  WATCHED_REPLICA_SETS,
  ...[STATEFUL_SETS, REPLICATION_CONTROLLERS, DAEMON_SETS].map(workloads),
];

export const WATCHED_VCJOBS: WatchedKind<VcjobRecord> = {
  type: VCJOBS,
  project: projectVcjob,
  keyOf: ({ key }) => key,
};

export const WATCHED_CRON_VCJOBS: WatchedKind<CronVcjobRecord> = {
  type: CRON_VCJOBS,
  project: projectCronVcjob,
  keyOf: ({ key }) => key,
};

export const WATCHED_HYPER_NODES: WatchedKind<HyperNodeRecord> = {
  type: HYPER_NODES,
  project: projectHyperNode,
  keyOf: ({ name }) => name,
};

export const WATCHED_NUMATOPOLOGIES: WatchedKind<NumatopologyRecord> = {
  type: NUMATOPOLOGIES,
  project: projectNumatopology,
  keyOf: ({ name }) => name,
};

export const WATCHED_NODE_SHARDS: WatchedKind<NodeShardRecord> = {
  type: NODE_SHARDS,
  project: projectNodeShard,
  keyOf: ({ name }) => name,
};

export const WATCHED_COMMANDS: WatchedKind<CommandRecord> = {
  type: COMMANDS,
  project: projectCommand,
  keyOf: ({ key }) => key,
};

export const WATCHED_JOBFLOWS: WatchedKind<JobflowRecord> = {
  type: JOBFLOWS,
  project: projectJobflow,
  keyOf: ({ key }) => key,
};

export const WATCHED_JOBTEMPLATES: WatchedKind<JobtemplateRecord> = {
  type: JOBTEMPLATES,
  project: projectJobtemplate,
  keyOf: ({ key }) => key,
};

export const WATCHED_POD_GROUPS: WatchedKind<PodGroupRecord> = {
  type: POD_GROUPS,
  project: projectPodGroup,
  keyOf: ({ key }) => key,
};

export const WATCHED_QUEUES: WatchedKind<QueueRecord> = {
  type: QUEUES,
  project: projectQueue,
  keyOf: ({ name }) => name,
};

export const WATCHED_POLICIES: WatchedKind<PolicyRecord> = {
  type: WORKLOAD_POLICIES,
  project: projectPolicy,
  keyOf: ({ key }) => key,
};

export const WATCHED_NAMESPACED_POLICIES: WatchedKind<PolicyRecord> = {
  ...WATCHED_POLICIES,
  type: NAMESPACED_WORKLOAD_POLICIES,
};

export const WATCHED_NAMESPACES: WatchedKind<NamespaceRecord> = {
  type: NAMESPACES,
  project: projectNamespace,
  keyOf: ({ name }) => name,
};

export const WATCHED_CONFIG_MAPS: WatchedKind<ConfigMapRecord> = {
  type: CONFIG_MAPS,
  project: projectConfigMap,
  keyOf: ({ key }) => key,
};

/** ConfigMaps that hold policies. */
export const WATCHED_POLICY_MAPS: WatchedKind<PolicyMapRecord> = {
  type: CONFIG_MAPS,
  labelSelector: `${POLICIES_LABEL}=${POLICIES_ENABLED}`,
  project: projectPolicyMap,
  keyOf: ({ key }) => key,
};

/** Nodes that hold the same image share it, among all that one such kind projects. */
export function watchedNodes(): WatchedKind<NodeRecord> {
  const images = shareImages();
  return { type: NODES, project: (raw) => projectNode(raw, images), keyOf: ({ name }) => name };
}

export const WATCHED_PRIORITY_CLASSES: WatchedKind<PriorityClassRecord> = {
  type: PRIORITY_CLASSES,
  project: projectPriorityClass,
  keyOf: ({ name }) => name,
};

export const WATCHED_DISRUPTION_BUDGETS: WatchedKind<DisruptionBudgetRecord> = {
  type: DISRUPTION_BUDGETS,
  project: projectDisruptionBudget,
  keyOf: ({ key }) => key,
};

export const WATCHED_VOLUME_CLAIMS: WatchedKind<VolumeClaimRecord> = {
  type: VOLUME_CLAIMS,
  project: projectVolumeClaim,
  keyOf: ({ key }) => key,
};

export const WATCHED_VOLUMES: WatchedKind<VolumeRecord> = {
  type: VOLUMES,
  project: projectVolume,
  keyOf: ({ name }) => name,
};

export const WATCHED_STORAGE_CLASSES: WatchedKind<StorageClassRecord> = {
  type: STORAGE_CLASSES,
  project: projectStorageClass,
  keyOf: ({ name }) => name,
};

export const WATCHED_CSI_NODES: WatchedKind<CsiNodeRecord> = {
  type: CSI_NODES,
  project: projectCsiNode,
  keyOf: ({ name }) => name,
};

export const WATCHED_CSI_DRIVERS: WatchedKind<CsiDriverRecord> = {
  type: CSI_DRIVERS,
  project: projectCsiDriver,
  keyOf: ({ name }) => name,
};

export const WATCHED_STORAGE_CAPACITIES: WatchedKind<StorageCapacityRecord> = {
  type: STORAGE_CAPACITIES,
  project: projectStorageCapacity,
  keyOf: ({ key }) => key,
};

/** `resource.k8s.io` may be switched off, and rules about taints are younger than the rest. */
function deviceKind<T>(
  type: ResourceType,
  project: (raw: JsonObject) => T | undefined,
  keyOf: (record: T) => string,
): WatchedKind<T> {
  return { type, project, keyOf, isOptional: true };
}

export const WATCHED_RESOURCE_SLICES = deviceKind(RESOURCE_SLICES, projectResourceSlice, ({ name }) => name);
export const WATCHED_DEVICE_CLASSES = deviceKind(DEVICE_CLASSES, projectDeviceClass, ({ name }) => name);
export const WATCHED_RESOURCE_CLAIMS = deviceKind(RESOURCE_CLAIMS, projectResourceClaim, ({ key }) => key);
export const WATCHED_DEVICE_TAINT_RULES = deviceKind(DEVICE_TAINT_RULES, projectDeviceTaintRule, ({ name }) => name);

export const WATCHED_CLAIM_TEMPLATES: WatchedKind<ClaimTemplateRecord> = deviceKind(
  CLAIM_TEMPLATES,
  projectClaimTemplate,
  ({ key }) => key,
);

export const WATCHED_RESOURCE_QUOTAS: WatchedKind<ResourceQuotaRecord> = {
  type: RESOURCE_QUOTAS,
  project: projectResourceQuota,
  keyOf: ({ key }) => key,
};

export const WATCHED_DATASETS: WatchedKind<DatasetRecord> = {
  type: DATASETS,
  project: projectDataset,
  keyOf: ({ key }) => key,
};

export const WATCHED_WORKLOAD_KINDS: WatchedKind<WorkloadKindRecord> = {
  type: WORKLOAD_KINDS,
  project: projectWorkloadKind,
  keyOf: ({ name }) => name,
};

/** Pods that ask for the same share one shape, among all pods that one such kind projects. */
export function watchedPods(): WatchedKind<PodRecord> {
  const shapes = new Map<string, SchedulingShape>();
  return {
    type: PODS,
    isNumerous: true,
    project: (raw) => projectPod(raw, shapes),
    // Put together by `join`, a text holds its letters itself; others hold the two that they were made of.
    keyOf: ({ namespace, name }) => [namespace, name].join('/'),
    versionOf: ({ resourceVersion }) => resourceVersion,
  };
}

/** Objects of one workload kind. */
export function watchedRoots(type: ResourceType): WatchedKind<RootRecord> {
  return { type, project: (raw) => projectRoot(type, raw), keyOf: ({ key }) => key };
}
