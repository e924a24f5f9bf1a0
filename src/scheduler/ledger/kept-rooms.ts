import type { Queue } from '../model/queue.ts';
import type { Needs, TaskClass } from '../model/task-class.ts';
import type { NodeTable } from '../placement/node-table.ts';
import type { Recency } from '../placement/recency.ts';

/** Room for one task of a class on a node, kept beyond a cycle. */
export interface KeptRoom {
  /** By name: indices move when nodes come and go. */
  readonly node: string;
  readonly taskClass: TaskClass;
  /** What it may take counts there. */
  readonly queue: Queue | undefined;
  /** What counts: amounts of the class, and devices of classes that queues limit. */
  readonly grants: Needs;
}

/** Charges kept rooms to the `pipelined` column of their nodes, and to what their queues have granted. */
export class KeptRooms {
  readonly #nodes: NodeTable;
  readonly #recency: Recency;

  constructor(nodes: NodeTable, recency: Recency) {
    this.#nodes = nodes;
    this.#recency = recency;
  }

  /** Index of the node of this name, or -1. */
  indexOf(node: string): number {
    return this.#nodes.indexOf(node);
  }

  nameOf(index: number): string | undefined {
    return this.#nodes.records[index]?.name;
  }

  charge(room: KeptRoom, sign: 1 | -1): void {
    room.queue?.grant(room.grants, sign);
    this.#chargeNode(room, sign);
  }

  /** The columns were made anew: charges it again. False when its node is gone, and so is the room. */
  recharge(room: KeptRoom): boolean {
    if (this.indexOf(room.node) >= 0) {
      this.#chargeNode(room, 1);
      return true;
    }
    room.queue?.grant(room.grants, -1);
    return false;
  }

  #chargeNode({ node, taskClass }: KeptRoom, sign: 1 | -1): void {
    const index = this.indexOf(node);
    if (index < 0) return;
    this.#nodes.chargePipelined(index, taskClass, sign);
    this.#recency.touch(index);
  }
}
