import { GROUP_MIN_MEMBER_ANNOTATION, VOLCANO_SCHEDULER } from '../../src/api/keys.ts';
import { podRequests } from '../../src/api/projections/pod-requests.ts';
import type { OwnerRecord } from '../../src/api/records/owner-record.ts';
import { sharedGroupName } from '../../src/api/workload-group.ts';
import { fieldError, keyPath } from '../../src/lib/field-error.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import type { DenyVerdict } from '../verdict.ts';
import { POD_FRAMEWORKS } from '../frameworks/table.ts';
import { wishedNetwork, wishedRoom } from '../group-wishes.ts';
import { isObjectName, isPlannedName, plannedName } from '../group-name.ts';
import { roomFor } from '../room.ts';
import { groupNameDenial } from '../named-group.ts';
import { groupNameFor } from '../own-plan.ts';
import { isClusterController } from '../requester.ts';
import { DEFAULT_TASK } from '../stamp.ts';
import { refuse } from '../verdict.ts';
import { MAX_COUNT, wholeNumberAnnotation } from '../whole-number.ts';
import { joins, plans } from './membership.ts';
import type { Membership, PlanOfPod } from './membership.ts';
import { isOfJob, text } from './pod-facts.ts';
import type { PodFacts } from './pod-facts.ts';

/** Finds the pod's group: a framework's, else the one it names, else its Job's, else its owner's or one of its own. */
export function recognise(request: AdmissionRequest, pod: PodFacts, view: ClusterView): Membership | DenyVerdict {
  const framework = byFramework(pod, view);
  if (framework !== undefined) return framework;
  const count = wholeNumberAnnotation(pod.annotations, '', GROUP_MIN_MEMBER_ANNOTATION, { min: 1, max: MAX_COUNT });
  if (count.kind === 'deny') return count;
  const ofJob = byJob(pod, view);
  // The group of its Job is planned by that, whatever the template says of how many start together.
  if (ofJob !== undefined && pod.group === ofJob.group) return ofJob;
  if (pod.group !== '' && !isPlannedHere(pod, count.value)) return handNamed(pod, count.value);
  if (pod.owner === undefined) return bare(request, pod, count.value, view);
  return ofJob ?? ownersGroup(pod, pod.owner, isOfDeployment(pod, pod.owner) ? 1 : (count.value ?? 1));
}

function byFramework(pod: PodFacts, view: ClusterView): Membership | DenyVerdict | undefined {
  const found = POD_FRAMEWORKS.find((framework) => framework.matches(pod))?.membership(pod, view);
  if (found === undefined || found.kind === 'deny') return found;
  // Whoever names another group by hand means it.
  return pod.group === '' || pod.group === found.group ? found : undefined;
}

/** A pod that lost its group on the way from its Job's template. */
function byJob(pod: PodFacts, view: ClusterView): Membership | undefined {
  const group = isOfJob(pod.owner) ? view.groupOfOwner(pod.owner?.uid ?? '') : undefined;
  // Owner references are the client's to write: a UID from another namespace proves nothing.
  if (group === undefined || group.namespace !== pod.namespace || isOwnersName(pod, group.name)) return undefined;
  return joins('job', group.name, pod.role || DEFAULT_TASK, isClusterController(pod.username));
}

/** The group that was planned for this pod in an earlier review, or for the one whose manifest was copied. */
function isPlannedHere(pod: PodFacts, minMember: number | undefined): boolean {
  if (isOwnersName(pod, pod.group)) return true;
  const { plan } = pod;
  return (
    (minMember ?? 1) === 1 &&
    plan !== undefined &&
    plan.owner !== 'controller' &&
    plan.group === pod.group &&
    isPlannedName(plan.root, plan.group)
  );
}

/** The pod names a group: one that its root was planned with, or one that somebody made up. */
function handNamed(pod: PodFacts, minMember: number | undefined): Membership | DenyVerdict {
  const denial = groupNameDenial(pod.group, '');
  if (denial !== undefined) return denial;
  const { group, role } = pod;
  const isPlanning = minMember !== undefined || wishedRoom(pod.annotations) !== undefined;
  if (!isPlanning) {
    const isPlanned = isOfJob(pod.owner) && isClusterController(pod.username);
    return joins('named', group, role || (isOfJob(pod.owner) ? DEFAULT_TASK : ''), isPlanned);
  }
  const task = role || DEFAULT_TASK;
  return plans('named', group, task, alike(pod, task, minMember ?? 1, 'controller'));
}

/** Nobody else has to start with it. */
function bare(
  request: AdmissionRequest,
  pod: PodFacts,
  minMember: number | undefined,
  view: ClusterView,
): Membership | DenyVerdict {
  if (minMember !== undefined && minMember > 1) return lonely(minMember);
  if (isNamedByUid(pod, view)) return joins('adoption', '', '', false);
  const task = pod.role || DEFAULT_TASK;
  return plans('bare', groupNameFor(request, pod.root, pod.plan, view), task, alike(pod, task, 1, 'root'));
}

/** Volcano's name for such a group has the pod's UID in it, which a pod that is under review does not have yet. */
function isNamedByUid({ namespace, spec, group }: PodFacts, view: ClusterView): boolean {
  const isVolcanos = view.groupsAsVolcano && text(spec, 'schedulerName') === VOLCANO_SCHEDULER;
  return isVolcanos && group === '' && !view.optedIn(namespace);
}

/**
 * All pods of one controller share a group, under the name that Volcano gives to it. They start one by one, so that
 * services run too, unless they say how many have to start together.
 */
function ownersGroup(pod: PodFacts, owner: OwnerRecord, minMember: number): Membership {
  const task = pod.role || DEFAULT_TASK;
  const plan = alike(pod, task, minMember, 'controller');
  // What makes its pods asks for their room itself, since it depends on whether they are rolled out.
  const room = isOfDeployment(pod, owner) ? roomFor(podRequests(pod.spec), minMember) : plan.room;
  return plans('owner', ownersName(owner), task, { ...plan, room });
}

function ownersName({ name, uid }: OwnerRecord): string {
  const group = sharedGroupName(uid);
  return isObjectName(group) ? group : plannedName(name, uid);
}

function isOwnersName({ owner }: PodFacts, group: string): boolean {
  return owner !== undefined && group === ownersName(owner);
}

/**
 * A roll-out makes its new pods one by one while the old ones still run: a minimum would keep the new ones waiting for
 * peers that never come. Whether this is the first one is known to who makes the group, not here.
 */
function isOfDeployment(pod: PodFacts, owner: OwnerRecord): boolean {
  return owner.kind === 'ReplicaSet' && Object.hasOwn(pod.labels, 'pod-template-hash');
}

/** A plan for so many pods like this one. */
function alike(pod: PodFacts, task: string, min: number, owner: PlanOfPod['owner']): PlanOfPod {
  return {
    tasks: [{ name: task, min, stage: 0 }],
    room: wishedRoom(pod.annotations) ?? roomFor(podRequests(pod.spec), min),
    network: wishedNetwork(pod.annotations),
    owner,
  };
}

function lonely(minMember: number): DenyVerdict {
  const path = keyPath('metadata.annotations', GROUP_MIN_MEMBER_ANNOTATION);
  const message = 'a pod that names no group cannot wait for others; name one in scheduling.k8s.io/group-name';
  return refuse('InvalidMinMember', fieldError(path, 'FieldValueInvalid', String(minMember), message));
}
