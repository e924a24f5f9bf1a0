import type { Job } from '../model/job.ts';
import type { JobSet } from '../model/job-set.ts';
import type { Refusal } from '../framework/plugin.ts';
import type { Queue } from '../model/queue.ts';
import type { Session } from '../session/session.ts';
import { QueueTree } from './queue-tree.ts';

/**
 * The waiting jobs that an action takes, a line for each queue and the queues by rank: the next job is always the best of
 * the best queue, although both orders move while jobs are placed.
 */
export class JobHeaps {
  readonly #tree: QueueTree;

  constructor(session: Session, jobs: JobSet, wanted: (job: Job) => boolean = any) {
    this.#tree = new QueueTree(wantedByQueue(session, jobs, wanted), session.framework);
  }

  /**
   * Hands the jobs over one by one; `take` says whether the job comes back into its queue. O(depth x log siblings) where a
   * step moves its queue, else O(1): a queue that takes nothing keeps its rank, and so do those above it.
   */
  drain(take: (job: Job, queue: Queue) => 'done' | 'again'): void {
    let best = this.#tree.best();
    while (best !== undefined) {
      const { queue, jobs } = best;
      const job = jobs.pop();
      if (job === undefined) {
        this.#tree.drop(best);
        best = this.#tree.best();
        continue;
      }
      const { moves } = queue;
      if (take(job, queue) === 'again') jobs.push(job);
      if (moves === queue.moves) continue;
      this.#tree.moved(best);
      best = this.#tree.best();
    }
  }
}

/** The waiting jobs that the action wants; who has no queue is told so, in the order of jobs. */
function wantedByQueue(session: Session, jobs: JobSet, wanted: (job: Job) => boolean): ReadonlyMap<Queue, Job[]> {
  const byQueue = new Map<Queue, Job[]>();
  const lost: Job[] = [];
  let list: Job[] = [];
  let last: Queue | undefined;
  const waiting = jobs.members();
  for (let i = 0; i < waiting.length; i += 1) {
    const job = waiting[i] as Job;
    const { queue } = job;
    if (queue === undefined) lost.push(job);
    if (queue === undefined || !wanted(job)) continue;
    if (queue !== last) {
      list = byQueue.get(queue) ?? [];
      if (list.length === 0) byQueue.set(queue, list);
      last = queue;
    }
    list.push(job);
  }
  // The set's own order tells of what was in it before, and decisions must not.
  for (const job of lost.sort(session.framework.compareJobs)) session.refuse(job, noQueue(job));
  return byQueue;
}

function any(): boolean {
  return true;
}

function noQueue(job: Job): Refusal {
  const message = `PodGroup ${job.key} waits for queue ${job.record.queue}, which does not exist.`;
  return { code: 'QueueNotFound', message };
}
