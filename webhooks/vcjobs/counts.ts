import { fieldError } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { numberAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { totalReplicas } from './task-facts.ts';
import type { TaskFacts } from './task-facts.ts';

/** Minima above what there is, and counts below nothing: of each task, and of the job. Volcano has other words for a job that changes. */
export function countErrors(job: JsonObject, tasks: readonly TaskFacts[], isNew: boolean): readonly FieldError[] {
  const minAvailable = numberAt(job, ['spec', 'minAvailable'], 0);
  const total = totalReplicas(tasks);
  const jobName = stringAt(job, ['metadata', 'name']);
  const errors = tasks.flatMap((task) => taskErrors(task, jobName, isNew));
  const at = 'spec.minAvailable';
  if (minAvailable < 0)
    errors.push(fieldError(at, 'FieldValueInvalid', minAvailable, "job 'minAvailable' must be >= 0"));
  if (minAvailable > total) {
    const message = isNew
      ? `job 'minAvailable' should not be greater than total replicas in tasks (${total})`
      : `job 'minAvailable' must not be greater than total replicas (${total})`;
    errors.push(fieldError(at, 'FieldValueInvalid', minAvailable, message));
  }
  return errors;
}

function taskErrors(
  { path, name, replicas, minAvailable = 0 }: TaskFacts,
  job: string,
  isNew: boolean,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (replicas < 0) {
    const message = `'replicas' must be >= 0 in task: ${name}`;
    errors.push(fieldError(`${path}.replicas`, 'FieldValueInvalid', replicas, message));
  }
  if (minAvailable < 0) {
    const message = `'minAvailable' must be >= 0 in task: ${name}`;
    errors.push(fieldError(`${path}.minAvailable`, 'FieldValueInvalid', minAvailable, message));
  }
  if (minAvailable > Math.max(0, replicas)) {
    const message = isNew
      ? `'minAvailable' is greater than 'replicas' in task: ${name}, job: ${job}`
      : `'minAvailable' must be <= 'replicas' in task: ${name}`;
    errors.push(fieldError(`${path}.minAvailable`, 'FieldValueInvalid', minAvailable, message));
  }
  return errors;
}
