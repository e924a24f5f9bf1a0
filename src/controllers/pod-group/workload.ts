import { formatAmounts } from '../../api/amounts.ts';
import type { GroupPlan } from '../../api/group-plan.ts';
import { networkWish, resourcesWish } from '../../api/group-wish.ts';
import { PREEMPTABLE_KEY } from '../../api/keys.ts';
import type { PodGroupRecord, RootState } from '../../api/records/pod-group-record.ts';
import type { WorkloadRecord } from '../../api/records/workload-record.ts';
import { apiVersion, JOBS, POD_GROUPS } from '../../api/resources.ts';
import type { ResourceType } from '../../api/resources.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { DeleteEffect } from '../effect.ts';
import { withMinimum } from './plan-minimum.ts';
import { rootState } from './plan-root.ts';
import type { PlanRoot } from './plan-root.ts';

/** What makes the pods of a group, as it is now. */
export interface ObservedWorkload {
  readonly record: WorkloadRecord;
  /** Another ReplicaSet of its Deployment still has pods. */
  readonly isRollingOut: boolean;
}

/**
 * How many start together. Never more pods than there are to be: others would be waited for in vain. During a roll-out
 * new pods start one by one, for old ones go only when new ones run: a gang would wait for the room that they hold.
 */
export function startTogether(planned: number, { record, isRollingOut }: ObservedWorkload): number {
  const { minMember, replicas = 1 } = record;
  return isRollingOut ? 1 : Math.max(1, Math.min(minMember || planned, replicas));
}

/** The plan of a pod that its controller made, with the minimum, the room and the place in the network that the controller asks for now. */
export function workloadPlan(plan: GroupPlan, workload: ObservedWorkload | undefined): GroupPlan {
  const [task] = plan.tasks;
  if (workload === undefined || task === undefined || plan.tasks.length > 1) return plan;
  const { record, isRollingOut } = workload;
  const sized = withMinimum(plan, task, startTogether(task.min, workload));
  const network = networkWish((key) => record.handedDown.get(key)) ?? plan.network;
  // In a roll-out its pods come one by one: the room of all is what the old ones still hold.
  const room = isRollingOut ? undefined : resourcesWish(record.minResources);
  return { ...sized, network, ...(room === undefined ? {} : { minResources: formatAmounts(room) }) };
}

/** Whether pods are wanted: a Job that plans nothing itself, since its pods do, says so all the same. */
export function wantedState(root: PlanRoot, plan: GroupPlan, workload: ObservedWorkload | undefined): RootState {
  const own = rootState(root, plan);
  return own === 'Active' && workload !== undefined ? workload.record.state : own;
}

type HandedDown = ReadonlyMap<string, string>;

/** The annotations that a group takes over: from what makes its pods, else from the object that plans it. */
export function handedDownTo(root: PlanRoot, workload: ObservedWorkload | undefined): HandedDown {
  if (workload !== undefined) return workload.record.handedDown;
  return root.kind === 'pod' ? NOTHING : root.record.handedDown;
}

const NOTHING: HandedDown = new Map();

/** What the group lacks of them. What keeps it by a policy is not taken away. */
export function handedDownPatch(group: PodGroupRecord, { isKept }: GroupPlan, handedDown: HandedDown): JsonObject {
  if (handedDown.size === 0) return {};
  const missing = [...handedDown].filter(
    ([key, value]) => group.handedDown.get(key) !== value && !(isKept === true && key === PREEMPTABLE_KEY),
  );
  return Object.fromEntries(missing);
}

/** The group of something that was scaled down to nothing goes with the last pod; when it grows again it gets a new one. */
export function dropUnused(group: PodGroupRecord, { record }: ObservedWorkload): readonly DeleteEffect[] {
  if (record.replicas !== 0 || group.deleting || group.owner?.uid !== record.uid || isJob(record)) return [];
  const { namespace, name, uid } = group;
  const type: ResourceType = POD_GROUPS;
  const precondition = { uid, resourceVersion: '' };
  const regarding = { type, namespace, name, uid };
  return [{ kind: 'delete', type, namespace, name, regarding, precondition, propagation: 'Background' }];
}

/** A Job that runs none of its pods for now is paused. */
function isJob(record: WorkloadRecord): boolean {
  return record.kind === JOBS.kind && record.apiVersion === apiVersion(JOBS);
}
