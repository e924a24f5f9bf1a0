import {
  GROUP_ORIGIN_ANNOTATION,
  PREEMPTABLE_KEY,
  QUEUE_NAME_LABEL,
  ROOT_STATE_ANNOTATION,
  RUNNING_ESTIMATE_ANNOTATION,
} from '../../api/keys.ts';
import { networkTopology } from '../../api/group-wish.ts';
import type { NetworkRule } from '../../api/records/network-rule.ts';
import type { OwnerRecord } from '../../api/records/owner-record.ts';
import type { RootState } from '../../api/records/pod-group-record.ts';
import { apiVersion, POD_GROUPS } from '../../api/resources.ts';
import { submitterAnnotations } from '../../api/submitter-claim.ts';
import type { SignedSubmitter } from '../../api/submitter-claim.ts';
import type { JsonObject } from '../../lib/json.ts';

/** What a PodGroup is made of. */
export interface PodGroupParts extends SignedSubmitter {
  readonly namespace: string;
  readonly name: string;
  readonly owner: OwnerRecord;
  /** Kind and name of the object that the group is for. */
  readonly origin: string;
  readonly rootState: RootState;
  readonly queue: string;
  readonly priorityClassName: string;
  readonly minMember: number;
  readonly minTaskMember: ReadonlyMap<string, number>;
  readonly minResources: Readonly<Record<string, string>>;
  /** How near to each other its pods have to be; absent when nobody says. */
  readonly network?: NetworkRule | undefined;
  /** None of its pods is evicted for others. */
  readonly isKept?: boolean;
  readonly runningEstimate?: string | undefined;
  /** Annotations that are taken over. */
  readonly handedDown?: ReadonlyMap<string, string> | undefined;
}

/** A queue's name may be longer than a label's value; the queue then stands in the spec alone. */
const LABEL_VALUE = /^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;

/**
 * The PodGroup as it is created. The owner reference says `controller: true`, as Volcano's groups do, so that readers
 * which look for the one controller find the root. Garbage collection needs any owner reference and no more;
 * blockOwnerDeletion stays out because it would ask for the right to set finalizers on every kind of root.
 */
export function podGroupBody(parts: PodGroupParts): JsonObject {
  const { apiVersion: ownerVersion, kind, name: ownerName, uid } = parts.owner;
  return {
    apiVersion: apiVersion(POD_GROUPS),
    kind: POD_GROUPS.kind,
    metadata: {
      name: parts.name,
      namespace: parts.namespace,
      labels: queueLabels(parts.queue),
      annotations: {
        ...Object.fromEntries(parts.handedDown ?? []),
        [GROUP_ORIGIN_ANNOTATION]: parts.origin,
        ...submitterAnnotations(parts),
        ...(parts.rootState === 'Active' ? {} : rootStateAnnotation(parts.rootState)),
        ...(parts.isKept === true ? KEPT : {}),
        ...(parts.runningEstimate === undefined ? {} : estimateAnnotation(parts.runningEstimate)),
      },
      ownerReferences: [{ apiVersion: ownerVersion, kind, name: ownerName, uid, controller: true }],
    },
    spec: podGroupSpec(parts),
  };
}

/** The annotation as a merge patch sets it; an active root has none. */
export function rootStateAnnotation(state: RootState): JsonObject {
  return { [ROOT_STATE_ANNOTATION]: state === 'Active' ? null : state };
}

/** The annotation that keeps the pods of a group from being evicted for others. */
export const KEPT: JsonObject = { [PREEMPTABLE_KEY]: 'false' };

/** The annotation as a merge patch sets it, or takes it away. */
export function estimateAnnotation(runningEstimate: string | undefined): JsonObject {
  return { [RUNNING_ESTIMATE_ANNOTATION]: runningEstimate ?? null };
}

/** The queue as a label; empty when its name cannot be one. */
export function queueLabels(queue: string): JsonObject {
  return LABEL_VALUE.test(queue) ? { [QUEUE_NAME_LABEL]: queue } : {};
}

/** Members that are empty are left out, not written as empty. */
function podGroupSpec(parts: PodGroupParts): JsonObject {
  return {
    minMember: parts.minMember,
    ...(parts.minTaskMember.size > 0 ? { minTaskMember: Object.fromEntries(parts.minTaskMember) } : {}),
    queue: parts.queue,
    ...(parts.priorityClassName === '' ? {} : { priorityClassName: parts.priorityClassName }),
    ...(Object.keys(parts.minResources).length > 0 ? { minResources: parts.minResources } : {}),
    ...(parts.network === undefined ? {} : { networkTopology: networkTopology(parts.network) }),
  };
}
