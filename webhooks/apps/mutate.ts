import { GROUP_MIN_MEMBER_ANNOTATION } from '../../src/api/keys.ts';
import { podRequests } from '../../src/api/projections/pod-requests.ts';
import { fieldError, keyPath } from '../../src/lib/field-error.ts';
import type { Submitter } from '../../src/api/submitter-claim.ts';
import { isJsonObject, memberAt } from '../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import type { DenyVerdict, Verdict } from '../verdict.ts';
import { isBeingDeleted } from '../being-deleted.ts';
import { misspeltWarning, takenOverWarning } from '../chosen-scheduler.ts';
import { claimed } from '../claimed.ts';
import { controllerOf } from '../controller-of.ts';
import { inheritanceOf } from '../inheritance.ts';
import { ignoredQueueWarning, inheritedQueue, writeQueue } from '../inherited-queue.ts';
import { withRoot } from '../policies/root-of.ts';
import { injectInto, withInjected } from '../injection/injected.ts';
import { writtenWarnings } from '../annotation-values.ts';
import { needWarnings } from '../need-warnings.ts';
import { ObjectPatch } from '../object-patch.ts';
import { NO_ANSWERS } from '../question.ts';
import type { Answers } from '../question.ts';
import { defaultQueue, queueDenial } from '../queue-choice.ts';
import type { QueueChoice } from '../queue-choice.ts';
import type { AskedRoom } from '../room-warnings.ts';
import { requester, rootSubmitter, writeSubmitter } from '../submitter.ts';
import { submitVerdict } from '../submit-verdict.ts';
import { allow, joinDenials, refuse, UNCHANGED } from '../verdict.ts';
import { MAX_COUNT, wholeNumberAnnotation } from '../whole-number.ts';
import { joinRoot, withQueue } from './join-root.ts';
import { queuesOf, readWorkloadFacts } from './workload-facts.ts';
import type { WorkloadFacts } from './workload-facts.ts';

const TEMPLATE = ['spec', 'template'] as const;

/**
 * Deployments, StatefulSets and ReplicaSets: the queue that is written on the object goes into its template, where its pods take it
 * from, and what would keep its pods waiting for ever is told before there are any.
 */
export function mutateWorkload(request: AdmissionRequest, view: ClusterView, answers: Answers = NO_ANSWERS): Verdict {
  const { object, operation, subresource } = request;
  if (object === undefined || subresource !== '' || isBeingDeleted(request)) return UNCHANGED;
  if (operation !== 'CREATE' && operation !== 'UPDATE') return UNCHANGED;
  if (!isJsonObject(memberAt(object, ...TEMPLATE))) return UNCHANGED;
  const asWritten = readWorkloadFacts(request, object);
  if (asWritten.template.scheduler === 'foreign') return leaveAlone(asWritten, request);
  const injected = injectInto(request, object, withRoot(asWritten.template, request, view, answers), TEMPLATE, view);
  const workload = injected.object === object ? asWritten : readWorkloadFacts(request, injected.object);
  const joined = joinRoot(request, workload, view, answers);
  const inherited =
    operation === 'CREATE' ? inheritanceOf(controllerOf(object), request.namespace, view, answers) : undefined;
  const submitter = rootSubmitter(request, inherited) ?? requester(request.username);
  const facts = withQueue(workload, inherited);
  return withInjected(injected, joined ?? admit(request, facts, { ruled: injected.rules?.queue, submitter }, view));
}

function leaveAlone({ template }: WorkloadFacts, request: AdmissionRequest): Verdict {
  const { oldObject } = request;
  const old = oldObject && readWorkloadFacts(request, oldObject);
  const warnings = misspeltWarning(template, old?.template.schedulerName);
  return warnings.length === 0 ? UNCHANGED : allow([], warnings);
}

/** What does not stand on the object. */
interface Given {
  /** The queue that a policy puts its pods in, whatever is named. */
  readonly ruled: QueueChoice | undefined;
  readonly submitter: Submitter | undefined;
}

function admit(
  request: AdmissionRequest,
  workload: WorkloadFacts,
  { ruled, submitter }: Given,
  view: ClusterView,
): Verdict {
  const { oldObject } = request;
  const object = workload.workload;
  const old = oldObject === undefined ? undefined : readWorkloadFacts(request, oldObject);
  const named = queuesOf(workload);
  const inherited = inheritedQueue(named, old && queuesOf(old));
  const queue = ruled?.name ?? inherited;
  const told = submitVerdict(eachPod(workload), 'spec.template.spec', view);
  const minima = minMembers(workload, old);
  const denial = joinDenials(
    queueTrouble(request, ruled ?? (inherited === undefined ? named.template : named.own), old, view),
    minMemberDenial(workload, minima),
    // What is stored may be changed in anything else.
    old === undefined ? told.denial : undefined,
  );
  if (denial !== undefined) return denial;
  const patch = new ObjectPatch(object);
  if (queue !== undefined) writeQueue(patch, TEMPLATE, queue);
  // What another scheduler's template said was nobody's to check.
  const before = old?.template.scheduler === 'foreign' ? undefined : old?.template.annotations;
  const carrier = { object, claimed: claimed(request, object), stored: before, submitter };
  writeSubmitter(patch, [...TEMPLATE, 'metadata', 'annotations'], carrier, view);
  const warnings = [
    ...minMemberWarnings(workload, minima),
    ...(ruled ? [] : ignoredQueueWarning(named, queue)),
    ...takenOverWarning(object, workload.template),
    ...told.warnings,
    ...needWarnings(workload.template, view),
    ...idleAnnotations(workload, old),
  ];
  return patch.operations.length === 0 && warnings.length === 0 ? UNCHANGED : allow(patch.operations, warnings);
}

/** Written on the object itself, from where its group takes them over. */
function idleAnnotations({ annotations }: WorkloadFacts, old: WorkloadFacts | undefined): readonly string[] {
  return writtenWarnings(annotations, '', old?.annotations);
}

/** Its pods start one by one. */
function eachPod({ template }: WorkloadFacts): AskedRoom {
  return { pod: podRequests(template.spec), together: new Map(), queue: '' };
}

/** Its pods would be refused where nobody looks. */
function queueTrouble(
  request: AdmissionRequest,
  chosen: QueueChoice | undefined,
  old: WorkloadFacts | undefined,
  view: ClusterView,
): DenyVerdict | undefined {
  if (old !== undefined && (chosen === undefined || chosen.name === old.template.queue?.name)) return undefined;
  return queueDenial(chosen ?? defaultQueue(request.namespace, view), view);
}

/** A minimum would keep the pods of a later roll-out waiting for room that old ones hold (volcano#4739): then none counts. */
function minMemberWarnings(workload: WorkloadFacts, minima: readonly NamedMinimum[]): readonly string[] {
  if (!workload.isRolledOut || workload.template.group !== '') return [];
  return minima.flatMap(({ count, path }) => {
    if (count.kind === 'deny' || (count.value ?? 1) === 1) return [];
    const where = keyPath(`${path}metadata.annotations`, GROUP_MIN_MEMBER_ANNOTATION);
    return [`${where}: counts for the first roll-out only`];
  });
}

/** How many pods are to start together, and where that is written. */
interface NamedMinimum {
  readonly count: ReturnType<typeof wholeNumberAnnotation>;
  readonly path: string;
}

/** The minima that are written anew, on the object and its template. */
function minMembers({ annotations, template }: WorkloadFacts, old: WorkloadFacts | undefined): readonly NamedMinimum[] {
  const places = [
    { at: template.annotations, before: old?.template.annotations, path: template.path },
    { at: annotations, before: old?.annotations, path: '' },
  ];
  return places
    .filter(({ at, before }) => before?.[GROUP_MIN_MEMBER_ANNOTATION] !== at[GROUP_MIN_MEMBER_ANNOTATION])
    .map(({ at, path }) => ({
      count: wholeNumberAnnotation(at, path, GROUP_MIN_MEMBER_ANNOTATION, { min: 1, max: MAX_COUNT }),
      path,
    }));
}

/** Pods that start one after another cannot wait for one another, unless they join a group that runs already. */
function minMemberDenial(
  { template, inTurn }: WorkloadFacts,
  minima: readonly NamedMinimum[],
): DenyVerdict | undefined {
  for (const { count, path } of minima) {
    if (count.kind === 'deny') return count;
    if ((count.value ?? 1) === 1 || inTurn === '' || template.group !== '') continue;
    const where = keyPath(`${path}metadata.annotations`, GROUP_MIN_MEMBER_ANNOTATION);
    const message = `${inTurn} starts pods one after another: they would wait for each other for ever; leave it out`;
    return refuse('InvalidMinMember', fieldError(where, 'FieldValueInvalid', String(count.value), message));
  }
  return undefined;
}
