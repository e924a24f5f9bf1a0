import { TaskStatus } from './task-status.ts';

/** How many tasks stand where, kept step by step: of a job, or of one role of it. */
export class TaskCounts {
  // A field each: a list would be two more objects for each group, and most passes over groups would read them.
  #pending = 0;
  #allocated = 0;
  #pipelined = 0;
  #binding = 0;
  #bound = 0;
  #running = 0;
  #releasing = 0;
  #succeeded = 0;
  #failed = 0;
  #unknown = 0;
  /** Of those above. */
  #ready = 0;

  count(status: TaskStatus): number {
    switch (status) {
      case TaskStatus.Pending:
        return this.#pending;
      case TaskStatus.Allocated:
        return this.#allocated;
      case TaskStatus.Pipelined:
        return this.#pipelined;
      case TaskStatus.Binding:
        return this.#binding;
      case TaskStatus.Bound:
        return this.#bound;
      case TaskStatus.Running:
        return this.#running;
      case TaskStatus.Releasing:
        return this.#releasing;
      case TaskStatus.Succeeded:
        return this.#succeeded;
      case TaskStatus.Failed:
        return this.#failed;
      case TaskStatus.Unknown:
        return this.#unknown;
    }
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
    return this.#ready - this.#allocated - this.#binding;
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
    if (countsAsReady(status)) this.#ready += by;
    switch (status) {
      case TaskStatus.Pending:
        this.#pending += by;
        break;
      case TaskStatus.Allocated:
        this.#allocated += by;
        break;
      case TaskStatus.Pipelined:
        this.#pipelined += by;
        break;
      case TaskStatus.Binding:
        this.#binding += by;
        break;
      case TaskStatus.Bound:
        this.#bound += by;
        break;
      case TaskStatus.Running:
        this.#running += by;
        break;
      case TaskStatus.Releasing:
        this.#releasing += by;
        break;
      case TaskStatus.Succeeded:
        this.#succeeded += by;
        break;
      case TaskStatus.Failed:
        this.#failed += by;
        break;
      case TaskStatus.Unknown:
        this.#unknown += by;
        break;
    }
  }
}

function countsAsReady(status: TaskStatus): boolean {
  return (
    status === TaskStatus.Allocated ||
    (status >= TaskStatus.Binding && status <= TaskStatus.Running) ||
    status === TaskStatus.Succeeded
  );
}
