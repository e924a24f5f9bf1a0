import { arrayAt, isJsonObject, memberAt, numberAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';

/** How many pods a task of a Volcano Job has, and how many of them it needs; read without trust. */
export interface TaskFacts {
  readonly task: JsonObject;
  /** `spec.tasks[2]`. */
  readonly path: string;
  readonly name: string;
  readonly replicas: number;
  /** Undefined when the task says nothing. */
  readonly minAvailable: number | undefined;
}

/** The tasks of a job, in order; what is no object counts as a task that says nothing. */
export function tasksOf(job: JsonObject): readonly TaskFacts[] {
  return arrayAt(job, 'spec', 'tasks').map((raw, index) => {
    const task = isJsonObject(raw) ? raw : {};
    const minAvailable = memberAt(task, 'minAvailable');
    return {
      task,
      path: `spec.tasks[${index}]`,
      name: stringAt(task, ['name']),
      replicas: numberAt(task, ['replicas'], 0),
      minAvailable: typeof minAvailable === 'number' ? minAvailable : undefined,
    };
  });
}

/** Pods of all tasks together. */
export function totalReplicas(tasks: readonly TaskFacts[]): number {
  return tasks.reduce((sum, { replicas }) => sum + replicas, 0);
}
