import type { ClaimLedger } from '../claims/claim-ledger.ts';
import type { DeviceLedger } from '../devices/device-ledger.ts';
import type { NumaLedger } from '../numa/numa-ledger.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import type { Job } from '../model/job.ts';
import type { TaskClass } from '../model/task-class.ts';
import { TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';
import type { NodeIndex } from '../placement/node-index.ts';
import type { CountedTask, PodRuleLedger } from './pod-rule-ledger.ts';
import type { KeptRoom, KeptRooms } from './kept-rooms.ts';

/** What is kept beside amounts. */
interface Kept {
  readonly claims: ClaimLedger;
  readonly devices: DeviceLedger;
  readonly numa: NumaLedger;
  readonly podRules: PodRuleLedger;
  readonly index: NodeIndex;
}

interface Nomination extends KeptRoom {
  /** Of the task when room was kept for it: for other pods it counts as that. */
  readonly record: PodRecord;
  /** Its room is the owner's to take: charged to the node no more, unless the owner stands in it. */
  isLifted: boolean;
  /** The owner is promised this very room: on the node it is charged once, here. */
  isOwned: boolean;
}

/**
 * Rooms that are kept beyond a cycle for the tasks that pods were evicted for, so that whoever comes in the meantime
 * (the evicted pods' successors first of all) does not take them. It lasts while each cycle gives or promises its owner room.
 */
export class Nominations {
  readonly #rooms: KeptRooms;
  readonly #kept: Kept;
  readonly #byTask = new Map<Task, Nomination>();
  /** How many rooms are kept for tasks of each class. */
  readonly #perClass = new Map<TaskClass, number>();
  /** How many of them are not lifted. */
  #untaken = 0;
  #version = 0;
  /** Owners that changed since the rooms were settled. */
  readonly #doubtful = new Set<Task>();

  constructor(rooms: KeptRooms, kept: Kept) {
    this.#rooms = rooms;
    this.#kept = kept;
  }

  get size(): number {
    return this.#byTask.size;
  }

  /** Grows whenever a room comes or goes, and when nodes do. */
  get version(): number {
    return this.#version;
  }

  /** Those for which room is kept. */
  tasks(): Iterable<Task> {
    return this.#byTask.keys();
  }

  /** Of the rooms that are kept, each once. */
  classes(): Iterable<TaskClass> {
    return this.#perClass.keys();
  }

  has(task: Task): boolean {
    return this.#byTask.has(task);
  }

  /** Some task of the job has one. O(1) while there are none, else O(tasks of the job). */
  hasAnyOf({ tasks }: Job): boolean {
    if (this.#byTask.size === 0) return false;
    for (let task = tasks.first; task !== undefined; task = task.nextInJob) if (this.#byTask.has(task)) return true;
    return false;
  }

  /** Index of the node on which room for one task of the class, and nothing beside it, is kept for the task, which has not had its turn; else -1. */
  untouched(task: Task, taskClass: TaskClass): number {
    const nomination = this.#byTask.get(task);
    if (nomination === undefined || nomination.isLifted || nomination.taskClass !== taskClass) return -1;
    if (nomination.grants !== taskClass) return -1;
    return this.#rooms.indexOf(nomination.node);
  }

  /** The task is promised the room that is kept for it: what its queue was granted is for the caller to move. */
  own(task: Task): void {
    const nomination = this.#byTask.get(task);
    if (nomination === undefined) return;
    this.#setLifted(nomination, true);
    nomination.isOwned = true;
  }

  /** It is so no more, and the room is kept as before; false where it never was. */
  disown(task: Task): boolean {
    const nomination = this.#byTask.get(task);
    if (nomination?.isOwned !== true) return false;
    this.#setLifted(nomination, false);
    nomination.isOwned = false;
    return true;
  }

  /** The task was promised just the room that is kept for it. */
  isOn(task: Task, node: number): boolean {
    const nomination = this.#byTask.get(task);
    return nomination !== undefined && nomination.isLifted && this.#rooms.indexOf(nomination.node) === node;
  }

  /** Index of the node on which room is kept for the task, or -1. */
  placeOf(task: Task): number {
    return this.#rooms.indexOf(this.#byTask.get(task)?.node ?? '');
  }

  /** Keeps room for one task of the task's class on the node; an older nomination of the task goes. */
  set(task: Task, index: number): void {
    this.drop(task);
    const node = this.#rooms.nameOf(index);
    if (node === undefined) return;
    const { class: taskClass, record } = task;
    const room = this.#rooms.roomFor(task, node);
    const nomination: Nomination = { ...room, record, isLifted: false, isOwned: false };
    this.#byTask.set(task, nomination);
    this.#untaken += 1;
    this.#version += 1;
    this.#perClass.set(taskClass, (this.#perClass.get(taskClass) ?? 0) + 1);
    this.#keep(task, nomination, 1);
  }

  /** The task's turn has come: its room is free to it. The node, or -1 without a nomination. */
  lift(task: Task): number {
    const nomination = this.#byTask.get(task);
    if (nomination === undefined) return -1;
    if (!nomination.isLifted) this.#keep(task, nomination, -1);
    this.#setLifted(nomination, true);
    return this.#rooms.indexOf(nomination.node);
  }

  /** The task gave back what it took: its room is kept again. */
  restore(task: Task): void {
    const nomination = this.#byTask.get(task);
    if (nomination?.isLifted !== true) return;
    this.#setLifted(nomination, false);
    this.#keep(task, nomination, 1);
  }

  /** Where rooms are kept for tasks of the job, for `keepAgain`. O(1) while there are none, else O(tasks of the job) */
  ofJob({ tasks }: Job): readonly (readonly [Task, number])[] {
    const rooms: (readonly [Task, number])[] = [];
    if (this.#byTask.size === 0) return rooms;
    for (let task = tasks.first; task !== undefined; task = task.nextInJob) {
      const index = this.placeOf(task);
      if (index >= 0) rooms.push([task, index]);
    }
    return rooms;
  }

  /** All that was done since is taken back: rooms that were dropped meanwhile are kept as before. */
  keepAgain(rooms: readonly (readonly [Task, number])[]): void {
    for (const [task, index] of rooms) if (!this.#byTask.has(task)) this.set(task, index);
  }

  drop(task: Task): void {
    const nomination = this.#byTask.get(task);
    if (nomination === undefined) return;
    this.#forget(task, nomination);
    if (!nomination.isLifted) this.#keep(task, nomination, -1);
  }

  #setLifted(nomination: Nomination, isLifted: boolean): void {
    if (nomination.isLifted !== isLifted) this.#untaken += isLifted ? -1 : 1;
    nomination.isLifted = isLifted;
  }

  #forget(task: Task, { taskClass, isLifted }: Nomination): void {
    this.#byTask.delete(task);
    if (!isLifted) this.#untaken -= 1;
    this.#version += 1;
    const left = (this.#perClass.get(taskClass) ?? 0) - 1;
    if (left > 0) this.#perClass.set(taskClass, left);
    else this.#perClass.delete(taskClass);
  }

  /** The task, or how it counts, changed: whether its room is still kept is looked at when the rooms are settled. */
  doubt(task: Task): void {
    if (this.#byTask.has(task)) this.#doubtful.add(task);
  }

  /** Drops those of owners that wait no more, or ask for something else by now. O(owners that changed) */
  settle(isWaiting: (task: Task) => boolean): void {
    for (const task of this.#doubtful) {
      const nomination = this.#byTask.get(task);
      if (nomination === undefined) continue;
      const { taskClass, queue } = nomination;
      if (!isWaiting(task) || task.class !== taskClass || task.job?.queue !== queue) this.drop(task);
    }
    this.#doubtful.clear();
  }

  /**
   * At the end of a cycle: drops those of owners that were given no room and promised none. So many were promised theirs with their block
   * (`JobBlock.standing`). O(1) where those are all that nobody took, else O(rooms)
   */
  sweep(standing: number): void {
    if (this.#untaken === standing) return;
    for (const [task, { isLifted }] of this.#byTask) {
      if (!isLifted && task.job?.block?.standing === undefined) this.drop(task);
    }
  }

  /** The columns were made anew: charges each again; those on nodes that are gone go. */
  recharge(): void {
    this.#version += 1;
    for (const [task, nomination] of this.#byTask) {
      if (this.#rooms.recharge(nomination)) {
        this.#kept.devices.charge(task, this.#rooms.indexOf(nomination.node), 1);
        this.#keepForOthers(nomination, 1);
        continue;
      }
      this.#forget(task, nomination);
      this.#kept.claims.drop(task);
      this.#kept.devices.drop(task);
      this.#kept.numa.drop(task);
    }
  }

  /** As others count it, with the index of its node: those whose room is kept. */
  *counted(): Iterable<readonly [CountedTask, number]> {
    for (const nomination of this.#byTask.values()) {
      const node = this.#rooms.indexOf(nomination.node);
      if ((!nomination.isLifted || nomination.isOwned) && node >= 0) yield [countedAs(nomination), node];
    }
  }

  /** Who comes meanwhile takes neither its ports nor, by rules between pods, its place. */
  #keepForOthers(nomination: Nomination, sign: 1 | -1): void {
    const node = this.#rooms.indexOf(nomination.node);
    if (node < 0) return;
    const { podRules, index } = this.#kept;
    podRules.charge(countedAs(nomination), node, sign);
    const { hostPorts } = nomination.taskClass.shape;
    if (hostPorts.length > 0) index.claimPorts(node, hostPorts, sign === 1);
  }

  /** With the devices, the parts of cards and the NUMA nodes that it will need there. */
  #keep(task: Task, nomination: Nomination, sign: 1 | -1): void {
    this.#rooms.charge(nomination, sign);
    this.#keepForOthers(nomination, sign);
    const { claims, devices, numa } = this.#kept;
    const node = this.#rooms.indexOf(nomination.node);
    if (claims.isUsed) claims.place(task, node, sign, TaskStatus.Pipelined);
    if (devices.isUsed && node >= 0) devices.place(task, node, sign, TaskStatus.Pipelined);
    if (numa.isUsed) numa.place(task, node, sign, TaskStatus.Pipelined);
  }
}

function countedAs({ record, taskClass }: Nomination): CountedTask {
  return { record, class: taskClass, status: TaskStatus.Pipelined };
}
