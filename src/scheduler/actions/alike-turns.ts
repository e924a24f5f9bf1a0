import type { Framework } from '../framework/framework.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { JobBlock } from '../model/job-block.ts';
import type { Job } from '../model/job.ts';
import type { Queue } from '../model/queue.ts';
import { TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';
import type { TaskClass } from '../model/task-class.ts';
import type { Session } from '../session/session.ts';

/**
 * The turns of groups of one that have nothing of their own: each takes at once what a turn of `JobTurns` would give it. What holds for all
 * of a block of alike ones is asked once. Whoever would get nothing has that other turn, and hears why.
 */
export class AlikeTurns {
  readonly #session: Session;
  readonly #snapshot: Snapshot;
  readonly #framework: Framework;
  /** The block that was asked last, and its class if all of its jobs have turns here. */
  #block: JobBlock | undefined;
  #kind: TaskClass | undefined;
  /** One of its jobs got its place: what keeps a job from starting keeps none of them. */
  #mayStart = false;

  constructor(session: Session) {
    this.#session = session;
    this.#snapshot = session.snapshot;
    this.#framework = session.framework;
  }

  /** The job's only pod has its place for good. False when the job has to have a turn of its own; nothing has changed then. O(log nodes + plugins) */
  place(job: Job, queue: Queue): boolean {
    const { block, tasks } = job;
    const task = tasks.first;
    if (task?.status !== TaskStatus.Pending) return false;
    if (block !== this.#block) this.#readBlock(block, job);
    const taskClass = this.#kind ?? this.#classOf(job, task);
    if (taskClass === undefined) return false;
    if (this.#snapshot.nominations.size > 0 || task.record.nominatedNode !== '') return false;
    if (this.#framework.overused(queue, job) !== undefined) return false;
    if (this.#framework.allocatable(queue, task, job) !== undefined) return false;
    const node = this.#framework.plainPicker(taskClass).best();
    if (node < 0 || !this.#session.placeOnly(job, task, node)) return false;
    this.#mayStart = this.#kind !== undefined;
    return true;
  }

  /**
   * The same for some of the jobs of a block, from a place on: how many have their places. No more than `most`, before which nobody of another
   * queue comes; as many at a time as one node takes in a row. O(jobs), and O(log nodes + plugins) for all of them.
   */
  placeSome(block: JobBlock, from: number, queue: Queue, most: number): number {
    const { jobs } = block;
    const first = jobs[from] as Job;
    if (block !== this.#block) this.#readBlock(block, first);
    const kind = this.#kind;
    if (kind === undefined || kind.shape.hostPorts.length > 0 || !this.#snapshot.placements.areCounted) return 0;
    if (!this.#mayStart) return this.place(first, queue) ? 1 : 0;
    const picker = this.#framework.plainPicker(kind);
    const node = picker.best();
    if (node < 0) return 0;
    const inARow = most === 1 ? 1 : Math.min(most, picker.streak(node));
    const end = endOfWaiting(jobs, from, Math.min(jobs.length, from + inARow));
    if (end === from || !this.#framework.grants(queue, kind, first, end - from)) return 0;
    this.#session.placeAlike(jobs, from, end, node);
    return end - from;
  }

  #readBlock(block: JobBlock | undefined, job: Job): void {
    this.#block = block;
    this.#kind = block?.kind(this.#snapshot.resources);
    this.#mayStart = false;
    if (block === undefined || this.#kind === undefined) return;
    // What one of them hears the others hear, too.
    const isValid = this.#framework.jobValid(job) === undefined;
    const arePlain = this.#framework.perspectiveOfAll(block) === this.#framework.plainPerspective;
    if (!isValid || !arePlain) this.#kind = undefined;
  }

  /** Of a job among others that are not alike; undefined when it has something of its own: rules about other pods, or claims. */
  #classOf(job: Job, task: Task): TaskClass | undefined {
    const taskClass = job.alike(this.#snapshot.resources);
    if (taskClass === undefined || taskClass.shape.rules !== undefined) return undefined;
    const { record } = task;
    if (record.claims.length + record.deviceClaims.length > 0 || this.#framework.jobValid(job) !== undefined)
      return undefined;
    return this.#framework.perspective(task) === this.#framework.plainPerspective ? taskClass : undefined;
  }
}

/** Place after the last of the jobs in a row, before the end, whose pods wait and have no node of their own to go to. */
function endOfWaiting(jobs: readonly Job[], from: number, end: number): number {
  let at = from;
  while (at < end) {
    const task = jobs[at]?.tasks.first;
    if (task?.status !== TaskStatus.Pending || task.record.nominatedNode !== '') break;
    at += 1;
  }
  return at;
}
