import { joined } from '../../lib/joined.ts';
import type { Refusal } from '../model/refusal.ts';
import type { Job } from '../model/job.ts';
import type { JobBlock } from '../model/job-block.ts';
import type { Queue } from '../model/queue.ts';
import { AlikeJobs } from './alike-jobs.ts';
import { AlikeTurns } from './alike-turns.ts';
import type { Session } from '../session/session.ts';
import { JobHeaps } from './job-heaps.ts';
import { KeptTurns } from './kept-turns.ts';
import { inEmptied, placeNear } from './near-turn.ts';
import { forGang, forKept, JobTurns, MOST_TRIES } from './job-turn.ts';
import { reserve } from './reserve.ts';
import { lacksRoom, RoomKeeper } from './room-keeper.ts';
import { StartPlanner } from './start-planner.ts';
import { YieldedRooms } from './yielded-rooms.ts';

/**
 * Gives groups their places, queue by queue and job by job. A group commits only once it is ready (all of its minimum
 * placed); what goes beyond the minimum follows one task a turn, so that other groups are not starved by elastic ones.
 * Best-effort pods of a group that is whole without them are left to backfill.
 */
export function allocate(session: Session): void {
  const heaps = new JobHeaps(session, session.snapshot.waiting.admitted);
  const turns = new JobTurns(session);
  const yielded = new YieldedRooms(session);
  const alikeJobs = new AlikeJobs(session);
  const keeper = new RoomKeeper(session);
  const planner = new StartPlanner(session);
  const take = (job: Job, queue: Queue): 'done' | 'again' => {
    planner.open(job);
    const refused = turnedAway(session, alikeJobs, job, queue);
    const next = refused === undefined ? allocateJob(session, { turns, alikeJobs, yielded }, job, queue) : 'done';
    planner.close();
    if (refused !== undefined) session.refuse(job, refused);
    if (job.refusal === undefined) return next;
    session.lines.refused(job, queue, job.refusal);
    keeper.refused(job, job.refusal);
    planner.refused(job, queue);
    return next;
  };
  const keptTurns = new KeptTurns(session);
  const first = keeper.first();
  if (first?.queue !== undefined) {
    take(first, first.queue);
    const startMs = planner.startOf(first);
    if (startMs === undefined) keepRoom(session, keeper, first, first.queue);
    else session.snapshot.reservation.expect(startMs);
  }
  const alikeTurns = new AlikeTurns(session);
  const hasExceptions = session.hasResting || !planner.isIdle;
  /** What one was refused just now is said to all that differ from it in nothing: what `take` would come to for each of them. */
  const takeSome = (block: JobBlock, from: number, queue: Queue, most: number): number => {
    if (hasExceptions || queue.record.isStrict || first?.block === block) return 0;
    const kept = keptTurns.place(block, from, queue);
    if (kept > 0) return kept;
    const refusal = alikeJobs.refusalOfAll(block, queue);
    if (refusal === undefined) return alikeTurns.placeSome(block, from, queue, most);
    session.refuseAll(block, { from, refusal, to: 'all', stamp: 0 });
    keeper.refusedAll(block, from, refusal);
    return block.jobs.length - from;
  };
  const takeNext = (job: Job, queue: Queue): 'done' | 'again' => {
    // Its turn is over, unless it could start.
    if (job === first && job.missing() > 0) return 'done';
    const isOrdinary = !hasExceptions && !queue.record.isStrict && alikeJobs.refusal(job, queue) === undefined;
    return isOrdinary && alikeTurns.place(job, queue) ? 'done' : take(job, queue);
  };
  heaps.drain(takeNext, takeSome);
}

/** If the group that has waited for too long still cannot start, room is kept for it from all that come after it. */
function keepRoom(session: Session, keeper: RoomKeeper, job: Job, queue: Queue): void {
  const { refusal } = job;
  if (refusal === undefined || !lacksRoom(refusal.code)) return;
  if (!inEmptied(session, job, () => reserve(session, job, queue))) {
    keeper.giveUp(job);
    return;
  }
  const { reservation } = session.snapshot;
  const devices = reservation.deviceNames();
  const alone = devices.length === 0 ? '' : ` Nobody else gets ${joined(devices)}.`;
  const message = `${refusal.message} It has waited for so long that what becomes free on ${joined(reservation.nodeNames())} is kept for it.${alone}`;
  session.refuse(job, { code: 'RoomReserved', message });
}

/** Why no place is looked for. What is wrong with the job itself comes first: more room would not help it. */
function turnedAway(session: Session, alikeJobs: AlikeJobs, job: Job, queue: Queue): Refusal | undefined {
  const { framework } = session;
  const known =
    session.rest(job) ?? session.lines.behind(job, queue) ?? alikeJobs.refusal(job, queue) ?? framework.jobValid(job);
  if (known !== undefined) return known;
  // Pods went for it: what its queue may have once they are gone is asked pod by pod.
  if (session.snapshot.nominations.hasAnyOf(job)) return undefined;
  const overused = framework.overused(queue, job);
  if (overused !== undefined) alikeJobs.refused(job, queue, overused);
  return overused;
}

/**
 * Members that choose a domain for those that follow (affinity to their like) may choose one that is too small for all: then
 * the next one is tried. When none does, what stands is what the first choice gave. Parts of a job see to that themselves.
 */
function placeSomehow(session: Session, turns: JobTurns, job: Job, queue: Queue): Refusal | undefined {
  const { framework, statement } = session;
  const { nominations } = session.snapshot;
  const mark = statement.checkpoint();
  if (job.subGroups !== undefined) return turns.place(job, queue, mark);
  const rooms = job.tasks.size > 1 ? nominations.ofJob(job) : [];
  let refusal = turns.place(job, queue, mark);
  let tries = 1;
  while (refusal !== undefined && !framework.jobReady(job) && tries < MOST_TRIES) {
    if (statement.checkpoint() === mark || !framework.avoid(statement.open(mark))) break;
    statement.rollback(mark);
    refusal = turns.place(job, queue, mark);
    tries += 1;
  }
  if (tries === 1) return refusal;
  framework.avoidNone();
  if (refusal === undefined || framework.jobReady(job)) return refusal;
  statement.rollback(mark);
  nominations.keepAgain(rooms);
  return turns.place(job, queue, mark);
}

/** What turns share. */
interface Shared {
  readonly turns: JobTurns;
  readonly alikeJobs: AlikeJobs;
  readonly yielded: YieldedRooms;
}

function allocateJob(
  session: Session,
  { turns, alikeJobs, yielded }: Shared,
  job: Job,
  queue: Queue,
): 'done' | 'again' {
  const { framework } = session;
  const wasReady = framework.jobReady(job);
  const place = (): Refusal | undefined => placeSomehow(session, turns, job, queue);
  let tried = tryJob(session, job, place);
  if (tried.isRefused) {
    yielded.allow(job, () => {
      const again = tryJob(session, job, place);
      if (!again.isRefused) tried = again;
      return !again.isRefused;
    });
  }
  const { refusal, hasMoved, placed, isPromised } = tried;
  if (refusal === undefined && job.pending() > job.pendingBestEffort && hasMoved) return 'again';
  const isKept = isPromised && !framework.jobWhole(job);
  // A gang that waits for promised room is told that, and not what its members beyond the minimum lack.
  if (refusal !== undefined && (wasReady || !isPromised || isKept))
    session.refuse(job, wasReady ? refusal : isKept ? forKept(job, refusal, placed) : forGang(job, refusal, placed));
  if (refusal !== undefined && placed === 0) alikeJobs.refused(job, queue, refusal);
  return 'done';
}

/** What came of looking for places once. */
interface Tried {
  readonly refusal: Refusal | undefined;
  /** It has started, or one more of its tasks has a place: else a turn would be followed by its like for ever. */
  readonly hasMoved: boolean;
  /** Tasks that found places or were promised some, and did not start. */
  readonly placed: number;
  /** These stay its own for this cycle. */
  readonly isPromised: boolean;
  /** It has nothing of it. */
  readonly isRefused: boolean;
}

function tryJob(session: Session, job: Job, place: () => Refusal | undefined): Tried {
  const { framework, statement } = session;
  const mark = statement.checkpoint();
  const pending = job.pending();
  const refusal = placeNear(session, job, place);
  const hasMoved = job.pending() < pending && framework.jobReady(job);
  const placed = statement.checkpoint() - mark;
  const isPromised = placed > 0 && framework.jobPipelined(job);
  if (!isPromised && !(refusal === undefined && hasMoved)) statement.rollback(mark);
  return { refusal, hasMoved, placed, isPromised, isRefused: refusal !== undefined && !isPromised };
}
