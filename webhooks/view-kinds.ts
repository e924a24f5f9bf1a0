import type { ViewKind } from './view-kind.ts';
import { projectDataset } from '../src/api/projections/dataset.ts';
import { projectHyperNode } from '../src/api/projections/hyper-node.ts';
import { projectNamespace } from '../src/api/projections/namespace.ts';
import { projectPolicy } from '../src/api/projections/policy.ts';
import { projectPodGroup } from '../src/api/projections/pod-group.ts';
import { projectPriorityClass } from '../src/api/projections/priority-class.ts';
import { projectQueue } from '../src/api/projections/queue.ts';
import { projectRuntimeClass } from '../src/api/projections/runtime-class.ts';
import type { DatasetRecord } from '../src/api/records/dataset-record.ts';
import type { HyperNodeRecord } from '../src/api/records/hyper-node-record.ts';
import type { NamespaceRecord } from '../src/api/records/namespace-record.ts';
import type { PodGroupRecord } from '../src/api/records/pod-group-record.ts';
import type { PolicyRecord } from '../src/api/records/policy-record.ts';
import type { PriorityClassRecord } from '../src/api/records/priority-class-record.ts';
import type { QueueRecord } from '../src/api/records/queue-record.ts';
import type { RuntimeClassRecord } from '../src/api/records/runtime-class-record.ts';
import {
  DATASETS,
  HYPER_NODES,
  NAMESPACED_WORKLOAD_POLICIES,
  NAMESPACES,
  POD_GROUPS,
  PRIORITY_CLASSES,
  QUEUES,
  RUNTIME_CLASSES,
  WORKLOAD_POLICIES,
} from '../src/api/resources.ts';
import type { ResourceType } from '../src/api/resources.ts';

export const QUEUE_VIEW: ViewKind<QueueRecord> = {
  type: QUEUES,
  project: projectQueue,
  keyOf: (queue) => queue.name,
  indices: { parent: (queue) => queue.parent },
};

export const NAMESPACE_VIEW: ViewKind<NamespaceRecord> = {
  type: NAMESPACES,
  project: projectNamespace,
  keyOf: (namespace) => namespace.name,
  indices: {},
};

export const GROUP_VIEW: ViewKind<PodGroupRecord> = {
  type: POD_GROUPS,
  project: projectPodGroup,
  keyOf: (group) => group.key,
  indices: {
    owner: (group) => group.owner?.uid ?? '',
    queue: (group) => group.queue,
    waiting: (group) => (wantsToRun(group) ? group.queue : ''),
  },
};

function wantsToRun({ phase, rootState }: PodGroupRecord): boolean {
  return rootState === 'Active' && (phase === '' || phase === 'Pending' || phase === 'Inqueue');
}

export const PRIORITY_CLASS_VIEW: ViewKind<PriorityClassRecord> = {
  type: PRIORITY_CLASSES,
  project: projectPriorityClass,
  keyOf: (priorityClass) => priorityClass.name,
  indices: {},
};

export const RUNTIME_CLASS_VIEW: ViewKind<RuntimeClassRecord> = {
  type: RUNTIME_CLASSES,
  project: projectRuntimeClass,
  keyOf: (runtimeClass) => runtimeClass.name,
  indices: {},
};

export const DATASET_VIEW: ViewKind<DatasetRecord> = {
  type: DATASETS,
  project: projectDataset,
  keyOf: (dataset) => dataset.key,
  indices: { claim: (dataset) => dataset.volumeClaim },
};

export const HYPER_NODE_VIEW: ViewKind<HyperNodeRecord> = {
  type: HYPER_NODES,
  project: projectHyperNode,
  keyOf: (hyperNode) => hyperNode.name,
  indices: { tierName: (hyperNode) => hyperNode.tierName },
};

export const POLICY_VIEW: ViewKind<PolicyRecord> = {
  type: WORKLOAD_POLICIES,
  project: projectPolicy,
  keyOf: (policy) => policy.key,
  indices: {},
};

export const NAMESPACED_POLICY_VIEW: ViewKind<PolicyRecord> = { ...POLICY_VIEW, type: NAMESPACED_WORKLOAD_POLICIES };

/** Whatever its records are. */
export type AnyViewKind =
  | typeof QUEUE_VIEW
  | typeof NAMESPACE_VIEW
  | typeof GROUP_VIEW
  | typeof PRIORITY_CLASS_VIEW
  | typeof RUNTIME_CLASS_VIEW
  | typeof DATASET_VIEW
  | typeof HYPER_NODE_VIEW
  | typeof POLICY_VIEW;

const ALL: readonly AnyViewKind[] = [
  QUEUE_VIEW,
  NAMESPACE_VIEW,
  GROUP_VIEW,
  PRIORITY_CLASS_VIEW,
  RUNTIME_CLASS_VIEW,
  DATASET_VIEW,
  HYPER_NODE_VIEW,
  POLICY_VIEW,
  NAMESPACED_POLICY_VIEW,
];

/** The kinds that some rows read: what has to be watched for them, and listed before they may answer. */
export function viewKindsOf(rows: readonly { readonly reads: readonly ResourceType[] }[]): readonly AnyViewKind[] {
  const read = new Set(rows.flatMap((row) => row.reads));
  return ALL.filter((kind) => read.has(kind.type));
}
