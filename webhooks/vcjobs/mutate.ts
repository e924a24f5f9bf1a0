import { VOLCANO_SCHEDULER } from '../../src/api/keys.ts';
import { DEFAULT_MAX_RETRY } from '../../src/api/vcjob.ts';
import { isJsonObject, memberAt, numberAt, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../src/lib/json.ts';
import { argumentOf, FRAMEWORK_PLUGINS } from './plugins.ts';
import type { AdmissionRequest, ClusterView, Verdict } from '../admission.ts';
import { ObjectPatch } from '../object-patch.ts';
import { defaultQueue } from '../queue-choice.ts';
import { allow, UNCHANGED } from '../verdict.ts';
import { tasksOf } from './task-facts.ts';

/** A new Job of Volcano: what it leaves open is filled in, so that controllers and people read one form. */
export function mutateVcjob(request: AdmissionRequest, view: ClusterView): Verdict {
  const { object: job, operation, subresource, namespace } = request;
  if (job === undefined || operation !== 'CREATE' || subresource !== '') return UNCHANGED;
  if (!isJsonObject(memberAt(job, 'spec'))) return UNCHANGED;
  const patch = new ObjectPatch(job);
  if (stringAt(job, ['spec', 'queue']) === '') patch.set(['spec', 'queue'], defaultQueue(namespace, view).name);
  if (stringAt(job, ['spec', 'schedulerName']) === '') patch.set(['spec', 'schedulerName'], VOLCANO_SCHEDULER);
  if (isUnset(memberAt(job, 'spec', 'maxRetry'))) patch.set(['spec', 'maxRetry'], DEFAULT_MAX_RETRY);
  const tasks = tasksOf(job).map(({ task }, index) => completeTask(task, index));
  if (tasksOf(job).some(({ task }, index) => task !== tasks[index])) patch.set(['spec', 'tasks'], tasks);
  if (isUnset(memberAt(job, 'spec', 'minAvailable'))) patch.set(['spec', 'minAvailable'], minimumOf(tasks));
  for (const plugin of missingPlugins(job)) patch.set(['spec', 'plugins', plugin], []);
  return patch.operations.length === 0 ? UNCHANGED : allow(patch.operations);
}

function isUnset(value: JsonValue | undefined): boolean {
  return value === undefined || value === null || value === 0;
}

/** The same object when nothing is missing. */
function completeTask(task: JsonObject, index: number): JsonObject {
  const added: Record<string, JsonValue> = {};
  if (stringAt(task, ['name']) === '') added['name'] = `default${index}`;
  if (isUnset(memberAt(task, 'maxRetry'))) added['maxRetry'] = DEFAULT_MAX_RETRY;
  const minAvailable = memberAt(task, 'minAvailable');
  if (minAvailable === undefined || minAvailable === null) added['minAvailable'] = minimumOfTask(task);
  const template = resolvableTemplate(task);
  if (template !== undefined) added['template'] = template;
  return Object.keys(added).length === 0 ? task : { ...task, ...added };
}

function minimumOfTask(task: JsonObject): number {
  const parts = numberAt(task, ['partitionPolicy', 'minPartitions'], 0);
  if (parts > 0) return parts * numberAt(task, ['partitionPolicy', 'partitionSize'], 0);
  return numberAt(task, ['replicas'], 0);
}

/** Pods in their node's network find the cluster's names only with a policy of their own. */
function resolvableTemplate(task: JsonObject): JsonObject | undefined {
  const template = objectAt(task, 'template');
  const spec = objectAt(template, 'spec');
  if (spec['hostNetwork'] !== true || stringAt(spec, ['dnsPolicy']) !== '') return undefined;
  return { ...template, spec: { ...spec, dnsPolicy: 'ClusterFirstWithHostNet' } };
}

function minimumOf(tasks: readonly JsonObject[]): number {
  return tasks.reduce((sum, task) => sum + numberAt(task, ['minAvailable'], 0), 0);
}

/** What the plugins of frameworks need in order to work. */
function missingPlugins(job: JsonObject): readonly string[] {
  const needed = FRAMEWORK_PLUGINS.filter((name) => argumentOf(job, name) !== undefined);
  const wanted = [...(needed.length > 0 ? ['svc'] : []), ...(needed.includes('mpi') ? ['ssh'] : [])];
  return wanted.filter((name) => argumentOf(job, name) === undefined);
}
