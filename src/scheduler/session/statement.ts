import type { Snapshot } from '../ledger/snapshot.ts';
import { TaskStatus } from '../model/task.ts';
import type { Task } from '../model/task.ts';

/**
 * Undo log over the snapshot: placements take effect at once, so that the next choice sees them, and stay undoable
 * until `commit`. It never performs I/O; committing only hands over the placed tasks.
 */
export class Statement {
  readonly #snapshot: Snapshot;
  readonly #log: Task[] = [];

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  /** Placed tasks that no commit has made final. */
  open(): readonly Task[] {
    return this.#log;
  }

  /** A mark to roll back to. */
  checkpoint(): number {
    return this.#log.length;
  }

  /** Takes room that is free now. */
  allocate(task: Task, node: number): void {
    this.#snapshot.place(task, node, TaskStatus.Allocated);
    this.#log.push(task);
  }

  /** Promises room that is being freed. */
  pipeline(task: Task, node: number): void {
    this.#snapshot.place(task, node, TaskStatus.Pipelined);
    this.#log.push(task);
  }

  /** Undoes everything after the mark, newest first; the snapshot's numbers are as they were, to the bit. */
  rollback(mark: number): void {
    for (let i = this.#log.length - 1; i >= mark; i -= 1) {
      const task = this.#log[i];
      if (task !== undefined) this.#snapshot.unplace(task);
    }
    this.#log.length = mark;
  }

  /** Makes the allocations after the mark final and takes them out of the log; pipelined tasks stay undoable. */
  commit(mark: number): Task[] {
    const committed: Task[] = [];
    let kept = mark;
    for (let i = mark; i < this.#log.length; i += 1) {
      const task = this.#log[i];
      if (task === undefined) continue;
      if (task.status === TaskStatus.Allocated) {
        this.#snapshot.commit(task);
        committed.push(task);
      } else {
        this.#log[kept] = task;
        kept += 1;
      }
    }
    this.#log.length = kept;
    return committed;
  }
}
