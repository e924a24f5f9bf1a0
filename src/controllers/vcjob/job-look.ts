import { countPods } from './counts.ts';
import type { JobCounts } from './counts.ts';
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
}

export function lookAt(observed: ObservedVcjob): JobLook {
  const { job, pods } = observed;
  const [plan, life] = [jobPlan(job), jobLife(job)];
  return { ...observed, plan, life, jobPods: podsOfJob(pods, plan, life) };
}

/** The job as its pods stand once those in `going` are on their way. */
export function countsOf({ jobPods }: JobLook, going: Iterable<JobPod> = []): JobCounts {
  return countPods(jobPods, new Set(going));
}

/** A status that says what it said, with these changes. */
export function statusOf(look: JobLook, phase: JobPhase, changes: Partial<StatusNews>): readonly PatchEffect[] {
  const { job, life, nowMs } = look;
  const { version, oldestVersion, retryCount } = life;
  const known = { version, oldestVersion, retryCount, observedGeneration: job.generation, message: '' };
  const controlled = job.status.controlledResources ?? {};
  return statusEffects(job, { phase, ...known, controlled, counts: countsOf(look), ...changes }, nowMs);
}
