import { arrayAt, member } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { NO_POLICIES } from '../records/sub-group-policy.ts';
import type { SubGroupPolicyRecord } from '../records/sub-group-policy.ts';
import { objects, text, whole } from './metadata.ts';
import { readNetworkRule } from './network-rule.ts';
import { readSelector } from './label-selector.ts';

/** Most parts that a count is read as: more than any cluster has pods. */
const MOST = 1_000_000_000;

/** The policies of a PodGroup's spec. Without a selector a policy is for all pods of the group. */
export function readSubGroupPolicies(spec: JsonObject): readonly SubGroupPolicyRecord[] {
  const policies = objects(spec, 'subGroupPolicy');
  return policies.length === 0 ? NO_POLICIES : policies.map(policy);
}

function policy(raw: JsonObject, at: number): SubGroupPolicyRecord {
  const selector = member(raw, 'labelSelector');
  return {
    name: text(raw, 'name') || String(at),
    selector: selector === undefined || selector === null ? [] : readSelector(selector),
    matchLabelKeys: arrayAt(raw, 'matchLabelKeys').filter((key) => typeof key === 'string'),
    size: Math.min(MOST, Math.max(1, whole(raw, 'subGroupSize', 1))),
    minSubGroups: Math.min(MOST, Math.max(0, whole(raw, 'minSubGroups', 0))),
    network: readNetworkRule(raw),
  };
}
