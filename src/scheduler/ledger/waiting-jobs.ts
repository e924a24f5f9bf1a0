import type { Job } from '../model/job.ts';
import type { JobBlock } from '../model/job-block.ts';
import { JobSet } from '../model/job-set.ts';
import { WaitingLines } from './waiting-lines.ts';

/** Jobs with something to do. An action looks only at those that it can do something for. */
export class WaitingJobs {
  /** They wait to be let in: for the first time, or again after they had come to their end. */
  readonly asking = new JobSet(0);
  /** They were let in, and have pending tasks. */
  readonly admitted = new JobSet(4);
  /** Of those that were let in, those with pending tasks that ask for nothing but a pod slot, and those without a queue. */
  readonly forBackfill = new JobSet(6);
  /** The first two, queue by queue. */
  readonly lines = new WaitingLines([this.asking, this.admitted]);

  get size(): number {
    return this.asking.size + this.admitted.size;
  }

  has(job: Job): boolean {
    return this.asking.has(job) || this.admitted.has(job);
  }

  /** All of them. O(waiting). */
  all(): readonly Job[] {
    return [...this.asking.members(), ...this.admitted.members()];
  }

  /** The job or its phase changed. */
  refresh(job: Job): void {
    const isOut = job.phase === '' || job.phase === 'Pending';
    const hasPending = job.pending() > 0;
    const isAsking = isOut ? job.tasks.size > 0 || job.comesFirst : hasPending && job.phase === 'Completed';
    put(this.asking, job, job.isActive && isAsking);
    const isAdmitted = job.isActive && hasPending && !isOut && !isAsking;
    put(this.admitted, job, isAdmitted);
    put(this.forBackfill, job, isAdmitted && (job.pendingBestEffort > 0 || job.queue === undefined));
    if (this.has(job)) this.lines.refresh(job);
    else this.lines.leave(job);
  }

  /** All of a block of those that asked, which are alike, are let in. The block in which they stand then. */
  letIn(block: JobBlock): JobBlock {
    const { jobs } = block;
    for (let i = 0; i < jobs.length; i += 1) {
      const job = jobs[i] as Job;
      job.phase = 'Inqueue';
      this.asking.delete(job);
      this.admitted.add(job);
    }
    return this.lines.letIn(block, this.admitted);
  }

  remove(job: Job): void {
    this.asking.delete(job);
    this.admitted.delete(job);
    this.forBackfill.delete(job);
    this.lines.leave(job);
  }
}

function put(set: JobSet, job: Job, isMember: boolean): void {
  if (isMember) set.add(job);
  else set.delete(job);
}
