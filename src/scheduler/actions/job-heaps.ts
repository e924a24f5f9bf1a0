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
    const byQueue = new Map<Queue, Job[]>();
    for (const job of session.snapshot.waiting.members()) {
      const queue = job.queue;
      if (queue === undefined) session.refuse(job, noQueue(job));
      if (queue === undefined || !wanted(job)) continue;
      const list = byQueue.get(queue);
      if (list === undefined) byQueue.set(queue, [job]);
      else list.push(job);
    }
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
      if (take(job, entry.queue) === 'again') entry.jobs.push(job);
      const rival = this.#queues.peek();
      if (rival === undefined || this.#compare(entry, rival) < 0) continue;
      this.#queues.push(entry);
      entry = this.#queues.pop();
    }
  }
}

function noQueue(job: Job): Refusal {
  const message = `PodGroup ${job.key} waits for queue ${job.record.queue}, which does not exist.`;
  return { code: 'QueueNotFound', message };
}
