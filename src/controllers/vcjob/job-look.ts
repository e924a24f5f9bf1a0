import { countPods } from './counts.ts';
import type { JobCounts } from './counts.ts';
import { completedIndexes, donePlaces } from './done-places.ts';
import type { DonePlaces } from './done-places.ts';
import { jobPlan } from './job-plan.ts';
import type { JobPlan } from './job-plan.ts';
import { podsOfJob } from './job-pod.ts';
import type { JobPod } from './job-pod.ts';
import { jobLife } from './life.ts';
import type { JobLife, JobPhase } from './life.ts';
import type { ObservedVcjob } from './observed.ts';
import { statusEffects } from './status.ts';
import type { StatusNews } from './status.ts';
import type { PatchEffect } from '../effect.ts';

/** What was observed of a job, read once for one look at it. */
export interface JobLook extends ObservedVcjob {
  readonly plan: JobPlan;
  readonly life: JobLife;
  readonly jobPods: readonly JobPod[];
  readonly done: DonePlaces;
}

export function lookAt(observed: ObservedVcjob): JobLook {
  const { job, pods } = observed;
  const [plan, life] = [jobPlan(job), jobLife(job)];
  const jobPods = podsOfJob(pods, plan, life);
  return { ...observed, plan, life, jobPods, done: donePlaces(job.status, plan, jobPods) };
}

/** The job as its pods stand once those in `going` are on their way. */
export function countsOf({ jobPods, done }: JobLook, going: Iterable<JobPod> = []): JobCounts {
  return countPods(jobPods, done, new Set(going));
}

/** A status that says what it said, with these changes. */
export function statusOf(look: JobLook, phase: JobPhase, changes: Partial<StatusNews>): readonly PatchEffect[] {
  const { job, life, jobPods, done, nowMs } = look;
  const { version, oldestVersion, retryCount } = life;
  const known = { version, oldestVersion, retryCount, observedGeneration: job.generation, message: '' };
  const controlled = job.status.controlledResources ?? {};
  const completed = completedIndexes(done, jobPods);
  return statusEffects(job, { phase, ...known, controlled, completed, counts: countsOf(look), ...changes }, nowMs);
}
