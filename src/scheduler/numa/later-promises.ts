import type { ZoneShare } from '../../api/records/numa-records.ts';
import type { Task } from '../model/task.ts';

/** By node: tasks that were promised zones which are being freed. They take nothing of what is free now. */
export class LaterPromises {
  readonly #byNode = new Map<string, Map<Task, readonly ZoneShare[]>>();

  get isEmpty(): boolean {
    return this.#byNode.size === 0;
  }

  of(node: string): ReadonlyMap<Task, readonly ZoneShare[]> | undefined {
    return this.#byNode.get(node);
  }

  add(node: string, task: Task, shares: readonly ZoneShare[]): void {
    const promised = this.#byNode.get(node);
    if (promised === undefined) this.#byNode.set(node, new Map([[task, shares]]));
    else promised.set(task, shares);
  }

  /** O(nodes with promises) */
  drop(task: Task): void {
    for (const [node, promised] of this.#byNode) {
      if (promised.delete(task) && promised.size === 0) this.#byNode.delete(node);
    }
  }

  forget(node: string): void {
    this.#byNode.delete(node);
  }
}
