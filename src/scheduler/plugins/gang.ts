import type { Job } from '../model/job.ts';
import type { Plugin, Refusal } from '../framework/plugin.ts';
import { holdsNode, TaskStatus } from '../model/task.ts';
import type { Task } from '../model/task.ts';

/**
 * All or none: a job is valid with enough tasks, ready with enough of them placed; unready jobs go first.
 * Best-effort tasks count like all others (Volcano counts them as ready while pending; see docs/decisions).
 */
export const gang: Plugin = {
  name: 'gang',
  make: () => ({
    jobValidFn: validate,
    jobReadyFn: (job) => isEnough(job, job.ready(), isReady),
    jobPipelinedFn: (job) => isEnough(job, job.ready() + job.count(TaskStatus.Pipelined), isReadyOrPipelined),
    jobOrderFn: (a, b) => Number(a.ready() >= a.minMember) - Number(b.ready() >= b.minMember),
  }),
};

function validate(job: Job): Refusal | undefined {
  const valid = job.valid();
  if (valid < job.minMember) {
    return { code: 'NotEnoughPods', message: `PodGroup ${job.key} needs ${job.minMember} pods and has ${valid}.` };
  }
  if (!job.hasRoleMinima()) return undefined;
  const counts = job.countByRole((task) => isReadyOrPipelined(task) || task.status === TaskStatus.Pending);
  for (const [role, min] of job.record.minTaskMember) {
    const count = counts.get(role) ?? 0;
    if (count >= min) continue;
    return {
      code: 'NotEnoughPodsOfTask',
      message: `PodGroup ${job.key} needs ${min} pods of task ${role} and has ${count}.`,
    };
  }
  return undefined;
}

function isEnough(job: Job, count: number, counts: (task: Task) => boolean): boolean {
  if (count < job.minMember) return false;
  if (!job.hasRoleMinima()) return true;
  const byRole = job.countByRole(counts);
  for (const [role, min] of job.record.minTaskMember) if ((byRole.get(role) ?? 0) < min) return false;
  return true;
}

function isReady(task: Task): boolean {
  const { status } = task;
  return (
    (holdsNode(status) && status !== TaskStatus.Releasing && status !== TaskStatus.Unknown) ||
    status === TaskStatus.Succeeded
  );
}

function isReadyOrPipelined(task: Task): boolean {
  return isReady(task) || task.status === TaskStatus.Pipelined;
}
