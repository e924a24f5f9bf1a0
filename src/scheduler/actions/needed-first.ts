import type { Framework } from '../framework/framework.ts';
import type { Job } from '../model/job.ts';
import type { SubGroups } from '../model/sub-groups.ts';
import { TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';
import { pendingTasks } from './pending-tasks.ts';

/** The tasks, of which those come first that some role, or the parts of some policy, cannot do without. O(tasks). */
export function neededFirst(job: Job, all: readonly Task[]): readonly Task[] {
  const tasks = job.subGroups === undefined ? all : partsFirst(job.subGroups, all);
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

/** The waiting tasks with which the job starts if all find room. O(tasks). */
export function startingTasks(job: Job, framework: Framework): readonly Task[] {
  const pending = pendingTasks(job, framework).filter(({ status }) => status === TaskStatus.Pending);
  return neededFirst(job, pending).slice(0, job.missing());
}

/** The first waiting task, of those that a role cannot do without if it has such. O(1) for a job without roles, as a rule. */
export function nextTask(job: Job, framework: Framework): Task | undefined {
  const tasks = pendingTasks(job, framework);
  let first: Task | undefined;
  for (let at = job.pendingHead; at < tasks.length; at += 1) {
    const task = tasks[at];
    if (task?.status !== TaskStatus.Pending) continue;
    if (task.group === undefined ? job.groups.length === 0 : task.group.placed() < task.group.min) return task;
    first ??= task;
  }
  return first;
}

/** So many parts as lack, those that lack the fewest pods first, and what each of them lacks. */
function partsFirst({ kinds }: SubGroups, tasks: readonly Task[]): readonly Task[] {
  const pending = tasks.filter(({ status, subGroup }) => status === TaskStatus.Pending && subGroup !== undefined);
  const parts = [...Map.groupBy(pending, ({ subGroup }) => subGroup)].toSorted(
    ([a], [b]) => (b?.placed() ?? 0) - (a?.placed() ?? 0),
  );
  const left = new Map(kinds.map((kind) => [kind, kind.policy.minSubGroups - kind.placed]));
  const needed = new Set<Task>();
  for (const [part, members] of parts) {
    const lacking = part === undefined ? 0 : part.size - part.placed();
    const wanted = part === undefined ? 0 : (left.get(part.kind) ?? 0);
    if (part === undefined || lacking <= 0 || members.length < lacking || wanted <= 0) continue;
    left.set(part.kind, wanted - 1);
    for (const task of members.slice(0, lacking)) needed.add(task);
  }
  return needed.size === 0 ? tasks : [...needed, ...tasks.filter((task) => !needed.has(task))];
}
