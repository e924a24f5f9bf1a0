import type { Policy, PolicySettings } from '../../src/api/records/policy.ts';
import { memberAt } from '../../src/lib/json.ts';
import { saysTheSame } from '../../src/lib/same.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import { joinWants, NO_WANT } from '../injection/want.ts';
import type { Want } from '../injection/want.ts';
import type { TemplateFacts } from '../template-facts.ts';
import { decide } from './decide.ts';
import { wantOfFailures } from './failures.ts';
import { policyContext } from './read-context.ts';
import { NO_POLICIES } from './policy-set.ts';
import { policyTarget } from './target.ts';

/**
 * What they want of an object whose pods' templates cannot be seen: its queue, and how few of its pods start together. All else comes
 * to its pods, when they come.
 */
export function rulesFor(request: AdmissionRequest, template: TemplateFacts, view: ClusterView): Want {
  return wanted(request, template, view, (policy) => {
    const { queue, minMembers } = policy.settings;
    const isFor = queue !== undefined || minMembers !== undefined;
    return isFor ? { ...policy, settings: { ...NO_SETTINGS, queue, minMembers } } : undefined;
  });
}

const NO_SETTINGS: PolicySettings = {
  queue: undefined,
  minMembers: undefined,
  priorityClass: undefined,
  runtimeClass: undefined,
  labels: undefined,
  annotations: undefined,
  tolerations: [],
  nodeRequirements: [],
  schedulingGate: '',
  accelerators: '',
  dataLocality: '',
};

/** What the policies want of the pod or template of the object under review, in their order. */
export function policiesFor(request: AdmissionRequest, template: TemplateFacts, view: ClusterView): Want {
  return isKept(request, template) ? NO_WANT : wanted(request, template, view, (policy) => policy);
}

/** `asked` leaves of each policy what it is asked about; undefined for nothing. */
function wanted(
  request: AdmissionRequest,
  template: TemplateFacts,
  view: ClusterView,
  asked: (policy: Policy) => Policy | undefined,
): Want {
  const all = view.policies();
  if (all === NO_POLICIES) return NO_WANT;
  const { policies, failures } = all.match(policyContext(request, template, view));
  const relevant = policies.map(asked).filter((policy) => policy !== undefined);
  if (relevant.length + failures.length === 0) return NO_WANT;
  const target = policyTarget(request, template, view);
  const decided = relevant.length === 0 ? NO_WANT : decide(relevant, target, view);
  return joinWants(decided, wantOfFailures(failures, target));
}

/** A roll-out is nobody's wish: a template that stays as it is stays as it is, whatever policies say by now. */
function isKept({ oldObject }: AdmissionRequest, { object, path }: TemplateFacts): boolean {
  if (oldObject === undefined) return false;
  const old = memberAt(oldObject, ...path.split('.').slice(0, -1));
  return typeof old === 'object' && old !== null && saysTheSame(object, old as typeof object);
}
