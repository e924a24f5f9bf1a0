import { formatGroupPlan } from '../../src/api/group-plan.ts';
import type { GroupPlan } from '../../src/api/group-plan.ts';
import { GROUP_PLAN_ANNOTATION } from '../../src/api/keys.ts';
import type { AdmissionRequest, AllowVerdict, ClusterView, Verdict } from '../admission.ts';
import { minResources } from '../min-resources.ts';
import { knownQueueWarning } from '../named-group.ts';
import { ObjectPatch } from '../object-patch.ts';
import { rootName } from '../own-plan.ts';
import { defaultQueue, namedQueue, queueDenial } from '../queue-choice.ts';
import { stampPod } from '../stamp.ts';
import { allow, UNCHANGED } from '../verdict.ts';
import { isLeftAlone } from './left-alone.ts';
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
  if (isSettled(pod, view) || isLeftAlone(pod)) return UNCHANGED;
  const membership = recognise(pod, view);
  return membership.kind === 'deny' ? membership : enrol(pod, membership, view);
}

function enrol(pod: PodFacts, membership: Membership, view: ClusterView): Verdict {
  const named = namedQueue(pod.pod, '');
  const known = view.group(pod.request.namespace, membership.group);
  const choice = named ?? defaultQueue(pod.request.namespace, view);
  if (known === undefined && !(membership.queueChecked && named !== undefined)) {
    const denial = queueDenial(choice, view);
    if (denial !== undefined) return denial;
  }
  const queue = known?.queue ?? choice.name;
  const plan = known !== undefined && membership.plan?.shared === true ? undefined : membership.plan;
  return write(pod, { ...membership, plan }, queue, knownQueueWarning(named, membership.group, queue));
}

function write(pod: PodFacts, membership: Membership, queue: string, warnings: readonly string[]): AllowVerdict {
  const { group, task, via, plan } = membership;
  const patch = new ObjectPatch(pod.pod);
  const planPath = ['metadata', 'annotations', GROUP_PLAN_ANNOTATION];
  // The annotation is ours alone: a copied or edited one on a pod that is no root would plan a group that nobody joins.
  if (plan === undefined) patch.remove(planPath);
  else patch.set(planPath, formatGroupPlan(groupPlan(pod, group, queue, plan)));
  stampPod(patch, [], pod.pod, { group, task, queue });
  if (patch.operations.length === 0 && warnings.length === 0) return UNCHANGED;
  return allow(patch.operations, warnings, { group, queue, via });
}

function groupPlan(pod: PodFacts, group: string, queue: string, { tasks, first }: PlanOfPod): GroupPlan {
  return {
    version: 1,
    group,
    root: rootName(pod.request, pod.pod),
    queue,
    priorityClassName: text(pod.spec, 'priorityClassName'),
    tasks,
    minResources: minResources(pod.spec, first),
  };
}
