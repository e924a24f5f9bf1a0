import type { Framework } from '../framework/framework.ts';
import type { Job } from '../model/job.ts';
import { TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';

/** Pending tasks of one class and role that see the nodes in the same way, with one of them. */
export interface PendingKind {
  readonly task: Task;
  count: number;
}

/** In the order in which they came. O(tasks x kinds). */
export function pendingKinds(job: Job, framework: Framework): readonly PendingKind[] {
  const kinds: PendingKind[] = [];
  for (let task = job.tasks.first; task !== undefined; task = task.nextInJob) {
    if (task.status !== TaskStatus.Pending) continue;
    const one = task;
    const known = kinds.find((kind) => areAlike(kind.task, one, framework));
    if (known === undefined) kinds.push({ task, count: 1 });
    else known.count += 1;
  }
  return kinds;
}

function areAlike(a: Task, b: Task, framework: Framework): boolean {
  return a.class === b.class && a.group === b.group && framework.perspective(a) === framework.perspective(b);
}
