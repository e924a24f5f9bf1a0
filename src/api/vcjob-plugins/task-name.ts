import { stringAt } from '../../lib/json.ts';

/** Name of a task as it travels; one without is called by its place, which admission writes down where it is on. */
export function taskName(task: unknown, at: number): string {
  return stringAt(task, ['name']) || `default${at}`;
}
