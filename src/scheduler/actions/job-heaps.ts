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
    this.#queues = new Heap(heaps, (a, b) => compareQueues(a.queue, b.queue));
  }

  /** Hands the jobs over one by one; `take` says whether the job comes back into its queue. O(log jobs) a step. */
  drain(take: (job: Job, queue: Queue) => 'done' | 'again'): void {
    for (let entry = this.#queues.pop(); entry !== undefined; entry = this.#queues.pop()) {
      const job = entry.jobs.pop();
      if (job === undefined) continue;
      const answer = take(job, entry.queue);
      if (answer === 'again') entry.jobs.push(job);
      this.#queues.push(entry);
    }
  }
}

function noQueue(job: Job): Refusal {
  const message = `PodGroup ${job.key} waits for queue ${job.record.queue}, which does not exist.`;
  return { code: 'QueueNotFound', message };
}
