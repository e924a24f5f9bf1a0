import { accessRule } from '../../api/access.ts';
import { comparePolicies } from '../../api/policies/policy-order.ts';
import type { PolicyRecord } from '../../api/records/policy-record.ts';
import type { Policy } from '../../api/records/policy.ts';
import { NAMESPACED_WORKLOAD_POLICIES, WORKLOAD_POLICIES } from '../../api/resources.ts';
import { WATCHED_NAMESPACED_POLICIES, WATCHED_POLICIES } from '../../api/watched-kinds.ts';
import { saysTheSame } from '../../lib/same.ts';
import type { Controller, KindView, Watch } from '../controller.ts';
import { reconcilePolicy } from './reconcile.ts';

const BOTH = [WATCHED_POLICIES, WATCHED_NAMESPACED_POLICIES];

/** What a policy says matters to all that come after it; its status to itself alone. */
function wake(before: PolicyRecord | undefined, after: PolicyRecord | undefined, view: KindView): Iterable<string> {
  const [old, now] = [inForce(before), inForce(after)];
  const isSame = old === now || (old !== undefined && now !== undefined && saysTheSame(old, now));
  if (isSame && before !== undefined) return after === undefined ? [] : [after.key];
  return new Set([...records(view).map(({ key }) => key), ...(after === undefined ? [] : [after.key])]);
}

const WATCHES: readonly Watch<PolicyRecord>[] = BOTH.map((kind) => ({ kind, toKeys: wake }));

/** Keys are names of WorkloadPolicies, and `namespace/name` of NamespacedWorkloadPolicies. */
export const POLICY_STATUS: Controller = {
  name: 'policy',
  workers: 2,
  watches: WATCHES,
  access: [WORKLOAD_POLICIES, NAMESPACED_WORKLOAD_POLICIES].map((type) =>
    accessRule(type, ['patch'], { subresource: 'status' }),
  ),
  reconcile: (key, { view, nowMs }) => {
    const kind = key.includes('/') ? WATCHED_NAMESPACED_POLICIES : WATCHED_POLICIES;
    const record = view.get(kind, key);
    return record === undefined ? [] : reconcilePolicy({ nowMs, record, earlier: before(record, view) });
  },
};

function before({ policy }: PolicyRecord, view: KindView): readonly Policy[] {
  if (policy === undefined) return [];
  const others = records(view)
    .map(inForce)
    .filter((one) => one !== undefined);
  return others.filter((one) => comparePolicies(one, policy) < 0).toSorted(comparePolicies);
}

/** What the policy says, or said when it could last be read. */
function inForce(record: PolicyRecord | undefined): Policy | undefined {
  return record?.policy ?? record?.lastGood;
}

function records(view: KindView): readonly PolicyRecord[] {
  return BOTH.flatMap((kind) => [...view.values(kind)]);
}
