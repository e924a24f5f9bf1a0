import type { Task } from '../model/task.ts';

/**
 * The tasks that hold room on each node, as lists through the tasks themselves: entering and leaving are O(1) and
 * allocate nothing. The newest stands first.
 */
export class NodeTasks {
  #heads: (Task | undefined)[] = [];

  /** Starts anew for so many nodes; the caller takes every task out or puts it in again. */
  reset(count: number): void {
    this.#heads = Array.from({ length: count }, () => undefined);
  }

  add(node: number, task: Task): void {
    const head = this.#heads[node];
    task.nextOnNode = head;
    task.previousOnNode = undefined;
    if (head !== undefined) head.previousOnNode = task;
    this.#heads[node] = task;
  }

  remove(node: number, task: Task): void {
    const { nextOnNode: next, previousOnNode: previous } = task;
    if (previous !== undefined) previous.nextOnNode = next;
    else if (this.#heads[node] === task) this.#heads[node] = next;
    if (next !== undefined) next.previousOnNode = previous;
    task.nextOnNode = undefined;
    task.previousOnNode = undefined;
  }

  /** Those of groups: others may be there for good. */
  ofGroups(node: number): ReadonlySet<Task> {
    const tasks = new Set<Task>();
    for (let task = this.first(node); task !== undefined; task = task.nextOnNode) {
      if (task.job !== undefined) tasks.add(task);
    }
    return tasks;
  }

  /** The first task of the node; `Task.nextOnNode` leads on. */
  first(node: number): Task | undefined {
    return this.#heads[node];
  }
}
