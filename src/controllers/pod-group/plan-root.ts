import type { GroupPlan } from '../../api/group-plan.ts';
import { SERVED_SCHEDULERS } from '../../api/keys.ts';
import type { JobRecord } from '../../api/records/job-record.ts';
import type { OwnerRecord } from '../../api/records/owner-record.ts';
import type { RootState } from '../../api/records/pod-group-record.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import type { RootRecord } from '../../api/records/root-record.ts';
import { apiVersion, JOBS, PODS } from '../../api/resources.ts';
import type { ResourceType } from '../../api/resources.ts';
import { isSame } from '../../lib/same.ts';
import type { ObjectRef } from '../effect.ts';

/**
 * An object that carries a group plan: one of a workload kind, of which only the metadata is known, a Job, or a pod (bare, a
 * Spark driver, or one that names a group).
 */
export type PlanRoot =
  | { readonly kind: 'object'; readonly type: ResourceType; readonly record: RootRecord }
  | { readonly kind: 'job'; readonly record: JobRecord }
  | { readonly kind: 'pod'; readonly record: PodRecord };

/** How events and API paths name the root. */
export function rootRef(root: PlanRoot): ObjectRef {
  const { namespace, name, uid } = root.record;
  return { type: typeOf(root), namespace, name, uid };
}

function typeOf(root: PlanRoot): ResourceType {
  if (root.kind === 'object') return root.type;
  return root.kind === 'job' ? JOBS : PODS;
}

/**
 * True when every write to the root was reviewed: to a Job or pod in whatever namespace when its pods are ours to place, to any
 * other object in namespaces that opted in. A plan on anything else was written by somebody who wants a PodGroup past the rules.
 */
export function isReviewed(root: PlanRoot, isOptedIn: boolean): boolean {
  return root.kind === 'object' ? isOptedIn : SERVED_SCHEDULERS.has(root.record.schedulerName);
}

/** False once the root is being deleted or has run to its end: no group is made or changed for it any more. */
export function isLive(root: PlanRoot): boolean {
  if (root.record.deleting) return false;
  // Metadata does not tell whether an object has come to its end; its group then is over as far as its pods are.
  if (root.kind === 'object') return true;
  if (root.kind === 'job') return root.record.state !== 'Ended';
  return root.record.phase !== 'Succeeded' && root.record.phase !== 'Failed';
}

/**
 * Whether the root wants its pods. Pods that a controller makes come and go: what they plan is theirs together, and ends
 * with the controller; so it is with all that carry the plan of an object above them.
 */
export function rootState(root: PlanRoot, plan: GroupPlan): RootState {
  if (typeof plan.owner === 'object') return stateOf(plan);
  if (root.kind === 'pod' && plan.owner === 'controller' && root.record.owner !== undefined) return 'Active';
  if (!isLive(root)) return 'Ended';
  return root.kind === 'job' && root.record.state === 'Suspended' ? 'Suspended' : stateOf(plan);
}

function stateOf({ isSuspended }: GroupPlan): RootState {
  return isSuspended === true ? 'Suspended' : 'Active';
}

/** True when nothing changed on the root that its group follows, but for the plan itself. */
export function isSameRoot(before: PlanRoot, after: PlanRoot): boolean {
  if (isLive(before) !== isLive(after) || !isSame(before.record.handedDown, after.record.handedDown)) return false;
  if (before.kind !== 'job' || after.kind !== 'job') return true;
  const [a, b] = [before.record, after.record];
  return a.state === b.state && a.failedIndexes === b.failedIndexes && a.succeeded === b.succeeded;
}

/**
 * Whom the group goes away with: the object that handed its plan down, where one did. A pod that is one replica among others
 * plans their common group, which the controller above them owns, as Volcano does it; a bare pod or a Spark driver owns its
 * group itself. So does a replica without a controller: when it goes before its peers the group goes with it and is made again for the oldest peer, the price of
 * never leaving a group behind that nobody deletes.
 */
export function groupOwner(root: PlanRoot, plan: GroupPlan): OwnerRecord {
  if (typeof plan.owner === 'object') return plan.owner;
  const { type, name, uid } = rootRef(root);
  const self = { apiVersion: apiVersion(type), kind: type.kind, name, uid };
  return root.kind === 'pod' && plan.owner === 'controller' ? (root.record.owner ?? self) : self;
}

/**
 * The root that speaks for a group when several carry a plan for it: live before ended, then the one that owns the
 * group as it stands (its UID, empty when no group stands), an object of a workload kind before the Jobs and pods that are made
 * for it, a Job before a pod, the oldest.
 */
export function pickRoot(roots: Iterable<PlanRoot>, ownerUid: string): PlanRoot | undefined {
  let best: PlanRoot | undefined;
  for (const root of roots) {
    if (best === undefined || compareRoots(root, best, ownerUid) < 0) best = root;
  }
  return best;
}

function compareRoots(a: PlanRoot, b: PlanRoot, ownerUid: string): number {
  if (isLive(a) !== isLive(b)) return isLive(a) ? -1 : 1;
  if (a.record.uid === ownerUid) return -1;
  if (b.record.uid === ownerUid) return 1;
  if (a.kind !== b.kind) return RANKS[a.kind] - RANKS[b.kind];
  const age = createdMs(a) - createdMs(b);
  if (age !== 0) return age;
  return a.record.uid < b.record.uid ? -1 : 1;
}

const RANKS = { object: 0, job: 1, pod: 2 } as const;

/**
 * Jobs and objects above them are told apart by UID alone: a second one for a group is a copied manifest, and is told that the name is taken.
 */
function createdMs(root: PlanRoot): number {
  return root.kind === 'pod' ? root.record.createdMs : 0;
}
