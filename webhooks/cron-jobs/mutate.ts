import { QUEUE_NAME_LABEL } from '../../src/api/keys.ts';
import { keyPath } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { applyPatch } from '../../src/lib/json-patch-apply.ts';
import { isJsonObject, memberAt, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import type { DenyVerdict, Verdict } from '../verdict.ts';
import { isBeingDeleted } from '../being-deleted.ts';
import { misspeltWarning } from '../chosen-scheduler.ts';
import { claimed } from '../claimed.ts';
import { ignoredQueueWarning, inheritedQueue, writeQueue } from '../inherited-queue.ts';
import type { NamedQueues } from '../inherited-queue.ts';
import { handDownWishes } from '../injection/hand-down.ts';
import { withInjected, withWanted } from '../injection/injected.ts';
import type { InjectedObject } from '../injection/injected.ts';
import { mutateJob } from '../jobs/mutate.ts';
import { ObjectPatch } from '../object-patch.ts';
import { policiesFor } from '../policies/policies-for.ts';
import { schedulerKind } from '../stamp.ts';
import { requester, writeSubmitter } from '../submitter.ts';
import { readTemplateFacts } from '../template-facts.ts';
import { ofTemplate } from '../template-warnings.ts';
import { allow, UNCHANGED } from '../verdict.ts';
import { jobRequest, namedQueues, POD_TEMPLATE, TEMPLATE, TEMPLATE_PATH } from './job-request.ts';

/**
 * CronJobs: the queue that is written on the object goes into its template, and what its Jobs would be refused for is told
 * now, since nobody looks when they are made. Each Job gets its own plan when it comes.
 */
export function mutateCronJob(request: AdmissionRequest, view: ClusterView): Verdict {
  const { object, operation, subresource } = request;
  if (object === undefined || subresource !== '' || isBeingDeleted(request)) return UNCHANGED;
  if (operation !== 'CREATE' && operation !== 'UPDATE') return UNCHANGED;
  if (!isJsonObject(memberAt(object, ...POD_TEMPLATE))) return UNCHANGED;
  if (isForeign(object)) return leaveAlone(object, request.oldObject);
  const template = readTemplateFacts(objectAt(object, ...POD_TEMPLATE), `${POD_TEMPLATE.join('.')}.`);
  const injected = withWanted(object, template, POD_TEMPLATE, policiesFor(request, template, view));
  return withInjected(injected, admit(request, injected, view));
}

function admit(request: AdmissionRequest, { object, rules }: InjectedObject, view: ClusterView): Verdict {
  const { oldObject } = request;
  const named = namedQueues(object);
  const old = oldObject === undefined ? undefined : namedQueues(oldObject);
  const queue = rules?.queue?.name ?? inheritedQueue(named, old);
  const patch = new ObjectPatch(object);
  if (queue !== undefined) writeQueue(patch, TEMPLATE, queue);
  handDownWishes(patch, object, oldObject, TEMPLATE);
  const before = oldObject === undefined || isForeign(oldObject) ? undefined : objectAt(oldObject, ...ANNOTATIONS);
  const carrier = { object, claimed: claimed(request, object), stored: before, submitter: requester(request.username) };
  writeSubmitter(patch, ANNOTATIONS, carrier, view);
  const verdict = mutateJob(jobRequest(request, applyPatch(object, patch.operations)), view);
  if (verdict.kind === 'error') return verdict;
  const denial = verdict.kind === 'deny' ? asOfCronJob(verdict, named, queue, old) : undefined;
  if (denial !== undefined) return denial;
  const ofJob = verdict.kind === 'allow' ? ofTemplate(TEMPLATE_PATH, verdict.warnings) : [];
  const ignored = rules?.queue === undefined ? ignoredQueueWarning(named, queue) : [];
  const warnings = [...ignored, ...ofJob];
  return patch.operations.length === 0 && warnings.length === 0 ? UNCHANGED : allow(patch.operations, warnings);
}

const ANNOTATIONS = [...TEMPLATE, 'metadata', 'annotations'] as const;

function leaveAlone(cronJob: JsonObject, old: JsonObject | undefined): Verdict {
  const template = { schedulerName: schedulerOf(cronJob), path: `${POD_TEMPLATE.join('.')}.` };
  const warnings = misspeltWarning(template, old && schedulerOf(old));
  return warnings.length === 0 ? UNCHANGED : allow([], warnings);
}

function isForeign(cronJob: JsonObject): boolean {
  return schedulerKind(schedulerOf(cronJob)) === 'foreign';
}

function schedulerOf(cronJob: JsonObject): string {
  return stringAt(cronJob, [...POD_TEMPLATE, 'spec', 'schedulerName']);
}

/**
 * The refusal with the paths of the CronJob; undefined when all that is wrong is a queue that it had before: who changes
 * something else may go on.
 */
function asOfCronJob(
  denial: DenyVerdict,
  { own, template }: NamedQueues,
  inherited: string | undefined,
  old: NamedQueues | undefined,
): DenyVerdict | undefined {
  const chosen = inherited === undefined ? template : own;
  const before = old?.template;
  const isOldQueue = old !== undefined && chosen?.name === before?.name;
  const queuePath = chosen?.path ?? `${TEMPLATE_PATH}${keyPath('metadata.labels', QUEUE_NAME_LABEL)}`;
  const isQueue = ({ path, value }: FieldError): boolean =>
    `${TEMPLATE_PATH}${path}` === queuePath || (inherited !== undefined && value === inherited);
  const errors = denial.errors
    .filter((error) => !(isOldQueue && isQueue(error)))
    .map((error) => ({ ...error, path: isQueue(error) ? queuePath : `${TEMPLATE_PATH}${error.path}` }));
  return errors.length === 0 ? undefined : { ...denial, errors };
}
