import type { Framework } from '../framework/framework.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { JobBlock } from '../model/job-block.ts';
import type { Job } from '../model/job.ts';
import type { Queue } from '../model/queue.ts';
import { TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';
import type { TaskClass } from '../model/task-class.ts';
import type { Session } from '../session/session.ts';

/** What holds for all jobs of a block. */
interface Reading {
  readonly block: JobBlock | undefined;
  /** Their class if all of them have turns here. */
  readonly kind: TaskClass | undefined;
  /** One of them got its place: what keeps a job from starting keeps none of them. */
  mayStart: boolean;
}

/** The best node for a class, for so many tasks of it in a row as long as no node changes but by them. */
interface Run {
  readonly kind: TaskClass;
  readonly node: number;
  left: number;
}

/**
 * The turns of groups of one that have nothing of their own: each takes at once what a turn of `JobTurns` would give it. What holds for all
 * of a block of alike ones is asked once. Whoever would get nothing has that other turn, and hears why.
 */
export class AlikeTurns {
  readonly #session: Session;
  readonly #snapshot: Snapshot;
  readonly #framework: Framework;
  /** Of the block that was asked last. */
  #latest: Reading = { block: undefined, kind: undefined, mayStart: false };
  /** Of each queue, since they take turns, and the latest run; both as long as nobody is placed but here. */
  readonly #byQueue = new Map<Queue, Reading>();
  #run: Run | undefined;
  /** State of the nodes after the last one was placed here. */
  #changedAt = -1;

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
    const reading = this.#readingOf(block, job, queue);
    const taskClass = reading.kind ?? this.#classOf(job, task);
    if (taskClass === undefined) return false;
    if (this.#snapshot.nominations.size > 0 || task.record.nominatedNode !== '') return false;
    if (this.#framework.overused(queue, job) !== undefined) return false;
    if (this.#framework.allocatable(queue, task, job) !== undefined) return false;
    const node = this.#framework.plainPicker(taskClass).best();
    if (node < 0 || !this.#session.placeOnly(job, task, node)) return false;
    reading.mayStart = reading.kind !== undefined;
    this.#run = undefined;
    this.#changedAt = this.#snapshot.recency.now;
    return true;
  }

  /**
   * The same for some of the jobs of a block, from a place on: how many have their places. No more than `most`, before which nobody of another
   * queue comes; as many at a time as one node takes in a row. O(jobs), and O(log nodes + plugins) for all of them.
   */
  placeSome(block: JobBlock, from: number, queue: Queue, most: number): number {
    const { jobs } = block;
    const first = jobs[from] as Job;
    const { kind, mayStart } = this.#readingOf(block, first, queue);
    if (kind === undefined || kind.shape.hostPorts.length > 0 || !this.#snapshot.placements.areCounted) return 0;
    if (!mayStart) return this.place(first, queue) ? 1 : 0;
    const run = this.#runOf(kind, most);
    if (run === undefined) return 0;
    const end = endOfWaiting(jobs, from, Math.min(jobs.length, from + Math.min(most, run.left)));
    if (end === from || !this.#framework.grants(queue, kind, first, end - from)) return 0;
    this.#session.placeAlike(jobs, from, end, run.node);
    run.left -= end - from;
    this.#changedAt = this.#snapshot.recency.now;
    return end - from;
  }

  /** Undefined when no node has room. Thought ahead is for those that may take several, or follow others of their class. */
  #runOf(kind: TaskClass, most: number): Run | undefined {
    const known = this.#run?.kind === kind && this.#isAsLeft() ? this.#run : undefined;
    if (known !== undefined && known.left > 0) return known;
    const picker = this.#framework.plainPicker(kind);
    const node = picker.best();
    const left = node >= 0 && (most > 1 || known !== undefined) ? picker.streak(node) : 1;
    this.#run = node < 0 ? undefined : { kind, node, left };
    return this.#run;
  }

  #readingOf(block: JobBlock | undefined, job: Job, queue: Queue): Reading {
    if (block === this.#latest.block) return this.#latest;
    if (!this.#isAsLeft()) this.#byQueue.clear();
    const known = this.#byQueue.get(queue);
    const reading = known !== undefined && known.block === block ? known : this.#read(block, job);
    this.#byQueue.set(queue, reading);
    this.#latest = reading;
    return reading;
  }

  /** No node has changed since the last one was placed here. */
  #isAsLeft(): boolean {
    return this.#changedAt === this.#snapshot.recency.now;
  }

  #read(block: JobBlock | undefined, job: Job): Reading {
    const kind = block?.kind(this.#snapshot.resources);
    if (block === undefined || kind === undefined) return { block, kind: undefined, mayStart: false };
    // What one of them hears the others hear, too.
    const isValid = this.#framework.jobValid(job) === undefined;
    const arePlain = this.#framework.perspectiveOfAll(block) === this.#framework.plainPerspective;
    return { block, kind: isValid && arePlain ? kind : undefined, mayStart: false };
  }

  /** Of a job among others that are not alike; undefined when it has something of its own: rules about other pods, or claims. */
  #classOf(job: Job, task: Task): TaskClass | undefined {
    const taskClass = job.alike(this.#snapshot.resources);
    if (taskClass === undefined || taskClass.shape.rules !== undefined) return undefined;
    const { record } = task;
    if (record.claims.length + record.deviceClaims.length > 0 || this.#framework.jobValid(job) !== undefined)
      return undefined;
    return this.#framework.isClaimed(task) ? undefined : taskClass;
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
