import { amountsText, parseAmounts } from '../../api/amounts.ts';
import type { GroupPlan } from '../../api/group-plan.ts';
import { networkTopology } from '../../api/group-wish.ts';
import { isSameNetwork } from '../../api/records/network-rule.ts';
import type { PodGroupRecord } from '../../api/records/pod-group-record.ts';
import type { JsonObject, JsonValue } from '../../lib/json.ts';
import type { GroupDemand } from './stage.ts';

/** What a group takes from the object that it is made from. */
export type PlannedSpec = Pick<GroupPlan, 'queue' | 'priorityClassName' | 'minResources' | 'network'>;

/**
 * Merge patch of the spec members that differ from what plan and stage ask for; undefined when none does. Queue and
 * priority are among them: a group that is made from another object is changed there, or not at all.
 */
export function specPatch(group: PodGroupRecord, plan: PlannedSpec, demand: GroupDemand): JsonObject | undefined {
  const patch: Record<string, JsonValue> = {};
  if (group.queue !== plan.queue) patch['queue'] = plan.queue;
  if (group.priorityClassName !== plan.priorityClassName) patch['priorityClassName'] = plan.priorityClassName || null;
  if (group.minMember !== demand.minMember) patch['minMember'] = demand.minMember;
  const tasks = mergeMap(group.minTaskMember, demand.minTaskMember);
  if (tasks !== undefined) patch['minTaskMember'] = tasks;
  const resources = mergeResources(group, plan);
  if (resources !== undefined) patch['minResources'] = resources;
  const network = mergeNetwork(group, plan);
  if (network !== undefined) patch['networkTopology'] = network;
  return Object.keys(patch).length === 0 ? undefined : patch;
}

/** Amounts are compared, not texts: `1000m` in the plan is the `1` of the group. */
function mergeResources(group: PodGroupRecord, plan: PlannedSpec): JsonObject | undefined {
  const wanted = parseAmounts(plan.minResources, 'up').amounts;
  const found = group.minResources ?? NO_AMOUNTS;
  if (amountsText(wanted) === amountsText(found)) return undefined;
  return { ...nulls(found, wanted), ...plan.minResources };
}

/** Where the plan says nothing, whatever somebody wrote on the group stays. */
function mergeNetwork({ network: found }: PodGroupRecord, { network: wanted }: PlannedSpec): JsonObject | undefined {
  if (wanted === undefined || (found !== undefined && isSameNetwork(found, wanted))) return undefined;
  return { highestTierAllowed: null, highestTierName: null, ...networkTopology(wanted) };
}

function mergeMap(found: ReadonlyMap<string, number>, wanted: ReadonlyMap<string, number>): JsonObject | undefined {
  const isEqual = found.size === wanted.size && [...wanted].every(([name, count]) => found.get(name) === count);
  return isEqual ? undefined : { ...nulls(found, wanted), ...Object.fromEntries(wanted) };
}

const NO_AMOUNTS: ReadonlyMap<string, number> = new Map();

/** In a merge patch a member goes away only by a null. */
function nulls(found: ReadonlyMap<string, number>, wanted: ReadonlyMap<string, number>): JsonObject {
  return Object.fromEntries([...found.keys()].filter((name) => !wanted.has(name)).map((name) => [name, null]));
}
