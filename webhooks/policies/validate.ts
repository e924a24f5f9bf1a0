import { conflictsWith } from '../../src/api/policies/conflicts.ts';
import { comparePolicies } from '../../src/api/policies/policy-order.ts';
import { readPolicy } from '../../src/api/policies/read-policy.ts';
import type { Policy } from '../../src/api/records/policy.ts';
import { stringAt } from '../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import type { Verdict } from '../verdict.ts';
import { isBeingDeleted } from '../being-deleted.ts';
import { allow, refuse, UNCHANGED } from '../verdict.ts';
import { RUNTIME_CLASS_VIEW } from '../view-kinds.ts';

/** WorkloadPolicies and NamespacedWorkloadPolicies: all that is wrong at once; what will not do what it seems to is told. */
export function validatePolicyReview(request: AdmissionRequest, view: ClusterView): Verdict {
  const { object, subresource, namespace, name } = request;
  if (object === undefined || subresource !== '' || isBeingDeleted(request)) return UNCHANGED;
  const read = readPolicy(object, namespace, stringAt(object, ['metadata', 'name'], name));
  if (read.kind === 'errors') return refuse('InvalidPolicy', ...read.errors);
  const warnings = policyWarnings(read.policy, view);
  return warnings.length === 0 ? UNCHANGED : allow([], warnings);
}

/** What a policy will not do although it seems to. */
export function policyWarnings(policy: Policy, view: ClusterView): readonly string[] {
  return [...conflictWarnings(policy, view), ...idleWarnings(policy), ...missingWarnings(policy, view)];
}

function conflictWarnings(policy: Policy, view: ClusterView): readonly string[] {
  const earlier = view.policies().policies.filter((other) => comparePolicies(other, policy) < 0);
  return conflictsWith(policy, earlier).map(({ message }) => message);
}

function idleWarnings({ match, settings }: Policy): readonly string[] {
  const hasJobs = match.objects?.some(({ group, resource }) => group === 'batch' && ['jobs', '*'].includes(resource));
  const isIdle = settings.minMembers !== undefined && hasJobs === false;
  return isIdle ? ['spec.set.gang has an effect on Jobs only, and the policy is for none'] : [];
}

function missingWarnings({ settings, onMissingReference }: Policy, view: ClusterView): readonly string[] {
  if (!view.synced) return [];
  const { queue, priorityClass, runtimeClass } = settings;
  const what = onMissingReference === 'Deny' ? 'until then work is refused' : 'until then it is left out';
  const missing = (path: string, name: string): string => `spec.set.${path}.name: ${name} does not exist: ${what}`;
  return [
    ...(queue !== undefined && view.queue(queue.value) === undefined ? [missing('queue', queue.value)] : []),
    ...(priorityClass !== undefined && view.priorityClass(priorityClass.value) === undefined
      ? [missing('priorityClass', priorityClass.value)]
      : []),
    ...(runtimeClass !== undefined && view.of(RUNTIME_CLASS_VIEW).get(runtimeClass.value) === undefined
      ? [missing('runtimeClass', runtimeClass.value)]
      : []),
  ];
}
