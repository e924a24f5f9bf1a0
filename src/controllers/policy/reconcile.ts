import { conflictsWith } from '../../api/policies/conflicts.ts';
import type { PolicyCondition, PolicyRecord } from '../../api/records/policy-record.ts';
import type { Policy } from '../../api/records/policy.ts';
import { NAMESPACED_WORKLOAD_POLICIES, WORKLOAD_POLICIES } from '../../api/resources.ts';
import { formatFieldError } from '../../lib/field-error.ts';
import { saysTheSame } from '../../lib/same.ts';
import type { Effect } from '../effect.ts';

/** All that decides what the status of one policy says. */
export interface ObservedPolicy {
  readonly nowMs: number;
  readonly record: PolicyRecord;
  /** The policies that come before it, in their order. */
  readonly earlier: readonly Policy[];
}

/** What a status says, but for when. */
interface PolicyStatus {
  readonly observedGeneration: number;
  readonly inForceGeneration: number;
  readonly inForceSpec: string;
  readonly conflicts: number;
  readonly conditions: readonly PolicyCondition[];
}

/** Keeps in the status whether a policy is in force, and what it yields to others. */
export function reconcilePolicy({ nowMs, record, earlier }: ObservedPolicy): readonly Effect[] {
  const status = statusOf(record, earlier, nowMs);
  if (record.deleting || saysTheSame(status, knownStatus(record))) return [];
  const { namespace, name, uid, resourceVersion } = record;
  const type = namespace === '' ? WORKLOAD_POLICIES : NAMESPACED_WORKLOAD_POLICIES;
  const conditions = status.conditions.map((one) => ({ ...one }));
  return [
    {
      kind: 'patchStatus',
      type,
      namespace,
      name,
      regarding: { type, namespace, name, uid },
      precondition: { uid, resourceVersion },
      body: { status: { ...status, conditions } },
    },
  ];
}

function knownStatus(record: PolicyRecord): PolicyStatus {
  const { observedGeneration, inForceGeneration, inForceSpec, conflicts, conditions } = record;
  return { observedGeneration, inForceGeneration, inForceSpec, conflicts, conditions };
}

function statusOf(record: PolicyRecord, earlier: readonly Policy[], nowMs: number): PolicyStatus {
  const { generation, policy } = record;
  const conflicts = policy === undefined ? [] : conflictsWith(policy, earlier);
  const blocked = conflicts.filter(({ effect }) => effect === 'blocked');
  const yields = conflicts.filter(({ effect }) => effect !== 'blocked');
  const ready = { type: 'Ready', ...readiness(record, blocked[0]?.message) };
  const isConflicting = conflicts.length > 0;
  const conflicting = {
    type: 'Conflicting',
    status: isConflicting ? 'True' : 'False',
    reason: isConflicting ? 'PolicyYields' : 'PolicyInForce',
    message: [...blocked, ...yields].map(({ message }) => message).join('; '),
  };
  return {
    observedGeneration: generation,
    inForceGeneration: policy === undefined ? record.inForceGeneration : generation,
    inForceSpec: record.goodSpec,
    conflicts: conflicts.length,
    conditions: [ready, conflicting].map((one) => since(one, record, nowMs)),
  };
}

type Untimed = Omit<PolicyCondition, 'lastTransitionTime'>;

function readiness(
  { policy, errors, inForceGeneration, lastGood }: PolicyRecord,
  blocked: string | undefined,
): Omit<Untimed, 'type'> {
  if (policy === undefined) {
    const problems = errors.map(formatFieldError).join('; ');
    const before =
      inForceGeneration === 0
        ? 'the policy does nothing'
        : `generation ${inForceGeneration} stays in force${lastGood === undefined ? ' until Sluice starts anew' : ''}`;
    return { status: 'False', reason: 'PolicyNotReadable', message: `${problems}; ${before}` };
  }
  if (blocked !== undefined) return { status: 'False', reason: 'PolicyYields', message: blocked };
  return { status: 'True', reason: 'PolicyInForce', message: '' };
}

function since(condition: Untimed, { conditions }: PolicyRecord, nowMs: number): PolicyCondition {
  const known = conditions.find(({ type }) => type === condition.type);
  const isSame = known?.status === condition.status && known.lastTransitionTime !== '';
  return { ...condition, lastTransitionTime: isSame ? known.lastTransitionTime : new Date(nowMs).toISOString() };
}
