import type { Refusal } from '../model/refusal.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import { InvariantError } from '../../lib/exhaustive.ts';
import type { Job } from '../model/job.ts';
import type { JobBlock } from '../model/job-block.ts';
import { TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';

/** A task that is told to go, why, and what undoing needs. */
export interface Eviction {
  readonly task: Task;
  readonly why: Refusal;
  readonly from: TaskStatus;
}

/**
 * Undo log over the snapshot: what is done takes effect at once, so that the next choice sees it, and stays undoable
 * until it is committed. It never performs I/O; committing only hands over what is to be carried out.
 * A task is in the log once, and its status says what was done to it: Allocated, Pipelined, or Releasing (evicted).
 */
export class Statement {
  readonly #snapshot: Snapshot;
  readonly #log: Task[] = [];
  /** Of the log; what stands behind it is left there, since an array that is cut gives its room back. */
  #length = 0;
  /** Of those of the log that were told to go, in the same places. */
  readonly #evictions: (Eviction | undefined)[] = [];
  readonly #stayed = new Set<Job>();
  /** Their jobs were promised all that they wait for, and are not in the log. */
  #blocks: JobBlock[] = [];
  #evictionVersion = 0;

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  /** Tasks of operations after the mark that no commit has made final. O(those). */
  open(mark = 0): readonly Task[] {
    return this.#log.slice(mark, this.#length);
  }

  /** Of those, the tasks that were promised room. */
  promised(mark = 0): readonly Task[] {
    const promised: Task[] = [];
    for (let i = mark; i < this.#length; i += 1) {
      const task = this.#evictions[i] === undefined ? this.#log[i] : undefined;
      if (task?.status === TaskStatus.Pipelined) promised.push(task);
    }
    return promised;
  }

  /** Of those, the tasks that were told to go. None of them is looked at, which may be many. */
  evicted(mark: number): readonly Task[] {
    const evicted: Task[] = [];
    for (let i = mark; i < this.#length; i += 1)
      if (this.#evictions[i] !== undefined) evicted.push(this.#log[i] as Task);
    return evicted;
  }

  /** Grows whenever a task is told to go, or stays after all: as long as it is the same, the same tasks go. */
  get evictionVersion(): number {
    return this.#evictionVersion;
  }

  /** Jobs of which some task was told to go and stays after all. */
  get stayed(): ReadonlySet<Job> {
    return this.#stayed;
  }

  /** A mark to roll back to. */
  checkpoint(): number {
    return this.#length;
  }

  /** Takes room that is free now. */
  allocate(task: Task, node: number): void {
    this.#snapshot.placements.place(task, node, TaskStatus.Allocated);
    this.#note(task);
  }

  /** The same for some of the tasks in a row; see `Placements.placeAlike`. */
  allocateAlike(tasks: readonly Task[], from: number, end: number, node: number): void {
    this.#snapshot.placements.placeAlike(tasks, from, end, node);
    for (let i = from; i < end; i += 1) this.#note(tasks[i] as Task);
  }

  /** Promises room that is being freed. */
  pipeline(task: Task, node: number): void {
    this.#snapshot.placements.place(task, node, TaskStatus.Pipelined);
    this.#note(task);
  }

  /** Promises tasks of groups of one that are alike the rooms that are kept for them; see `Placements.standIn`. */
  pipelineKept(jobs: readonly Job[], from: number, rooms: readonly number[]): void {
    this.#snapshot.placements.standIn(jobs, from, rooms);
    for (let i = 0; i < rooms.length; i += 1) this.#note(jobs[from + i]?.tasks.first as Task);
  }

  /** The same for all of a block: it stands for its jobs, of which none is told so, until `spellOut` or `leaveBlocks`. */
  pipelineBlock(block: JobBlock, rooms: readonly number[]): void {
    this.#snapshot.placements.standInAsBlock(block, rooms);
    this.#blocks.push(block);
  }

  /** Blocks that stand for their jobs. */
  get blocks(): readonly JobBlock[] {
    return this.#blocks;
  }

  /** Its jobs stand for themselves, if the block stood for them. O(blocks + jobs of the block) */
  spellOut(block: JobBlock): void {
    const { standing } = block;
    if (standing === undefined) return;
    this.#snapshot.placements.leaveAsBlock(block);
    this.#blocks = this.#blocks.filter((each) => each !== block);
    this.pipelineKept(block.jobs, 0, standing);
  }

  /** Undoes what blocks stand for. */
  leaveBlocks(): void {
    for (const block of this.#blocks) this.#snapshot.placements.leaveAsBlock(block);
    this.#blocks = [];
  }

  /** Frees the room of a task that stands on a node; it may be promised from now on. */
  evict(task: Task, why: Refusal): void {
    const from = task.status;
    if (from !== TaskStatus.Bound && from !== TaskStatus.Running) {
      throw new InvariantError(`Cannot evict ${task.record.key}: it does not stand on a node`);
    }
    this.#think(task, TaskStatus.Releasing);
    this.#snapshot.budgets.tell(task);
    this.#evictionVersion += 1;
    this.#note(task, { task, why, from });
  }

  /** Takes an eviction back: the task stays. O(operations after it). */
  spare(task: Task): Eviction {
    const at = this.#length === 0 ? -1 : this.#log.lastIndexOf(task, this.#length - 1);
    const eviction = this.#evictions[at];
    if (eviction === undefined) throw new InvariantError(`Cannot spare ${task.record.key}: it was not told to go`);
    this.#stays(eviction);
    this.#log.copyWithin(at, at + 1, this.#length);
    this.#evictions.copyWithin(at, at + 1, this.#length);
    this.#length -= 1;
    return eviction;
  }

  /** Undoes everything after the mark, newest first; the snapshot's numbers are as they were, to the bit. */
  rollback(mark: number): void {
    for (let i = this.#length - 1; i >= mark; i -= 1) {
      const task = this.#log[i];
      if (task === undefined) continue;
      const eviction = this.#evictions[i];
      if (eviction === undefined) this.#snapshot.placements.unplace(task);
      else this.#stays(eviction);
    }
    this.#length = mark;
  }

  /** Makes the allocations after the mark final, which are all of the job, and takes them out of the log; everything else stays undoable. */
  commit(job: Job, mark: number): Task[] {
    const committed = this.#take(mark, TaskStatus.Allocated, this.#log);
    this.#snapshot.placements.commitAll(job, committed);
    return committed;
  }

  /** Makes the evictions after the mark final: these pods go, whatever becomes of the promises that they go for. */
  commitEvictions(mark: number): Eviction[] {
    const { dirtyJobs } = this.#snapshot;
    const committed = this.#take(mark, TaskStatus.Releasing, this.#evictions);
    for (const { task } of committed) {
      task.isLeaving = true;
      if (task.job !== undefined) dirtyJobs.add(task.job);
    }
    return committed;
  }

  #stays({ task, from }: Eviction): void {
    this.#think(task, from);
    this.#snapshot.budgets.untell(task);
    this.#evictionVersion += 1;
    if (task.job !== undefined) this.#stayed.add(task.job);
  }

  /** As long as the task may stay nothing of its job has changed: what its status says is not looked at anew. */
  #think(task: Task, status: TaskStatus): void {
    const { dirtyJobs } = this.#snapshot;
    const { job } = task;
    const wasDirty = job === undefined || dirtyJobs.has(job);
    this.#snapshot.setStatus(task, status);
    if (!wasDirty) dirtyJobs.delete(job);
  }

  #note(task: Task, eviction?: Eviction): void {
    this.#log[this.#length] = task;
    this.#evictions[this.#length] = eviction;
    this.#length += 1;
  }

  /** Takes tasks with the status after the mark out of the log: what stands in their places. */
  #take<T>(mark: number, status: TaskStatus, wanted: readonly (T | undefined)[]): T[] {
    const only = this.#log[mark];
    if (only?.status === status && this.#length === mark + 1) {
      // By far the most, and a list that grows takes ten times the room.
      this.#length = mark;
      return [wanted[mark] as T];
    }
    const taken: T[] = [];
    let kept = mark;
    for (let i = mark; i < this.#length; i += 1) {
      const task = this.#log[i];
      if (task === undefined) continue;
      if (task.status === status) {
        taken.push(wanted[i] as T);
        continue;
      }
      this.#log[kept] = task;
      this.#evictions[kept] = this.#evictions[i];
      kept += 1;
    }
    this.#length = kept;
    return taken;
  }
}
