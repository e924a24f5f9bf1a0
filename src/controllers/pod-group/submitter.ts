import type { GroupPlan } from '../../api/group-plan.ts';
import type { OwnerRecord } from '../../api/records/owner-record.ts';
import type { PodGroupRecord } from '../../api/records/pod-group-record.ts';
import { apiVersion } from '../../api/resources.ts';
import { groupClaim, isSignedGroup, isSignedPlan, submitterAnnotations } from '../../api/submitter-claim.ts';
import type { SignedSubmitter, SubmitterKeys } from '../../api/submitter-claim.ts';
import type { JsonObject } from '../../lib/json.ts';
import { rootRef } from './plan-root.ts';
import type { PlanRoot } from './plan-root.ts';

/** Whose the group of a plan is to be. It is signed, for the object that it goes away with, where the plan is. */
export function submitterOf(
  keys: SubmitterKeys,
  root: PlanRoot,
  plan: GroupPlan,
  { uid }: Pick<OwnerRecord, 'uid'>,
): SignedSubmitter {
  const { group, submitter } = plan;
  if (submitter === undefined) return {};
  const { type, namespace, ...ref } = rootRef(root);
  const { createdMs } = root.record;
  const object = { ...ref, namespace, apiVersion: apiVersion(type), kind: type.kind, createdMs };
  if (!isSignedPlan(keys, object, group, plan)) return { submitter };
  return { submitter, signature: keys.sign(groupClaim(namespace, group, uid, submitter)) };
}

/**
 * What a group lacks that was made where nobody signed, or that somebody wrote on meanwhile. One whose signature stands says what
 * was true when it was made, whatever became of the plan.
 */
export function submitterPatch(
  keys: SubmitterKeys,
  root: PlanRoot,
  group: PodGroupRecord,
  plan: GroupPlan,
): JsonObject {
  const { owner } = group;
  if (owner === undefined || plan.signature === undefined || isSignedGroup(keys, group)) return {};
  const signed = submitterOf(keys, root, plan, owner);
  return signed.signature === undefined ? {} : submitterAnnotations(signed);
}
