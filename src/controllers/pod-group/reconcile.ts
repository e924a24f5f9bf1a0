import { parseAmounts } from '../../api/amounts.ts';
import { parseGroupPlan } from '../../api/group-plan.ts';
import type { GroupPlan } from '../../api/group-plan.ts';
import type { OwnerRecord } from '../../api/records/owner-record.ts';
import type { PodGroupRecord, RootState } from '../../api/records/pod-group-record.ts';
import { readRunningEstimate } from '../../api/running-estimate.ts';
import { POD_GROUPS } from '../../api/resources.ts';
import type { JsonObject } from '../../lib/json.ts';
import { eventOnce, requeueAfter } from '../effect.ts';
import type { Effect } from '../effect.ts';
import type { ObservedPodGroup } from './observed.ts';
import { believedClass } from './believed-class.ts';
import { groupOwner, isLive, isReviewed, rootRef } from './plan-root.ts';
import type { PlanRoot } from './plan-root.ts';
import { possiblePlan } from './possible-plan.ts';
import { estimateAnnotation, KEPT, podGroupBody, rootStateAnnotation } from './resources.ts';
import type { PodGroupParts } from './resources.ts';
import { specPatch } from './spec-patch.ts';
import { invalidPlan, queueRefusal, takenName } from './troubles.ts';
import { demandAt, openStage } from './stage.ts';
import { groupPlanned } from './told.ts';
import type { GroupDemand } from './stage.ts';
import { submitterOf, submitterPatch } from './submitter.ts';
import { handedDownPatch, handedDownTo, wantedState, workloadPlan } from './workload.ts';

/** How long a namesake that is on its way out is waited for, should its deletion not be seen. */
const LEFTOVER_WAIT_MS = 1_000;
/** How often a name that somebody else holds is looked at again. */
const TAKEN_WAIT_MS = 60_000;
/** Age of a root at which its queue is no longer explained by watch streams that run apart. */
const QUEUE_GRACE_MS = 5_000;

/**
 * Makes the PodGroup of a plan and keeps its demands and its root's state in step with root, plan and stage; touches no
 * group that it did not make. A group outlives its ended root until garbage collection takes both, and asks for nothing
 * meanwhile; it is never made again for one.
 */
export function reconcilePodGroup(observed: ObservedPodGroup): readonly Effect[] {
  const { root, group } = observed;
  if (root.record.groupPlan === '' || !isReviewed(root, observed.isOptedIn)) return [];
  const read = readPlan(observed);
  if (read === undefined) return isLive(root) ? eventOnce(invalidPlan(root), observed.reported) : [];
  // Each of the root's replicas has a group of its own, which its pods plan.
  if (read.replicaLabel !== undefined) return [];
  const plan = workloadPlan(possiblePlan(read, observed), observed.workload);
  const owner = groupOwner(root, plan);
  const state = wantedState(root, plan, observed.workload);
  if (!isLive(root)) return endGroup(root, state, group, owner);
  const demand = demandAt(plan, openStage(plan, observed.members));
  if (group === undefined) return makeGroup(observed, plan, demand, owner);
  if (group.deleting) return [requeueAfter(LEFTOVER_WAIT_MS)];
  if (isEndedPeers(root, group)) return patchGroup(root, group, undefined, statePatch(group, state));
  if (group.owner?.uid !== owner.uid) return leaveForeign(observed, group, owner);
  return patchGroup(root, group, specPatch(group, plan, demand), {
    ...statePatch(group, state),
    ...estimatePatch(root, group, plan),
    ...keptPatch(group, plan),
    ...submitterPatch(observed.submitterKeys, root, group, plan),
    ...handedDownPatch(group, plan, handedDownTo(root, observed.workload)),
  });
}

/** All pods that shared the group had come to their end, the one that owns it among them, before this one came to it. */
function isEndedPeers(root: PlanRoot, { owner, rootState: state }: PodGroupRecord): boolean {
  return root.kind === 'pod' && owner?.kind === 'Pod' && owner.uid !== root.record.uid && state === 'Ended';
}

/** An ended root changes no demand any more: the group says that it asks for nothing, whatever it demanded. */
function endGroup(
  root: PlanRoot,
  state: RootState,
  group: PodGroupRecord | undefined,
  owner: OwnerRecord,
): readonly Effect[] {
  if (group === undefined || group.deleting || group.owner?.uid !== owner.uid) return [];
  return patchGroup(root, group, undefined, statePatch(group, state));
}

/**
 * A plan whose quantities cannot be read is as unusable as one that is no JSON: the API server would refuse the group.
 * The priority class is the one that the root's pods have.
 */
function readPlan({ root, members }: ObservedPodGroup): GroupPlan | undefined {
  const plan = parseGroupPlan(root.record.groupPlan);
  if (plan === undefined || parseAmounts(plan.minResources, 'up').errors.length > 0) return undefined;
  // The annotation may have been written by anybody while no webhook watched; what the pods run with may not.
  const priorityClassName =
    root.kind === 'object' ? believedClass(plan.priorityClassName, members) : root.record.priorityClassName;
  return { ...plan, priorityClassName };
}

/**
 * A plan may have been written, and its queue closed, while no webhook watched: what was asked at submission is asked
 * again. A queue that was made together with the root may be seen later than the root.
 */
function makeGroup(
  { root, queue, nowMs, reported, workload, submitterKeys }: ObservedPodGroup,
  plan: GroupPlan,
  demand: GroupDemand,
  owner: OwnerRecord,
): readonly Effect[] {
  const refusal = queueRefusal(rootRef(root), plan.queue, queue(plan.queue));
  if (refusal === undefined) {
    const signed = submitterOf(submitterKeys, root, plan, owner);
    return [
      createGroup(root, plan, demand, {
        owner,
        rootState: wantedState(root, plan, workload),
        handedDown: handedDownTo(root, workload),
        ...signed,
      }),
      ...groupPlanned(root, plan, signed, reported),
    ];
  }
  const ageMs = Math.max(0, nowMs - root.record.createdMs);
  return ageMs < QUEUE_GRACE_MS ? [requeueAfter(QUEUE_GRACE_MS - ageMs)] : eventOnce(refusal, reported);
}

function createGroup(
  root: PlanRoot,
  plan: GroupPlan,
  demand: GroupDemand,
  from: Pick<PodGroupParts, 'owner' | 'rootState' | 'handedDown' | 'submitter' | 'signature'>,
): Effect {
  const regarding = rootRef(root);
  const { namespace } = regarding;
  const body = podGroupBody({
    namespace,
    name: plan.group,
    ...from,
    origin: `${from.owner.kind}/${from.owner.name}`,
    queue: plan.queue,
    priorityClassName: plan.priorityClassName,
    minResources: plan.minResources,
    network: plan.network,
    isKept: plan.isKept === true,
    runningEstimate: plan.runningEstimate,
    ...demand,
  });
  return { kind: 'create', type: POD_GROUPS, namespace, name: plan.group, regarding, body };
}

function statePatch(group: PodGroupRecord, state: RootState): JsonObject {
  return group.rootState === state ? {} : rootStateAnnotation(state);
}

/** A Job or what is above it says it of all its pods; any other pod says it of itself, and whoever writes it on its group says it there. */
function estimatePatch({ kind }: PlanRoot, { runMs }: PodGroupRecord, { runningEstimate }: GroupPlan): JsonObject {
  const isSame = kind === 'pod' || readRunningEstimate(runningEstimate ?? '') === runMs;
  return isSame ? {} : estimateAnnotation(runningEstimate);
}

/** What keeps pods may have been written on the group by hand, so that it is never taken away. */
function keptPatch({ preemptable }: PodGroupRecord, { isKept }: GroupPlan): JsonObject {
  return isKept === true && preemptable ? KEPT : {};
}

/** One write for both: what a resumed root asks for stands before any of its pods may be placed. */
function patchGroup(
  root: PlanRoot,
  group: PodGroupRecord,
  spec: JsonObject | undefined,
  annotations: JsonObject,
): readonly Effect[] {
  const metadata = Object.keys(annotations).length === 0 ? undefined : { annotations };
  if (spec === undefined && metadata === undefined) return [];
  const { namespace, name, uid, resourceVersion } = group;
  const precondition = { uid, resourceVersion };
  const body = { ...(metadata === undefined ? {} : { metadata }), ...(spec === undefined ? {} : { spec }) };
  return [{ kind: 'patch', type: POD_GROUPS, namespace, name, precondition, regarding: rootRef(root), body }];
}

/**
 * A namesake of the owner with another UID is a former life of the same root: its group waits for garbage collection.
 * A pod may name any group that stands, so only an object whose plan has a name of its own is told about a stranger.
 */
function leaveForeign(observed: ObservedPodGroup, group: PodGroupRecord, owner: OwnerRecord): readonly Effect[] {
  const found = group.owner;
  if (found !== undefined && found.kind === owner.kind && found.name === owner.name)
    return [requeueAfter(LEFTOVER_WAIT_MS)];
  if (observed.root.kind === 'pod') return [];
  const taken = takenName(observed.root, group);
  return [...eventOnce(taken, observed.reported), requeueAfter(TAKEN_WAIT_MS)];
}
