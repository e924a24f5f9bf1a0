import { buildWinners, updateWinners, winnerBetween } from './winner-tree.ts';

/** Numbers in a block, and what turns an index into that of its block. */
const BLOCK = 64;
const SHIFT = 6;
/** Room for blocks of numbers: at first, and how many times as much when it is full. */
const LEAST_BLOCKS = 8;
const GROWTH = 4;
/** All numbers of the block are the same: they lie nowhere. */
const UNIFORM = -1;

/**
 * The best of many numbers at any time: a tree of winners over blocks of numbers, and one in each block whose numbers are
 * not all the same. Those are few while a cluster is filled node by node; the others cost neither memory nor time.
 * Best in O(1), one changed number in O(log n), built in O(runs of equal numbers + n / 64). The lower index wins ties.
 */
export class Tournament {
  readonly size: number;
  readonly #blocks: number;
  /** Leaves of the upper tree. */
  readonly #width: number;
  /** Highest number by block; -Infinity beyond the last. */
  readonly #best: Float64Array;
  readonly #winners: Uint16Array;
  /** Which part of the arrays below belongs to the block, or UNIFORM. */
  readonly #slots: Int32Array;
  #numbers = new Float64Array(0);
  #blockWinners = new Uint16Array(0);
  #used = 0;

  constructor(size: number) {
    this.size = size;
    this.#blocks = Math.ceil(size / BLOCK);
    let width = 2;
    while (width < this.#blocks) width *= 2;
    this.#width = width;
    this.#best = new Float64Array(width).fill(-Infinity);
    this.#winners = new Uint16Array(width);
    this.#slots = new Int32Array(this.#blocks).fill(UNIFORM);
  }

  /** Index of the highest number that is above -Infinity, or -1. */
  best(): number {
    const block = this.#winners[1] ?? 0;
    return this.#best[block] === -Infinity ? -1 : this.#bestOf(block);
  }

  /** The best of those from `first` on, before `end`, or -1. O(log n). */
  bestBetween(first: number, end: number): number {
    if (first >= end) return -1;
    const [low, high] = [first >>> SHIFT, (end - 1) >>> SHIFT];
    if (low === high) return this.#bestInBlock(low, first, end);
    const between = winnerBetween(this.#winners, 0, this.#best, this.#width, low + 1, high);
    let best = this.#bestInBlock(low, first, (low + 1) * BLOCK);
    for (const rival of [between < 0 ? -1 : this.#bestOf(between), this.#bestInBlock(high, high * BLOCK, end)]) {
      if (this.#numberAt(rival) > this.#numberAt(best)) best = rival;
    }
    return best;
  }

  set(index: number, number: number): void {
    const block = index >>> SHIFT;
    let slot = this.#slots[block] ?? UNIFORM;
    if (slot === UNIFORM) {
      if (this.#best[block] === number) return;
      slot = this.#open(block);
    }
    const at = slot << SHIFT;
    const leaf = index & (BLOCK - 1);
    if (this.#numbers[at + leaf] === number) return;
    this.#numbers[at + leaf] = number;
    updateWinners(this.#blockWinners, at, this.#numbers, BLOCK, leaf);
    const best = this.#numbers[at + (this.#blockWinners[at + 1] ?? 0)] ?? -Infinity;
    if (this.#best[block] === best) return;
    this.#best[block] = best;
    updateWinners(this.#winners, 0, this.#best, this.#width, block);
  }

  /** Forgets all numbers; they are given anew by `fill`, run by run, and `finish` ends that. */
  clear(): void {
    this.#used = 0;
    this.#slots.fill(UNIFORM);
    this.#best.fill(-Infinity);
  }

  /** The same number for all from `first` on, before `end`. */
  fill(first: number, end: number, number: number): void {
    for (let block = first >>> SHIFT; block * BLOCK < end; block += 1) {
      const from = Math.max(first, block * BLOCK);
      const to = Math.min(end, (block + 1) * BLOCK);
      if (to - from === BLOCK || (from === block * BLOCK && to === this.size)) {
        this.#best[block] = number;
        continue;
      }
      const slot = this.#slots[block] ?? UNIFORM;
      const at = ((slot === UNIFORM ? this.#open(block) : slot) - block) * BLOCK;
      this.#numbers.fill(number, at + from, at + to);
    }
  }

  finish(): void {
    for (let block = 0; block < this.#blocks; block += 1) {
      const slot = this.#slots[block] ?? UNIFORM;
      if (slot === UNIFORM) continue;
      const at = slot * BLOCK;
      buildWinners(this.#blockWinners, at, this.#numbers, BLOCK);
      this.#best[block] = this.#numbers[at + (this.#blockWinners[at + 1] ?? 0)] ?? -Infinity;
    }
    buildWinners(this.#winners, 0, this.#best, this.#width);
  }

  /** Gives a uniform block numbers of its own. */
  #open(block: number): number {
    const slot = this.#used;
    const at = slot * BLOCK;
    if (at === this.#numbers.length) this.#grow();
    const size = Math.min(BLOCK, this.size - block * BLOCK);
    this.#numbers.fill(this.#best[block] ?? -Infinity, at, at + size).fill(-Infinity, at + size, at + BLOCK);
    buildWinners(this.#blockWinners, at, this.#numbers, BLOCK);
    this.#used += 1;
    this.#slots[block] = slot;
    return slot;
  }

  #grow(): void {
    const blocks = Math.min(this.#blocks, Math.max(LEAST_BLOCKS, GROWTH * this.#used));
    const length = blocks * BLOCK;
    const [numbers, winners] = [new Float64Array(length), new Uint16Array(length)];
    numbers.set(this.#numbers);
    winners.set(this.#blockWinners);
    [this.#numbers, this.#blockWinners] = [numbers, winners];
  }

  #bestOf(block: number): number {
    const slot = this.#slots[block] ?? UNIFORM;
    return block * BLOCK + (slot === UNIFORM ? 0 : (this.#blockWinners[slot * BLOCK + 1] ?? 0));
  }

  #bestInBlock(block: number, first: number, end: number): number {
    const slot = this.#slots[block] ?? UNIFORM;
    if (slot === UNIFORM) return this.#best[block] === -Infinity ? -1 : first;
    const [from, at] = [block * BLOCK, slot * BLOCK];
    const leaf = winnerBetween(this.#blockWinners, at, this.#numbers, BLOCK, first - from, end - from);
    return leaf < 0 ? -1 : from + leaf;
  }

  #numberAt(index: number): number {
    if (index < 0) return -Infinity;
    const block = index >>> SHIFT;
    const slot = this.#slots[block] ?? UNIFORM;
    const number = slot === UNIFORM ? this.#best[block] : this.#numbers[slot * BLOCK + (index & (BLOCK - 1))];
    return number ?? -Infinity;
  }
}
