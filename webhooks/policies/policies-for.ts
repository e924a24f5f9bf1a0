import { memberAt } from '../../src/lib/json.ts';
import { saysTheSame } from '../../src/lib/same.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import { joinWants, NO_WANT } from '../injection/want.ts';
import type { Want } from '../injection/want.ts';
import type { TemplateFacts } from '../template-facts.ts';
import { decide } from './decide.ts';
import { wantOfFailures } from './failures.ts';
import { policyContext } from './policy-context.ts';
import { NO_POLICIES } from './policy-set.ts';
import { policyTarget } from './target.ts';

/** What the policies want of the pod or template of the object under review, in their order. */
export function policiesFor(request: AdmissionRequest, template: TemplateFacts, view: ClusterView): Want {
  const policies = view.policies();
  if (policies === NO_POLICIES || isKept(request, template)) return NO_WANT;
  const matching = policies.match(policyContext(request, template, view));
  if (matching.policies.length + matching.failures.length === 0) return NO_WANT;
  const target = policyTarget(request, template, view);
  const decided = matching.policies.length === 0 ? NO_WANT : decide(matching.policies, target, view);
  return joinWants(decided, wantOfFailures(matching.failures, target));
}

/** A roll-out is nobody's wish: a template that stays as it is stays as it is, whatever policies say by now. */
function isKept({ oldObject }: AdmissionRequest, { object, path }: TemplateFacts): boolean {
  if (oldObject === undefined) return false;
  const old = memberAt(oldObject, ...path.split('.').slice(0, -1));
  return typeof old === 'object' && old !== null && saysTheSame(object, old as typeof object);
}
