import { GROUP_MIN_MEMBER_ANNOTATION } from '../../src/api/keys.ts';
import { fieldError, keyPath } from '../../src/lib/field-error.ts';
import type { ClusterView, DenyVerdict } from '../admission.ts';
import { POD_FRAMEWORKS } from '../frameworks/table.ts';
import { isPlannedName, plannedName } from '../group-name.ts';
import { groupNameDenial } from '../named-group.ts';
import { groupNameFor, planOf } from '../own-plan.ts';
import { DEFAULT_TASK, roleOf } from '../stamp.ts';
import { refuse } from '../verdict.ts';
import { MAX_COUNT, wholeNumberAnnotation } from '../whole-number.ts';
import { joins, plans } from './membership.ts';
import type { Membership } from './membership.ts';
import { isOfJob } from './pod-facts.ts';
import type { PodFacts } from './pod-facts.ts';

/** Finds the pod's group: a framework's, else the one it names, else its Job's, else one of its own. */
export function recognise(pod: PodFacts, view: ClusterView): Membership | DenyVerdict {
  const framework = byFramework(pod);
  if (framework !== undefined) return framework;
  const count = wholeNumberAnnotation(pod.pod, '', GROUP_MIN_MEMBER_ANNOTATION, { min: 1, max: MAX_COUNT });
  if (count.kind === 'deny') return count;
  if (pod.group !== '' && !isOwnGroup(pod, count.value)) return handNamed(pod, count.value);
  return byJob(pod, view) ?? ownGroup(pod, count.value, view);
}

function byFramework(pod: PodFacts): Membership | DenyVerdict | undefined {
  const found = POD_FRAMEWORKS.find((framework) => framework.matches(pod))?.membership(pod);
  if (found === undefined || found.kind === 'deny') return found;
  // Whoever names another group by hand means it.
  return pod.group === '' || pod.group === found.group ? found : undefined;
}

/** A pod that lost its group on the way from its Job's template. */
function byJob(pod: PodFacts, view: ClusterView): Membership | undefined {
  const group = isOfJob(pod.owner) ? view.groupOfOwner(pod.owner?.uid ?? '') : undefined;
  // Owner references are the client's to write: a UID from another namespace proves nothing.
  if (group === undefined || group.namespace !== pod.request.namespace) return undefined;
  return joins('job', group.name, roleOf(pod.pod) || DEFAULT_TASK, true);
}

/** A group of one that was planned for this pod, or for the one whose manifest was copied. */
function isOwnGroup(pod: PodFacts, minMember: number | undefined): boolean {
  const plan = planOf(pod.pod);
  return (
    (minMember ?? 1) === 1 && plan !== undefined && plan.group === pod.group && isPlannedName(plan.root, plan.group)
  );
}

/** The pod names a group: one that its root was planned with, or one that somebody made up. */
function handNamed(pod: PodFacts, minMember: number | undefined): Membership | DenyVerdict {
  const denial = groupNameDenial(pod.group, '');
  if (denial !== undefined) return denial;
  const role = roleOf(pod.pod);
  if (minMember === undefined)
    return joins('named', pod.group, role || (isOfJob(pod.owner) ? DEFAULT_TASK : ''), isOfJob(pod.owner));
  const task = role || DEFAULT_TASK;
  const tasks = [{ name: task, min: minMember, stage: 0 }];
  return plans('named', pod.group, task, { tasks, first: minMember, shared: true });
}

/** A bare pod, and every pod of a ReplicaSet, StatefulSet or unknown owner: nobody else has to start with it. */
function ownGroup(pod: PodFacts, minMember: number | undefined, view: ClusterView): Membership | DenyVerdict {
  if (minMember !== undefined && minMember > 1) return ownersGroup(pod, minMember);
  const task = roleOf(pod.pod) || DEFAULT_TASK;
  const group = groupNameFor(pod.request, pod.pod, view);
  const tasks = [{ name: task, min: 1, stage: 0 }];
  return plans(pod.owner === undefined ? 'bare' : 'single', group, task, { tasks, first: 1, shared: false });
}

/** Replicas that ask to start together without naming a group: their owner's UID tells them which. */
function ownersGroup(pod: PodFacts, minMember: number): Membership | DenyVerdict {
  if (pod.owner === undefined) return lonely(minMember);
  const task = roleOf(pod.pod) || DEFAULT_TASK;
  const tasks = [{ name: task, min: minMember, stage: 0 }];
  const group = plannedName(pod.owner.name, pod.owner.uid);
  return plans('owner', group, task, { tasks, first: minMember, shared: true });
}

function lonely(minMember: number): DenyVerdict {
  const path = keyPath('metadata.annotations', GROUP_MIN_MEMBER_ANNOTATION);
  const message = 'a pod that names no group cannot wait for others; name one in scheduling.k8s.io/group-name';
  return refuse('InvalidMinMember', fieldError(path, 'FieldValueInvalid', String(minMember), message));
}
