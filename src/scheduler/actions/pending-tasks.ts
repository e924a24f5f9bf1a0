import type { Framework } from '../framework/framework.ts';
import type { Job } from '../model/job.ts';
import { TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';

/**
 * The job's pending tasks in task order, kept on the job for the cycle; tasks placed since stay in it.
 * Tasks usually arrive in order: a check of O(tasks) spares the sort.
 */
export function pendingTasks(job: Job, framework: Framework): readonly Task[] {
  job.pendingOrder ??= orderPending(job, framework);
  return job.pendingOrder;
}

function orderPending(job: Job, framework: Framework): Task[] {
  const tasks: Task[] = [];
  let isSorted = true;
  for (let task = job.tasks.first; task !== undefined; task = task.nextInJob) {
    if (task.status !== TaskStatus.Pending) continue;
    const last = tasks.at(-1);
    if (last !== undefined && framework.compareTasks(last, task) > 0) isSorted = false;
    tasks.push(task);
  }
  return isSorted ? tasks : tasks.sort(framework.compareTasks);
}
