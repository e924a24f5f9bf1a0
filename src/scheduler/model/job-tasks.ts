import type { Task } from './task.ts';

/**
 * The tasks of one job in the order in which they came, as a list through the tasks themselves: entering and leaving are
 * O(1) and allocate nothing, and a job of one task costs no table.
 */
export class JobTasks {
  #first: Task | undefined;
  #last: Task | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** `Task.nextInJob` leads on. */
  get first(): Task | undefined {
    return this.#first;
  }

  add(task: Task): void {
    task.previousInJob = this.#last;
    if (this.#last === undefined) this.#first = task;
    else this.#last.nextInJob = task;
    this.#last = task;
    this.#size += 1;
  }

  /** The task has to be in the list. */
  remove(task: Task): void {
    const { nextInJob: next, previousInJob: previous } = task;
    if (previous === undefined) this.#first = next;
    else previous.nextInJob = next;
    if (next === undefined) this.#last = previous;
    else next.previousInJob = previous;
    task.nextInJob = undefined;
    task.previousInJob = undefined;
    this.#size -= 1;
  }

  /** A task may leave while it is visited. */
  *values(): Generator<Task, void, undefined> {
    let task = this.#first;
    while (task !== undefined) {
      const next: Task | undefined = task.nextInJob;
      yield task;
      task = next;
    }
  }
}
