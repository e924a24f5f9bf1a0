import { GROUP_MIN_MEMBER_ANNOTATION } from '../../src/api/keys.ts';
import { podRequests } from '../../src/api/projections/pod-requests.ts';
import { fieldError, keyPath } from '../../src/lib/field-error.ts';
import { isJsonObject, memberAt } from '../../src/lib/json.ts';
import { saysTheSame } from '../../src/lib/same.ts';
import type { AdmissionRequest, ClusterView, DenyVerdict, Verdict } from '../admission.ts';
import { isBeingDeleted } from '../being-deleted.ts';
import { takenOverWarning } from '../chosen-scheduler.ts';
import { ignoredQueueWarning, inheritedQueue, writeQueue } from '../inherited-queue.ts';
import type { NamedQueues } from '../inherited-queue.ts';
import { injectionsFor, injectWanted, verdictWith } from '../injection/wanted.ts';
import { needWarnings } from '../need-warnings.ts';
import { ObjectPatch } from '../object-patch.ts';
import { NO_POLICIES } from '../policies/policy-set.ts';
import { NOTHING_WANTED } from '../policies/wanted.ts';
import type { Wanted } from '../policies/wanted.ts';
import { defaultQueue, queueDenial } from '../queue-choice.ts';
import { podWarnings } from '../room-warnings.ts';
import { joinDenials, refuse, UNCHANGED } from '../verdict.ts';
import { MAX_COUNT, wholeNumberAnnotation } from '../whole-number.ts';
import { readWorkloadFacts } from './workload-facts.ts';
import type { WorkloadFacts } from './workload-facts.ts';

const TEMPLATE = ['spec', 'template'] as const;

/**
 * Deployments, StatefulSets and ReplicaSets: the queue that is written on the object goes into its template, where its pods take it
 * from, and what would keep its pods waiting for ever is told before there are any.
 */
export function mutateWorkload(request: AdmissionRequest, view: ClusterView): Verdict {
  const { object, operation, subresource } = request;
  if (object === undefined || subresource !== '' || isBeingDeleted(request)) return UNCHANGED;
  if (operation !== 'CREATE' && operation !== 'UPDATE') return UNCHANGED;
  if (!isJsonObject(memberAt(object, ...TEMPLATE))) return UNCHANGED;
  const workload = readWorkloadFacts(request, object);
  return workload.template.scheduler === 'foreign' ? UNCHANGED : reviewWorkload(request, workload, view);
}

function reviewWorkload(request: AdmissionRequest, workload: WorkloadFacts, view: ClusterView): Verdict {
  const { oldObject } = request;
  const old = oldObject === undefined ? undefined : readWorkloadFacts(request, oldObject);
  const named = queuesOf(workload);
  const wanted = wantedOf(request, workload, old, view);
  const inherited = inheritedQueue(named, old && queuesOf(old));
  const queue = wanted.queue?.name ?? inherited;
  const patch = new ObjectPatch(workload.workload);
  const injected = injectWanted(patch, request, workload.template, TEMPLATE, wanted);
  const denial = joinDenials(
    wanted.denial,
    wanted.queue ? queueDenial(wanted.queue, view) : queueTrouble(request, workload, old, inherited, view),
    minMemberDenial(workload, old),
    injected.denial,
  );
  if (denial !== undefined) return denial;
  if (queue !== undefined) writeQueue(patch, TEMPLATE, queue);
  const warnings = [
    ...injected.warnings,
    ...(wanted.queue ? [] : ignoredQueueWarning(named, queue)),
    ...toldOf(workload, view),
  ];
  return verdictWith(patch, warnings, wanted);
}

function toldOf({ workload, template }: WorkloadFacts, view: ClusterView): readonly string[] {
  const room = view.room();
  return [
    ...takenOverWarning(workload, template),
    ...(room === undefined ? [] : podWarnings(podRequests(template.spec), room.largestNode)),
    ...needWarnings(template),
  ];
}

/** A roll-out is nobody's wish: a template that stays as it is stays as it is, whatever policies say by now. */
function wantedOf(
  request: AdmissionRequest,
  { ownQueue, template }: WorkloadFacts,
  old: WorkloadFacts | undefined,
  view: ClusterView,
): Wanted {
  if (view.policies() === NO_POLICIES) return NOTHING_WANTED;
  if (old !== undefined && saysTheSame(template.object, old.template.object)) return NOTHING_WANTED;
  return injectionsFor({ request, queue: template.queue ?? ownQueue }, template, view);
}

function queuesOf({ ownQueue, template }: WorkloadFacts): NamedQueues {
  return { own: ownQueue, template: template.queue };
}

/** Its pods would be refused where nobody looks. */
function queueTrouble(
  request: AdmissionRequest,
  { ownQueue, template }: WorkloadFacts,
  old: WorkloadFacts | undefined,
  inherited: string | undefined,
  view: ClusterView,
): DenyVerdict | undefined {
  const named = inherited === undefined ? template.queue : ownQueue;
  if (old !== undefined && (named === undefined || named.name === old.template.queue?.name)) return undefined;
  return queueDenial(named ?? defaultQueue(request.namespace, view), view);
}

/** Pods that start one after another cannot wait for one another, unless they join a group that runs already. */
function minMemberDenial(workload: WorkloadFacts, old: WorkloadFacts | undefined): DenyVerdict | undefined {
  const { annotations, template, inTurn } = workload;
  const bounds = { min: 1, max: MAX_COUNT };
  for (const [at, path] of [[template.annotations, template.path] as const, [annotations, ''] as const]) {
    const count = wholeNumberAnnotation(at, path, GROUP_MIN_MEMBER_ANNOTATION, bounds);
    const before = path === '' ? old?.annotations : old?.template.annotations;
    if (before !== undefined && before[GROUP_MIN_MEMBER_ANNOTATION] === at[GROUP_MIN_MEMBER_ANNOTATION]) continue;
    if (count.kind === 'deny') return count;
    if ((count.value ?? 1) === 1 || inTurn === '' || template.group !== '') continue;
    const where = keyPath(`${path}metadata.annotations`, GROUP_MIN_MEMBER_ANNOTATION);
    const message = `${inTurn} starts pods one after another: they would wait for each other for ever; leave it out`;
    return refuse('InvalidMinMember', fieldError(where, 'FieldValueInvalid', String(count.value), message));
  }
  return undefined;
}
