import { VOLCANO_SCHEDULER } from '../../src/api/keys.ts';
import { DEFAULT_MAX_RETRY } from '../../src/api/defaults.ts';
import { arrayAt, isJsonObject, memberAt, numberAt, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../src/lib/json.ts';
import { argumentOf, FRAMEWORK_PLUGINS } from './plugins.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import type { Verdict } from '../verdict.ts';
import { isBeingDeleted } from '../being-deleted.ts';
import { controllerOf } from '../controller-of.ts';
import { inheritanceOf } from '../inheritance.ts';
import type { Inheritance } from '../inheritance.ts';
import { withInjected } from '../injection/injected.ts';
import { ObjectPatch } from '../object-patch.ts';
import { defaultQueue } from '../queue-choice.ts';
import type { QueueChoice } from '../queue-choice.ts';
import { NO_ANSWERS } from '../question.ts';
import type { Answers } from '../question.ts';
import { isOperator } from '../requester.ts';
import { writeOwnSubmitter } from '../submitter.ts';
import { allow, UNCHANGED } from '../verdict.ts';
import { withInjectedTasks } from './injected-tasks.ts';
import { tasksOf } from './task-facts.ts';

/**
 * A Job of Volcano: what a new one leaves open is filled in, so that controllers and people read one form. A manifest that
 * is applied again leaves the same open, in a list that replaces the one that was filled in: what was there is put back.
 */
export function mutateVcjob(request: AdmissionRequest, view: ClusterView, answers: Answers = NO_ANSWERS): Verdict {
  const { object: job, subresource } = request;
  if (job === undefined || subresource !== '' || isBeingDeleted(request)) return UNCHANGED;
  if (!isJsonObject(memberAt(job, 'spec'))) return UNCHANGED;
  const injected = withInjectedTasks(request, job, view);
  const above = request.operation === 'CREATE' ? ofOperator(request, view, answers) : undefined;
  return withInjected(injected, complete(request, injected.object, { ruled: injected.rules?.queue, above }, view));
}

/** What the object hands down for which an operator makes this one: an owner is anybody's to name. */
function ofOperator(request: AdmissionRequest, view: ClusterView, answers: Answers): Inheritance | undefined {
  const { object, username, namespace } = request;
  return isOperator(username, namespace) ? inheritanceOf(controllerOf(object), namespace, view, answers) : undefined;
}

/** What stands above the Job. */
interface Above {
  /** The queue that a policy puts it in, whatever it names. */
  readonly ruled: QueueChoice | undefined;
  readonly above: Inheritance | undefined;
}

function complete(request: AdmissionRequest, job: JsonObject, { ruled, above }: Above, view: ClusterView): Verdict {
  const patch = new ObjectPatch(job);
  if (ruled !== undefined) patch.set(['spec', 'queue'], ruled.name);
  for (const [key, value] of Object.entries(presetsOf(request, above, view))) {
    if (key === 'queue' && ruled !== undefined) continue;
    if (isOpen(memberAt(job, 'spec', key)) && !isOpen(value)) patch.set(['spec', key], value);
  }
  const tasks = tasksOf(job).map(({ task }, index) => completeTask(task, index, request.oldObject));
  if (tasksOf(job).some(({ task }, index) => task !== tasks[index])) patch.set(['spec', 'tasks'], tasks);
  const hadMinimum = request.oldObject === undefined || !isOpen(memberAt(request.oldObject, 'spec', 'minAvailable'));
  if (hadMinimum && isOpen(memberAt(job, 'spec', 'minAvailable')))
    patch.set(['spec', 'minAvailable'], minimumOf(tasks));
  for (const plugin of missingPlugins(job, request.oldObject)) patch.set(['spec', 'plugins', plugin], []);
  writeOwnSubmitter(patch, request, job, view, above);
  return patch.operations.length === 0 ? UNCHANGED : allow(patch.operations);
}

/** What the fields of its spec get that are left open. */
function presetsOf(
  { namespace, oldObject: old }: AdmissionRequest,
  above: Inheritance | undefined,
  view: ClusterView,
): JsonObject {
  const { queue = '', schedulerName = '', maxRetry = 0 } = objectAt(old, 'spec');
  if (old !== undefined) return { queue, schedulerName, maxRetry };
  return {
    queue: (above?.kind === 'queue' ? above.queue : undefined) ?? defaultQueue(namespace, view).name,
    schedulerName: VOLCANO_SCHEDULER,
    maxRetry: DEFAULT_MAX_RETRY,
  };
}

function isOpen(value: JsonValue | undefined): boolean {
  return value === undefined || value === null || value === 0 || value === '';
}

/** The same object when nothing is missing. */
function completeTask(task: JsonObject, index: number, oldJob: JsonObject | undefined): JsonObject {
  const added: Record<string, JsonValue> = {};
  const before = arrayAt(oldJob, 'spec', 'tasks')[index];
  const fill = (key: string, value: JsonValue | undefined): void => {
    if (value !== undefined && (oldJob === undefined || !isUnsaid(memberAt(before, key)))) added[key] = value;
  };
  if (isOpen(memberAt(task, 'name'))) fill('name', stringAt(before, ['name'], `default${index}`));
  if (isOpen(memberAt(task, 'maxRetry'))) fill('maxRetry', numberAt(before, ['maxRetry'], DEFAULT_MAX_RETRY));
  if (isUnsaid(memberAt(task, 'minAvailable'))) fill('minAvailable', minimumOfTask(task));
  if (oldJob === undefined || dnsPolicyOf(before) === BY_CLUSTER) fill('template', resolvableTemplate(task));
  return Object.keys(added).length === 0 ? task : { ...task, ...added };
}

function isUnsaid(value: JsonValue | undefined): boolean {
  return value === undefined || value === null;
}

function minimumOfTask(task: JsonObject): number {
  const parts = numberAt(task, ['partitionPolicy', 'minPartitions'], 0);
  if (parts > 0) return parts * numberAt(task, ['partitionPolicy', 'partitionSize'], 0);
  return numberAt(task, ['replicas'], 0);
}

const BY_CLUSTER = 'ClusterFirstWithHostNet';

/** Pods in their node's network find the cluster's names only with a policy of their own. */
function resolvableTemplate(task: JsonObject): JsonObject | undefined {
  const template = objectAt(task, 'template');
  const spec = objectAt(template, 'spec');
  if (spec['hostNetwork'] !== true || dnsPolicyOf(task) !== '') return undefined;
  return { ...template, spec: { ...spec, dnsPolicy: BY_CLUSTER } };
}

function dnsPolicyOf(task: JsonValue | undefined): string {
  return stringAt(task, ['template', 'spec', 'dnsPolicy']);
}

function minimumOf(tasks: readonly JsonObject[]): number {
  return tasks.reduce((sum, task) => sum + numberAt(task, ['minAvailable'], 0), 0);
}

/** What the plugins of frameworks need in order to work. */
function missingPlugins(job: JsonObject, old: JsonObject | undefined): readonly string[] {
  const needed = FRAMEWORK_PLUGINS.filter((name) => argumentOf(job, name) !== undefined);
  const wanted = [...(needed.length > 0 ? ['svc'] : []), ...(needed.includes('mpi') ? ['ssh'] : [])];
  const missing = wanted.filter((name) => argumentOf(job, name) === undefined);
  return old === undefined ? missing : missing.filter((name) => argumentOf(old, name) !== undefined);
}
