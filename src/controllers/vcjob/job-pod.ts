import type { JobPodRecord } from '../../api/records/job-pod-record.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import type { JobPlan } from './job-plan.ts';
import type { JobLife } from './life.ts';

/** A pod that the job controls, and what it says of its place there. */
export interface JobPod extends JobPodRecord {
  readonly pod: PodRecord;
  /** It was made before the last restart of the whole job. */
  readonly isOfEarlierLife: boolean;
  /** The job has no such place any more. */
  readonly isSurplus: boolean;
}

/** The pods of a job, by task and index. O(pods log pods). */
export function podsOfJob(pods: Iterable<PodRecord>, plan: JobPlan, life: JobLife): readonly JobPod[] {
  const found: JobPod[] = [];
  for (const pod of pods) {
    const { jobPod } = pod;
    if (jobPod === undefined) continue;
    const { index, task, version } = jobPod;
    const isSurplus = index < 0 || index >= (plan.byName.get(task)?.replicas ?? 0);
    found.push({ ...jobPod, pod, isSurplus, isOfEarlierLife: version < life.oldestVersion });
  }
  return found.toSorted((a, b) => (a.task === b.task ? a.index - b.index : a.task < b.task ? -1 : 1));
}

/** Its controller wants it gone, or has it going: what happens to it is nobody's business. */
export function isStale({ isOfEarlierLife, isOutOfSync, isSurplus }: JobPod): boolean {
  return isOfEarlierLife || isOutOfSync || isSurplus;
}

/** It has come to its end. */
export function isFinished({ pod }: JobPod): boolean {
  return pod.phase === 'Succeeded' || pod.phase === 'Failed';
}
