import { fieldError } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { arrayAt, memberAt, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import type { Verdict } from '../verdict.ts';
import { isBeingDeleted } from '../being-deleted.ts';
import { qualifiedNameProblem } from '../pod-template/names.ts';
import { templateErrors } from '../pod-template/validate.ts';
import { controllerOf } from '../controller-of.ts';
import { submitVerdict, TOLD_NOTHING } from '../submit-verdict.ts';
import type { SubmitVerdict } from '../submit-verdict.ts';
import { tierErrors } from '../tier.ts';
import { valueWarnings } from '../annotation-values.ts';
import { allow, joinDenials, refuse, UNCHANGED } from '../verdict.ts';
import { countErrors } from './counts.ts';
import { dependencyErrors } from './depends-on.ts';
import { partitionErrors } from './partitions.ts';
import { pluginMistakes } from './plugins.ts';
import { policyErrors } from './policies.ts';
import { idleFieldWarnings, vainWarnings } from './idle-fields.ts';
import { priorityDenial } from './priority.ts';
import { vcjobRoom, vcjobRoomWarnings } from './room.ts';
import { vcjobQueueDenial } from './queue.ts';
import { tasksOf } from './task-facts.ts';
import type { TaskFacts } from './task-facts.ts';
import { wholeCpuErrors } from './whole-cpus.ts';
import { fixedFieldErrors } from './update.ts';
import { volumeErrors } from './volumes.ts';

/** Jobs of Volcano: every mistake at once, in the words of Kubernetes' own field errors and of Volcano. */
export function validateVcjobReview(request: AdmissionRequest, view: ClusterView): Verdict {
  const { object: job, oldObject: old, subresource } = request;
  if (subresource !== '' || job === undefined || isBeingDeleted(request)) return UNCHANGED;
  const plugins = old === undefined ? pluginMistakes(nameOf(request, job), job) : NO_MISTAKES;
  const errors = old === undefined ? newJobErrors(nameOf(request, job), job) : changeErrors(job, old);
  const denial = joinDenials(
    errors.length + plugins.errors.length === 0 ? undefined : refuse('InvalidJob', ...errors, ...plugins.errors),
    old === undefined ? vcjobQueueDenial(job, view) : undefined,
    priorityDenial(job, old),
  );
  if (denial !== undefined) return denial;
  const chances = old === undefined ? toldToPeople(job, view) : changedChances(job, old, view);
  if (chances.denial !== undefined) return chances.denial;
  const warnings = [
    ...(old === undefined ? [...idleFieldWarnings(job, view), ...plugins.warnings] : []),
    ...vainWarnings(job, old, view),
    ...chances.warnings,
    ...valueWarnings(objectAt(job, 'metadata', 'annotations'), objectAt(old, 'metadata', 'annotations')),
  ];
  return warnings.length === 0 ? UNCHANGED : allow([], warnings);
}

/** Controllers read no warnings, and try again what was refused. */
function toldToPeople(job: JsonObject, view: ClusterView): SubmitVerdict {
  return controllerOf(job) === undefined ? submitVerdict(vcjobRoom(job), 'spec', view) : TOLD_NOTHING;
}

/** What is stored may grow out of the cluster: it is told so, and let in. */
function changedChances(job: JsonObject, old: JsonObject, view: ClusterView): SubmitVerdict {
  if (controllerOf(job) !== undefined) return TOLD_NOTHING;
  return { ...TOLD_NOTHING, warnings: vcjobRoomWarnings(job, old, view) };
}

const NO_MISTAKES = { errors: [], warnings: [] };

function nameOf({ name }: AdmissionRequest, job: JsonObject): string {
  return stringAt(job, ['metadata', 'name'], name);
}

/** What is wrong with a job that is to be made under that name; with an empty one, nothing is said of names that begin with it. */
export function newJobErrors(name: string, job: JsonObject): readonly FieldError[] {
  const tasks = tasksOf(job);
  return [
    ...nameErrors(name),
    ...(tasks.length > 0
      ? []
      : [fieldError('spec.tasks', 'FieldValueRequired', undefined, 'No task specified in job spec')]),
    ...twiceErrors(tasks),
    ...countErrors(job, tasks, true),
    ...tierErrors(memberAt(job, 'spec', 'networkTopology'), 'spec'),
    ...tasks.flatMap((task, index) => taskErrors(task, index, name)),
    ...policyErrors(arrayAt(job, 'spec', 'policies'), 'spec.policies'),
    ...volumeErrors(job),
    ...dependencyErrors(tasks),
  ];
}

/** A job with only a generateName has no name yet. */
function nameErrors(name: string): readonly FieldError[] {
  const problem = name === '' ? undefined : qualifiedNameProblem(name);
  if (problem === undefined) return [];
  return [
    fieldError('metadata.name', 'FieldValueInvalid', name, `create job with name ${name} validate failed [${problem}]`),
  ];
}

function twiceErrors(tasks: readonly TaskFacts[]): readonly FieldError[] {
  const names = new Set<string>();
  return tasks.flatMap(({ name, path }) => {
    const isTwice = names.has(name);
    names.add(name);
    return isTwice ? [fieldError(`${path}.name`, 'FieldValueDuplicate', name, `duplicated task name ${name}`)] : [];
  });
}

function taskErrors(facts: TaskFacts, index: number, job: string): readonly FieldError[] {
  const { task, path, name } = facts;
  return [
    ...podNameErrors(job, name, index, path),
    ...policyErrors(arrayAt(task, 'policies'), `${path}.policies`),
    ...partitionErrors(facts),
    ...templateErrors(objectAt(task, 'template'), `${path}.template`),
    ...wholeCpuErrors(task, path, index),
  ];
}

function podNameErrors(job: string, task: string, index: number, path: string): readonly FieldError[] {
  const pod = `${job}-${task}-${index}`;
  const problem = job === '' || task === '' ? undefined : qualifiedNameProblem(pod);
  if (problem === undefined) return [];
  return [
    fieldError(`${path}.name`, 'FieldValueInvalid', task, `create pod with name ${pod} validate failed [${problem}]`),
  ];
}

function changeErrors(job: JsonObject, old: JsonObject): readonly FieldError[] {
  const tasks = tasksOf(job);
  return [
    ...countErrors(job, tasks, false),
    ...tierErrors(memberAt(job, 'spec', 'networkTopology'), 'spec'),
    ...tasks.flatMap(partitionErrors),
    ...fixedFieldErrors(job, old),
  ];
}
