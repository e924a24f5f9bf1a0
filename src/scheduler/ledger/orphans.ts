import { SERVED_SCHEDULERS } from '../../api/keys.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import { addToLedger } from '../model/queue.ts';
import type { Task } from '../model/task.ts';

/** Tasks whose group has no PodGroup: it has not come yet, or was deleted before its pods. */
export class Orphans {
  readonly #byGroup = new Map<string, Set<Task>>();
  readonly #byQueue = new Map<string, { tasks: number; readonly amounts: number[] }>();

  add(task: Task): void {
    const key = groupKey(task.record);
    const tasks = this.#byGroup.get(key);
    if (tasks === undefined) this.#byGroup.set(key, new Set([task]));
    else tasks.add(task);
  }

  remove(task: Task): void {
    const key = groupKey(task.record);
    const tasks = this.#byGroup.get(key);
    tasks?.delete(task);
    if (tasks?.size === 0) this.#byGroup.delete(key);
  }

  /** The group has come: its tasks are orphans no more. */
  take(key: string): Iterable<Task> {
    const tasks = this.#byGroup.get(key) ?? [];
    this.#byGroup.delete(key);
    return tasks;
  }

  /** By the group's key. */
  entries(): Iterable<[string, ReadonlySet<Task>]> {
    return this.#byGroup.entries();
  }

  /** Who deletes the PodGroup of placed pods frees nothing: they count in the queue that they name until they are gone. */
  charge({ record, class: taskClass }: Task, sign: 1 | -1): void {
    const held = this.#byQueue.get(record.queue) ?? { tasks: 0, amounts: [] };
    held.tasks += sign;
    addToLedger(held.amounts, taskClass.resources, taskClass.amounts, sign);
    if (held.tasks === 0) this.#byQueue.delete(record.queue);
    else this.#byQueue.set(record.queue, held);
  }

  /** What placed orphans hold of the queue of this name, whether it exists or not. */
  heldIn(queue: string): readonly number[] {
    return this.#byQueue.get(queue)?.amounts ?? [];
  }
}

/** A pod of a group that one of the served schedulers places. */
export function isMember({ group, schedulerName }: PodRecord): boolean {
  return group !== '' && SERVED_SCHEDULERS.has(schedulerName);
}

/** `namespace/name` of the pod's group. */
export function groupKey({ namespace, group }: PodRecord): string {
  return `${namespace}/${group}`;
}
