import { formatGroupPlan, parseNewerPlan } from '../../src/api/group-plan.ts';
import type { GroupPlan } from '../../src/api/group-plan.ts';
import { GROUP_PLAN_ANNOTATION } from '../../src/api/keys.ts';
import type { WorkloadKindSpec } from '../../src/api/kinds/workload-kind.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import type { Verdict } from '../verdict.ts';
import { isPlanned, planOfRoot } from '../frameworks/plan-root.ts';
import { restoreInjected } from '../injection/restore.ts';
import { ObjectPatch } from '../object-patch.ts';
import { writePolicyMin } from '../policy-min.ts';
import { labelWithQueue, stampPod } from '../stamp.ts';
import { writeOwnSubmitter } from '../submitter.ts';
import { allow } from '../verdict.ts';
import type { ReviewedRoot, RootTemplate } from './root-facts.ts';
import type { TemplateFacts } from '../template-facts.ts';

const PLAN = ['metadata', 'annotations', GROUP_PLAN_ANNOTATION] as const;

/**
 * A changed object of a workload kind: group and queue stay what they were, and the plan follows the object's size. A plan comes
 * from here alone: what anybody else writes into the annotation is undone. One of a newer version stays as it is.
 */
export function updateRoot(
  kind: WorkloadKindSpec,
  request: AdmissionRequest,
  root: ReviewedRoot,
  old: ReviewedRoot,
  view: ClusterView,
): Verdict {
  const patch = new ObjectPatch(root.object);
  const { plan } = old;
  if (plan === undefined) {
    if (parseNewerPlan(old.planText) === undefined) patch.remove(PLAN);
    else patch.set(PLAN, old.planText);
    writeOwnSubmitter(patch, request, root.object, view);
    return allow(patch.operations);
  }
  patch.set(PLAN, planText(kind, root, old, plan));
  // Like group and queue, the bound of a policy is that of the creation.
  writePolicyMin(patch, old.policyMin);
  labelWithQueue(patch, [], plan.queue);
  for (const template of root.templates) {
    const before = old.templates.find(({ role }) => role === template.role);
    keepStamp(patch, template, before, plan);
  }
  const isMoved = root.queue !== undefined && root.queue.name !== plan.queue;
  const warnings = isMoved ? [`queue of a ${kind.kind} is fixed when it is created: it stays ${plan.queue}`] : [];
  return allow(patch.operations, warnings);
}

/** The old text while nothing that the plan is made of changed. What was handed down follows the object above. */
function planText(kind: WorkloadKindSpec, root: ReviewedRoot, old: ReviewedRoot, plan: GroupPlan): string {
  if (typeof plan.owner === 'object' || !isPlanned(kind, root.facts)) return old.planText;
  const text = ({ facts }: ReviewedRoot): string =>
    formatGroupPlan(planOfRoot(kind, facts, { ...plan, policyMin: old.policyMin }));
  const after = text(root);
  return after === text(old) ? old.planText : after;
}

/**
 * Many templates may not change, so what a replace with the first manifest drops is put back; one that was stored without a
 * stamp stays without, and a new one gets its own.
 */
function keepStamp(
  patch: ObjectPatch,
  template: RootTemplate,
  before: RootTemplate | undefined,
  plan: GroupPlan,
): void {
  const { at, role, facts } = template;
  const isPlain = plan.replicaLabel === undefined;
  const isStamped = before === undefined || (isPlain ? before.facts.group === plan.group : before.facts.role === role);
  if (!isStamped) return;
  const old = before?.facts;
  const keepsScheduler = old?.scheduler === 'served' && facts.scheduler === 'unset';
  if (keepsScheduler) patch.set([...at, 'spec', 'schedulerName'], old.schedulerName);
  const scheduler = keepsScheduler ? 'served' : facts.scheduler;
  stampPod(patch, at, scheduler, { group: isPlain ? plan.group : '', task: role, queue: plan.queue });
  if (old !== undefined && dropsStamp(facts, old, isPlain)) restoreInjected(patch, facts.object, old.object, at);
}

/** Who drops the stamp drops the rest that was added as well; whoever keeps it may change what he likes. */
function dropsStamp(facts: TemplateFacts, old: TemplateFacts, isPlain: boolean): boolean {
  return isPlain ? facts.group === '' && old.group !== '' : facts.role === '' && old.role !== '';
}
