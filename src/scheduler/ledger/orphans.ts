import { SERVED_SCHEDULERS } from '../../api/keys.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import { addToLedger } from '../model/queue.ts';
import { TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';

/** What placed orphans hold of a queue, and what of it is on its way out. */
interface Held {
  tasks: number;
  readonly amounts: number[];
  readonly leaving: number[];
}

/** Tasks whose group has no PodGroup: it has not come yet, or was deleted before its pods. */
export class Orphans {
  readonly #byGroup = new Map<string, Set<Task>>();
  readonly #byQueue = new Map<string, Held>();

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
  charge({ record, status, class: { resources, amounts } }: Task, sign: 1 | -1): void {
    const held = this.#byQueue.get(record.queue) ?? { tasks: 0, amounts: [], leaving: [] };
    held.tasks += sign;
    addToLedger(held.amounts, resources, amounts, sign);
    if (status === TaskStatus.Releasing) addToLedger(held.leaving, resources, amounts, sign);
    if (held.tasks === 0) this.#byQueue.delete(record.queue);
    else this.#byQueue.set(record.queue, held);
  }

  /** Of the queue of this name, whether it exists or not; undefined where they hold nothing. */
  heldIn(queue: string): Pick<Held, 'amounts' | 'leaving'> | undefined {
    return this.#byQueue.get(queue);
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
