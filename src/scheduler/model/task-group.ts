import { TaskCounts } from './task-counts.ts';

/** The tasks of one role of a gang, of which so many must be placed together (Volcano's minTaskMember). */
export class TaskGroup extends TaskCounts {
  readonly name: string;
  readonly min: number;

  constructor(name: string, min: number) {
    super();
    this.name = name;
    this.min = min;
  }
}

const NONE: readonly TaskGroup[] = Object.freeze([]);

/** The roles with a minimum. They hold only when the gang's own minimum covers their sum, as in Volcano. */
export function taskGroups(minMember: number, minTaskMember: ReadonlyMap<string, number>): readonly TaskGroup[] {
  if (minTaskMember.size === 0) return NONE;
  let sum = 0;
  for (const min of minTaskMember.values()) sum += min;
  return minMember < sum ? NONE : Array.from(minTaskMember, ([name, min]) => new TaskGroup(name, min));
}
