import type { Job } from '../model/job.ts';
import type { Queue } from '../model/queue.ts';
import type { Session } from '../session/session.ts';
import { EvictingTurns } from './evicting-turn.ts';
import { JobHeaps } from './job-heaps.ts';
import type { VictimRule } from './victim-rule.ts';
import { YieldedRooms } from './yielded-rooms.ts';

/** Finds room for the jobs that got none, queue by queue and job by job, by telling others to go. */
export function evictFor(session: Session, rule: VictimRule, mayAsk: (job: Job) => boolean): void {
  const { framework } = session;
  const heaps = new JobHeaps(session, session.snapshot.waiting.admitted, lacksOrdinary, 'own');
  const turns = new EvictingTurns(session, rule);
  const yielded = new YieldedRooms(session);
  // Pods may go for whom room is kept as for all others.
  const { reservation, startPlans } = session.snapshot;
  reservation.lift();
  startPlans.lift(-Infinity);
  const mark = session.statement.checkpoint();
  const asked = new Set<Job>();
  const take = (job: Job, queue: Queue): 'done' | 'again' => {
    // It lacks nothing, and was told so.
    if (job.block?.standing !== undefined) return 'done';
    asked.add(job);
    if (!lacksOrdinary(job) || !isFit(session, job, queue) || !mayAsk(job)) return 'done';
    if (job.block !== undefined) session.spellOutBlock(job.block);
    const before = session.statement.checkpoint();
    const isTaken = (): boolean => turns.take(job, queue);
    if (!isTaken() && (rule.isAcrossQueues || !yielded.allow(job, isTaken))) return 'done';
    for (const other of robbedSince(session, before)) if (!asked.has(other)) heaps.moved(other);
    // Once it could start it asks for one more at a time, after others of its rank.
    return mayAsk(job) && lacksOrdinary(job) && framework.jobWhole(job) ? 'again' : 'done';
  };
  heaps.drain(take, (block, from, queue) => {
    const { promised } = block;
    // They lack nothing, and were told so.
    if (promised?.in === session && promised.from <= from && from < promised.end) return promised.end - from;
    return turns.getNothing(block, queue) ? block.jobs.length - from : 0;
  });
  turns.commit(mark);
  reservation.recharge();
  startPlans.recharge();
}

/** Jobs of which pods were told to go since then, and that wait for room themselves. */
function robbedSince({ statement, snapshot }: Session, mark: number): ReadonlySet<Job> {
  const robbed = new Set<Job>();
  for (const { job } of statement.evicted(mark)) {
    if (job !== undefined && lacksOrdinary(job) && snapshot.waiting.admitted.has(job)) robbed.add(job);
  }
  return robbed;
}

/** So short of pods that others may go for it, and not promised enough already. */
export function isStarving(session: Session): (job: Job) => boolean {
  const { framework } = session;
  return (job) => !framework.jobWhole(job) && framework.victims.isStarving(job);
}

function isFit(session: Session, job: Job, queue: Queue): boolean {
  const isHeld = session.rest(job) !== undefined || session.lines.behind(job, queue) !== undefined;
  return queue.isOpen && !isHeld && session.framework.jobValid(job) === undefined;
}

/** Tasks that ask for nothing but a pod slot are evicted for by nobody. */
function lacksOrdinary(job: Job): boolean {
  return job.pending() > job.pendingBestEffort;
}
