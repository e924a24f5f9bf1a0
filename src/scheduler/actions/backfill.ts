import { explainFit } from '../explain.ts';
import type { Job } from '../job.ts';
import type { Session } from '../session.ts';
import { TaskStatus } from '../task.ts';
import { JobHeaps } from './job-heaps.ts';
import { pendingTasks } from './pending-tasks.ts';

/**
 * Places tasks that ask for nothing but a pod slot, after everything that asks for more. A group of such tasks is
 * all-or-nothing too: Volcano dispatches them as soon as the group counts as ready, which can leave a gang partly placed.
 */
export function backfill(session: Session): void {
  const heaps = new JobHeaps(
    session,
    (job) => job.phase !== '' && job.phase !== 'Pending' && job.pendingBestEffort > 0,
  );
  heaps.drain((job) => {
    backfillJob(session, job);
    return 'done';
  });
}

function backfillJob(session: Session, job: Job): void {
  const { framework, statement } = session;
  if (framework.jobValid(job) !== undefined) return;
  const mark = statement.checkpoint();
  for (const task of pendingTasks(job, framework)) {
    if (task.status !== TaskStatus.Pending || !task.class.isBestEffort) continue;
    const node = framework.picker(task.class).best();
    if (node < 0) {
      session.refuse(job, explainFit(session, task.class));
      break;
    }
    statement.allocate(task, node);
  }
  if (framework.jobReady(job)) session.commit(job, mark);
  else statement.rollback(mark);
}
