import type { PastUsage } from '../../api/records/queue-record.ts';

/** A record of the past is told anew when it changed, but no more often than this. */
const TOLD_EVERY_MS = 60_000;

/**
 * How much of the cluster a queue has held, the past counting half as much with each half-life: the mean of its share over
 * time, weighted by 2^(-age / half-life), so between 0 and 1. While the share stays as it is the mean follows from a formula, so
 * nothing has to be done: it is brought up to date only when the share changes, and is the exact integral however often that is.
 */
export class QueueUsage {
  readonly #halfLifeMs: number;
  #mean: number;
  #atMs: number;
  #share: number;
  /** State of the ledgers that the share follows from. */
  #seen = -1;
  #told: PastUsage | undefined;
  #isTold: boolean;

  /** `past` is what was told of it before; without, it starts with nothing. What it holds now counts from then on. */
  constructor(halfLifeMs: number, share: number, nowMs: number, past?: PastUsage) {
    this.#halfLifeMs = halfLifeMs;
    this.#mean = past?.mean ?? 0;
    this.#atMs = past?.atMs ?? nowMs;
    this.#share = share;
    this.#told = past;
    this.#isTold = past !== undefined || share === 0;
  }

  /** As it was told last, to be kept beyond this process; undefined while there was nothing to tell. */
  get told(): PastUsage | undefined {
    return this.#told;
  }

  get halfLifeMs(): number {
    return this.#halfLifeMs;
  }

  /** Until when the past is summed up. */
  get atMs(): number {
    return this.#atMs;
  }

  /** O(1). A clock that was set back counts as one that stands still. */
  mean(nowMs: number): number {
    const left = 2 ** (-Math.max(0, nowMs - this.#atMs) / this.#halfLifeMs);
    return this.#share + (this.#mean - this.#share) * left;
  }

  /** The share cannot be another one than it was when `hold` was told the same number. */
  isSeen(seen: number): boolean {
    return this.#seen === seen;
  }

  /** Another share from now on. */
  hold(share: number, seen: number, nowMs: number): void {
    this.#seen = seen;
    if (share === this.#share) return;
    this.#mean = this.mean(nowMs);
    this.#atMs = Math.max(this.#atMs, nowMs);
    this.#share = share;
    this.#isTold = false;
  }

  /** True when there is something new to tell, and it is time: `told` is that from now on. */
  tell(nowMs: number): boolean {
    if (this.#isTold || nowMs - (this.#told?.atMs ?? -Infinity) < TOLD_EVERY_MS) return false;
    this.#mean = this.mean(nowMs);
    this.#atMs = Math.max(this.#atMs, nowMs);
    this.#told = { mean: this.#mean, atMs: this.#atMs };
    this.#isTold = true;
    return true;
  }
}
