import type { ReasonCode } from '../../api/reasons.ts';
import type { Refusal } from '../model/refusal.ts';
import type { Job } from '../model/job.ts';
import type { Queue } from '../model/queue.ts';

/** What passes once others have ended. Who waits for anything else, such as its own pods, holds nobody up. */
const WAITS_FOR_ROOM: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  'NotEnoughResources',
  'QueueLimit',
  'QueueOverused',
  'RoomPlanned',
  'WaitingForQuota',
  'WaitingInQueue',
]);

/**
 * Queues that serve in order (`dequeueStrategy: fifo`): while the first in line waits for room, nobody behind it gets any,
 * however small. Volcano has the field and no code that reads it (volcano#4690).
 */
export class StrictLines {
  readonly #first = new Map<Queue, Job>();

  /** Why the job's turn has not come; undefined for the first in line, and in queues that are traversed. */
  behind(job: Job, queue: Queue): Refusal | undefined {
    const first = queue.record.isStrict ? this.#first.get(queue) : undefined;
    if (first === undefined || first === job) return undefined;
    const message = `PodGroup ${job.key} waits behind ${first.key}: queue ${queue.name} serves in order, and the first in line waits for room.`;
    return { code: 'BehindInLine', message };
  }

  /** A job that has not started was refused: in order, it is the first of its queue that waits for room. */
  refused(job: Job, queue: Queue, { code }: Refusal): void {
    if (!queue.record.isStrict || this.#first.has(queue)) return;
    if (job.missing() > 0 && WAITS_FOR_ROOM.has(code)) this.#first.set(queue, job);
  }
}
