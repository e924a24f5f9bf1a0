import type { Job } from '../model/job.ts';
import type { TaskCounts } from '../model/task-counts.ts';
import type { Plugin, Refusal } from '../framework/plugin.ts';

/**
 * All or none: a job is valid with enough tasks, ready with enough of them placed; unready jobs go first.
 * Best-effort tasks count like all others (Volcano counts them as ready while pending; see docs/decisions).
 */
export const gang: Plugin = {
  name: 'gang',
  make: () => ({
    jobValidFn: validate,
    jobReadyFn: (job) => isEnough(job, ready),
    jobPipelinedFn: (job) => isEnough(job, placed),
    jobOrderFn: (a, b) => Number(a.ready() >= a.minMember) - Number(b.ready() >= b.minMember),
  }),
};

function validate(job: Job): Refusal | undefined {
  const valid = job.valid();
  if (valid < job.minMember) {
    return { code: 'NotEnoughPods', message: `PodGroup ${job.key} needs ${job.minMember} pods and has ${valid}.` };
  }
  for (const group of job.groups) {
    if (group.valid() >= group.min) continue;
    return {
      code: 'NotEnoughPodsOfTask',
      message: `PodGroup ${job.key} needs ${group.min} pods of task ${group.name} and has ${group.valid()}.`,
    };
  }
  return undefined;
}

/** The job's minimum and that of each role. O(roles). */
function isEnough(job: Job, count: (counts: TaskCounts) => number): boolean {
  if (count(job) < job.minMember) return false;
  for (const group of job.groups) if (count(group) < group.min) return false;
  return true;
}

function ready(counts: TaskCounts): number {
  return counts.ready();
}

function placed(counts: TaskCounts): number {
  return counts.placed();
}
