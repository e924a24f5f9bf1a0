import type { Job } from '../model/job.ts';
import type { JobSet } from '../model/job-set.ts';
import { TaskStatus } from '../model/task.ts';
import type { Task } from '../model/task.ts';
import type { NodeLedger } from './node-ledger.ts';
import type { Nominations } from './nominations.ts';

/**
 * What a statement does to the ledgers, all of them in one step: a pending task takes a place, gives it back, or keeps it.
 * The hot path of a cycle: O(requested resources), and nothing is allocated.
 */
export class Placements {
  readonly #nodes: NodeLedger;
  readonly #nominations: Nominations;
  readonly #dirtyJobs: JobSet;

  constructor(nodes: NodeLedger, nominations: Nominations, dirtyJobs: JobSet) {
    this.#nodes = nodes;
    this.#nominations = nominations;
    this.#dirtyJobs = dirtyJobs;
  }

  place(task: Task, node: number, status: 1 | 2): void {
    const { class: taskClass, job } = task;
    if (this.#nominations.size > 0) this.#nominations.lift(task);
    task.nodeIx = node;
    task.status = status;
    this.#nodes.place(task, node, status, 1);
    if (job === undefined) return;
    count(job, task, status, 1);
    if (job.queue === undefined) return;
    job.queue.want(taskClass, -1);
    job.queue.hold(taskClass, 1);
    this.#nodes.claims.holdings.move(task, job.queue, 1);
  }

  /** Undoes `place`. */
  unplace(task: Task): void {
    const { class: taskClass, job, status } = task;
    if (status !== TaskStatus.Allocated && status !== TaskStatus.Pipelined) return;
    this.#nodes.place(task, task.nodeIx, status, -1);
    if (job !== undefined) {
      count(job, task, status, -1);
      if (job.queue !== undefined) {
        job.queue.want(taskClass, 1);
        job.queue.hold(taskClass, -1);
        this.#nodes.claims.holdings.move(task, job.queue, -1);
      }
      // It is looked at again, and what its job's status says is looked at anew.
      job.pendingHead = 0;
      this.#dirtyJobs.add(job);
    }
    task.status = TaskStatus.Pending;
    task.nodeIx = -1;
    if (this.#nominations.size > 0) this.#nominations.restore(task);
  }

  /** An allocated task becomes a committed one. */
  commit(task: Task): void {
    const { job } = task;
    if (job !== undefined) {
      job.move(task, TaskStatus.Allocated, -1);
      job.move(task, TaskStatus.Binding, 1);
      job.queue?.markDirty();
    }
    task.status = TaskStatus.Binding;
    task.nodeName = this.#nodes.table.records[task.nodeIx]?.name ?? '';
    this.#nodes.tasks.add(task.nodeIx, task);
    if (this.#nodes.open.isUsed) this.#nodes.open.place(task, task.nodeIx, -1);
    if (this.#nominations.size > 0) this.#nominations.drop(task);
  }
}

function count(job: Job, task: Task, status: TaskStatus, sign: 1 | -1): void {
  job.move(task, TaskStatus.Pending, -sign);
  job.move(task, status, sign);
  if (task.class.isBestEffort) job.pendingBestEffort -= sign;
}
