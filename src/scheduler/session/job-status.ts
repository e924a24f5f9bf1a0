import type { PodGroupPhase } from '../../api/records/pod-group-record.ts';
import type { StatusDecision } from './decision.ts';
import type { Job } from '../model/job.ts';
import type { Refusal } from '../framework/plugin.ts';
import { TaskStatus } from '../model/task.ts';

/**
 * What the PodGroup's status should say at the end of a cycle: Volcano's rules (reference: phases at session close).
 * Running pods beside a refusal of this cycle make it Unknown; enough scheduled pods make it Running or Completed.
 */
export function jobStatus(job: Job, refusal: Refusal | undefined): StatusDecision {
  const isUnschedulable = refusal !== undefined && job.ready() < job.minMember;
  const phase = nextPhase(job, isUnschedulable);
  job.phase = phase;
  return {
    kind: 'status',
    group: job.key,
    phase,
    running: job.count(TaskStatus.Running),
    succeeded: job.count(TaskStatus.Succeeded),
    failed: job.count(TaskStatus.Failed),
    condition: condition(job, isUnschedulable ? refusal : undefined),
  };
}

function nextPhase(job: Job, isUnschedulable: boolean): PodGroupPhase {
  const running = job.count(TaskStatus.Running);
  if (running > 0 && isUnschedulable) return 'Unknown';
  const finished = job.count(TaskStatus.Succeeded) + job.count(TaskStatus.Failed);
  const placed = running + finished + job.count(TaskStatus.Bound) + job.count(TaskStatus.Binding);
  const scheduled = placed + job.count(TaskStatus.Releasing);
  if (scheduled > 0 && scheduled >= job.minMember) return finished === scheduled ? 'Completed' : 'Running';
  return job.phase === 'Inqueue' ? 'Inqueue' : 'Pending';
}

function condition(job: Job, refusal: Refusal | undefined): StatusDecision['condition'] {
  if (refusal !== undefined) {
    const reason =
      refusal.code === 'NotEnoughPods' || refusal.code === 'NotEnoughPodsOfTask'
        ? NOT_ENOUGH_TASKS
        : NOT_ENOUGH_RESOURCES;
    return { type: 'Unschedulable', status: 'True', reason, message: refusal.message };
  }
  if (job.ready() < job.minMember || job.ready() === 0) return undefined;
  return SCHEDULED;
}

/** Shared by all groups: most decisions of a busy cycle carry it. */
const SCHEDULED = Object.freeze({
  type: 'Scheduled',
  status: 'True',
  reason: 'tasks in gang are ready to be scheduled',
  message: '',
});

/** Volcano's condition reasons. */
const NOT_ENOUGH_TASKS = 'NotEnoughTasks';
const NOT_ENOUGH_RESOURCES = 'NotEnoughResources';
