import type { Framework } from '../framework/framework.ts';
import type { Job } from '../model/job.ts';
import { TaskStatus } from '../model/task.ts';
import type { Task } from '../model/task.ts';
import { pendingTasks } from './pending-tasks.ts';

/** The tasks, of which those come first that some role cannot do without. O(tasks). */
export function neededFirst(job: Job, tasks: readonly Task[]): readonly Task[] {
  if (job.groups.length === 0) return tasks;
  const left = new Map(job.groups.map((group) => [group, group.min - group.placed()]));
  const isNeeded = ({ group }: Task): boolean => {
    const lacks = group === undefined ? 0 : (left.get(group) ?? 0);
    if (group !== undefined) left.set(group, lacks - 1);
    return lacks > 0;
  };
  const { needed = [], other = [] } = Object.groupBy(
    tasks.filter(({ status }) => status === TaskStatus.Pending),
    (task) => (isNeeded(task) ? 'needed' : 'other'),
  );
  return [...needed, ...other];
}

/** The waiting tasks with which the job starts if all find room, or the first of them. O(tasks). */
export function startingTasks(job: Job, framework: Framework, most = job.missing()): readonly Task[] {
  const pending = pendingTasks(job, framework).filter(({ status }) => status === TaskStatus.Pending);
  return neededFirst(job, pending).slice(0, most);
}
