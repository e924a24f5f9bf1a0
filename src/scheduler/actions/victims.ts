import type { Framework } from '../framework/framework.ts';
import type { Queue } from '../model/queue.ts';
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

/**
 * Worst first: of the queue whose pods go first (for the one that asks, if any does), of the job with the lowest priority,
 * then of that which comes last.
 */
export function worstFirst(framework: Framework, asking?: Queue): (a: Task, b: Task) => number {
  return (a, b) => {
    const [jobA, jobB] = [a.job, b.job];
    if (jobA === undefined || jobB === undefined || jobA === jobB) return framework.compareTasks(b, a);
    const byQueue = compareQueues(framework, [jobA.queue, jobB.queue], asking);
    return byQueue || jobA.priority - jobB.priority || framework.compareJobs(jobB, jobA);
  };
}

/** In that order, in place. Nodes have their newest task first, so that it is theirs nearly always: a check of O(tasks) spares the sort. */
export function inOrder(tasks: Task[], compare: (a: Task, b: Task) => number): Task[] {
  for (let i = 1; i < tasks.length; i += 1) {
    if (compare(tasks[i - 1] as Task, tasks[i] as Task) > 0) return tasks.sort(compare);
  }
  return tasks;
}

function compareQueues(
  framework: Framework,
  [a, b]: readonly [Queue | undefined, Queue | undefined],
  asking: Queue | undefined,
): number {
  if (a === b || a === undefined || b === undefined) return 0;
  return asking === undefined ? framework.compareQueues(b, a) : framework.compareVictimQueues(a, b, asking);
}
