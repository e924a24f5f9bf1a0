import { partId } from '../../api/cards/choice-text.ts';
import type { ClaimLedger } from '../claims/claim-ledger.ts';
import type { DeviceLedger } from '../devices/device-ledger.ts';
import type { NumaLedger } from '../numa/numa-ledger.ts';
import type { Job } from '../model/job.ts';
import { TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';
import type { NodeTable } from '../placement/node-table.ts';
import type { Recency } from '../placement/recency.ts';
import type { Nominations } from './nominations.ts';
import type { NodeTasks } from './node-tasks.ts';

/** What rooms are charged to. */
interface Ledgers {
  readonly nodes: NodeTable;
  readonly recency: Recency;
  readonly nodeTasks: NodeTasks;
  readonly nominations: Nominations;
  readonly claims: ClaimLedger;
  readonly devices: DeviceLedger;
  readonly numa: NumaLedger;
}

interface Room {
  readonly node: number;
  isCharged: boolean;
}

/**
 * Where one group that has waited for too long will stand: what becomes free there is kept for it, cycle by cycle. The
 * rooms are charged to their nodes while a cycle lasts, to no queue, and may be more than is free: with the devices, the parts of cards and the
 * NUMA nodes that its pods will have there once all pods of groups have ended, and of these with those first that are free now.
 */
export class Reservation {
  readonly #ledgers: Ledgers;
  /** Undefined while nobody has waited for so long. */
  #job: Job | undefined;
  /** When it was made, milliseconds since 1970. */
  #sinceMs = 0;
  /** When its job was planned to start, as far as that was told first; 0 while nobody can tell. */
  #expectedMs = 0;
  /** Names of nodes: indices move when nodes come and go. */
  readonly #places = new Map<Task, string>();
  /** Of this cycle. */
  readonly #rooms = new Map<Task, Room>();

  constructor(ledgers: Ledgers) {
    this.#ledgers = ledgers;
  }

  get job(): Job | undefined {
    return this.#job;
  }

  get sinceMs(): number {
    return this.#sinceMs;
  }

  /** Until when it lasts if it may last so long after its job ought to have started. */
  untilMs(forMs: number): number {
    return Math.max(this.#sinceMs, this.#expectedMs) + forMs;
  }

  /** Its job has a planned start, and needs no other room: later words of a later start do not count. */
  expect(startMs: number): void {
    if (this.#expectedMs === 0) this.#expectedMs = startMs;
  }

  /** The group for which room is to be kept. */
  take(job: Job | undefined, nowMs: number): void {
    if (this.#job === job) return;
    this.uncharge();
    this.#places.clear();
    this.#job = job;
    this.#sinceMs = nowMs;
    this.#expectedMs = 0;
  }

  /** Tasks for which room was kept in the latest cycle, each with the name of its node. */
  get places(): ReadonlyMap<Task, string> {
    return this.#places;
  }

  /** The node on which the task was to stand, or -1. */
  placeOf(task: Task): number {
    return this.#ledgers.nodes.indexOf(this.#places.get(task) ?? '');
  }

  /** Keeps room for the task on the node, in this cycle and as long as nobody says otherwise in the next ones. */
  keep(task: Task, node: number): void {
    this.#places.set(task, this.#nameOf(node));
    const room = { node, isCharged: false };
    this.#rooms.set(task, room);
    this.#charge(task, room);
  }

  /** Tasks for which room is kept in this cycle, in the order in which they got it. */
  get tasks(): readonly Task[] {
    return [...this.#rooms.keys()];
  }

  /** Names of the nodes with room that is kept. */
  nodeNames(): readonly string[] {
    return [...new Set(this.#rooms.values().map(({ node }) => this.#nameOf(node)))];
  }

  /** Names of the devices and cards that are kept, those of each node with its name. */
  deviceNames(): readonly string[] {
    const { claims, devices } = this.#ledgers;
    const names = this.#rooms.entries().flatMap(([task, { node, isCharged }]) => {
      if (!isCharged) return [];
      const claimed = claims.choicesOf(task).flatMap(({ allocation }) => allocation.devices);
      const cards = devices.choiceOf(task)?.flat() ?? [];
      return [
        ...claimed.map(({ driver, pool, device }) => `${driver}/${pool}/${device}`),
        ...cards.map((part) => `card ${partId(part)} of ${this.#nameOf(node)}`),
      ];
    });
    return [...new Set(names)];
  }

  /** Lets the rooms go until `recharge`. */
  lift(): void {
    for (const [task, room] of this.#rooms) this.#discharge(task, room);
  }

  /** Of those that got nothing meanwhile. */
  recharge(): void {
    for (const [task, room] of this.#rooms) this.#charge(task, room);
  }

  /** Asks somebody who has room of his own on the node, as if none were kept there for the group. O(rooms) */
  without(node: number, ask: () => boolean): boolean {
    const rooms = [...this.#rooms].filter(([, room]) => room.node === node && room.isCharged);
    for (const [task, room] of rooms) this.#discharge(task, room);
    const answer = ask();
    for (const [task, room] of rooms) this.#charge(task, room);
    return answer;
  }

  /** The cycle ends, or the job is another one: nothing is charged any more. */
  uncharge(): void {
    this.lift();
    this.#rooms.clear();
  }

  /** The task gets a place: what is kept for it is free to it. O(1) */
  yieldTo(task: Task): void {
    const room = this.#rooms.get(task);
    if (room === undefined) return;
    this.#discharge(task, room);
    this.#rooms.delete(task);
  }

  forget(task: Task): void {
    this.yieldTo(task);
    this.#places.delete(task);
  }

  #nameOf(node: number): string {
    return this.#ledgers.nodes.records[node]?.name ?? '';
  }

  #charge(task: Task, room: Room): void {
    const { nodes, recency, nodeTasks, nominations, claims, devices, numa } = this.#ledgers;
    // Somebody went for it: that room is kept already.
    if (task.status !== TaskStatus.Pending || nominations.has(task)) return;
    const { node } = room;
    room.isCharged = true;
    nodes.chargePipelined(node, task.class, 1);
    recency.touch(node);
    if (!claims.isUsed && !devices.isUsed && !numa.isUsed) return;
    const gone = nodeTasks.ofGroups(node);
    if (claims.isUsed) claims.reserve(task, node, gone);
    if (devices.isUsed) devices.reserve(task, node, gone);
    if (numa.isUsed) numa.reserve(task, node, gone);
  }

  #discharge(task: Task, room: Room): void {
    if (!room.isCharged) return;
    const { nodes, recency, claims, devices, numa } = this.#ledgers;
    const { node } = room;
    room.isCharged = false;
    nodes.chargePipelined(node, task.class, -1);
    recency.touch(node);
    if (claims.isUsed) claims.place(task, node, -1, TaskStatus.Pipelined);
    if (devices.isUsed) devices.place(task, node, -1, TaskStatus.Pipelined);
    if (numa.isUsed) numa.place(task, node, -1, TaskStatus.Pipelined);
  }
}
