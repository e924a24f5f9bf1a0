import type { Refusal } from '../model/refusal.ts';
import type { Queue } from '../model/queue.ts';
import type { TaskClass } from '../model/task-class.ts';
import { PODS_IX } from '../model/resource-table.ts';
import { EPSILON } from './epsilon.ts';
import type { QueueClaim } from './guarantees.ts';
import type { Level } from './queue-level.ts';
import type { QueueShare } from './water-filling.ts';

/** Shares are told apart by this part of what is deserved: whose is smaller is not for the rounding of `deserved` to say. */
const SHARE_STEPS = 2 ** 40;

/** What a queue's waiting jobs can do with what is left of its share. */
export interface Outlook {
  /** One of them could take its next step within the share. */
  canMove: boolean;
  /** When the oldest group was made that has not started. */
  oldestStarterMs: number;
  /** Groups of one of this class cannot: others that are alike need not be looked at. */
  stuckClass: TaskClass | undefined;
}

/** A queue's part of the cluster during one cycle; the ledger is read live from the queue. */
export class Share implements QueueShare, Level {
  readonly queue: Queue;
  /** What the queues below it hold counts for them alone. */
  readonly isBranch = false;
  readonly weight: number;
  /** All that the cluster has. */
  readonly total: Float64Array;
  readonly capability: Float64Array;
  readonly limit: Float64Array;
  readonly guarantee: Float64Array;
  /** What the queue says that it deserves, within its limit; below zero where it says nothing. */
  readonly declared: Float64Array;
  readonly floor: Float64Array;
  readonly request: Float64Array;
  readonly deserved: Float64Array;
  /** Undefined when nothing waits that could run, or nobody else wants anything. */
  outlook: Outlook | undefined;
  /** What follows from what the queue holds, and the state of its ledger that it follows from. */
  #readAt = -1;
  #isSatisfied = false;
  #isOpenToMore = false;
  #refusal: Refusal | undefined;
  #shareAt = -1;
  #share = 0;

  /** `reserved` is what is guaranteed to others, which is never more than the total. */
  constructor({ queue, capability, guarantee, declared }: QueueClaim, total: Float64Array, reserved: Float64Array) {
    this.queue = queue;
    this.total = total;
    this.weight = queue.record.weight;
    this.capability = capability;
    this.guarantee = guarantee;
    this.limit = total.map((all, r) => Math.min(capability[r] ?? Infinity, all - (reserved[r] ?? 0)));
    this.declared = declared.map((amount, r) => (amount < 0 ? amount : Math.min(amount, this.limit[r] ?? 0)));
    this.floor = new Float64Array(total.length);
    this.request = new Float64Array(total.length);
    this.deserved = new Float64Array(total.length);
  }

  /** What is held, and what waits less what is of no use. What waits in a closed queue gets nothing: it keeps no share from the others. */
  ask(unusable: readonly number[]): void {
    const { allocated, pending, isOpen } = this.queue;
    for (let r = 0; r < this.request.length; r += 1) {
      const waiting = isOpen ? (pending[r] ?? 0) - (unusable[r] ?? 0) : 0;
      this.request[r] = (allocated[r] ?? 0) + waiting;
    }
  }

  /** What it may have taken back from others, and what others leave it: what it declares, else its fair share. */
  owed(r: number): number {
    const declared = this.declared[r] ?? -1;
    return declared < 0 ? (this.deserved[r] ?? 0) : Math.max(declared, this.guarantee[r] ?? 0);
  }

  /**
   * The queue may have all that there is of the resource: no other queue has a claim, and what is free is for the nodes
   * to say. `held` must stay within the capability all the same: some of it may sit on nodes that are gone.
   */
  isAll(resource: number, most: number, held: number): boolean {
    return most >= (this.total[resource] ?? 0) - EPSILON && held <= (this.capability[resource] ?? Infinity) + EPSILON;
  }

  /**
   * So much more may be taken within what is deserved, when so much counts beside what is held; pod slots are not divided
   * by weight.
   */
  hasRoom(r: number, asked: number, beside = 0): boolean {
    const most = (r === PODS_IX ? this.limit[r] : this.deserved[r]) ?? 0;
    const held = (this.queue.allocated[r] ?? 0) + beside + asked;
    return asked <= 0 || held <= most + EPSILON || this.isAll(r, most, held);
  }

  /** None of its waiting jobs can take its next step within the share. */
  get isStuck(): boolean {
    return this.outlook?.canMove === false;
  }

  /** The queue holds all that it asks for and can use. */
  isSatisfied(): boolean {
    this.#read();
    return this.#isSatisfied;
  }

  /** Of some resource less is held than is deserved. */
  isOpenToMore(): boolean {
    this.#read();
    return this.#isOpenToMore;
  }

  /** The dominant part of what is deserved that is held already. */
  share(): number {
    const { moves } = this.queue;
    if (this.#shareAt !== moves) {
      this.#shareAt = moves;
      this.#share = this.#dominantPart();
    }
    return this.#share;
  }

  /** What all are told whom the queue has nothing for, made once for what it holds now. */
  refusal(make: () => Refusal): Refusal {
    this.#read();
    this.#refusal ??= make();
    return this.#refusal;
  }

  /** Most calls come while the queue holds what it held. */
  #read(): void {
    const { moves } = this.queue;
    if (this.#readAt === moves) return;
    this.#readAt = moves;
    this.#isSatisfied = this.#holdsAll();
    this.#isOpenToMore = this.#hasLess();
    this.#refusal = undefined;
  }

  #holdsAll(): boolean {
    for (let r = 0; r < this.request.length; r += 1) {
      if (r !== PODS_IX && (this.request[r] ?? 0) > (this.queue.allocated[r] ?? 0) + EPSILON) return false;
    }
    return true;
  }

  #hasLess(): boolean {
    for (let r = 0; r < this.deserved.length; r += 1) {
      if (r === PODS_IX) continue;
      const most = this.deserved[r] ?? 0;
      const held = this.queue.allocated[r] ?? 0;
      if (most > held + EPSILON || (most > 0 && this.isAll(r, most, held + 1))) return true;
    }
    return false;
  }

  #dominantPart(): number {
    let share = 0;
    for (let r = 0; r < this.deserved.length; r += 1) {
      const held = this.queue.allocated[r] ?? 0;
      const deserved = this.deserved[r] ?? 0;
      if (r !== PODS_IX && held > 0) share = Math.max(share, deserved === 0 ? 1 : held / deserved);
    }
    return Math.round(share * SHARE_STEPS) / SHARE_STEPS;
  }
}
