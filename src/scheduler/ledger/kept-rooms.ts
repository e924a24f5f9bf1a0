import type { PodDeviceClaim } from '../../api/records/device-records.ts';
import type { ClassHoldings } from '../claims/class-holdings.ts';
import type { SharingRoom } from '../claims/kept-claims.ts';
import type { Needs, TaskClass } from '../model/task-class.ts';
import type { Task } from '../model/task.ts';
import type { NodeTable } from '../placement/node-table.ts';
import type { Recency } from '../placement/recency.ts';

/** Room for one task of a class on a node, kept beyond a cycle. */
export interface KeptRoom extends SharingRoom {
  /** By name: indices move when nodes come and go. */
  readonly node: string;
  readonly taskClass: TaskClass;
  /** What counts: amounts of the class, and devices of classes that queues limit, but for claims that it shares. */
  readonly grants: Needs;
}

/** Charges kept rooms to the `pipelined` column of their nodes, and to what their queues have granted. */
export class KeptRooms {
  readonly #nodes: NodeTable;
  readonly #recency: Recency;
  readonly #holdings: ClassHoldings;

  constructor(nodes: NodeTable, recency: Recency, holdings: ClassHoldings) {
    this.#nodes = nodes;
    this.#recency = recency;
    this.#holdings = holdings;
  }

  /** For the task, or one like it, on the node. */
  roomFor(task: Task, node: string): KeptRoom {
    const { class: taskClass, job, record } = task;
    const grants = this.#holdings.isUsed ? this.#holdings.ownNeeds(task) : taskClass;
    const shared = record.deviceClaims.length === 0 ? NO_CLAIMS : sharedClaims(record.deviceClaims);
    return { node, taskClass, queue: job?.queue, grants, shared };
  }

  /** Index of the node of this name, or -1. */
  indexOf(node: string): number {
    return this.#nodes.indexOf(node);
  }

  nameOf(index: number): string | undefined {
    return this.#nodes.records[index]?.name;
  }

  charge(room: KeptRoom, sign: 1 | -1): void {
    this.#grant(room, sign);
    this.#chargeNode(room, sign);
  }

  /** The columns were made anew: charges it again. False when its node is gone, and so is the room. */
  recharge(room: KeptRoom): boolean {
    if (this.indexOf(room.node) >= 0) {
      this.#chargeNode(room, 1);
      return true;
    }
    this.#grant(room, -1);
    return false;
  }

  #grant(room: KeptRoom, sign: 1 | -1): void {
    room.queue?.grant(room.grants, sign);
    if (room.shared.length > 0) this.#holdings.kept.keep(room, sign);
  }

  #chargeNode({ node, taskClass }: KeptRoom, sign: 1 | -1): void {
    const index = this.indexOf(node);
    if (index < 0) return;
    this.#nodes.chargePipelined(index, taskClass, sign);
    this.#recency.touch(index);
  }
}

const NO_CLAIMS: readonly string[] = [];

function sharedClaims(claims: readonly PodDeviceClaim[]): readonly string[] {
  return claims.flatMap(({ key, podUid }) => (podUid === '' ? [key] : []));
}
