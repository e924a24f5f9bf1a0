import { formatGroupPlan } from '../../src/api/group-plan.ts';
import type { GroupPlan } from '../../src/api/group-plan.ts';
import { GROUP_PLAN_ANNOTATION, VOLCANO_SCHEDULER } from '../../src/api/keys.ts';
import { apiVersion, JOBS } from '../../src/api/resources.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import type { Verdict } from '../verdict.ts';
import { misspeltWarning, takenOverWarning } from '../chosen-scheduler.ts';
import { claimed } from '../claimed.ts';
import { misfitWarnings, waitWords } from '../fit.ts';
import { chosenNodes } from '../room-warnings.ts';
import { roomFor, sumOfRoom } from '../room.ts';
import { claimedRoom } from '../accelerators/claimed-room.ts';
import { needWarnings } from '../need-warnings.ts';
import { groupNameDenial, knownQueueWarning, missingGroupWarning } from '../named-group.ts';
import { ObjectPatch } from '../object-patch.ts';
import type { Inheritance } from '../inheritance.ts';
import { writeQueue } from '../inherited-queue.ts';
import { groupNameFor } from '../own-plan.ts';
import { writePolicyMin } from '../policy-min.ts';
import { queueDenial } from '../queue-choice.ts';
import { estimateWarnings, idleEstimateWarnings } from '../running-estimate.ts';
import { labelWithQueue, stampPod } from '../stamp.ts';
import { submitVerdict } from '../submit-verdict.ts';
import { writtenWarnings } from '../annotation-values.ts';
import { signedPlan, writeSubmitter } from '../submitter.ts';
import { allow, joinDenials } from '../verdict.ts';
import { MAX_COUNT } from '../whole-number.ts';
import type { JobFacts } from './job-facts.ts';
import { joinRoot } from './join-root.ts';
import { planJob, templateLowerBound } from './plan.ts';
import { chosenQueue } from './rights.ts';

const TEMPLATE = ['spec', 'template'] as const;
const JOB = { apiVersion: apiVersion(JOBS), kind: JOBS.kind };
const PLAN = ['metadata', 'annotations', GROUP_PLAN_ANNOTATION] as const;

/**
 * A new Job: joins the group that was planned for the object that made it, plans its gang and stamps its pod template, or joins
 * the group that the template names itself.
 */
export function createJob(
  request: AdmissionRequest,
  asWritten: JobFacts,
  view: ClusterView,
  inherited?: Inheritance,
): Verdict {
  const { scheduler, group } = asWritten.template;
  if (scheduler === 'foreign') return leaveAlone(asWritten);
  if (inherited?.kind === 'plan') {
    const joined = joinRoot(asWritten, inherited, view);
    if (joined !== undefined) return joined;
  }
  const job = inherited?.kind === 'queue' ? withQueue(asWritten, inherited.queue) : asWritten;
  if (group === '' && startsOneByOne(request, job, view)) return leaveToPods(request, job, view);
  if (group === '' || group === job.plan?.group) return planGroup(request, job, view, []);
  const holder = view.group(request.namespace, group)?.origin ?? '';
  // A copied template brings the group of the Job that it was copied from: two Jobs in one gang is nobody's wish.
  if (!holder.startsWith('Job/')) return joinNamedGroup(request, job, view);
  return planGroup(request, job, view, [`group ${group} belongs to ${holder}: this Job gets a group of its own`]);
}

/** Only a plan that came with a copied manifest goes: it would make a group that no pod joins. */
function leaveAlone({ job, template }: JobFacts): Verdict {
  const patch = new ObjectPatch(job);
  patch.remove(PLAN);
  const warning = `Job is left to the scheduler ${template.schedulerName}: no gang is formed and no queue is charged`;
  return allow(patch.operations, [warning, ...misspeltWarning(template)]);
}

/** As the pods of a Job do in Volcano, unless an annotation says how many start together. */
function startsOneByOne({ namespace }: AdmissionRequest, { template }: JobFacts, view: ClusterView): boolean {
  return view.groupsAsVolcano && template.schedulerName === VOLCANO_SCHEDULER && !view.optedIn(namespace);
}

/** Its pods plan a group that they share, as those of a ReplicaSet do; what they need for it goes into their template. */
function leaveToPods(request: AdmissionRequest, job: JobFacts, view: ClusterView): Verdict {
  const queue = chosenQueue(request, job, view);
  const denial = queueDenial(queue, view);
  if (denial !== undefined) return denial;
  const patch = new ObjectPatch(job.job);
  patch.remove(PLAN);
  const carrier = {
    object: job.job,
    claimed: claimed(request, job.job, JOB),
    stored: undefined,
    submitter: job.submitter,
  };
  writeSubmitter(patch, [...TEMPLATE, 'metadata', 'annotations'], carrier, view);
  const named = job.ruledQueue ?? job.ownQueue;
  if (named !== undefined && named.name !== job.template.queue?.name) writeQueue(patch, TEMPLATE, named.name);
  const chances = submitVerdict(
    { pod: job.podSize, together: new Map(), queue: queue.name, nodes: chosenNodes(job.template.spec) },
    'spec.template.spec',
    view,
  );
  if (chances.denial !== undefined) return chances.denial;
  return allow(patch.operations, [...chances.warnings, ...needWarnings(job.template, view)]);
}

function planGroup(request: AdmissionRequest, job: JobFacts, view: ClusterView, warnings: readonly string[]): Verdict {
  const queue = chosenQueue(request, job, view);
  const group = groupNameFor(request, job.root, job.plan, view);
  const planned = planJob(job, {
    group,
    root: job.root,
    queue: queue.name,
    task: job.role,
    pausedMin: job.completions ?? 1,
    ...signedPlan(job.submitter, claimed(request, job.job, JOB), { group, before: job.plan?.signature }, view),
    policies: job.policies,
  });
  const queueTrouble = queueDenial(queue, view);
  if (planned.kind === 'deny') return joinDenials(queueTrouble, planned) ?? planned;
  if (queueTrouble !== undefined) return queueTrouble;
  const pod = job.podSize;
  const members = membersOf(planned.plan);
  const together = sumOfRoom(roomFor(pod, members), roomFor(claimedRoom(job.template, job.fit), members));
  const asked = { pod, together, queue: queue.name, nodes: chosenNodes(job.template.spec) };
  const chances = submitVerdict(
    asked,
    'spec.template.spec',
    view,
    misfitWarnings(job.fit, members),
    waitWords(job.fit),
  );
  if (chances.denial !== undefined) return chances.denial;
  return stampJob(job, planned.plan, [
    ...warnings,
    ...takenOverWarning(job.job, job.template),
    ...chances.warnings,
    ...needWarnings(job.template, view),
    ...estimateWarnings(job.annotations, ''),
    ...estimateWarnings(job.template.annotations, job.template.path),
    ...writtenWarnings(job.annotations),
  ]);
}

function membersOf({ tasks }: GroupPlan): number {
  return tasks.reduce((sum, { min }) => sum + min, 0);
}

function stampJob({ job, template, role, policyMin }: JobFacts, plan: GroupPlan, warnings: readonly string[]): Verdict {
  const { group, queue } = plan;
  const patch = new ObjectPatch(job);
  patch.set(PLAN, formatGroupPlan(plan));
  writePolicyMin(patch, policyMin);
  labelWithQueue(patch, [], queue);
  stampPod(patch, TEMPLATE, template.scheduler, { group, task: role, queue });
  return allow(patch.operations, warnings, { group, queue, 'min-member': String(membersOf(plan)) });
}

/**
 * The user's group is kept and not planned here: its PodGroup is the user's, or is made from the first pod when the
 * template says how many members must start together.
 */
function joinNamedGroup(request: AdmissionRequest, job: JobFacts, view: ClusterView): Verdict {
  const { group, scheduler, path } = job.template;
  const known = view.group(request.namespace, group);
  const queue = chosenQueue(request, job, view);
  // The queue of an existing group was checked when the group was made.
  const queueTrouble = known === undefined ? queueDenial(queue, view) : undefined;
  // Pods of a Job are refused over and over where nobody looks, so what they carry is checked here.
  const bound = templateLowerBound(job, { min: 1, max: MAX_COUNT });
  const boundTrouble = bound.kind === 'deny' ? bound : undefined;
  const denial = joinDenials(groupNameDenial(group, path), queueTrouble, boundTrouble);
  if (denial !== undefined) return denial;
  const isMissing = known === undefined && view.synced && bound.kind === 'number' && bound.value === undefined;
  const name = known?.queue ?? queue.name;
  const patch = new ObjectPatch(job.job);
  patch.remove(PLAN);
  writePolicyMin(patch, undefined);
  labelWithQueue(patch, [], name);
  stampPod(patch, TEMPLATE, scheduler, { group, task: job.role, queue: name });
  const warnings = [
    ...knownQueueWarning(job.ownQueue ?? job.template.queue, group, name),
    ...(isMissing ? [`${missingGroupWarning(group, 'the pods wait')} (is the template a copy?)`] : []),
    ...takenOverWarning(job.job, job.template),
    ...needWarnings(job.template, view),
    ...idleEstimateWarnings(job.annotations),
    ...estimateWarnings(job.template.annotations, path),
  ];
  return allow(patch.operations, warnings, { group, queue: name });
}

/** The queue of what made the Job, where neither it nor its template names one. */
function withQueue(job: JobFacts, name: string | undefined): JobFacts {
  if (name === undefined || job.ownQueue !== undefined || job.template.queue !== undefined) return job;
  return { ...job, ownQueue: { name, path: 'metadata.ownerReferences' } };
}
