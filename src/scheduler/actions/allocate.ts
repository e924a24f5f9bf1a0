import { explainFit } from '../placement/explain.ts';
import type { Job } from '../model/job.ts';
import type { NodePicker } from '../placement/node-picker.ts';
import type { Refusal } from '../framework/plugin.ts';
import type { Queue } from '../model/queue.ts';
import type { Session } from '../session/session.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import { TaskStatus } from '../model/task.ts';
import type { Task } from '../model/task.ts';
import type { TaskClass } from '../model/task-class.ts';
import { JobHeaps } from './job-heaps.ts';
import { pendingTasks } from './pending-tasks.ts';

/**
 * Gives groups their places, queue by queue and job by job. A group commits only once it is ready (all of its minimum
 * placed); what goes beyond the minimum follows one task a turn, so that other groups are not starved by elastic ones.
 */
export function allocate(session: Session): void {
  const heaps = new JobHeaps(
    session,
    (job) => job.phase !== '' && job.phase !== 'Pending' && job.count(TaskStatus.Pending) > 0,
  );
  heaps.drain((job, queue) => {
    const overused = session.framework.overused(queue);
    if (overused !== undefined) {
      session.refuse(job, overused);
      return 'done';
    }
    return allocateJob(session, job, queue);
  });
}

function allocateJob(session: Session, job: Job, queue: Queue): 'done' | 'again' {
  const { framework, statement } = session;
  const invalid = framework.jobValid(job);
  if (invalid !== undefined) {
    session.refuse(job, invalid);
    return 'done';
  }
  const mark = statement.checkpoint();
  const wasReady = framework.jobReady(job);
  const pending = job.count(TaskStatus.Pending);
  const refusal = placeUntilReady(session, job, queue, mark);
  const left = job.count(TaskStatus.Pending);
  // A turn that placed nothing would be followed by its like for ever.
  if (refusal === undefined && left > 0 && left < pending && framework.jobReady(job)) return 'again';
  const placed = statement.checkpoint() - mark;
  if (placed > 0 && !framework.jobPipelined(job)) statement.rollback(mark);
  if (refusal !== undefined) session.refuse(job, wasReady ? refusal : forGang(job, refusal, placed));
  return 'done';
}

/** Places tasks in order and commits as soon as the job is ready; the first refusal of a task it cannot do without ends it. */
function placeUntilReady(session: Session, job: Job, queue: Queue, mark: number): Refusal | undefined {
  const { framework } = session;
  const withBestEffort = needsBestEffort(job) && !framework.jobReady(job);
  const tasks = pendingTasks(job, framework);
  let refusal: Refusal | undefined;
  let refusedClass: TaskClass | undefined;
  for (let at = job.pendingHead; at < tasks.length; at += 1) {
    const task = tasks[at];
    if (task?.status !== TaskStatus.Pending || task.class === refusedClass) continue;
    if (task.class.isBestEffort && !withBestEffort) continue;
    const failed = placeTask(session, task, queue);
    if (failed !== undefined) {
      refusal ??= failed;
      refusedClass = task.class;
      if (job.valid() <= job.minMember) break;
      continue;
    }
    if (!framework.jobReady(job)) continue;
    session.commit(job, mark);
    advanceHead(job, tasks);
    return undefined;
  }
  return refusal;
}

/** Placed tasks at the front are not looked at again in this cycle. */
function advanceHead(job: Job, tasks: readonly Task[]): void {
  while (job.pendingHead < tasks.length && tasks[job.pendingHead]?.status !== TaskStatus.Pending) job.pendingHead += 1;
}

function placeTask(session: Session, task: Task, queue: Queue): Refusal | undefined {
  const { framework, snapshot, statement } = session;
  const limited = framework.allocatable(queue, task.class);
  if (limited !== undefined) return limited;
  const picker = framework.picker(task.class);
  const node = picker.best();
  if (node >= 0) {
    statement.allocate(task, node);
    return undefined;
  }
  const future = futureNode(snapshot, task.class, picker);
  if (future < 0) return explainFit(session, task.class);
  statement.pipeline(task, future);
  return undefined;
}

/** First node in name order on which the class will fit once pods that are being deleted are gone, or -1. O(such nodes). */
function futureNode(snapshot: Snapshot, taskClass: TaskClass, picker: NodePicker): number {
  let first = -1;
  for (const node of snapshot.releasingNodes.keys()) {
    if (first >= 0 && node > first) continue;
    if (picker.allows(node) && snapshot.nodes.fitsFuture(node, taskClass)) first = node;
  }
  return first;
}

/** Best-effort tasks are left to backfill, unless the gang is (or, with roles, may be) not whole without them. */
function needsBestEffort(job: Job): boolean {
  return job.pendingBestEffort > 0 && (job.hasRoleMinima() || job.valid() - job.pendingBestEffort < job.minMember);
}

/** The refusal with what it means for the gang. */
export function forGang(job: Job, refusal: Refusal, placed: number): Refusal {
  if (job.minMember <= 1) return refusal;
  const missing = job.minMember - job.ready();
  const text = `${refusal.message} PodGroup ${job.key} needs ${missing} more pods placed together, there is room for ${placed}.`;
  return { code: refusal.code, message: text };
}
