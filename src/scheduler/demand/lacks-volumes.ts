import type { Refusal } from '../model/refusal.ts';
import type { Job } from '../model/job.ts';
import { TaskStatus } from '../model/task-status.ts';
import type { VolumeLedger } from '../volumes/volume-ledger.ts';

/** Some of its pending pods use claims: whether it can start hangs on those. */
export function usesClaims(job: Job): boolean {
  for (let task = job.tasks.first; task !== undefined; task = task.nextInJob) {
    if (task.status === TaskStatus.Pending && task.record.claims.length > 0) return true;
  }
  return false;
}

/**
 * Why too few of the job's pods can have a place now: claims of the others are not there, or wait for volumes that others have to
 * bind to them. Until they are, it asks for nothing that it could not use. O(tasks of a job that has such pods).
 */
export function lacksVolumes(job: Job, volumes: VolumeLedger): Refusal | undefined {
  const missing = job.missing();
  if (missing <= 0 || !usesClaims(job)) return undefined;
  let left = 0;
  const problems: string[] = [];
  for (const { status, record } of job.tasks.values()) {
    if (status !== TaskStatus.Pending) continue;
    const problem = volumes.problemOf(record.claims);
    if (problem === undefined) left += 1;
    else problems.push(problem);
  }
  const [first] = problems;
  if (first === undefined || left >= missing) return undefined;
  const all = `PodGroup ${job.key} must place ${missing} more pods together, and claims of ${problems.length} are not ready`;
  return { code: 'VolumeNotReady', message: job.minMember <= 1 ? `${first}.` : `${all}: ${first}.` };
}
