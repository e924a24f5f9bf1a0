import type { WaitingLine } from '../ledger/waiting-line.ts';
import type { Job } from '../model/job.ts';
import type { JobBlock } from '../model/job-block.ts';
import type { JobSet } from '../model/job-set.ts';
import type { Refusal } from '../model/refusal.ts';
import type { Queue } from '../model/queue.ts';
import type { Session } from '../session/session.ts';
import { jobLine, OneLine } from './job-line.ts';
import type { JobLine } from './job-line.ts';
import { QueueTree } from './queue-tree.ts';
import type { Branch } from './queue-tree.ts';

/**
 * The waiting jobs that an action takes, a line for each queue and the queues by rank: the next job is always the best of
 * the best queue, although both orders move while jobs are placed.
 */
export class JobHeaps {
  readonly #tree: QueueTree;
  readonly #lines: ReadonlyMap<Queue, JobLine>;

  /** What was said to whole blocks of them before is spelled out, unless the caller does it for those whose jobs it looks at. */
  constructor(session: Session, jobs: JobSet, wanted?: (job: Job) => boolean, spelling: 'all' | 'own' = 'all') {
    const { framework, snapshot } = session;
    const isKept = framework.keepsLines && (wanted === undefined || spelling === 'own');
    const kept = isKept ? snapshot.waiting.lines.of(jobs) : undefined;
    // Jobs that left their block meanwhile stand in another one by now.
    if (spelling === 'all') session.spellOut(jobs);
    else session.spellOutStale();
    this.#lines = kept === undefined ? wantedByQueue(session, jobs, wanted ?? any) : allByQueue(session, kept);
    this.#tree = new QueueTree(this.#lines, framework);
  }

  /** The job waits for its turn, and lost pods meanwhile: it ranks among its like as it is now. */
  moved(job: Job): void {
    if (job.queue !== undefined) this.#lines.get(job.queue)?.moved(job);
  }

  /**
   * Hands the jobs over one by one; `take` says whether the job comes back into its queue. `takeSome` is offered those of a block that are next
   * in line, from a place on, and says how many of them are done with, of which no more than `most` may get something: then another queue may
   * come first. O(depth x log siblings) where a step moves its queue, else O(1): a queue that takes nothing keeps its rank, and so do those above it.
   */
  drain(
    take: (job: Job, queue: Queue) => 'done' | 'again',
    takeSome: (block: JobBlock, from: number, queue: Queue, most: number) => number = none,
  ): void {
    let best = this.#tree.best();
    while (best !== undefined) {
      const { queue, jobs } = best;
      const { moves } = queue;
      const block = jobs.block?.();
      const most = this.#tree.isOnly(best) ? Infinity : 1;
      const done = block === undefined ? 0 : takeSome(block, jobs.place ?? 0, queue, most);
      if (done > 0) jobs.skip?.(done);
      else if (!takeNext(best, take)) {
        this.#tree.drop(best);
        best = this.#tree.best();
        continue;
      }
      if (moves === queue.moves) continue;
      this.#tree.moved(best);
      best = this.#tree.best();
    }
  }
}

/** False when the line is empty. */
function takeNext({ queue, jobs }: Branch, take: (job: Job, queue: Queue) => 'done' | 'again'): boolean {
  const job = jobs.pop();
  if (job === undefined) return false;
  if (take(job, queue) === 'again') jobs.push(job);
  return true;
}

/** All of the waiting jobs, as they stand. */
function allByQueue(session: Session, kept: ReadonlyMap<Queue | undefined, WaitingLine>): ReadonlyMap<Queue, JobLine> {
  const lines = new Map<Queue, JobLine>();
  for (const [queue, { blocks }] of kept) {
    if (queue !== undefined) lines.set(queue, new OneLine(blocks, session.framework.compareJobs));
    else for (const block of blocks) for (const job of block.jobs) session.refuse(job, noQueue(job));
  }
  return lines;
}

/** The waiting jobs that the action wants; who has no queue is told so, in the order of jobs. */
function wantedByQueue(session: Session, jobs: JobSet, wanted: (job: Job) => boolean): ReadonlyMap<Queue, JobLine> {
  const { framework } = session;
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
  for (const job of lost.sort(framework.compareJobs)) session.refuse(job, noQueue(job));
  return new Map(Array.from(byQueue, ([queue, own]) => [queue, jobLine(own, framework)]));
}

function any(): boolean {
  return true;
}

function none(): number {
  return 0;
}

function noQueue(job: Job): Refusal {
  const message = `PodGroup ${job.key} waits for queue ${job.record.queue}, which does not exist.`;
  return { code: 'QueueNotFound', message };
}
