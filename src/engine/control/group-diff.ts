import { isSameClaim } from '../../api/submitter-claim.ts';
import { isSameNetwork } from '../../api/records/network-rule.ts';
import type { NetworkRule } from '../../api/records/network-rule.ts';
import type { PodGroupRecord } from '../../api/records/pod-group-record.ts';
import { isSame } from '../../lib/same.ts';

/** True when nothing changed that a plan's reconcile looks at; phases, counts and conditions change all the time. */
export function isSameDemand(before: PodGroupRecord | undefined, after: PodGroupRecord | undefined): boolean {
  if (before === undefined || after === undefined) return false;
  return (
    before.uid === after.uid &&
    before.deleting === after.deleting &&
    before.minMember === after.minMember &&
    before.queue === after.queue &&
    before.priorityClassName === after.priorityClassName &&
    before.rootState === after.rootState &&
    before.runMs === after.runMs &&
    isSameRule(before.network, after.network) &&
    isSameClaim(before, after) &&
    isSame(before.minTaskMember, after.minTaskMember) &&
    isSame(before.minResources ?? NOTHING, after.minResources ?? NOTHING)
  );
}

function isSameRule(a: NetworkRule | undefined, b: NetworkRule | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && isSameNetwork(a, b));
}

const NOTHING: ReadonlyMap<string, number> = new Map();
