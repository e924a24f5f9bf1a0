import type { DonePlaces } from './done-places.ts';
import type { JobPod } from './job-pod.ts';
import { isStale } from './job-pod.ts';

/** How many pods of a job stand where. */
export interface JobCounts {
  readonly pending: number;
  readonly running: number;
  readonly succeeded: number;
  readonly failed: number;
  /** On their way out, or about to be sent there. */
  readonly terminating: number;
  readonly unknown: number;
  /**
   * Pods by task and phase. One that goes and that nobody sent away counts until it is gone: where the status then tells of
   * more pods than there are, some were evicted.
   */
  readonly byTask: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

const MEMBER = {
  Pending: 'pending',
  Running: 'running',
  Succeeded: 'succeeded',
  Failed: 'failed',
  Unknown: 'unknown',
} as const;

/** Counts them, and what is done by pods that are gone; those in `going` are about to be deleted. O(pods). */
export function countPods(pods: readonly JobPod[], done: DonePlaces, going: ReadonlySet<JobPod>): JobCounts {
  const counts = { pending: 0, running: 0, succeeded: 0, failed: 0, terminating: 0, unknown: 0 };
  const byTask = new Map<string, Map<string, number>>();
  for (const [task, { size }] of done) {
    counts.succeeded += size;
    byTask.set(task, new Map([['Succeeded', size]]));
  }
  for (const each of pods) {
    const { phase, deleting } = each.pod;
    const isSentAway = going.has(each) || (deleting && isStale(each));
    if (deleting || isSentAway) counts.terminating += 1;
    else counts[MEMBER[phase]] += 1;
    if (isSentAway) continue;
    const ofTask = byTask.get(each.task) ?? new Map<string, number>();
    ofTask.set(phase, (ofTask.get(phase) ?? 0) + 1);
    byTask.set(each.task, ofTask);
  }
  return { ...counts, byTask };
}
