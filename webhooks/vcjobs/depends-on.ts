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
  const caught = inCircles(tasks, known);
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

/** Takes away what waits for nothing, again and again: what is left can never start. */
function inCircles(tasks: readonly TaskFacts[], known: ReadonlySet<string>): ReadonlySet<string> {
  const waiting = new Map(tasks.map((task) => [task.name, new Set(needs(task).filter((name) => known.has(name)))]));
  const waiters = new Map<string, string[]>();
  for (const [name, needed] of waiting) {
    for (const one of needed) waiters.set(one, [...(waiters.get(one) ?? []), name]);
  }
  const free = [...waiting].filter(([, needed]) => needed.size === 0).map(([name]) => name);
  for (let name = free.pop(); name !== undefined; name = free.pop()) {
    waiting.delete(name);
    for (const waiter of waiters.get(name) ?? []) {
      const left = waiting.get(waiter);
      left?.delete(name);
      if (left?.size === 0) free.push(waiter);
    }
  }
  return new Set(waiting.keys());
}
