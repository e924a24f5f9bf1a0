import { isStanding } from '../model/bundles.ts';
import type { Job } from '../model/job.ts';
import { TaskStatus } from '../model/task-status.ts';
import type { Session } from '../session/session.ts';
import { evictFor, isStarving } from './evict-for.ts';
import { GANG_PREEMPT, PREEMPT, PREEMPT_WITHIN } from './victim-rule.ts';

/**
 * Groups that cannot start take room from others of their queue; who has to go for whom is for the plugins' votes. Then pods of
 * groups that run take room from pods of lower priority of their own group, as far as that can spare them.
 */
export function preempt(session: Session): void {
  evictFor(session, PREEMPT, isStarving(session));
  evictFor(session, PREEMPT_WITHIN, (job) => session.framework.jobWhole(job) && hasLower(job));
}

/** Some pod that runs is of lower priority than one that waits, and the job has more than its minimum. O(tasks). */
function hasLower(job: Job): boolean {
  if (job.ready() <= job.minMember) return false;
  let [highest, lowest] = [-Infinity, Infinity];
  for (let task = job.tasks.first; task !== undefined; task = task.nextInJob) {
    const { priority } = task.record;
    if (isStanding(task)) lowest = Math.min(lowest, priority);
    else if (task.status === TaskStatus.Pending && !task.class.isBestEffort) highest = Math.max(highest, priority);
  }
  return lowest < highest;
}

/** The same from groups of lower priority, whole gangs as well: asks the votes that look at gangs. */
export function gangpreempt(session: Session): void {
  evictFor(session, GANG_PREEMPT, isStarving(session));
}
