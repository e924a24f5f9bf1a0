import { QUEUE_NAME_LABEL } from '../../src/api/keys.ts';
import { JOBS } from '../../src/api/resources.ts';
import { keyPath } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { applyPatch } from '../../src/lib/json-patch-apply.ts';
import { isJsonObject, memberAt, objectAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView, DenyVerdict, Verdict } from '../admission.ts';
import { isBeingDeleted } from '../being-deleted.ts';
import { ignoredQueueWarning, inheritedQueue, writeQueue } from '../inherited-queue.ts';
import type { NamedQueues } from '../inherited-queue.ts';
import { handDownWishes } from '../injection/hand-down.ts';
import { mutateJob } from '../jobs/mutate.ts';
import { ObjectPatch } from '../object-patch.ts';
import { namedQueue } from '../queue-choice.ts';
import { schedulerKind } from '../stamp.ts';
import { allow, UNCHANGED } from '../verdict.ts';

const TEMPLATE = ['spec', 'jobTemplate'] as const;
const TEMPLATE_PATH = `${TEMPLATE.join('.')}.`;
const POD_TEMPLATE = [...TEMPLATE, 'spec', 'template'] as const;

/**
 * CronJobs: the queue that is written on the object goes into its template, and what its Jobs would be refused for is told
 * now, since nobody looks when they are made. Each Job gets its own plan when it comes.
 */
export function mutateCronJob(request: AdmissionRequest, view: ClusterView): Verdict {
  const { object, oldObject, operation, subresource } = request;
  if (object === undefined || subresource !== '' || isBeingDeleted(request)) return UNCHANGED;
  if (operation !== 'CREATE' && operation !== 'UPDATE') return UNCHANGED;
  if (!isJsonObject(memberAt(object, ...POD_TEMPLATE)) || isForeign(object)) return UNCHANGED;
  const named = namedQueues(object);
  const old = oldObject === undefined ? undefined : namedQueues(oldObject);
  const queue = inheritedQueue(named, old);
  const patch = new ObjectPatch(object);
  if (queue !== undefined) writeQueue(patch, TEMPLATE, queue);
  handDownWishes(patch, object, oldObject, TEMPLATE);
  const verdict = mutateJob(jobRequest(request, applyPatch(object, patch.operations)), view);
  if (verdict.kind === 'error') return verdict;
  const denial = verdict.kind === 'deny' ? asOfCronJob(verdict, named, queue, old) : undefined;
  if (denial !== undefined) return denial;
  const ofJob = verdict.kind === 'allow' ? verdict.warnings : [];
  const warnings = [...ignoredQueueWarning(named, queue), ...ofJob];
  return patch.operations.length === 0 && warnings.length === 0 ? UNCHANGED : allow(patch.operations, warnings);
}

function isForeign(cronJob: JsonObject): boolean {
  const name = memberAt(cronJob, ...POD_TEMPLATE, 'spec', 'schedulerName');
  return schedulerKind(typeof name === 'string' ? name : '') === 'foreign';
}

function namedQueues(cronJob: JsonObject): NamedQueues {
  const of = (at: readonly string[], path: string): NamedQueues['own'] => {
    const metadata = objectAt(cronJob, ...at, 'metadata');
    return namedQueue(objectAt(metadata, 'labels'), objectAt(metadata, 'annotations'), path);
  };
  const template = of(TEMPLATE, TEMPLATE_PATH) ?? of(POD_TEMPLATE, `${POD_TEMPLATE.join('.')}.`);
  return { own: of([], ''), template };
}

/** The request that its controller will make, as far as it is known. */
function jobRequest(request: AdmissionRequest, cronJob: unknown): AdmissionRequest {
  const template = objectAt(cronJob, ...TEMPLATE);
  const metadata = { ...objectAt(template, 'metadata'), name: request.name, namespace: request.namespace };
  const { group, version, plural: resource } = JOBS;
  const object = { apiVersion: `${group}/${version}`, kind: JOBS.kind, metadata, spec: objectAt(template, 'spec') };
  return { ...request, group, version, resource, operation: 'CREATE', object, oldObject: undefined };
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
