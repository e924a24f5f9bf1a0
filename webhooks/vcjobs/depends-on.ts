import { caughtInCircles } from '../../src/lib/circles.ts';
import { fieldError } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { arrayAt } from '../../src/lib/json.ts';
import type { TaskFacts } from './task-facts.ts';

const NO_DAG = "job has dependencies between tasks, but doesn't form a directed acyclic graph(DAG)";

/** Tasks that wait for one that does not exist, or for themselves. O(tasks + dependencies). */
export function dependencyErrors(tasks: readonly TaskFacts[]): readonly FieldError[] {
  const known = new Set(tasks.map(({ name }) => name));
  const unknown = tasks.flatMap((task) =>
    needs(task)
      .map((name, at) => ({ name, path: `${task.path}.dependsOn.name[${at}]` }))
      .filter(({ name }) => !known.has(name))
      .map(({ name, path }) => fieldError(path, 'FieldValueNotFound', name, `no task has this name; ${NO_DAG}`)),
  );
  const caught = caughtInCircles(new Map(tasks.map((task) => [task.name, needs(task)])));
  const circles = tasks
    .filter(({ name }) => caught.has(name))
    .map((task) => {
      return fieldError(
        `${task.path}.dependsOn`,
        'FieldValueInvalid',
        needs(task),
        `is part of, or waits for, a circle: ${NO_DAG}`,
      );
    });
  return [...unknown, ...circles];
}

function needs({ task }: TaskFacts): readonly string[] {
  return arrayAt(task, 'dependsOn', 'name').map(String);
}
