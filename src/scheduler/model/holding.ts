import type { Job } from './job.ts';
import type { Queue } from './queue.ts';

/** Of one group, by resource. */
export interface HeldAmounts {
  readonly held: readonly number[];
  readonly heldOrPromised: readonly number[];
}

/** Where a group counts that holds room of a queue, or is promised it; one object for all groups that hold the same. */
export interface Holding {
  readonly queue: Queue;
  readonly pile: HolderPile;
  /** Undefined while nobody asked since the group changed. */
  readonly amounts: HeldAmounts | undefined;
}

/** Removed groups in a list beyond as many as are members, before they leave it although nobody walks. */
const SPARE_SLOTS = 64;
/** Members whose names come first that are known at a time. */
const MOST_FIRST = 16;

/** Groups that count alike. Coming and going costs next to nothing; nothing is kept for each of them but a slot in a list. */
export class HolderPile {
  /** Of members, some of them maybe twice, and of groups that left. */
  #list: Job[] = [];
  #count = 0;
  /** Those whose keys are the smallest, in order; some may have left. Every member whose key is no larger than the last one's is among them. */
  #first: Job[] = [];
  /** All members are among the first. */
  #areAll = true;

  get count(): number {
    return this.#count;
  }

  /** The holding's pile is this one, and the job counts nowhere. */
  add(job: Job, holding: Holding): void {
    job.holding = holding;
    this.#list.push(job);
    this.#count += 1;
    this.#enterFirst(job);
    if (this.#list.length > 2 * this.#count + SPARE_SLOTS) this.members();
  }

  /** The job is a member. */
  remove(job: Job): void {
    job.holding = undefined;
    this.#count -= 1;
  }

  /** In no order. O(members + those that left since the last call) */
  members(): readonly Job[] {
    // Nobody left, and nobody came twice.
    if (this.#list.length === this.#count) return this.#list;
    const list = this.#list.filter(this.#has);
    this.#list = list.length === this.#count ? list : [...new Set(list)];
    return this.#list;
  }

  /** So many members by name. O(1), and O(members) when those that were known have left. */
  firstByName(most: number): readonly Job[] {
    this.#first = this.#first.filter(this.#has);
    if (!this.#areAll && this.#first.length < Math.min(most, this.#count)) {
      this.#first = [];
      this.#areAll = true;
      for (const job of this.members()) this.#enterFirst(job);
    }
    return this.#first.slice(0, most);
  }

  readonly #has = (job: Job): boolean => job.holding?.pile === this;

  #enterFirst(job: Job): void {
    const first = this.#first;
    const last = first.at(-1);
    if (!this.#areAll && (last === undefined || job.key > last.key)) return;
    let at = first.length;
    while (at > 0 && (first[at - 1] as Job).key >= job.key) at -= 1;
    // It left and came back, or another group of its name did.
    const isKnown = first[at]?.key === job.key;
    first.splice(at, isKnown ? 1 : 0, job);
    if (first.length <= MOST_FIRST) return;
    first.pop();
    this.#areAll = false;
  }
}
