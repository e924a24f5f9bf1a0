import { TaskStatus } from './task-status.ts';

/** How many tasks stand where, kept step by step: of a job, or of one role of it. */
export class TaskCounts {
  /** Number of tasks by status. */
  readonly counts: number[] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  /** Of `counts`, here since each group that waits is asked for them: another object would be read for it. */
  #ready = 0;
  #pending = 0;
  #pipelined = 0;

  count(status: TaskStatus): number {
    return this.counts[status] ?? 0;
  }

  /** Tasks without a place. */
  pending(): number {
    return this.#pending;
  }

  /** Allocated class plus succeeded: Volcano's ready count. */
  ready(): number {
    return this.#ready;
  }

  /** Ready, but for those that are on their way to their node: nothing says yet that they arrive. */
  arrived(): number {
    return this.#ready - this.count(TaskStatus.Allocated) - this.count(TaskStatus.Binding);
  }

  /** Ready, or promised room that is being freed. */
  placed(): number {
    return this.#ready + this.#pipelined;
  }

  /** Tasks that could still be part of the gang. */
  valid(): number {
    return this.placed() + this.#pending;
  }

  /** Moves a status' counter, and the ready count with it. */
  shift(status: TaskStatus, by: number): void {
    this.counts[status] = (this.counts[status] ?? 0) + by;
    if (status === TaskStatus.Pending) this.#pending += by;
    else if (status === TaskStatus.Pipelined) this.#pipelined += by;
    else if (countsAsReady(status)) this.#ready += by;
  }
}

function countsAsReady(status: TaskStatus): boolean {
  return (
    status === TaskStatus.Allocated ||
    (status >= TaskStatus.Binding && status <= TaskStatus.Running) ||
    status === TaskStatus.Succeeded
  );
}
