import type { Snapshot } from '../ledger/snapshot.ts';
import type { TaskClass } from '../model/task-class.ts';

/** With more of them an order of the nodes for each class is cheaper. */
const MOST_RUNS = 32;

/** In the order of nodes: the first node of each, and the one behind its last. */
export interface Runs {
  readonly first: readonly number[];
  readonly end: readonly number[];
}

/**
 * Nodes with room for somebody, in runs of neighbours that hold and offer the same: one look at each run tells which node is best for a class
 * that minds nothing but amounts. Shared by all classes: while a cluster is filled node by node the runs are few, and classes that take
 * turns need no order of the nodes each. A node that lacks what every class that looked asks for has no room for anybody.
 */
export class OpenRuns {
  readonly #snapshot: Snapshot;
  readonly #most: number;
  readonly #runs = { first: [] as number[], end: [] as number[] };
  /** The least that a class asked for, by resource. */
  #least: number[] = [];
  /** What some node offered then: of another list the least is of other resources. */
  #offered: readonly number[] = [];
  #isUsable = true;
  #nodesVersion = -1;
  #syncedTo = -1;

  constructor(snapshot: Snapshot, most = MOST_RUNS) {
    this.#snapshot = snapshot;
    this.#most = most;
  }

  /** All nodes that the class fits on stand in one of these; undefined when they are too many. */
  of(taskClass: TaskClass): Runs | undefined {
    if (!this.#isUsable) return undefined;
    const { nodes, nodesVersion, recency } = this.#snapshot;
    const isOther = this.#nodesVersion !== nodesVersion || this.#offered !== nodes.offered;
    if (this.#lower(taskClass) || isOther) this.#build();
    else if (this.#syncedTo !== recency.now) this.#replay();
    return this.#isUsable ? this.#runs : undefined;
  }

  /** Called once a cycle: where they were too many they are looked for anew, whoever asked before. */
  open(): void {
    if (this.#isUsable) return;
    this.#isUsable = true;
    this.#least = [];
    this.#nodesVersion = -1;
  }

  /** The class asks for less of something than all before it. */
  #lower(taskClass: TaskClass): boolean {
    const { offered } = this.#snapshot.nodes;
    const least = this.#least;
    let isLower = false;
    for (let i = 0; i < offered.length; i += 1) {
      const r = offered[i] ?? 0;
      const amount = taskClass.amountOf(r);
      if (amount >= (least[r] ?? Infinity)) continue;
      while (least.length <= r) least.push(Infinity);
      least[r] = amount;
      isLower = true;
    }
    return isLower;
  }

  #build(): void {
    const { nodes, nodesVersion, recency } = this.#snapshot;
    const { first, end: ends } = this.#runs;
    first.length = 0;
    ends.length = 0;
    for (let node = 0; node < nodes.count && this.#isUsable;) {
      const end = nodes.endOfTwins(node);
      if (this.#hasRoom(node)) this.#insert(first.length, node, end);
      node = end;
    }
    this.#nodesVersion = nodesVersion;
    this.#offered = nodes.offered;
    this.#syncedTo = recency.now;
  }

  #replay(): void {
    const { recency } = this.#snapshot;
    let left = this.#most;
    for (
      let node = recency.newest;
      node >= 0 && recency.changedAt(node) > this.#syncedTo;
      node = recency.olderThan(node)
    ) {
      left -= 1;
      if (left < 0) {
        this.#build();
        return;
      }
      this.#change(node);
    }
    this.#syncedTo = recency.now;
  }

  /** The node stands alone from now on, if at all. */
  #change(node: number): void {
    const { first, end } = this.#runs;
    let at = 0;
    while (at < first.length && (end[at] ?? 0) <= node) at += 1;
    const hasRoom = this.#hasRoom(node);
    const from = first[at] ?? Infinity;
    const to = end[at] ?? Infinity;
    if (from === node && to === node + 1 && hasRoom) return;
    if (from <= node) {
      first.splice(at, 1);
      end.splice(at, 1);
      if (node + 1 < to) this.#insert(at, node + 1, to);
      if (from < node) {
        this.#insert(at, from, node);
        at += 1;
      }
    }
    if (hasRoom) this.#insert(at, node, node + 1);
  }

  #insert(at: number, first: number, end: number): void {
    this.#runs.first.splice(at, 0, first);
    this.#runs.end.splice(at, 0, end);
    if (this.#runs.first.length > this.#most) this.#isUsable = false;
  }

  #hasRoom(node: number): boolean {
    const { available, offered } = this.#snapshot.nodes;
    for (let i = 0; i < offered.length; i += 1) {
      const r = offered[i] ?? 0;
      const least = this.#least[r] ?? 0;
      // A node that offers less than it did may have less than nothing left of what a class does not ask for.
      if (least > 0 && (available[r]?.[node] ?? 0) < least) return false;
    }
    return true;
  }
}
