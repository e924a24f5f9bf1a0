import type { Job } from '../model/job.ts';
import type { JobBlock } from '../model/job-block.ts';
import type { JobSet } from '../model/job-set.ts';
import type { Queue } from '../model/queue.ts';
import { TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';
import type { TaskClass } from '../model/task-class.ts';
import type { NodeLedger } from './node-ledger.ts';
import type { Nominations } from './nominations.ts';
import type { Reservation } from './reservation.ts';

interface RoomsOfTasks {
  readonly nominations: Nominations;
  readonly reservation: Reservation;
}

/**
 * What a statement does to the ledgers, all of them in one step: a pending task takes a place, gives it back, or keeps it.
 * The hot path of a cycle: O(requested resources), and nothing is allocated.
 */
export class Placements {
  readonly #nodes: NodeLedger;
  readonly #nominations: Nominations;
  readonly #reservation: Reservation;
  readonly #dirtyJobs: JobSet;
  /**
   * Jobs whose tasks were given places in this cycle, some of them several times, also of what was taken back; and blocks of which all were
   * promised theirs.
   */
  readonly takers: (Job | JobBlock)[] = [];

  constructor(nodes: NodeLedger, { nominations, reservation }: RoomsOfTasks, dirtyJobs: JobSet) {
    this.#nodes = nodes;
    this.#nominations = nominations;
    this.#reservation = reservation;
    this.#dirtyJobs = dirtyJobs;
  }

  place(task: Task, node: number, status: 1 | 2): void {
    const { class: taskClass, job } = task;
    if (this.#nominations.size > 0) this.#nominations.lift(task);
    if (this.#reservation.job === job) this.#reservation.yieldTo(task);
    task.nodeIx = node;
    task.status = status;
    this.#nodes.place(task, node, status, 1);
    if (job === undefined) return;
    if (this.takers.at(-1) !== job) this.takers.push(job);
    count(job, task, status, 1);
    if (job.queue === undefined) return;
    take(job.queue, taskClass, 1);
    this.#nodes.claims.holdings.move(task, job.queue, 1);
  }

  /** Nothing but amounts is charged for a task that has neither claims nor ports. */
  get chargeOnlyAmounts(): boolean {
    return this.#nodes.countsOnlyAmounts;
  }

  /**
   * Tasks that have neither claims nor ports may be placed many at a time: of no node is anything kept for single tasks, and for none of these
   * is room kept anywhere.
   */
  get areCounted(): boolean {
    return this.#nodes.countsOnlyAmounts && this.#nominations.size === 0;
  }

  /** The same as `place` for tasks of one class of one job with plain tasks, where `areCounted`: room that is free now. */
  placeAlike(tasks: readonly Task[], from: number, end: number, node: number): void {
    const { class: taskClass, job } = tasks[from] as Task;
    for (let i = from; i < end; i += 1) {
      const task = tasks[i] as Task;
      task.nodeIx = node;
      task.status = TaskStatus.Allocated;
      this.#nodes.podRules.charge(task, node, 1);
    }
    this.#nodes.placeAlike(taskClass, node, end - from);
    if (job !== undefined) this.takers.push(job);
    job?.moveAlike(taskClass, TaskStatus.Pending, from - end);
    job?.moveAlike(taskClass, TaskStatus.Allocated, end - from);
    if (job?.queue !== undefined) take(job.queue, taskClass, end - from);
  }

  /**
   * Promises tasks that wait in groups of one, and are alike, the rooms that are kept for them, where nothing but amounts is kept
   * (`countsOnlyAmounts`): the nodes have them charged already, and so have the rules of other pods.
   */
  standIn(jobs: readonly Job[], from: number, rooms: readonly number[]): void {
    const first = jobs[from]?.tasks.first as Task;
    for (let i = 0; i < rooms.length; i += 1) {
      const job = jobs[from + i] as Job;
      const task = job.tasks.first as Task;
      const node = rooms[i] as number;
      task.nodeIx = node;
      task.status = TaskStatus.Pipelined;
      this.#nominations.own(task);
      count(job, task, TaskStatus.Pipelined, 1);
      this.takers.push(job);
    }
    if (first.job?.queue !== undefined) takeGranted(first.job.queue, first.class, rooms.length);
    // The nodes are as they were, but not their queue: whoever remembers what holds for both looks again.
    this.#nodes.recency.touch(first.nodeIx);
  }

  /** The same for all of a block that are of one class, of which none is told so. */
  standInAsBlock(block: JobBlock, rooms: readonly number[]): void {
    block.standing = rooms;
    this.takers.push(block);
    takeGrantedOf(block, rooms.length);
    this.#nodes.recency.touch(rooms[0] ?? -1);
  }

  /** Undoes `standInAsBlock`. */
  leaveAsBlock(block: JobBlock): void {
    block.standing = undefined;
    takeGrantedOf(block, -block.jobs.length);
  }

  /** Undoes `standIn` for one task. */
  #leaveRoom(task: Task): void {
    const { class: taskClass, job } = task;
    if (job !== undefined) {
      count(job, task, TaskStatus.Pipelined, -1);
      if (job.queue !== undefined) takeGranted(job.queue, taskClass, -1);
    }
    task.status = TaskStatus.Pending;
    task.nodeIx = -1;
  }

  /** Undoes `place`. */
  unplace(task: Task): void {
    const { class: taskClass, job, status } = task;
    if (status !== TaskStatus.Allocated && status !== TaskStatus.Pipelined) return;
    const isKept = this.#nominations.size > 0 && status === TaskStatus.Pipelined;
    if (isKept && this.#nominations.disown(task)) {
      this.#leaveRoom(task);
      return;
    }
    // One that was promised the room that is kept for it, as in the cycle before, waits on as it did; and so does who has no other pod.
    const isAlone = status === TaskStatus.Pipelined && job?.tasks.size === 1;
    const isAsBefore = isAlone || (isKept && this.#nominations.isOn(task, task.nodeIx));
    this.#nodes.place(task, task.nodeIx, status, -1);
    if (job !== undefined) {
      count(job, task, status, -1);
      if (job.queue !== undefined) {
        take(job.queue, taskClass, -1);
        this.#nodes.claims.holdings.move(task, job.queue, -1);
      }
      // It is looked at again, and what its job's status says is looked at anew.
      job.pendingHead = 0;
      if (!isAsBefore) this.#dirtyJobs.add(job);
    }
    task.status = TaskStatus.Pending;
    task.nodeIx = -1;
    if (this.#nominations.size > 0) this.#nominations.restore(task);
  }

  /** An allocated task becomes a committed one. */
  commit(task: Task): void {
    const { job } = task;
    job?.move(task, TaskStatus.Allocated, -1);
    job?.move(task, TaskStatus.Binding, 1);
    job?.queue?.markDirty();
    this.#keep(task);
  }

  /** The same for allocated tasks of one job. */
  commitAll(job: Job, tasks: readonly Task[]): void {
    if (job.hasPlainTasks) {
      // They go on to hold what they hold.
      job.shift(TaskStatus.Allocated, -tasks.length);
      job.shift(TaskStatus.Binding, tasks.length);
      job.queue?.markDirty();
    }
    for (let i = 0; i < tasks.length; i += 1) {
      const task = tasks[i] as Task;
      if (job.hasPlainTasks) this.#keep(task);
      else this.commit(task);
    }
  }

  /** `place` and `commit` in one for the tasks of groups of one that are alike and wait, where `areCounted`. */
  commitAlike(jobs: readonly Job[], from: number, end: number, node: number): void {
    const first = jobs[from]?.tasks.first as Task;
    for (let i = from; i < end; i += 1) {
      const job = jobs[i] as Job;
      const task = job.tasks.first as Task;
      task.nodeIx = node;
      this.takers.push(job);
      job.move(task, TaskStatus.Pending, -1);
      job.move(task, TaskStatus.Binding, 1);
      this.#keep(task);
      this.#nodes.podRules.charge(task, node, 1);
    }
    this.#nodes.placeAlike(first.class, node, end - from);
    const queue = first.job?.queue;
    if (queue === undefined) return;
    take(queue, first.class, end - from);
    queue.markDirty();
  }

  #keep(task: Task): void {
    task.status = TaskStatus.Binding;
    task.nodeName = this.#nodes.table.records[task.nodeIx]?.name ?? '';
    this.#nodes.tasks.add(task.nodeIx, task);
    if (this.#nodes.open.isUsed) this.#nodes.open.place(task, task.nodeIx, -1);
    if (this.#nominations.size > 0) this.#nominations.drop(task);
  }
}

/** Tasks that wait for room of the queue get it, or below zero give it back. */
function take(queue: Queue, taskClass: TaskClass, tasks: number): void {
  queue.want(taskClass, -tasks);
  queue.hold(taskClass, tasks);
}

/** The same of room that is kept for them. */
function takeGranted(queue: Queue, taskClass: TaskClass, tasks: number): void {
  queue.grant(taskClass, -tasks);
  take(queue, taskClass, tasks);
}

function takeGrantedOf({ queue, jobs }: JobBlock, tasks: number): void {
  const taskClass = jobs[0]?.tasks.first?.class;
  if (queue !== undefined && taskClass !== undefined) takeGranted(queue, taskClass, tasks);
}

function count(job: Job, task: Task, status: TaskStatus, sign: 1 | -1): void {
  job.move(task, TaskStatus.Pending, -sign);
  job.move(task, status, sign);
  if (task.class.isBestEffort) job.pendingBestEffort -= sign;
}
