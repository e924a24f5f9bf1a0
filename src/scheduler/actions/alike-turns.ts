import type { Framework } from '../framework/framework.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { JobBlock } from '../model/job-block.ts';
import type { Job } from '../model/job.ts';
import type { Queue } from '../model/queue.ts';
import { TaskStatus } from '../model/task.ts';
import type { TaskClass } from '../model/task-class.ts';
import type { NodePicker } from '../placement/node-picker.ts';
import type { Session } from '../session/session.ts';

/**
 * The turns of groups of one that stand next to each other in their line and differ in nothing: what holds for all of a block is asked
 * once, and each then takes what a turn of its own (`JobTurns`) would give it. Whoever would get nothing has that turn, and hears why.
 */
export class AlikeTurns {
  readonly #session: Session;
  readonly #snapshot: Snapshot;
  readonly #framework: Framework;
  /** The block that was asked last; its class and picker, if its jobs have turns here. */
  #block: JobBlock | undefined;
  #class: TaskClass | undefined;
  #picker: NodePicker | undefined;

  constructor(session: Session) {
    this.#session = session;
    this.#snapshot = session.snapshot;
    this.#framework = session.framework;
  }

  /** The job's only pod has its place for good. False when the job has to have a turn of its own; nothing has changed then. O(log nodes + plugins) */
  place(job: Job, queue: Queue): boolean {
    const { block, tasks } = job;
    if (block !== this.#block) this.#readBlock(block, job);
    const taskClass = this.#class;
    const picker = this.#picker;
    const task = tasks.first;
    if (taskClass === undefined || picker === undefined || task?.status !== TaskStatus.Pending) return false;
    if (this.#snapshot.nominations.size > 0 || task.record.nominatedNode !== '') return false;
    if (this.#framework.overused(queue, job) !== undefined) return false;
    if (this.#framework.allocatable(queue, taskClass, job) !== undefined) return false;
    const node = picker.best();
    return node >= 0 && this.#session.placeOnly(job, task, node);
  }

  #readBlock(block: JobBlock | undefined, job: Job): void {
    const { resources } = this.#snapshot;
    this.#block = block;
    this.#class = block?.kind(resources);
    // All that are alike hear the same.
    const hasTurns = block !== undefined && this.#class !== undefined && this.#framework.jobValid(job) === undefined;
    if (this.#class === undefined || !hasTurns || !this.#framework.arePlain(block)) this.#class = undefined;
    this.#picker = this.#class && this.#framework.plainPicker(this.#class);
  }
}
