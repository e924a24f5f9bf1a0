import { parseAmounts } from '../../src/api/amounts.ts';
import { formatGroupPlan } from '../../src/api/group-plan.ts';
import type { GroupPlan } from '../../src/api/group-plan.ts';
import { GROUP_MIN_MEMBER_ANNOTATION, GROUP_PLAN_ANNOTATION, QUEUE_NAME_ANNOTATION } from '../../src/api/keys.ts';
import { largestRequests } from '../../src/api/projections/pod-requests.ts';
import type { WorkloadKindSpec } from '../../src/api/kinds/workload-kind.ts';
import { apiVersion } from '../../src/api/resources.ts';
import type { ClaimedObject, Submitter } from '../../src/api/submitter-claim.ts';
import { objectAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { ResourceAmounts } from '../../src/api/records/scheduling-shape.ts';
import { claimedRoom } from '../accelerators/claimed-room.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import type { DenyVerdict, Verdict } from '../verdict.ts';
import { misspeltWarning, takenOverWarning } from '../chosen-scheduler.ts';
import { claimed } from '../claimed.ts';
import { controllerOf } from '../controller-of.ts';
import { isPlanned, planOfRoot } from '../frameworks/plan-root.ts';
import { MOST_ROLES } from '../frameworks/read-root.ts';
import { replicaPlan } from '../frameworks/replica-group.ts';
import { inheritanceOf } from '../inheritance.ts';
import type { Inheritance } from '../inheritance.ts';
import { policyNames } from '../injection/want.ts';
import { withInjected } from '../injection/injected.ts';
import { knownQueueWarning } from '../named-group.ts';
import { needWarnings } from '../need-warnings.ts';
import { ObjectPatch } from '../object-patch.ts';
import { groupNameFor } from '../own-plan.ts';
import type { Answers } from '../question.ts';
import { writePolicyMin } from '../policy-min.ts';
import { defaultQueue, queueDenial } from '../queue-choice.ts';
import type { QueueChoice } from '../queue-choice.ts';
import { roomFor, sumOfRoom } from '../room.ts';
import { labelWithQueue, stampPod } from '../stamp.ts';
import { submitVerdict } from '../submit-verdict.ts';
import { rootSubmitter, signedAgain, signedPlan, writeSubmitter } from '../submitter.ts';
import { allow, joinDenials, withWarnings } from '../verdict.ts';
import { writtenWarnings } from '../annotation-values.ts';
import { MAX_COUNT, wholeNumberAnnotation } from '../whole-number.ts';
import { injectAll } from './inject-all.ts';
import { readReviewedRoot } from './root-facts.ts';
import type { ReviewedRoot } from './root-facts.ts';

const PLAN = ['metadata', 'annotations', GROUP_PLAN_ANNOTATION] as const;

/**
 * A new object of a workload kind: joins what was planned for the object that made it, else plans its gang, else hands down its
 * queue. Its pod templates are stamped where they can be reached; many kinds drop what stands there, so the pods are looked at
 * again when they come.
 */
export function createRoot(
  kind: WorkloadKindSpec,
  request: AdmissionRequest,
  object: JsonObject,
  view: ClusterView,
  answers: Answers,
): Verdict {
  const asWritten = readReviewedRoot(kind, request, object);
  const foreign = asWritten.templates.find(({ facts }) => facts.scheduler === 'foreign');
  if (foreign !== undefined) {
    const why = `${kind.kind} is left to the scheduler ${foreign.facts.schedulerName}`;
    return withWarnings(leaveAlone(asWritten, why), misspeltWarning(foreign.facts));
  }
  const injected = injectAll(request, asWritten, view, answers);
  const root = injected.object === object ? asWritten : readReviewedRoot(kind, request, injected.object);
  // A bound that a copied manifest brings is nobody's.
  const { rules } = injected;
  const ruled = {
    ...root,
    queue: rules?.queue ?? root.queue,
    policyMin: rules?.minMembers,
    policies: policyNames(rules),
  };
  return withInjected(injected, admit(kind, request, ruled, view, answers));
}

/** An object, and the policies that are for it. */
interface RuledRoot extends ReviewedRoot {
  readonly policies: string | undefined;
}

/** One that nothing was planned for above it, and who it is of. */
interface OwnRoot extends RuledRoot {
  readonly submitter: Submitter | undefined;
}

function admit(
  kind: WorkloadKindSpec,
  request: AdmissionRequest,
  root: RuledRoot,
  view: ClusterView,
  answers: Answers,
): Verdict {
  const inherited = inheritanceOf(controllerOf(root.object), request.namespace, view, answers);
  if (inherited?.kind === 'plan') {
    const plan = replicaPlan(inherited.plan, {}, root.root) ?? inherited.plan;
    const signed = signedAgain(plan, claimedRoot(kind, request, root), root.plan?.signature, view);
    return stamp(root, signed, knownQueueWarning(root.queue, plan.group, plan.queue));
  }
  const named = namedByHand(kind, request, root, view);
  if (named !== undefined) return leaveAlone(root, `the template names group ${named}: ${kind.kind} is not planned`);
  const queue = root.queue ?? queueAbove(inherited);
  const owned = { ...root, submitter: rootSubmitter(request, inherited) };
  return isPlanned(kind, root.facts)
    ? planGroup(kind, request, owned, queue ?? defaultQueue(request.namespace, view), view)
    : handDown(request, owned, queue, view);
}

function queueAbove(inherited: Inheritance | undefined): QueueChoice | undefined {
  if (inherited?.kind !== 'queue' || inherited.queue === undefined) return undefined;
  return { name: inherited.queue, path: 'metadata.ownerReferences' };
}

/** Only a plan that came with a copied manifest goes: it would make a group that no pod joins. */
function leaveAlone({ object }: ReviewedRoot, why: string): Verdict {
  const patch = new ObjectPatch(object);
  patch.remove(PLAN);
  return allow(patch.operations, [`${why}: no gang is formed for it`]);
}

/** A group that no plan of ours gave to a template. A copied template brings the one of the object that it was copied from. */
function namedByHand(
  kind: WorkloadKindSpec,
  request: AdmissionRequest,
  { templates, plan }: ReviewedRoot,
  view: ClusterView,
): string | undefined {
  const group = templates.find(({ facts }) => facts.group !== '')?.facts.group;
  if (group === undefined || group === plan?.group) return undefined;
  const holder = view.group(request.namespace, group)?.origin ?? '';
  return holder.startsWith(`${kind.kind}/`) ? undefined : group;
}

function planGroup(
  kind: WorkloadKindSpec,
  request: AdmissionRequest,
  root: OwnRoot,
  queue: QueueChoice,
  view: ClusterView,
): Verdict {
  const group = groupNameFor(request, root.root, root.plan, view);
  const plan = planOfRoot(kind, root.facts, {
    group,
    root: root.root,
    queue: queue.name,
    owner: 'root',
    policyMin: root.policyMin,
    policies: root.policies,
    ...signedPlan(root.submitter, claimedRoot(kind, request, root), { group, before: root.plan?.signature }, view),
  });
  const denial = joinDenials(queueDenial(queue, view), minimumDenial(root.object));
  if (denial !== undefined) return denial;
  const pod = largestRequests(root.templates.map(({ facts }) => facts.spec));
  const together = sumOfRoom(parseAmounts(plan.minResources, 'up').amounts, claimedTogether(root, plan));
  const path = `${root.templates[0]?.facts.path ?? ''}spec`;
  const chances = submitVerdict({ pod, together, queue: queue.name }, path, view);
  if (chances.denial !== undefined) return chances.denial;
  return stamp(root, plan, [
    ...root.templates.flatMap(({ facts }) => takenOverWarning(root.object, facts)),
    ...chances.warnings,
    ...root.templates.flatMap(({ facts }) => needWarnings(facts, view)),
    ...writtenWarnings(objectAt(root.object, 'metadata', 'annotations')),
  ]);
}

/** The devices that those claim who start together. */
function claimedTogether({ templates }: RuledRoot, { tasks }: GroupPlan): ResourceAmounts {
  return templates.reduce<ResourceAmounts>((sum, { role, facts }) => {
    const min = tasks.find(({ name }) => name === role)?.min ?? 0;
    return sumOfRoom(sum, roomFor(claimedRoom(facts), min));
  }, new Map());
}

/** The object as a claim names it. */
function claimedRoot(
  { group, kind }: WorkloadKindSpec,
  request: AdmissionRequest,
  { object }: ReviewedRoot,
): ClaimedObject {
  return claimed(request, object, { apiVersion: apiVersion({ group, version: request.version }), kind });
}

/** More than the object has pods is all of them. */
function minimumDenial(object: JsonObject): DenyVerdict | undefined {
  const annotations = objectAt(object, 'metadata', 'annotations');
  const found = wholeNumberAnnotation(annotations, '', GROUP_MIN_MEMBER_ANNOTATION, { min: 1, max: MAX_COUNT });
  return found.kind === 'deny' ? found : undefined;
}

function stamp({ object, templates, policyMin }: ReviewedRoot, plan: GroupPlan, warnings: readonly string[]): Verdict {
  const { queue } = plan;
  const patch = new ObjectPatch(object);
  patch.set(PLAN, formatGroupPlan(plan));
  writePolicyMin(patch, policyMin);
  labelWithQueue(patch, [], queue);
  const group = plan.replicaLabel === undefined ? plan.group : '';
  for (const { at, role, facts } of templates) stampPod(patch, at, facts.scheduler, { group, task: role, queue });
  return allow(patch.operations, warnings, { group: plan.group, queue });
}

/** Whatever is made from it looks here for its queue, and for whose it is. */
function handDown(
  request: AdmissionRequest,
  { object, facts, submitter }: OwnRoot,
  queue: QueueChoice | undefined,
  view: ClusterView,
): Verdict {
  const denial = queue === undefined ? undefined : queueDenial(queue, view);
  if (denial !== undefined) return denial;
  const patch = new ObjectPatch(object);
  patch.remove(PLAN);
  const carrier = { object, claimed: claimed(request, object), stored: undefined, submitter };
  writeSubmitter(patch, ['metadata', 'annotations'], carrier, view);
  if (queue !== undefined) {
    patch.set(['metadata', 'annotations', QUEUE_NAME_ANNOTATION], queue.name);
    labelWithQueue(patch, [], queue.name);
  }
  const warnings = facts.hasTooManyRoles ? [`more than ${MOST_ROLES} roles: no gang is planned`] : [];
  return allow(patch.operations, warnings);
}
