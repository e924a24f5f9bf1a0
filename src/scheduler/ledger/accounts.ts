import type { JobSet } from '../model/job-set.ts';
import type { Queue } from '../model/queue.ts';
import { holdsNode, TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';
import type { NodeLedger } from './node-ledger.ts';
import type { Nominations } from './nominations.ts';
import { isMember } from './orphans.ts';
import type { Orphans } from './orphans.ts';

/** Who keeps an account of what tasks hold and ask for. */
interface Keepers {
  readonly nodes: NodeLedger;
  readonly nominations: Nominations;
  readonly orphans: Orphans;
  readonly queues: ReadonlyMap<string, Queue>;
  /** Told of each job whose counters change. */
  readonly dirtyJobs: JobSet;
}

/** All ledgers (node columns, counters of queues and jobs) move together here, so that they equal a recount at any time. */
export class Accounts {
  readonly #keepers: Keepers;

  constructor(keepers: Keepers) {
    this.#keepers = keepers;
  }

  /** Adds a task's part to every ledger, or takes it out; between the two its fields may change. */
  move(task: Task, sign: 1 | -1): void {
    const { class: taskClass, status, job, nodeIx } = task;
    const { nodes, nominations, orphans, dirtyJobs } = this.#keepers;
    const holds = holdsNode(status);
    if (nominations.size > 0) nominations.doubt(task);
    if (holds && nodeIx >= 0) nodes.charge(task, sign);
    else if (holds && isMember(task.record)) nodes.chargeAstray(taskClass, sign);
    if (job !== undefined) {
      job.move(task, status, sign);
      if (status === TaskStatus.Pending && taskClass.isBestEffort) job.pendingBestEffort += sign;
      dirtyJobs.add(job);
    }
    if (job === undefined && holds && isMember(task.record)) orphans.charge(task, sign);
    const queue = this.queueOf(task);
    if (queue === undefined) return;
    queue.markDirty();
    if (holds) {
      queue.hold(taskClass, sign);
      nodes.claims.holdings.move(task, queue, sign);
    }
    if (status === TaskStatus.Releasing) queue.leave(taskClass, sign);
    if (status === TaskStatus.Pending) queue.want(taskClass, sign);
  }

  /** Another status on the same node, on which it stood and is on its way out now, or stays after all. */
  setStatus(task: Task, status: TaskStatus): void {
    if (this.#keepers.nodes.turn(task, status)) {
      this.#turn(task, status);
      return;
    }
    this.move(task, -1);
    task.status = status;
    this.move(task, 1);
  }

  /** `move` before and after, of a task that goes on to hold what it holds. */
  #turn(task: Task, status: TaskStatus): void {
    const { job } = task;
    if (job !== undefined) {
      job.move(task, task.status, -1);
      job.move(task, status, 1);
      this.#keepers.dirtyJobs.add(job);
    }
    task.status = status;
    const queue = this.queueOf(task);
    if (queue === undefined) return;
    queue.markDirty();
    queue.leave(task.class, status === TaskStatus.Releasing ? 1 : -1);
  }

  /** For which queue the task counts; a task without its group, once it holds a node, for the one that it names. */
  queueOf({ job, status, record }: Task): Queue | undefined {
    if (job !== undefined) return job.queue;
    return holdsNode(status) && isMember(record) ? this.#keepers.queues.get(record.queue) : undefined;
  }

  *holders(tasks: Iterable<Task>): Iterable<readonly [Task, Queue]> {
    for (const task of tasks) {
      const queue = this.queueOf(task);
      if (queue !== undefined && holdsNode(task.status)) yield [task, queue];
    }
  }
}
