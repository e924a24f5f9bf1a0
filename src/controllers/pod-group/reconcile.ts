import { parseAmounts } from '../../api/amounts.ts';
import { parseGroupPlan } from '../../api/group-plan.ts';
import type { GroupPlan } from '../../api/group-plan.ts';
import type { OwnerRecord } from '../../api/records/owner-record.ts';
import type { PodGroupRecord } from '../../api/records/pod-group-record.ts';
import { POD_GROUPS } from '../../api/resources.ts';
import { eventOnce, requeueAfter } from '../effect.ts';
import type { Effect, EventEffect } from '../effect.ts';
import type { ObservedPodGroup } from './observed.ts';
import { groupOwner, isLive, isServed, rootRef } from './plan-root.ts';
import type { PlanRoot } from './plan-root.ts';
import { podGroupBody } from './resources.ts';
import { specPatch } from './spec-patch.ts';
import { demandAt, openStage } from './stage.ts';
import type { GroupDemand } from './stage.ts';

/** How long a namesake that is on its way out is waited for, should its deletion not be seen. */
const LEFTOVER_WAIT_MS = 1_000;
/** How often a name that somebody else holds is looked at again. */
const TAKEN_WAIT_MS = 60_000;

/**
 * Makes the PodGroup of a plan and keeps its demands in step with plan and stage; touches no group that it did not
 * make. A group outlives its finished root until garbage collection takes both; it is never made again for one.
 */
export function reconcilePodGroup(observed: ObservedPodGroup): readonly Effect[] {
  const { root, group } = observed;
  if (root.record.groupPlan === '' || !isServed(root) || !isLive(root)) return [];
  const plan = readPlan(root.record.groupPlan);
  if (plan === undefined) return eventOnce(invalidPlan(root), observed.reported);
  const demand = demandAt(plan, openStage(plan, observed.members));
  const owner = groupOwner(root, plan);
  if (group === undefined) return [createGroup(root, plan, demand, owner)];
  if (group.deleting) return [requeueAfter(LEFTOVER_WAIT_MS)];
  if (group.owner?.uid !== owner.uid) return leaveForeign(observed, group, owner);
  return updateGroup(root, plan, demand, group);
}

/**
 * A plan whose quantities cannot be read is as unusable as one that is no JSON: the API server would refuse the group.
 */
function readPlan(text: string): GroupPlan | undefined {
  const plan = parseGroupPlan(text);
  if (plan === undefined) return undefined;
  return parseAmounts(plan.minResources, 'up').errors.length === 0 ? plan : undefined;
}

function createGroup(root: PlanRoot, plan: GroupPlan, demand: GroupDemand, owner: OwnerRecord): Effect {
  const regarding = rootRef(root);
  const { namespace } = regarding;
  const body = podGroupBody({
    namespace,
    name: plan.group,
    owner,
    origin: `${owner.kind}/${owner.name}`,
    queue: plan.queue,
    priorityClassName: plan.priorityClassName,
    minResources: plan.minResources,
    ...demand,
  });
  return { kind: 'create', type: POD_GROUPS, namespace, name: plan.group, regarding, body };
}

function updateGroup(root: PlanRoot, plan: GroupPlan, demand: GroupDemand, group: PodGroupRecord): readonly Effect[] {
  const spec = specPatch(group, plan, demand);
  if (spec === undefined) return [];
  const { namespace, name, uid, resourceVersion } = group;
  const precondition = { uid, resourceVersion };
  return [{ kind: 'patch', type: POD_GROUPS, namespace, name, precondition, regarding: rootRef(root), body: { spec } }];
}

/**
 * A namesake of the owner with another UID is a former life of the same root: its group waits for garbage collection.
 * A pod may name any group that stands, so only a Job, whose plan has a name of its own, is told about a stranger.
 */
function leaveForeign(observed: ObservedPodGroup, group: PodGroupRecord, owner: OwnerRecord): readonly Effect[] {
  const found = group.owner;
  if (found !== undefined && found.kind === owner.kind && found.name === owner.name)
    return [requeueAfter(LEFTOVER_WAIT_MS)];
  if (observed.root.kind === 'pod') return [];
  const taken = takenName(observed.root, group);
  return [...eventOnce(taken, observed.reported), requeueAfter(TAKEN_WAIT_MS)];
}

function invalidPlan(root: PlanRoot): Omit<EventEffect, 'kind'> {
  return {
    regarding: rootRef(root),
    type: 'Warning',
    reason: 'InvalidGroupPlan',
    action: 'Grouping',
    note: 'Annotation sluice.dev/group-plan is no plan: no PodGroup is made. Remove it and create the object anew.',
  };
}

function takenName(root: PlanRoot, group: PodGroupRecord): Omit<EventEffect, 'kind'> {
  const holder = group.owner === undefined ? 'nobody' : `${group.owner.kind} ${group.owner.name}`;
  return {
    regarding: rootRef(root),
    type: 'Warning',
    reason: 'GroupNameTaken',
    action: 'Grouping',
    note: `PodGroup ${group.name} exists already and belongs to ${holder}: it is left alone. Create the object anew.`,
  };
}
