import { formatAmounts } from '../../src/api/amounts.ts';
import { formatGroupPlan } from '../../src/api/group-plan.ts';
import type { GroupPlan } from '../../src/api/group-plan.ts';
import { GROUP_PLAN_ANNOTATION } from '../../src/api/keys.ts';
import { podRequests } from '../../src/api/projections/pod-requests.ts';
import { claimedRoom } from '../accelerators/claimed-room.ts';
import type { Submitter } from '../../src/api/submitter-claim.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import type { AllowVerdict, Verdict } from '../verdict.ts';
import { takenOverWarning } from '../chosen-scheduler.ts';
import type { Inheritance } from '../inheritance.ts';
import { injectInto, withInjected } from '../injection/injected.ts';
import { knownQueueWarning, missingGroupWarning } from '../named-group.ts';
import { needWarnings } from '../need-warnings.ts';
import { withRoot } from '../policies/root-of.ts';
import { ObjectPatch } from '../object-patch.ts';
import { NO_ANSWERS } from '../question.ts';
import type { Answers } from '../question.ts';
import { defaultQueue, queueDenial } from '../queue-choice.ts';
import type { QueueChoice } from '../queue-choice.ts';
import { isClusterController } from '../requester.ts';
import { estimateWarnings } from '../running-estimate.ts';
import { chosenNodes } from '../room-warnings.ts';
import { sumOfRoom } from '../room.ts';
import { stampPod } from '../stamp.ts';
import { submitVerdict, TOLD_NOTHING } from '../submit-verdict.ts';
import type { SubmitVerdict } from '../submit-verdict.ts';
import { podSubmitter, signedAgain, signedPlan, writeSubmitter } from '../submitter.ts';
import { allow, UNCHANGED } from '../verdict.ts';
import { leftAlone } from './left-alone.ts';
import { movedTo } from './group-queue.ts';
import { byRoot, handedDown, withQueue } from './inherited.ts';
import type { Membership } from './membership.ts';
import { readPodFacts, text } from './pod-facts.ts';
import type { PodFacts } from './pod-facts.ts';
import { recognise } from './recognise.ts';
import { isSettled } from './settled.ts';

/**
 * New pods. Most were stamped through their Job's template and pass untouched; what an operator overwrote is repaired,
 * and a pod that comes without a root becomes one.
 */
export function mutatePod(request: AdmissionRequest, view: ClusterView, answers: Answers = NO_ANSWERS): Verdict {
  if (request.operation !== 'CREATE' || request.subresource !== '' || request.object === undefined) return UNCHANGED;
  const pod = readPodFacts(request, request.object);
  if (isSettled(pod, view)) return UNCHANGED;
  const inherited = handedDown(pod, view, answers);
  const left = leftAlone(pod, inherited);
  if (left !== undefined) return left;
  const injected = injectInto(request, request.object, withRoot(pod, request, view, answers), [], view);
  const facts = injected.object === request.object ? pod : readPodFacts(request, injected.object);
  const submitter = podSubmitter(pod, inherited, view, answers);
  const ruled = { ...facts, ruledQueue: injected.rules?.queue, submitter };
  return withInjected(injected, admit(request, ruled, inherited, view, answers));
}

/** A pod, and what does not stand on it. */
interface RuledPod extends PodFacts {
  /** The queue that a policy puts it in, whatever it names. */
  readonly ruledQueue: QueueChoice | undefined;
  /** Who it is of, where nothing is planned above it. */
  readonly submitter: Submitter | undefined;
}

function admit(
  request: AdmissionRequest,
  pod: RuledPod,
  inherited: Inheritance | undefined,
  view: ClusterView,
  answers: Answers,
): Verdict {
  const facts = inherited === undefined ? pod : withQueue(pod, inherited);
  const membership = byRoot(facts, inherited, answers) ?? recognise(request, facts, view);
  return membership.kind === 'deny' ? membership : enrol(facts, membership, view);
}

function enrol(pod: RuledPod, membership: Membership, view: ClusterView): Verdict {
  const { group, inherited } = membership;
  const known = view.group(pod.namespace, group);
  const choice = chosenQueue(pod, inherited?.queue, view);
  const isChecked = membership.queueChecked && (inherited !== undefined || choice.name === pod.queue?.name);
  if (known === undefined && !isChecked) {
    const denial = queueDenial(choice, view);
    if (denial !== undefined) return denial;
  }
  const queue = queueOf(pod, membership, choice, view);
  const isPeople = inherited === undefined && !isClusterController(pod.username);
  const told = isPeople ? toldToPeople(pod, membership, queue, view) : TOLD_NOTHING;
  if (told.denial !== undefined) return told.denial;
  const warnings = [...knownQueueWarning(pod.queue, group, queue), ...told.warnings];
  return write(pod, membership, { queue, isForeign: known !== undefined && known.origin === '' }, warnings, view);
}

/** That of the group where it stands, unless it is to move. */
function queueOf(pod: RuledPod, membership: Membership, choice: QueueChoice, view: ClusterView): string {
  const moved = movedTo(pod, membership, pod.ruledQueue ?? pod.queue, view);
  if (moved !== undefined) return moved.name;
  return view.group(pod.namespace, membership.group)?.queue ?? choice.name;
}

/** Where the group of an object above is, that is decided already. */
function chosenQueue(pod: RuledPod, inherited: string | undefined, view: ClusterView): QueueChoice {
  const named = pod.ruledQueue ?? pod.queue ?? defaultQueue(pod.namespace, view);
  return inherited === undefined ? named : { name: inherited, path: named.path };
}

/** Controllers read no warnings, make most pods, and try again what was refused: their pods were judged by their template. */
function toldToPeople(pod: PodFacts, membership: Membership, queue: string, view: ClusterView): SubmitVerdict {
  const { plan, via, group } = membership;
  const isMissing =
    via === 'named' && plan === undefined && view.synced && view.group(pod.namespace, group) === undefined;
  const size = podRequests(pod.spec);
  const together = plan?.room ?? sumOfRoom(size, claimedRoom(pod));
  const { denial, warnings } = submitVerdict(
    { pod: size, together, queue, nodes: chosenNodes(pod.spec) },
    'spec',
    view,
  );
  const all = [
    ...takenOverWarning(pod.object, pod),
    ...nodeWarning(pod, queue),
    ...(isMissing ? [missingGroupWarning(group, 'the pod waits')] : []),
    ...warnings,
    ...needWarnings(pod, view),
    ...estimateWarnings(pod.annotations, ''),
  ];
  return { denial, warnings: all };
}

/** Where the group's queue is known to be, and whether the group is somebody's own that no plan may touch. */
interface Place {
  readonly queue: string;
  readonly isForeign: boolean;
}

function write(
  pod: RuledPod,
  membership: Membership,
  place: Place,
  warnings: readonly string[],
  view: ClusterView,
): AllowVerdict {
  const { group, task, via } = membership;
  const { queue } = place;
  const plan = place.isForeign ? undefined : planFrom(pod, membership, queue, view);
  const patch = new ObjectPatch(pod.object);
  const planPath = ['metadata', 'annotations', GROUP_PLAN_ANNOTATION];
  // The annotation is ours alone: a copied or edited one on a pod that is no root would plan a group that nobody joins.
  if (plan === undefined) patch.remove(planPath);
  else patch.set(planPath, formatGroupPlan(plan));
  stampPod(patch, [], pod.scheduler, { group, task, queue });
  // Its group is made once it has a UID, by what stands on the pod.
  if (group === '') writeSubmitter(patch, ['metadata', 'annotations'], { ...pod, stored: undefined }, view);
  if (patch.operations.length === 0 && warnings.length === 0) return UNCHANGED;
  return allow(patch.operations, warnings, { group, queue, via });
}

function planFrom(
  pod: RuledPod,
  { group, plan, inherited }: Membership,
  queue: string,
  view: ClusterView,
): GroupPlan | undefined {
  const before = pod.plan?.signature;
  if (inherited !== undefined)
    return inherited.plan && signedAgain({ ...inherited.plan, queue }, pod.claimed, before, view);
  if (plan === undefined) return undefined;
  const { tasks, room, network, owner } = plan;
  return {
    version: 1,
    group,
    root: pod.root,
    queue,
    priorityClassName: pod.priorityClassName,
    owner,
    tasks,
    ...(network === undefined ? {} : { network }),
    ...signedPlan(pod.submitter, pod.claimed, { group, before }, view),
    minResources: formatAmounts(room),
  };
}

/** A pod that brings its node waits for nothing; what it takes is its queue's all the same. */
function nodeWarning(pod: PodFacts, queue: string): readonly string[] {
  if (text(pod.spec, 'nodeName') === '') return [];
  return [`spec.nodeName is set: the pod waits for no room, and queue ${queue} is charged for it`];
}
