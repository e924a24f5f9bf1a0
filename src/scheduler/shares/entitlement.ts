import type { Queue } from '../model/queue.ts';
import { PODS_IX } from '../model/resource-table.ts';
import type { KeptFree } from './kept-free.ts';
import { heldAt } from './queue-level.ts';
import { PLAINLY } from './queue-room.ts';
import type { Level } from './queue-level.ts';

/** What a level of queues may hold and is owed; vectors are indexed like the resource table. */
export interface Amounts {
  /** Most that it may ever hold; Infinity where only the nodes say so. */
  readonly most: Float64Array;
  readonly guarantee: Float64Array;
  /** What it deserves; below zero where nothing is declared. */
  readonly deserved: Float64Array;
}

/** The declared rights of a queue's own jobs, or of a queue with all that is below it, during one cycle. */
export class Entitlement implements Level, Amounts {
  readonly queue: Queue;
  readonly isBranch: boolean;
  readonly most: Float64Array;
  readonly guarantee: Float64Array;
  readonly deserved: Float64Array;
  /** What it has to leave free for its siblings; undefined where nothing is guaranteed to any of them. */
  keptFree: KeptFree | undefined;
  #readAt = -1;
  #share = 0;

  constructor(queue: Queue, isBranch: boolean, { most, guarantee, deserved }: Amounts) {
    this.queue = queue;
    this.isBranch = isBranch;
    this.most = most;
    this.guarantee = guarantee;
    this.deserved = deserved;
  }

  owed(r: number): number {
    return this.deserved[r] ?? -1;
  }

  /** Something is declared to be deserved. */
  get isEntitled(): boolean {
    return this.deserved.some((amount, r) => amount > 0 && r !== PODS_IX);
  }

  /** The dominant part of what is deserved that is held; 1 when nothing is deserved and something held. */
  share(): number {
    const at = this.queue.moves + (this.isBranch ? this.queue.movesBelow : 0);
    if (this.#readAt !== at) {
      this.#readAt = at;
      this.#share = this.#dominantPart();
    }
    return this.#share;
  }

  #dominantPart(): number {
    const { isEntitled } = this;
    let share = 0;
    for (let r = 0; r < this.deserved.length; r += 1) {
      const deserved = this.deserved[r] ?? -1;
      const held = heldAt(this, r, PLAINLY);
      // Of a queue that declares something the other resources say nothing.
      if (r === PODS_IX || held <= 0 || (isEntitled && deserved < 0)) continue;
      share = Math.max(share, deserved > 0 ? held / deserved : 1);
    }
    return share;
  }
}
