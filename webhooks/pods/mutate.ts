import { formatAmounts } from '../../src/api/amounts.ts';
import { formatGroupPlan } from '../../src/api/group-plan.ts';
import type { GroupPlan } from '../../src/api/group-plan.ts';
import { GROUP_PLAN_ANNOTATION } from '../../src/api/keys.ts';
import { podRequests } from '../../src/api/projections/pod-requests.ts';
import type { AdmissionRequest, ClusterView, Verdict } from '../admission.ts';
import { takenOverWarning } from '../chosen-scheduler.ts';
import { injectionsFor, injectWanted, verdictWith } from '../injection/wanted.ts';
import { knownQueueWarning } from '../named-group.ts';
import { needWarnings } from '../need-warnings.ts';
import { ObjectPatch } from '../object-patch.ts';
import type { Wanted } from '../policies/wanted.ts';
import { defaultQueue, queueDenial } from '../queue-choice.ts';
import { isClusterController } from '../requester.ts';
import { roomWarnings } from '../room-warnings.ts';
import { estimateWarnings } from '../running-estimate.ts';
import { stampPod } from '../stamp.ts';
import { UNCHANGED } from '../verdict.ts';
import { leftAlone } from './left-alone.ts';
import type { Membership, PlanOfPod } from './membership.ts';
import { readPodFacts, text } from './pod-facts.ts';
import type { PodFacts } from './pod-facts.ts';
import { recognise } from './recognise.ts';
import { isSettled } from './settled.ts';

/**
 * New pods. Most were stamped through their Job's template and pass untouched; what an operator overwrote is repaired,
 * and a pod that comes without a root becomes one.
 */
export function mutatePod(request: AdmissionRequest, view: ClusterView): Verdict {
  if (request.operation !== 'CREATE' || request.subresource !== '' || request.object === undefined) return UNCHANGED;
  const pod = readPodFacts(request, request.object);
  if (isSettled(pod, view)) return UNCHANGED;
  const left = leftAlone(pod);
  if (left !== undefined) return left;
  const membership = recognise(request, pod, view);
  if (membership.kind === 'deny') return membership;
  const wanted = injectionsFor({ request, queue: pod.queue }, pod, view);
  return wanted.denial ?? enrol({ pod, request, wanted }, membership, view);
}

/** A pod and what rules want of it. */
interface NewPod {
  readonly pod: PodFacts;
  readonly request: AdmissionRequest;
  readonly wanted: Wanted;
}

function enrol({ pod, request, wanted }: NewPod, membership: Membership, view: ClusterView): Verdict {
  const { group } = membership;
  const known = view.group(pod.namespace, group);
  const choice = wanted.queue ?? pod.queue ?? defaultQueue(pod.namespace, view);
  const isChecked = membership.queueChecked && wanted.queue === undefined && pod.queue !== undefined;
  if (known === undefined && !isChecked) {
    const denial = queueDenial(choice, view);
    if (denial !== undefined) return denial;
  }
  const queue = known?.queue ?? choice.name;
  const warnings = [
    ...knownQueueWarning(pod.queue, group, queue),
    ...(isClusterController(pod.username) ? [] : toldToPeople(pod, membership, queue, view)),
  ];
  return write(
    { pod, request, wanted },
    membership,
    { queue, isForeign: known !== undefined && known.origin === '' },
    warnings,
  );
}

/** Controllers read no warnings, and make most pods. */
function toldToPeople(pod: PodFacts, { plan }: Membership, queue: string, view: ClusterView): readonly string[] {
  const size = podRequests(pod.spec);
  return [
    ...takenOverWarning(pod.object, pod),
    ...nodeWarning(pod, queue),
    ...roomWarnings({ pod: size, together: plan?.room ?? size, queue }, view),
    ...needWarnings(pod),
    ...estimateWarnings(pod.annotations, ''),
  ];
}

/** Where the group's queue is known to be, and whether the group is somebody's own that no plan may touch. */
interface Place {
  readonly queue: string;
  readonly isForeign: boolean;
}

function write(
  { pod, request, wanted }: NewPod,
  membership: Membership,
  place: Place,
  warnings: readonly string[],
): Verdict {
  const { group, task, via } = membership;
  const { queue } = place;
  const plan = place.isForeign ? undefined : membership.plan;
  const patch = new ObjectPatch(pod.object);
  const planPath = ['metadata', 'annotations', GROUP_PLAN_ANNOTATION];
  // The annotation is ours alone: a copied or edited one on a pod that is no root would plan a group that nobody joins.
  if (plan === undefined) patch.remove(planPath);
  else patch.set(planPath, formatGroupPlan(groupPlan(asWanted(pod, wanted), group, queue, plan)));
  const injected = injectWanted(patch, request, pod, [], wanted);
  if (injected.denial !== undefined) return injected.denial;
  stampPod(patch, [], pod.scheduler, { group, task, queue });
  const told = [...injected.warnings, ...warnings];
  return verdictWith(patch, told, wanted, { group, queue, via });
}

/** The pod as it will be. */
function asWanted(pod: PodFacts, { injection: { priorityClassName } }: Wanted): PodFacts {
  return priorityClassName === undefined ? pod : { ...pod, priorityClassName };
}

function groupPlan(pod: PodFacts, group: string, queue: string, { tasks, room, owner }: PlanOfPod): GroupPlan {
  return {
    version: 1,
    group,
    root: pod.root,
    queue,
    priorityClassName: pod.priorityClassName,
    owner,
    tasks,
    minResources: formatAmounts(room),
  };
}

/** A pod that brings its node waits for nothing; what it takes is its queue's all the same. */
function nodeWarning(pod: PodFacts, queue: string): readonly string[] {
  if (text(pod.spec, 'nodeName') === '') return [];
  return [`spec.nodeName is set: the pod waits for no room, and queue ${queue} is charged for it`];
}
