import { formatGroupPlan } from '../../src/api/group-plan.ts';
import type { GroupPlan } from '../../src/api/group-plan.ts';
import { GROUP_PLAN_ANNOTATION } from '../../src/api/keys.ts';
import { objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView, Verdict } from '../admission.ts';
import { groupNameDenial, knownQueueWarning, namedGroup } from '../named-group.ts';
import { ObjectPatch } from '../object-patch.ts';
import { groupNameFor, planOf, rootName } from '../own-plan.ts';
import { defaultQueue, namedQueue, queueDenial } from '../queue-choice.ts';
import type { QueueChoice } from '../queue-choice.ts';
import { labelWithQueue, schedulerKind, stampPod } from '../stamp.ts';
import { allow, joinDenials } from '../verdict.ts';
import { MAX_COUNT } from '../whole-number.ts';
import { planJob, taskOf, templateLowerBound } from './plan.ts';

const TEMPLATE = ['spec', 'template'] as const;
const TEMPLATE_PATH = 'spec.template.';

/** A new Job: plans its gang and stamps its pod template, or joins the group that the template names itself. */
export function createJob(request: AdmissionRequest, job: JsonObject, view: ClusterView): Verdict {
  const template = objectAt(job, ...TEMPLATE);
  const scheduler = stringAt(template, ['spec', 'schedulerName']);
  if (schedulerKind(scheduler) === 'foreign') return leaveAlone(job, scheduler);
  const named = namedGroup(template);
  if (named !== '' && named !== planOf(job)?.group) return joinNamedGroup(request, job, named, view);
  return planGroup(request, job, view);
}

/** Only a plan that came with a copied manifest goes: it would make a group that no pod joins. */
function leaveAlone(job: JsonObject, scheduler: string): Verdict {
  const patch = new ObjectPatch(job);
  patch.remove(['metadata', 'annotations', GROUP_PLAN_ANNOTATION]);
  const warning = `Job is left to the scheduler ${scheduler}: no gang is formed and no queue is charged`;
  return allow(patch.operations, [warning]);
}

function planGroup(request: AdmissionRequest, job: JsonObject, view: ClusterView): Verdict {
  const queue = chosenQueue(request, job, view);
  const group = groupNameFor(request, job, view);
  const planned = planJob(job, { group, root: rootName(request, job), queue: queue.name, task: taskOf(job) });
  const queueTrouble = queueDenial(queue, view);
  if (planned.kind === 'deny') return joinDenials(queueTrouble, planned) ?? planned;
  return queueTrouble ?? stampJob(job, planned.plan);
}

function stampJob(job: JsonObject, plan: GroupPlan): Verdict {
  const patch = new ObjectPatch(job);
  patch.set(['metadata', 'annotations', GROUP_PLAN_ANNOTATION], formatGroupPlan(plan));
  labelWithQueue(patch, [], plan.queue);
  stampPod(patch, TEMPLATE, objectAt(job, ...TEMPLATE), { group: plan.group, task: taskOf(job), queue: plan.queue });
  const min = plan.tasks.reduce((sum, { min: members }) => sum + members, 0);
  return allow(patch.operations, [], { group: plan.group, queue: plan.queue, 'min-member': String(min) });
}

/**
 * The user's group is kept and not planned here: its PodGroup is the user's, or is made from the first pod when the
 * template says how many members must start together.
 */
function joinNamedGroup(request: AdmissionRequest, job: JsonObject, group: string, view: ClusterView): Verdict {
  const known = view.group(request.namespace, group);
  const queue = chosenQueue(request, job, view);
  // The queue of an existing group was checked when the group was made.
  const queueTrouble = known === undefined ? queueDenial(queue, view) : undefined;
  // Pods of a Job are refused over and over where nobody looks, so what they carry is checked here.
  const bound = templateLowerBound(job, { min: 1, max: MAX_COUNT });
  const boundTrouble = bound.kind === 'deny' ? bound : undefined;
  const denial = joinDenials(groupNameDenial(group, TEMPLATE_PATH), queueTrouble, boundTrouble);
  if (denial !== undefined) return denial;
  const name = known?.queue ?? queue.name;
  const patch = new ObjectPatch(job);
  patch.remove(['metadata', 'annotations', GROUP_PLAN_ANNOTATION]);
  labelWithQueue(patch, [], name);
  stampPod(patch, TEMPLATE, objectAt(job, ...TEMPLATE), { group, task: taskOf(job), queue: name });
  return allow(patch.operations, knownQueueWarning(namedQueueOf(job), group, name), { group, queue: name });
}

function chosenQueue(request: AdmissionRequest, job: JsonObject, view: ClusterView): QueueChoice {
  return namedQueueOf(job) ?? defaultQueue(request.namespace, view);
}

function namedQueueOf(job: JsonObject): QueueChoice | undefined {
  return namedQueue(job, '') ?? namedQueue(objectAt(job, ...TEMPLATE), TEMPLATE_PATH);
}
