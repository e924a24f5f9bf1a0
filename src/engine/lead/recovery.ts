import { parseBindPlan, uidToken } from '../../api/bind-plan.ts';
import type { PlannedBind } from '../../api/bind-plan.ts';
import type { PodGroupRecord } from '../../api/records/pod-group-record.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import type { BindDecision, GangDecision } from '../../scheduler/session/decision.ts';

/** What a new leader does about a plan that its predecessor left open. */
export type RecoveryStep =
  /** Every planned pod is bound or gone, or nothing was bound yet: only the record has to go. */
  | { readonly kind: 'settle'; readonly planId: string }
  /** Some are bound: the others are to follow to their planned nodes. */
  | { readonly kind: 'finish'; readonly planId: string; readonly gang: GangDecision };

/** Pure: reads the plan against the pods as they are (reference: gang bind protocol). Undefined when there is no plan. */
export function recoverPlan(group: PodGroupRecord, pods: readonly PodRecord[]): RecoveryStep | undefined {
  const plan = parseBindPlan(group.bindPlan);
  if (plan === undefined) return group.bindPlan === '' ? undefined : { kind: 'settle', planId: '' };
  const planned = new Map(plan.binds.map((bind) => [bind.token, bind]));
  const rest: BindDecision[] = [];
  let bound = 0;
  for (const pod of pods) {
    const bind = planned.get(uidToken(pod.uid));
    if (bind === undefined || pod.deleting) continue;
    if (pod.nodeName !== '') bound += 1;
    else if (pod.phase === 'Pending') rest.push(decisionOf(pod, bind));
  }
  if (bound === 0 || rest.length === 0) return { kind: 'settle', planId: plan.id };
  return {
    kind: 'finish',
    planId: plan.id,
    gang: { kind: 'gang', group: group.key, minMember: group.minMember, binds: rest },
  };
}

function decisionOf({ uid, key }: PodRecord, { node, cards }: PlannedBind): BindDecision {
  return { kind: 'bind', uid, pod: key, node, ...(cards === undefined ? {} : { cards }) };
}
