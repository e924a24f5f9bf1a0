import type { OwnerRecord } from '../../src/api/records/owner-record.ts';
import type { PolicyRoot } from '../../src/api/records/policy.ts';
import { stringAt } from '../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import { controllerOf } from '../controller-of.ts';
import { inheritanceOf } from '../inheritance.ts';
import type { Answers } from '../question.ts';
import type { TemplateFacts } from '../template-facts.ts';
import { isClusterController } from '../requester.ts';

/**
 * The object at the top of what the reviewed one is part of, by its kind; undefined where nobody knows. Who names an owner that is not
 * there, or that hands nothing down, has made something of his own: owner references are the client's to write.
 */
export function rootOf(request: AdmissionRequest, view: ClusterView, answers: Answers): PolicyRoot | undefined {
  const { object, namespace, username, group } = request;
  const owner = controllerOf(object);
  const inherited = inheritanceOf(owner, namespace, view, answers);
  if (inherited?.kind === 'plan') return kindOf(inherited.plan.owner) ?? kindOf(owner);
  if (inherited?.kind === 'queue') return kindOf(owner);
  if (owner === undefined || !isClusterController(username)) return { group, kind: stringAt(object, ['kind']) };
  // What made the owner of others is not told here: their template was looked at with it.
  return owner.kind === 'CronJob' ? kindOf(owner) : undefined;
}

/** The facts, with what tells the root to the policies that ask for it. */
export function withRoot<T extends TemplateFacts>(
  facts: T,
  request: AdmissionRequest,
  view: ClusterView,
  answers: Answers,
): T {
  return { ...facts, rootOf: () => rootOf(request, view, answers) };
}

function kindOf(owner: string | Pick<OwnerRecord, 'apiVersion' | 'kind'> | undefined): PolicyRoot | undefined {
  if (owner === undefined || typeof owner === 'string') return undefined;
  const { apiVersion, kind } = owner;
  return { group: apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '', kind };
}
