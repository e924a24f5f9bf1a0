import { SERVED_SCHEDULERS } from '../../api/keys.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import type { Task } from '../model/task.ts';

/** Tasks whose group has no PodGroup: it has not come yet, or was deleted before its pods. */
export class Orphans {
  readonly #byGroup = new Map<string, Set<Task>>();

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

  /** Those whose pod names the queue. O(orphans). */
  ofQueue(name: string): Task[] {
    return [...this.#byGroup.values()].flatMap((tasks) => [...tasks].filter(({ record }) => record.queue === name));
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
