import type { ReasonCode } from '../../api/reasons.ts';
import { numberArgument } from '../framework/plugin.ts';
import type { Refusal } from '../model/refusal.ts';
import type { Job } from '../model/job.ts';
import type { JobBlock } from '../model/job-block.ts';
import type { Session } from '../session/session.ts';

/** Seconds after which a group that lacks room gets it kept, and for which it is kept. */
const RESERVE_AFTER_SECONDS = 300;
const RESERVE_FOR_SECONDS = 600;

/** How long a group may wait for room before something is done for it; 0 for ever. */
export function patienceMs({ framework }: Session): number {
  return 1000 * numberArgument(framework.actionArguments('allocate'), 'reserveAfterSeconds', RESERVE_AFTER_SECONDS);
}

/** It may get room when others have ended, those of its queue or any. */
export function lacksRoom(code: ReasonCode): boolean {
  return code === 'NotEnoughResources' || code === 'NoDomainFits' || code === 'QueueOverused' || code === 'QueueLimit';
}

/**
 * Who has waited for too long: a group that needs much room at once would wait for ever while smaller ones take what
 * becomes free bit by bit. The one that waits longest of those of the highest priority comes first in each cycle, and room
 * is kept for it. It gives that up after a time, since what stands in its way may never end.
 */
export class RoomKeeper {
  readonly #session: Session;
  readonly #afterMs: number;
  /** For so long room is kept. */
  readonly forMs: number;

  constructor(session: Session) {
    this.#session = session;
    const options = session.framework.actionArguments('allocate');
    this.#afterMs = patienceMs(session);
    this.forMs = 1000 * numberArgument(options, 'reserveForSeconds', RESERVE_FOR_SECONDS);
  }

  /**
   * The group whose turn comes first; undefined while nobody has waited for so long. O(blocks), and O(groups) of those that are no rows and in
   * which somebody has.
   */
  first(): Job | undefined {
    const { snapshot, facts } = this.#session;
    const { reservation } = snapshot;
    if (this.#afterMs === 0) return undefined;
    if (reservation.job !== undefined && facts.nowMs >= reservation.untilMs(this.forMs)) {
      this.giveUp(reservation.job);
    }
    const first = this.#longest();
    reservation.take(first, facts.nowMs);
    return first;
  }

  /** Room cannot be kept for the job, or was kept in vain: others get their turn, and what it was promised in its queue. */
  giveUp(job: Job): void {
    const { snapshot, facts } = this.#session;
    job.blockedSinceMs = facts.nowMs;
    snapshot.reservation.take(undefined, facts.nowMs);
    const { queue } = job;
    if (queue?.overdue !== job.key) return;
    queue.overdue = '';
    if (job.ready() === 0) this.#session.sendBack(job);
  }

  /** The job got nothing: from when on does it lack room, and nothing else? */
  refused(job: Job, { code }: Refusal): void {
    if (!lacksRoom(code) || job.missing() === 0) job.blockedSinceMs = Infinity;
    else job.blockedSinceMs = Math.min(job.blockedSinceMs, this.#session.facts.nowMs);
  }

  /** The same for the jobs of the block from a place on, each of which waits for its only pod. O(1) while they are told what they were told. */
  refusedAll(block: JobBlock, from: number, refusal: Refusal): void {
    const { nowMs } = this.#session.facts;
    const { firstMs, lastMs, areAll } = block.times;
    if (lacksRoom(refusal.code) ? areAll && lastMs <= nowMs : firstMs === Infinity) return;
    if (lacksRoom(refusal.code)) block.lackRoom(from, nowMs);
    else for (let i = from; i < block.jobs.length; i += 1) this.refused(block.jobs[i] as Job, refusal);
  }

  #longest(): Job | undefined {
    const { snapshot, facts } = this.#session;
    const latestMs = facts.nowMs - this.#afterMs;
    let first: Job | undefined;
    const { lines, admitted } = snapshot.waiting;
    for (const { blocks } of lines.of(admitted)?.values() ?? []) {
      for (const block of blocks) {
        if (block.times.firstMs > latestMs) continue;
        for (const job of this.#longestOf(block)) {
          if (job.blockedSinceMs <= latestMs && (first === undefined || this.#compare(job, first) < 0)) first = job;
        }
      }
    }
    return first;
  }

  /** Some of the block, with the one that comes first: of one priority it is the best of those that wait longest, or who has it. */
  #longestOf(block: JobBlock): readonly Job[] {
    const { framework, snapshot } = this.#session;
    const { resources, reservation } = snapshot;
    const isOfOneRank = block.kind(resources) !== undefined || block.isRow(resources);
    const { first } = block.times;
    if (!framework.keepsLines || !isOfOneRank || first === undefined) return block.jobs;
    const { job: holder } = reservation;
    return holder?.block === block ? [first, holder] : [first];
  }

  /** Who has it keeps it among those of its priority. */
  #compare(a: Job, b: Job): number {
    const holder = this.#session.snapshot.reservation.job;
    const byPriority = b.priority - a.priority;
    if (byPriority !== 0) return byPriority;
    if (a === holder || b === holder) return a === holder ? -1 : 1;
    return a.blockedSinceMs - b.blockedSinceMs || this.#session.framework.compareJobs(a, b);
  }
}
