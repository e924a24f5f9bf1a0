import { GROUP_NAME_ANNOTATION, GROUP_PLAN_ANNOTATION, QUEUE_NAME_LABEL } from '../../src/api/keys.ts';
import { parseNewerPlan } from '../../src/api/group-plan.ts';
import type { GroupPlan } from '../../src/api/group-plan.ts';
import type { WorkloadKindSpec } from '../../src/api/kinds/workload-kind.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { keyPath } from '../../src/lib/field-error.ts';
import { objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { AdmissionRequest, AdmitFn, ClusterView } from '../admission.ts';
import type { Verdict } from '../verdict.ts';
import { isBeingDeleted } from '../being-deleted.ts';
import { controllerOf } from '../controller-of.ts';
import { isPlannedName } from '../group-name.ts';
import { inheritanceOf } from '../inheritance.ts';
import { NO_ANSWERS } from '../question.ts';
import type { Answers } from '../question.ts';
import type { RightsFn } from '../rights/right.ts';
import { rootMutator } from '../roots/mutate.ts';
import { rootRights } from '../roots/rights.ts';
import { readReviewedRoot } from '../roots/root-facts.ts';
import type { ReviewedRoot } from '../roots/root-facts.ts';
import { rootSubmitter } from '../submitter.ts';
import { UNCHANGED } from '../verdict.ts';
import { lost, sealVerdict } from './validate.ts';

const PLAN = keyPath('metadata.annotations', GROUP_PLAN_ANNOTATION);

/**
 * An object of a workload kind as it will be stored: its plan is the one that Sluice made, of the same group, queue and user as
 * before, and what else names a group or a queue agrees with it. What is not there is no contradiction: many kinds drop what stands in their
 * templates.
 */
export function rootSealer(kind: WorkloadKindSpec): AdmitFn {
  return (request, view, answers = NO_ANSWERS) => {
    const { object, oldObject, subresource } = request;
    if (object === undefined || subresource !== '' || isBeingDeleted(request)) return UNCHANGED;
    const root = readReviewedRoot(kind, request, object);
    if (oldObject !== undefined) {
      const old = readReviewedRoot(kind, request, oldObject);
      return sealVerdict([...keepsPlan(root, old), ...ownErrors(root), ...stampErrors(root, old)]);
    }
    if (root.planText === '') return lacksPlan(kind, request, view, answers);
    return sealVerdict([
      ...isOwnPlan(request, root, view, answers),
      ...ownErrors(root),
      ...stampErrors(root, undefined),
    ]);
  };
}

/** Who puts a scheduler of his own into a template after Sluice's look at it needs the same right as before. */
export function rootSealRights(kind: WorkloadKindSpec): RightsFn {
  const all = rootRights(kind);
  return (request, view) => all(request, view).filter(({ verb }) => verb === 'bypass');
}

function keepsPlan({ plan, planText }: ReviewedRoot, old: ReviewedRoot): readonly FieldError[] {
  if (old.plan === undefined) {
    const kept = parseNewerPlan(old.planText) === undefined ? '' : old.planText;
    return planText === kept ? [] : [lost(PLAN, planText)];
  }
  return isSame(plan, old.plan) ? [] : [lost(PLAN, planText)];
}

/** Sizes and minima follow the object; the rest is that of the creation. */
function isSame(plan: GroupPlan | undefined, old: GroupPlan): boolean {
  const isIts = plan?.group === old.group && plan.queue === old.queue && plan.submitter === old.submitter;
  return isIts && JSON.stringify(plan.owner) === JSON.stringify(old.owner);
}

/** Much has no plan by right; what would get one now has lost it. */
function lacksPlan(kind: WorkloadKindSpec, request: AdmissionRequest, view: ClusterView, answers: Answers): Verdict {
  const verdict = rootMutator(kind)(request, view, answers);
  const isPlanned = verdict.kind === 'allow' && verdict.audit['group'] !== undefined;
  return isPlanned ? sealVerdict([lost(PLAN, '')]) : UNCHANGED;
}

function isOwnPlan(
  request: AdmissionRequest,
  { object, plan, planText, root }: ReviewedRoot,
  view: ClusterView,
  answers: Answers,
): readonly FieldError[] {
  const inherited = inheritanceOf(controllerOf(object), request.namespace, view, answers);
  if (inherited?.kind === 'plan') {
    const above = inherited.plan;
    // Of a replica it is the group of that.
    const isOf =
      plan?.queue === above.queue && (plan.group === above.group || plan.group.startsWith(`${above.group}-`));
    return isOf ? [] : [lost(PLAN, planText)];
  }
  // The API server has made a name of generateName by now.
  const names = [root, stringAt(object, ['metadata', 'generateName'])];
  const newer = parseNewerPlan(planText);
  if (newer !== undefined) {
    return names.some((name) => isPlannedName(name, newer.group)) ? [] : [lost(PLAN, planText)];
  }
  const isOwn =
    plan !== undefined &&
    plan.owner === 'root' &&
    names.includes(plan.root) &&
    isPlannedName(plan.root, plan.group) &&
    plan.submitter === rootSubmitter(request, inherited)?.name;
  return isOwn ? [] : [lost(PLAN, planText)];
}

/** A label that names another queue than the plan. */
function ownErrors({ object, plan }: ReviewedRoot): readonly FieldError[] {
  return plan === undefined ? [] : queueErrors(objectAt(object, 'metadata', 'labels'), 'metadata.labels', plan.queue);
}

/** Stamps that name something else than the plan. A template that was stored without one stays without, whatever it says. */
function stampErrors({ plan, templates }: ReviewedRoot, old: ReviewedRoot | undefined): readonly FieldError[] {
  if (plan === undefined || plan.replicaLabel !== undefined) return [];
  const isStamped = (role: string): boolean => {
    const before = old?.templates.find((template) => template.role === role);
    return before === undefined || before.facts.group === plan.group;
  };
  return templates
    .filter(({ role }) => isStamped(role))
    .flatMap(({ facts: { path, labels, group } }) => {
      const where = keyPath(`${path}metadata.annotations`, GROUP_NAME_ANNOTATION);
      const isOther = group !== '' && group !== plan.group;
      return [...queueErrors(labels, `${path}metadata.labels`, plan.queue), ...(isOther ? [lost(where, group)] : [])];
    });
}

function queueErrors(labels: JsonObject, path: string, queue: string): readonly FieldError[] {
  const named = stringAt(labels, [QUEUE_NAME_LABEL]);
  return named === '' || named === queue ? [] : [lost(keyPath(path, QUEUE_NAME_LABEL), named)];
}
