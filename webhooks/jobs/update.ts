import { formatGroupPlan } from '../../src/api/group-plan.ts';
import type { GroupPlan } from '../../src/api/group-plan.ts';
import { GROUP_PLAN_ANNOTATION, QUEUE_NAME_LABEL } from '../../src/api/keys.ts';
import { objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { DenyVerdict, Verdict } from '../admission.ts';
import { namedGroup } from '../named-group.ts';
import { ObjectPatch } from '../object-patch.ts';
import { planOf } from '../own-plan.ts';
import { DEFAULT_TASK, labelWithQueue, schedulerKind, STAMP_KEYS } from '../stamp.ts';
import { allow, UNCHANGED } from '../verdict.ts';
import { planJob } from './plan.ts';

/**
 * A changed Job: group, queue and role stay what they were, and the plan follows the Job's size. A Job that was not
 * intercepted when it was made is never touched later: its template cannot be changed any more.
 */
export function updateJob(job: JsonObject, old: JsonObject): Verdict {
  const plan = planOf(old);
  if (plan === undefined) return keepNamedGroup(job, old);
  const text = planText(job, old, plan);
  if (typeof text !== 'string') return text;
  const patch = new ObjectPatch(job);
  patch.set(['metadata', 'annotations', GROUP_PLAN_ANNOTATION], text);
  labelWithQueue(patch, [], plan.queue);
  restoreTemplate(patch, job, old);
  return allow(patch.operations, movedWarning(job, plan.queue));
}

/** A Job whose template named its own group: what a replace of the original manifest drops is put back. */
function keepNamedGroup(job: JsonObject, old: JsonObject): Verdict {
  const group = templateGroup(old);
  if (group === '' || templateGroup(job) !== group) return UNCHANGED;
  if (schedulerKind(schedulerOf(old)) !== 'served') return UNCHANGED;
  const patch = new ObjectPatch(job);
  restoreTemplate(patch, job, old);
  return allow(patch.operations);
}

/** The old text while nothing that the plan is made of changed, so that updates of anything else never fail here. */
function planText(job: JsonObject, old: JsonObject, plan: GroupPlan): string | DenyVerdict {
  const { group, root, queue } = plan;
  const names = { group, root, queue, task: plan.tasks[0]?.name ?? DEFAULT_TASK };
  const before = planJob(old, names);
  const after = planJob(job, names);
  const oldText = stringAt(old, ['metadata', 'annotations', GROUP_PLAN_ANNOTATION]);
  if (after.kind === 'deny') return before.kind === 'deny' ? oldText : after;
  const text = formatGroupPlan(after.plan);
  return before.kind === 'plan' && formatGroupPlan(before.plan) === text ? oldText : text;
}

/** Templates are immutable, so whatever is missing or different from the stamps of before would be refused. */
function restoreTemplate(patch: ObjectPatch, job: JsonObject, old: JsonObject): void {
  const scheduler = schedulerOf(old);
  if (schedulerKind(scheduler) === 'served' && schedulerKind(schedulerOf(job)) === 'unset') {
    patch.set(['spec', 'template', 'spec', 'schedulerName'], scheduler);
  }
  for (const [map, key] of STAMP_KEYS) {
    const path = ['spec', 'template', 'metadata', map, key];
    const stamped = stringAt(old, path);
    if (stamped !== '') patch.set(path, stamped);
  }
}

function movedWarning(job: JsonObject, queue: string): readonly string[] {
  const wanted = stringAt(job, ['metadata', 'labels', QUEUE_NAME_LABEL]);
  if (wanted === '' || wanted === queue) return [];
  return [`queue of a Job is fixed when it is created: it stays ${queue}`];
}

function templateGroup(job: JsonObject): string {
  return namedGroup(objectAt(job, 'spec', 'template'));
}

function schedulerOf(job: JsonObject): string {
  return stringAt(job, ['spec', 'template', 'spec', 'schedulerName']);
}
