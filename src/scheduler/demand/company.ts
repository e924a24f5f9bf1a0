import type { Refusal } from '../model/refusal.ts';
import type { PodRuleLedger } from '../ledger/pod-rule-ledger.ts';
import type { Job } from '../model/job.ts';
import { TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';

/** The job has pods that have to stand beside others than their like: whether it can start hangs on who else stands. */
export function needsCompany(job: Job): boolean {
  for (let task = job.tasks.first; task !== undefined; task = task.nextInJob) if (isDependent(task)) return true;
  return false;
}

/**
 * Why too few of the job's pods can have a place now: the others must stand beside pods of which none stands anywhere, and
 * the job has none itself. Until one does, it asks for nothing that it could not use. O(tasks of a job that has such pods).
 */
export function lacksCompany(job: Job, ledger: PodRuleLedger): Refusal | undefined {
  const missing = job.missing();
  if (missing <= 0 || !needsCompany(job)) return undefined;
  const pending = [...job.tasks.values()].filter(({ status }) => status === TaskStatus.Pending);
  const lonely = pending.filter((task) => isLonely(task, pending, ledger));
  if (lonely.length === 0 || pending.length - lonely.length >= missing) return undefined;
  const message = `PodGroup ${job.key} has ${lonely.length} pods that must stand beside others by their pod affinity, and none of those stands anywhere. It waits until one does.`;
  return { code: 'LacksCompany', message };
}

function isDependent({ status, class: { shape } }: Task): boolean {
  if (status !== TaskStatus.Pending || shape.rules === undefined) return false;
  return shape.rules.affinity.some(({ isOwn }) => !isOwn);
}

/** Nobody that its terms speak of stands anywhere, or waits together with it. */
function isLonely(task: Task, pending: readonly Task[], ledger: PodRuleLedger): boolean {
  if (!isDependent(task)) return false;
  const counts = ledger.of(task.class)?.affinity ?? [];
  if (counts.length === 0) return false;
  if (counts.some(({ total }) => total > 0)) return false;
  const terms = task.class.shape.rules?.affinity ?? [];
  return !pending.some(({ record }) => {
    const pods = ledger.labelledAs(record);
    return terms.every((term) => ledger.isOf(pods, term));
  });
}
