import type { Refusal } from '../model/refusal.ts';
import type { Job } from '../model/job.ts';
import type { JobBlock } from '../model/job-block.ts';
import { notOpen } from '../model/queue.ts';
import { rowOf } from '../model/row.ts';
import type { Queue } from '../model/queue.ts';
import type { Session } from '../session/session.ts';
import { StrictLines } from '../session/strict-lines.ts';
import { JobHeaps } from './job-heaps.ts';
import { patienceMs } from './room-keeper.ts';

/**
 * Lets waiting groups in while their minimum fits what their queue may still promise. Looks at no node. One that has waited
 * for too long is let in all the same, one at a time in each queue: what it was promised then keeps younger ones out.
 */
export function enqueue(session: Session): void {
  const heaps = new JobHeaps(session, session.snapshot.waiting.asking);
  const patience = patienceMs(session);
  const lines = new StrictLines();
  const take = (job: Job, queue: Queue): 'done' => {
    const behind = lines.behind(job, queue);
    if (behind !== undefined) {
      session.refuse(job, behind);
      return 'done';
    }
    const refusal = queue.isOpen ? keptOut(session, job, queue) : notOpen(queue);
    if (refusal !== undefined) lines.refused(job, queue, refusal);
    if (refusal === undefined || isOverdue(session, job, queue, refusal, patience)) session.enqueue(job);
    else session.refuse(job, refusal);
    return 'done';
  };
  heaps.drain(take, (block, from, queue) => {
    if (!queue.isOpen || queue.record.isStrict) return 0;
    if (from === 0 && staysOut(session, block, queue, patience)) return block.jobs.length;
    const letIn = letInRow(session, block, from);
    return letIn === 0 && from === 0 && keepsOut(session, block, queue, patience) ? block.jobs.length : letIn;
  });
}

/** Lets so many of the block in as certainly come in one after the other, where all are groups of one. Their number. */
function letInRow(session: Session, block: JobBlock, from: number): number {
  const { resources } = session.snapshot;
  const row = rowOf(block, from, resources);
  const count = row === undefined ? 0 : session.framework.entry.admits(row);
  if (row === undefined || count === 0) return 0;
  if (count === block.jobs.length && block.kind(resources) !== undefined) session.enqueueBlock(block, row);
  else session.enqueueRow({ ...row, end: from + count });
  return count;
}

/** All of the block wait for a queue of which nothing changed, and none of them has waited for too long: they hear the same again. */
function staysOut(session: Session, block: JobBlock, queue: Queue, patience: number): boolean {
  const stamp = session.framework.entry.stamp(queue);
  if (stamp === 0 || !block.wereAskedAt(stamp) || !mayWaitOn(session, block, queue, patience)) return false;
  session.refuseAll(block, { from: 0, refusal: undefined, to: 'all', stamp });
  return true;
}

/** The first of a block of those that are alike is asked for all: they are kept out for the same reason, and none of them has waited for too long. */
function keepsOut(session: Session, block: JobBlock, queue: Queue, patience: number): boolean {
  const { facts, snapshot } = session;
  const { entry } = session.framework;
  const [first] = block.jobs;
  if (!entry.isOfRows || block.kind(snapshot.resources) === undefined) return false;
  if (first === undefined || !mayWaitOn(session, block, queue, patience)) return false;
  const refusal = entry.refusal(first);
  const stamp = entry.stamp(queue);
  if (refusal?.code !== 'WaitingInQueue' || stamp === 0) return false;
  block.keepOut(refusal, stamp);
  block.lackRoom(0, facts.nowMs);
  session.refuseAll(block, { from: 0, refusal: undefined, to: 'all', stamp });
  return true;
}

/** None of the block has waited for too long. */
function mayWaitOn(session: Session, block: JobBlock, queue: Queue, patience: number): boolean {
  const { nowMs } = session.facts;
  const { firstMs, lastMs } = block.times;
  // The clock was set back: some wait since another time.
  if (lastMs > nowMs) return false;
  return patience === 0 || nowMs - firstMs < patience || hasLetInOverdue(session, queue);
}

function isOverdue(session: Session, job: Job, queue: Queue, { code }: Refusal, patience: number): boolean {
  const { nowMs } = session.facts;
  job.blockedSinceMs = code === 'WaitingInQueue' ? Math.min(job.blockedSinceMs, nowMs) : Infinity;
  if (patience === 0 || nowMs - job.blockedSinceMs < patience || hasLetInOverdue(session, queue)) return false;
  queue.overdue = job.key;
  return true;
}

/** One that had waited for too long was let in, and has not started yet. */
function hasLetInOverdue({ snapshot }: Session, queue: Queue): boolean {
  const before = snapshot.jobs.get(queue.overdue);
  return before?.queue === queue && before.phase === 'Inqueue' && before.missing() > 0;
}

/** Who waits for a queue of which nothing changed hears the same again. */
function keptOut({ framework }: Session, job: Job, queue: Queue): Refusal | undefined {
  const { askedAt, block } = job;
  const known = framework.entry.stamp(queue);
  if (known > 0 && askedAt === known) return job.keptOut;
  if (known > 0 && block?.askedAt === known) return block.keptOut(job);
  const refusal = framework.entry.refusal(job);
  if (refusal === undefined) return undefined;
  job.askedAt = framework.entry.stamp(queue);
  job.keptOut = refusal;
  return refusal;
}
