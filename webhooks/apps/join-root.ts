import { formatGroupPlan } from '../../src/api/group-plan.ts';
import { GROUP_NAME_ANNOTATION, GROUP_PLAN_ANNOTATION } from '../../src/api/keys.ts';
import { objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import type { Verdict } from '../verdict.ts';
import { claimed } from '../claimed.ts';
import { controllerOf } from '../controller-of.ts';
import { joinTemplate } from '../frameworks/join-template.ts';
import { askOwner, askOwningPod, inheritanceOf } from '../inheritance.ts';
import type { Inheritance } from '../inheritance.ts';
import { knownQueueWarning } from '../named-group.ts';
import { askNamed, namedRoot } from '../named-root.ts';
import { needWarnings } from '../need-warnings.ts';
import { ObjectPatch } from '../object-patch.ts';
import { planOf } from '../own-plan.ts';
import type { Answers, Question } from '../question.ts';
import { STAMP_KEYS, stampPod } from '../stamp.ts';
import type { Stamp } from '../stamp.ts';
import { allow } from '../verdict.ts';
import { signedForPods } from '../submitter.ts';
import type { WorkloadFacts } from './workload-facts.ts';

const TEMPLATE = ['spec', 'template'] as const;
const PLAN = [...TEMPLATE, 'metadata', 'annotations', GROUP_PLAN_ANNOTATION] as const;

/** What has to be known of what made the workload: an object of a workload kind, or a pod that leads it. */
export function askWorkload(
  { object, operation, namespace }: AdmissionRequest,
  view: ClusterView,
): readonly Question[] {
  if (operation !== 'CREATE') return [];
  const owner = controllerOf(object);
  const named = askNamed(objectAt(object, ...TEMPLATE), namespace, view);
  return [...askOwner(owner, namespace, view), ...askOwningPod(owner, namespace), ...named];
}

/**
 * A workload that is made for a planned object: its pods are members of that object's group from their template on. Undefined
 * for all others.
 */
export function joinRoot(
  request: AdmissionRequest,
  workload: WorkloadFacts,
  view: ClusterView,
  answers: Answers,
): Verdict | undefined {
  const { namespace } = request;
  const owner = controllerOf(workload.workload);
  const inherited =
    inheritanceOf(owner, namespace, view, answers) ?? namedRoot(workload.template.object, namespace, view, answers);
  if (owner === undefined && inherited === undefined) return undefined;
  if (request.operation === 'UPDATE') return keepStamp(workload, request.oldObject);
  if (inherited?.kind === 'queue') return undefined;
  const stamp = inherited && stampOf(request, workload, inherited);
  if (inherited === undefined || stamp === undefined) return undefined;
  const { template } = workload;
  if (template.group !== '' && template.group !== stamp.group) return undefined;
  const patch = new ObjectPatch(workload.workload);
  // Pods that are of one replica or another are told when they come: their template hands them the plan.
  if (inherited.kind === 'plan' && stamp.group === '') {
    const plan = signedForPods(
      inherited.plan,
      claimed(request, workload.workload),
      planOf(template.annotations)?.signature,
      view,
    );
    patch.set(PLAN, formatGroupPlan(plan));
  }
  stampPod(patch, TEMPLATE, template.scheduler, stamp);
  const warnings = knownQueueWarning(workload.ownQueue ?? template.queue, stamp.group, stamp.queue);
  return allow(patch.operations, [...warnings, ...needWarnings(template, view)]);
}

function stampOf(
  request: AdmissionRequest,
  { workload, template }: WorkloadFacts,
  inherited: Exclude<Inheritance, { kind: 'queue' }>,
): Stamp | undefined {
  if (inherited.kind === 'group') return { group: inherited.group, task: template.role, queue: inherited.queue };
  const { group, resource: plural } = request;
  const type = { group, plural, version: request.version, kind: stringAt(workload, ['kind']), namespaced: true };
  return joinTemplate(inherited, type, workload, template) ?? { group: '', task: '', queue: inherited.plan.queue };
}

/** A controller that writes its whole template again drops the stamp; left so, all pods would be rolled over. */
function keepStamp({ workload, template }: WorkloadFacts, oldObject: JsonObject | undefined): Verdict | undefined {
  const old = objectAt(oldObject, ...TEMPLATE);
  const keys = [...STAMP_KEYS, ['annotations', GROUP_PLAN_ANNOTATION] as const];
  const isLost = keys.every(([map, key]) => stringAt(template.object, ['metadata', map, key]) === '');
  const stamped = keys.filter(([map, key]) => stringAt(old, ['metadata', map, key]) !== '');
  const isMember = stamped.some(([, key]) => key === GROUP_NAME_ANNOTATION || key === GROUP_PLAN_ANNOTATION);
  if (!isLost || !isMember) return undefined;
  const patch = new ObjectPatch(workload);
  for (const [map, key] of stamped)
    patch.set([...TEMPLATE, 'metadata', map, key], stringAt(old, ['metadata', map, key]));
  if (template.scheduler === 'unset')
    patch.set([...TEMPLATE, 'spec', 'schedulerName'], stringAt(old, ['spec', 'schedulerName']));
  return allow(patch.operations);
}

/** With the queue of what made it, where neither it nor its template names one. */
export function withQueue(workload: WorkloadFacts, inherited: Inheritance | undefined): WorkloadFacts {
  if (workload.ownQueue !== undefined || workload.template.queue !== undefined) return workload;
  if (inherited?.kind !== 'queue' || inherited.queue === undefined) return workload;
  return { ...workload, ownQueue: { name: inherited.queue, path: 'metadata.ownerReferences' } };
}
