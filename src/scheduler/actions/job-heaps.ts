import { Heap } from '../../lib/heap.ts';
import type { Job } from '../model/job.ts';
import type { Refusal } from '../framework/plugin.ts';
import type { Queue } from '../model/queue.ts';
import type { Session } from '../session/session.ts';
import { JobLine } from './job-line.ts';

/** Jobs of one queue, best first. */
interface QueueJobs {
  readonly queue: Queue;
  readonly jobs: JobLine;
}

/**
 * The waiting jobs that an action takes, a line for each queue and a heap of queues: the next job is always the best of
 * the best queue, although both orders move while jobs are placed.
 */
export class JobHeaps {
  readonly #queues: Heap<QueueJobs>;
  readonly #compare: (a: QueueJobs, b: QueueJobs) => number;

  constructor(session: Session, wanted: (job: Job) => boolean) {
    const byQueue = wantedByQueue(session, wanted);
    const { compareJobs, compareQueues } = session.framework;
    const heaps = [...byQueue].map(([queue, jobs]) => ({ queue, jobs: new JobLine(jobs, compareJobs) }));
    this.#compare = (a, b) => compareQueues(a.queue, b.queue);
    this.#queues = new Heap(heaps, this.#compare);
  }

  /**
   * Hands the jobs over one by one; `take` says whether the job comes back into its queue. O(log queues) where a step
   * moves its queue behind another one, else O(1): a queue that takes nothing keeps its rank.
   */
  drain(take: (job: Job, queue: Queue) => 'done' | 'again'): void {
    let entry = this.#queues.pop();
    while (entry !== undefined) {
      const job = entry.jobs.pop();
      if (job === undefined) {
        entry = this.#queues.pop();
        continue;
      }
      const { moves } = entry.queue;
      if (take(job, entry.queue) === 'again') entry.jobs.push(job);
      if (moves !== entry.queue.moves) entry = this.#first(entry);
    }
  }

  /** The best queue, now that the rank of one that stood first may be another. */
  #first(entry: QueueJobs): QueueJobs | undefined {
    const rival = this.#queues.peek();
    if (rival === undefined || this.#compare(entry, rival) < 0) return entry;
    this.#queues.push(entry);
    return this.#queues.pop();
  }
}

/** The waiting jobs that the action wants, in the order in which they came; who has no queue is told so. */
function wantedByQueue(session: Session, wanted: (job: Job) => boolean): ReadonlyMap<Queue, Job[]> {
  const byQueue = new Map<Queue, Job[]>();
  let list: Job[] = [];
  let last: Queue | undefined;
  for (const job of session.snapshot.waiting.members()) {
    const { queue } = job;
    if (queue === undefined) session.refuse(job, noQueue(job));
    if (queue === undefined || !wanted(job)) continue;
    if (queue !== last) {
      list = byQueue.get(queue) ?? [];
      if (list.length === 0) byQueue.set(queue, list);
      last = queue;
    }
    list.push(job);
  }
  return byQueue;
}

function noQueue(job: Job): Refusal {
  const message = `PodGroup ${job.key} waits for queue ${job.record.queue}, which does not exist.`;
  return { code: 'QueueNotFound', message };
}
