import { formatGroupPlan, parseNewerPlan } from '../../src/api/group-plan.ts';
import type { GroupPlan } from '../../src/api/group-plan.ts';
import { GROUP_PLAN_ANNOTATION } from '../../src/api/keys.ts';
import { stringAt } from '../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import type { DenyVerdict, Verdict } from '../verdict.ts';
import { restoreInjected } from '../injection/restore.ts';
import { ObjectPatch } from '../object-patch.ts';
import { writePolicyMin } from '../policy-min.ts';
import { DEFAULT_TASK, labelWithQueue, STAMP_KEYS } from '../stamp.ts';
import { allow } from '../verdict.ts';
import { ownPlan } from './job-facts.ts';
import type { JobFacts } from './job-facts.ts';
import { planJob } from './plan.ts';

const PLAN = ['metadata', 'annotations', GROUP_PLAN_ANNOTATION] as const;

/**
 * A changed Job: group, queue and role stay what they were, and the plan follows the Job's size. A plan comes from
 * here alone: what anybody else writes into the annotation is undone. One of a newer version stays as it is.
 */
export function updateJob(request: AdmissionRequest, job: JobFacts, old: JobFacts, view: ClusterView): Verdict {
  const kept = ownPlan(old);
  const plan = kept ?? lostPlan(request, old, view);
  if (plan === undefined) return keepNamedGroup(job, old);
  // Like group and queue, the bound of a policy is that of the creation.
  const text = planText({ ...job, policyMin: old.policyMin }, old, plan, kept === undefined ? '' : old.planText);
  if (typeof text !== 'string') return text;
  const patch = new ObjectPatch(job.job);
  patch.set(PLAN, text);
  writePolicyMin(patch, old.policyMin);
  labelWithQueue(patch, [], plan.queue);
  restoreTemplate(patch, job, old);
  return allow(patch.operations, movedWarning(job, plan.queue));
}

/**
 * A Job whose group was made from its plan and that has none now lost it while nobody reviewed updates. The group tells
 * what to make it from again.
 */
function lostPlan(request: AdmissionRequest, old: JobFacts, view: ClusterView): GroupPlan | undefined {
  const { root, role, completions, template, planText: text } = old;
  if (parseNewerPlan(text) !== undefined) return undefined;
  const known = view.group(request.namespace, template.group);
  if (known === undefined || known.origin === '' || known.ownerUid !== old.uid) return undefined;
  const planned = planJob(old, {
    group: known.name,
    root,
    queue: known.queue,
    task: role,
    pausedMin: completions ?? 1,
    submitter: known.submitter === '' ? undefined : known.submitter,
  });
  return planned.kind === 'plan' ? planned.plan : undefined;
}

/** A Job without a plan that can be read: what a replace of the original manifest drops from a stamped template is put back. */
function keepNamedGroup(job: JobFacts, old: JobFacts): Verdict {
  const patch = new ObjectPatch(job.job);
  if (parseNewerPlan(old.planText) === undefined) patch.remove(PLAN);
  else patch.set(PLAN, old.planText);
  const { group, queue, scheduler } = old.template;
  const isStamped = (group !== '' || queue !== undefined) && scheduler === 'served';
  if (!isStamped || job.template.group !== old.template.group) return allow(patch.operations);
  restoreTemplate(patch, job, old);
  return allow(patch.operations, movedWarning(job, old.template.queue?.name ?? ''));
}

/** The old text while nothing that the plan is made of changed, so that updates of anything else never fail here. */
function planText(job: JobFacts, old: JobFacts, plan: GroupPlan, oldText: string): string | DenyVerdict {
  const { group, root, queue, tasks, submitter, signature, policies } = plan;
  const [first] = tasks;
  const frame = {
    group,
    root,
    queue,
    task: first?.name ?? DEFAULT_TASK,
    pausedMin: first?.min ?? 1,
    submitter,
    signature,
    policies,
  };
  const before = planJob(old, frame);
  const after = planJob(job, frame);
  if (after.kind === 'deny') return before.kind === 'deny' ? oldText : after;
  const text = formatGroupPlan(after.plan);
  return before.kind === 'plan' && formatGroupPlan(before.plan) === text && oldText !== '' ? oldText : text;
}

/** Templates are immutable, so whatever is missing or different from the stamps of before would be refused. */
function restoreTemplate(patch: ObjectPatch, job: JobFacts, old: JobFacts): void {
  const { scheduler, schedulerName, object } = old.template;
  if (scheduler === 'served' && job.template.scheduler === 'unset') {
    patch.set(['spec', 'template', 'spec', 'schedulerName'], schedulerName);
  }
  // Who drops the stamp drops the rest that was added as well.
  if (old.template.group !== '' && job.template.group === '') {
    restoreInjected(patch, job.template.object, object, ['spec', 'template']);
  }
  for (const [map, key] of STAMP_KEYS) {
    const stamped = stringAt(object, ['metadata', map, key]);
    if (stamped !== '') patch.set(['spec', 'template', 'metadata', map, key], stamped);
  }
}

/** Told wherever another queue is named: on the Job, or on its template. */
function movedWarning({ ownQueue, template }: JobFacts, queue: string): readonly string[] {
  const isMoved = [ownQueue, template.queue].some((named) => named !== undefined && named.name !== queue);
  return isMoved ? [`queue of a Job is fixed when it is created: it stays ${queue}`] : [];
}
