import type { GroupPlan } from '../../api/group-plan.ts';
import type { JobRecord } from '../../api/records/job-record.ts';
import type { PodGroupRecord } from '../../api/records/pod-group-record.ts';
import type { ObservedPodGroup } from './observed.ts';
import { withMinimum } from './plan-minimum.ts';

/**
 * The plan with no higher minimum than the root can still reach: an index of a Job that failed for good never gets a pod
 * again, nor does one whose pod came to a good end and is gone (it ended so while it was being evicted, or somebody cleaned
 * up), and the others would wait for them for ever. Pods that succeeded and still exist count as started, so they lower
 * nothing.
 */
export function possiblePlan(plan: GroupPlan, observed: ObservedPodGroup): GroupPlan {
  const [task] = plan.tasks;
  const { root } = observed;
  if (root.kind !== 'job' || task === undefined || plan.tasks.length > 1) return plan;
  const min = Math.min(task.min, Math.max(1, reachable(root.record, observed)));
  return withMinimum(plan, task, min);
}

/** Members that the group can have at the same time, those that came to a good end and still exist among them. */
function reachable(job: JobRecord, { group, succeededMembers }: ObservedPodGroup): number {
  const { completions = Number.POSITIVE_INFINITY, failedIndexes, succeeded } = job;
  const possible = completions - failedIndexes;
  if (isRunning(group)) return Math.min(possible, Math.max(group.minMember, possible - succeeded));
  return possible - Math.max(0, succeeded - succeededMembers);
}

/** While it runs its minimum stays as it is: a pod that is seen late would break it. */
function isRunning(group: PodGroupRecord | undefined): group is PodGroupRecord {
  return group?.phase === 'Running';
}

/** Whether the members that came to a good end have to be counted. */
export function countsSuccesses(job: JobRecord, group: PodGroupRecord | undefined): boolean {
  return job.succeeded > 0 && job.completions !== undefined && !isRunning(group);
}
