import type { Job } from '../model/job.ts';
import type { Task } from '../model/task.ts';
import type { NodeTable } from '../placement/node-table.ts';
import type { Recency } from '../placement/recency.ts';

/**
 * Where one group that has waited for too long will stand: what becomes free there is kept for it, cycle by cycle. The
 * rooms are charged to their nodes while a cycle lasts, to no queue, and may be more than is free.
 */
export class Reservation {
  readonly #nodes: NodeTable;
  readonly #recency: Recency;
  /** Undefined while nobody has waited for so long. */
  #job: Job | undefined;
  /** When it was made, milliseconds since 1970. */
  #sinceMs = 0;
  /** Names of nodes: indices move when nodes come and go. */
  readonly #places = new Map<Task, string>();
  /** Tasks whose room is charged, with its node. */
  readonly #charged: (readonly [Task, number])[] = [];

  constructor(nodes: NodeTable, recency: Recency) {
    this.#nodes = nodes;
    this.#recency = recency;
  }

  get job(): Job | undefined {
    return this.#job;
  }

  get sinceMs(): number {
    return this.#sinceMs;
  }

  /** The group for which room is to be kept. */
  take(job: Job | undefined, nowMs: number): void {
    if (this.#job === job) return;
    this.uncharge();
    this.#places.clear();
    this.#job = job;
    this.#sinceMs = nowMs;
  }

  /** Tasks for which room was kept in the latest cycle, each with the name of its node. */
  get places(): ReadonlyMap<Task, string> {
    return this.#places;
  }

  /** The node on which the task was to stand, or -1. */
  placeOf(task: Task): number {
    return this.#nodes.indexOf(this.#places.get(task) ?? '');
  }

  /** Keeps room for the task on the node, in this cycle and as long as nobody says otherwise in the next ones. */
  keep(task: Task, node: number): void {
    this.#places.set(task, this.#nodes.records[node]?.name ?? '');
    this.#charged.push([task, node]);
    this.#charge(task, node, 1);
  }

  /** Names of the nodes with room that is kept. */
  nodeNames(): readonly string[] {
    return [...new Set(this.#charged.map(([, node]) => this.#nodes.records[node]?.name ?? ''))];
  }

  /** Lets the rooms go until `recharge`. */
  lift(): void {
    for (const [task, node] of this.#charged) this.#charge(task, node, -1);
  }

  recharge(): void {
    for (const [task, node] of this.#charged) this.#charge(task, node, 1);
  }

  /** The cycle ends: nothing is charged any more. */
  uncharge(): void {
    this.lift();
    this.#charged.length = 0;
  }

  forget(task: Task): void {
    this.#places.delete(task);
  }

  #charge(task: Task, node: number, sign: 1 | -1): void {
    this.#nodes.chargePipelined(node, task.class, sign);
    this.#recency.touch(node);
  }
}
