import { incompleteParts } from '../framework/lacking-sub-groups.ts';
import type { Job } from '../model/job.ts';
import type { Refusal } from '../model/refusal.ts';
import type { Queue } from '../model/queue.ts';
import type { SubGroups } from '../model/sub-groups.ts';
import type { Session } from '../session/session.ts';
import type { NodePicker } from '../placement/node-picker.ts';
import { TaskStatus } from '../model/task-status.ts';
import { bestNode, forGang } from './job-turn.ts';
import { placeNear } from './near-turn.ts';
import { JobHeaps } from './job-heaps.ts';
import { pendingTasks } from './pending-tasks.ts';
import { SubGroupTurn } from './sub-group-turn.ts';

/**
 * Places tasks that ask for nothing but a pod slot, after everything that asks for more. A group of such tasks is
 * all-or-nothing too: Volcano dispatches them as soon as the group counts as ready, which can leave a gang partly placed.
 */
export function backfill(session: Session): void {
  const heaps = new JobHeaps(session, session.snapshot.waiting.forBackfill, (job) => job.pendingBestEffort > 0);
  heaps.drain((job, queue) => {
    backfillJob(session, job, queue);
    return 'done';
  });
}

function backfillJob(session: Session, job: Job, queue: Queue): void {
  const { framework, statement } = session;
  const isHeld = session.rest(job) !== undefined || session.lines.behind(job, queue) !== undefined;
  if (isHeld || framework.jobValid(job) !== undefined) return;
  // Waits for room that is being freed: a commit would count members that this cycle placed and is going to undo.
  if (job.count(TaskStatus.Allocated) > 0) return;
  const mark = statement.checkpoint();
  const refusal = placeNear(session, job, () => placeBestEffort(session, job, queue));
  const placed = statement.checkpoint() - mark;
  const isReady = framework.jobReady(job);
  if (isReady) session.commit(job, mark);
  else statement.rollback(mark);
  if (refusal !== undefined) session.refuse(job, isReady ? refusal : forGang(job, refusal, placed));
}

/** Places the job's best-effort tasks; the first refusal, if there was one. */
function placeBestEffort(session: Session, job: Job, queue: Queue): Refusal | undefined {
  const { framework, statement } = session;
  if (job.subGroups !== undefined) return placeParts(session, job, queue, job.subGroups);
  /** Pickers that found no place: they find none for others of their class either. */
  const refused: NodePicker[] = [];
  let refusal: Refusal | undefined;
  for (const task of pendingTasks(job, framework)) {
    if (task.status !== TaskStatus.Pending || !task.class.isBestEffort) continue;
    const picker = framework.picker(task);
    if (refused.includes(picker)) continue;
    const limited = framework.allocatable(queue, task, job);
    const node = limited === undefined ? bestNode(session.snapshot, task, picker) : -1;
    if (node >= 0) {
      statement.allocate(task, node);
      continue;
    }
    refused.push(picker);
    refusal ??= limited ?? framework.explain(task);
  }
  return refusal;
}

/** The same part by part. */
function placeParts(session: Session, job: Job, queue: Queue, subGroups: SubGroups): Refusal | undefined {
  const { framework, statement } = session;
  let refusal: Refusal | undefined;
  const turn = new SubGroupTurn(job, subGroups, pendingTasks(job, framework), framework, {
    place: (task) => {
      const limited = framework.allocatable(queue, task, job);
      const node = limited === undefined ? framework.picker(task).best() : -1;
      if (node >= 0) statement.allocate(task, node);
      else refusal ??= limited ?? framework.explain(task);
      return node >= 0;
    },
    attempt: (act) => {
      const mark = statement.checkpoint();
      if (act()) return true;
      statement.rollback(mark);
      return false;
    },
    isDone: () => false,
  });
  turn.placeBestEffort();
  return refusal ?? (job.pendingBestEffort > 0 ? incompleteParts(job) : undefined);
}
