import { KUBE_DEFAULT_SCHEDULER, SERVED_SCHEDULERS } from '../../src/api/keys.ts';
import { readRunningEstimate } from '../../src/api/running-estimate.ts';
import { memberAt, numberAt, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { ClusterView } from '../admission.ts';
import { misspeltWarning } from '../chosen-scheduler.ts';
import { missingClassWarnings } from '../missing-classes.ts';
import { alignmentWarnings } from '../numa-warnings.ts';
import { classWarnings } from '../pod-groups/priority.ts';
import { tierWarnings } from '../tier-warnings.ts';
import { tasksOf, totalReplicas } from './task-facts.ts';
import type { TaskFacts } from './task-facts.ts';

/** Tells of each field that is kept and that nothing acts on, or not as it is written. */
export function idleFieldWarnings(job: JsonObject, view: ClusterView): readonly string[] {
  const tasks = tasksOf(job);
  const isAligned = (policy: string): boolean => policy !== '' && policy !== 'none';
  const aligned = tasks.filter(({ task }) => isAligned(stringAt(task, ['topologyPolicy'])));
  return [
    ...tierWarnings(memberAt(job, 'spec'), 'spec', view),
    ...tasks.flatMap(({ task, path }) => {
      return tierWarnings(memberAt(task, 'partitionPolicy'), `${path}.partitionPolicy`, view);
    }),
    ...aligned.flatMap(({ task, path }) =>
      alignmentWarnings(objectAt(task, 'template', 'spec'), `${path}.topologyPolicy`),
    ),
    ...tasks.flatMap(endlessPods),
    ...tasks.flatMap(({ task, path }) => {
      return missingClassWarnings({ spec: objectAt(task, 'template', 'spec'), path: `${path}.template.spec.` }, view);
    }),
    ...idleMinima(numberAt(job, ['spec', 'minAvailable'], 0), tasks),
    ...foreignScheduler(stringAt(job, ['spec', 'schedulerName'])),
    ...noEstimate(stringAt(job, ['spec', 'runningEstimate'])),
  ];
}

/** What a job, new or changed, says in vain; nobody is told what was so before. */
export function vainWarnings(job: JsonObject, old: JsonObject | undefined, view: ClusterView): readonly string[] {
  const classOf = (one: JsonObject | undefined): string => stringAt(one, ['spec', 'priorityClassName']);
  return [...classWarnings(classOf(job), classOf(old), view), ...successWarnings(job, old)];
}

/** A job that cannot succeed any more whatever its pods do, since it has too few. */
function successWarnings(job: JsonObject, old: JsonObject | undefined): readonly string[] {
  const least = numberAt(job, ['spec', 'minSuccess'], 0);
  const total = totalReplicas(tasksOf(job));
  if (least <= total || (old !== undefined && least > totalReplicas(tasksOf(old)))) return [];
  return [`spec.minSuccess: ${least} pods have to succeed, and the tasks have ${total}: the job can only fail`];
}

/** What cannot be read counts as no estimate. */
function noEstimate(estimate: string): readonly string[] {
  if (estimate === '' || readRunningEstimate(estimate) > 0) return [];
  return ['spec.runningEstimate is no running estimate: write one such as 1h30m'];
}

/** Its group asks for room like any other, and nothing here starts its pods. */
function foreignScheduler(name: string): readonly string[] {
  if (name === '' || name === KUBE_DEFAULT_SCHEDULER || SERVED_SCHEDULERS.has(name)) return [];
  return [
    `spec.schedulerName: pods are left to the scheduler ${name}: nothing here starts them together`,
    ...misspeltWarning({ schedulerName: name, path: '' }),
  ];
}

/** A pod that is always started again has no end, and a job ends with its pods. */
function endlessPods({ task, path }: TaskFacts): readonly string[] {
  const policy = stringAt(task, ['template', 'spec', 'restartPolicy']);
  if (policy !== '' && policy !== 'Always') return [];
  const said = policy === '' ? 'is Always where unset' : 'is Always';
  return [`${path}.template.spec.restartPolicy ${said}: such pods never end, nor does the job`];
}

/** As in Volcano, which tasks start first is open where the job waits for fewer pods than its tasks together (volcano#1755). */
function idleMinima(least: number, tasks: readonly TaskFacts[]): readonly string[] {
  const needed = tasks.reduce((sum, { minAvailable, replicas }) => sum + (minAvailable ?? replicas), 0);
  // What a task leaves open is all of its pods by now.
  const isSaid = tasks.some(({ minAvailable, replicas }) => minAvailable !== undefined && minAvailable < replicas);
  if (!isSaid || least === 0 || least >= needed) return [];
  return [
    `spec.minAvailable: any ${least} pods start together, whatever single tasks need, unless this is ${needed} at least`,
  ];
}
