import type { Framework } from '../framework/framework.ts';
import type { Task } from '../model/task.ts';
import { isStanding } from '../model/bundles.ts';
import type { Session } from '../session/session.ts';

/** By what it is, whatever the plugins' votes say: it stands on a node, and neither it nor its group nor a plugin keeps it there. */
export function mayBeEvicted(session: Session, task: Task): boolean {
  const { job, record } = task;
  if (job?.queue === undefined || !isStanding(task)) return false;
  if (!record.preemptable || !job.record.preemptable) return false;
  return !session.isSpared(task) && !session.framework.victims.isSheltered(task);
}

/** Worst first: of the queue that comes last, of the job with the lowest priority, then of that which comes last. */
export function compareVictims(framework: Framework, a: Task, b: Task): number {
  const [jobA, jobB] = [a.job, b.job];
  if (jobA === undefined || jobB === undefined || jobA === jobB) return framework.compareTasks(b, a);
  const byQueue =
    jobA.queue === jobB.queue || jobA.queue === undefined || jobB.queue === undefined
      ? 0
      : framework.compareQueues(jobB.queue, jobA.queue);
  return byQueue || jobA.priority - jobB.priority || framework.compareJobs(jobB, jobA);
}
