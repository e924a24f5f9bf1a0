import type { Task } from '../model/task.ts';

/** Which tasks an open statement has placed where: those of committed ones are in `NodeTasks`. Kept for whoever asks for it. */
export class OpenPlacements {
  readonly #byNode = new Map<number, Set<Task>>();
  #isUsed = false;

  get isUsed(): boolean {
    return this.#isUsed;
  }

  /** From now on it is kept. Not asked for while a statement is open. */
  use(): void {
    this.#isUsed = true;
  }

  place(task: Task, node: number, sign: 1 | -1): void {
    const tasks = this.#byNode.get(node);
    if (sign === 1 && tasks === undefined) this.#byNode.set(node, new Set([task]));
    else if (sign === 1) tasks?.add(task);
    else if (tasks?.delete(task) === true && tasks.size === 0) this.#byNode.delete(node);
  }

  on(node: number): Iterable<Task> {
    return this.#byNode.get(node) ?? [];
  }
}
