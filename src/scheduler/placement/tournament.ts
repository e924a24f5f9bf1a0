import { buildWinners, updateWinners, winnerBetween } from './winner-tree.ts';
import type { Winners } from './winner-tree.ts';

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
  readonly #upper: Winners;
  /** Which part of the lower ones belongs to the block, or UNIFORM. */
  readonly #slots: Int32Array;
  #lower: Winners = { numbers: new Float64Array(0), winners: new Uint16Array(0) };
  #used = 0;

  constructor(size: number) {
    this.size = size;
    this.#blocks = Math.ceil(size / BLOCK);
    let width = 2;
    while (width < this.#blocks) width *= 2;
    this.#width = width;
    this.#upper = { numbers: new Float64Array(width).fill(-Infinity), winners: new Uint16Array(width) };
    this.#slots = new Int32Array(this.#blocks).fill(UNIFORM);
  }

  /** Index of the highest number that is above -Infinity, or -1. */
  best(): number {
    const { numbers, winners } = this.#upper;
    const block = winners[1] ?? 0;
    return numbers[block] === -Infinity ? -1 : this.#bestOf(block);
  }

  /** The best of those from `first` on, before `end`, or -1. O(log n). */
  bestBetween(first: number, end: number): number {
    if (first >= end) return -1;
    const [low, high] = [first >>> SHIFT, (end - 1) >>> SHIFT];
    if (low === high) return this.#bestInBlock(low, first, end);
    const between = winnerBetween(this.#upper, 0, this.#width, low + 1, high);
    let best = this.#bestInBlock(low, first, (low + 1) * BLOCK);
    for (const rival of [between < 0 ? -1 : this.#bestOf(between), this.#bestInBlock(high, high * BLOCK, end)]) {
      if (this.numberAt(rival) > this.numberAt(best)) best = rival;
    }
    return best;
  }

  /** The best of several ranges, given as first and end, first and end. O(ranges x log n). */
  bestOf(ranges: readonly number[]): number {
    if (ranges[0] === 0 && ranges[1] === this.size) return this.best();
    let best = -1;
    for (let i = 0; i < ranges.length; i += 2) {
      const rival = this.bestBetween(ranges[i] ?? 0, ranges[i + 1] ?? 0);
      if (this.numberAt(rival) > this.numberAt(best)) best = rival;
    }
    return best;
  }

  /** -Infinity for -1. */
  numberAt(index: number): number {
    if (index < 0) return -Infinity;
    const block = index >>> SHIFT;
    const slot = this.#slots[block] ?? UNIFORM;
    const number =
      slot === UNIFORM ? this.#upper.numbers[block] : this.#lower.numbers[slot * BLOCK + (index & (BLOCK - 1))];
    return number ?? -Infinity;
  }

  set(index: number, number: number): void {
    const block = index >>> SHIFT;
    let slot = this.#slots[block] ?? UNIFORM;
    if (slot === UNIFORM) {
      if (this.#upper.numbers[block] === number) return;
      slot = this.#open(block);
      buildWinners(this.#lower, slot * BLOCK, BLOCK);
    }
    const { numbers } = this.#lower;
    const at = slot << SHIFT;
    const leaf = index & (BLOCK - 1);
    if (numbers[at + leaf] === number) return;
    numbers[at + leaf] = number;
    updateWinners(this.#lower, at, BLOCK, leaf);
    const best = this.#highest(at);
    if (this.#upper.numbers[block] === best) return;
    this.#upper.numbers[block] = best;
    updateWinners(this.#upper, 0, this.#width, block);
  }

  /** Forgets all numbers; they are given anew by `fill`, run by run, and `finish` ends that. */
  clear(): void {
    this.#used = 0;
    this.#slots.fill(UNIFORM);
    this.#upper.numbers.fill(-Infinity);
  }

  /** The same number for all from `first` on, before `end`. */
  fill(first: number, end: number, number: number): void {
    for (let block = first >>> SHIFT; block * BLOCK < end; block += 1) {
      const from = Math.max(first, block * BLOCK);
      const to = Math.min(end, (block + 1) * BLOCK);
      if (to - from === BLOCK || (from === block * BLOCK && to === this.size)) {
        this.#upper.numbers[block] = number;
        continue;
      }
      const slot = this.#slots[block] ?? UNIFORM;
      const at = ((slot === UNIFORM ? this.#open(block) : slot) - block) * BLOCK;
      this.#lower.numbers.fill(number, at + from, at + to);
    }
  }

  finish(): void {
    for (let block = 0; block < this.#blocks; block += 1) {
      const slot = this.#slots[block] ?? UNIFORM;
      if (slot === UNIFORM) continue;
      buildWinners(this.#lower, slot * BLOCK, BLOCK);
      this.#upper.numbers[block] = this.#highest(slot * BLOCK);
    }
    buildWinners(this.#upper, 0, this.#width);
  }

  /** Gives a uniform block numbers of its own; who wins among them is for the caller. */
  #open(block: number): number {
    const slot = this.#used;
    const at = slot * BLOCK;
    if (at === this.#lower.numbers.length) this.#grow();
    const end = at + Math.min(BLOCK, this.size - block * BLOCK);
    const { numbers } = this.#lower;
    numbers.fill(this.#upper.numbers[block] ?? -Infinity, at, end).fill(-Infinity, end, at + BLOCK);
    this.#used += 1;
    this.#slots[block] = slot;
    return slot;
  }

  #grow(): void {
    const blocks = Math.min(this.#blocks, Math.max(LEAST_BLOCKS, GROWTH * this.#used));
    const length = blocks * BLOCK;
    const grown = { numbers: new Float64Array(length), winners: new Uint16Array(length) };
    grown.numbers.set(this.#lower.numbers);
    grown.winners.set(this.#lower.winners);
    this.#lower = grown;
  }

  /** Of the block whose numbers lie there. */
  #highest(at: number): number {
    const { numbers, winners } = this.#lower;
    return numbers[at + (winners[at + 1] ?? 0)] ?? -Infinity;
  }

  #bestOf(block: number): number {
    const slot = this.#slots[block] ?? UNIFORM;
    return block * BLOCK + (slot === UNIFORM ? 0 : (this.#lower.winners[slot * BLOCK + 1] ?? 0));
  }

  #bestInBlock(block: number, first: number, end: number): number {
    const slot = this.#slots[block] ?? UNIFORM;
    if (slot === UNIFORM) return this.#upper.numbers[block] === -Infinity ? -1 : first;
    const from = block * BLOCK;
    const at = slot * BLOCK;
    const leaf = winnerBetween(this.#lower, at, BLOCK, first - from, end - from);
    return leaf < 0 ? -1 : from + leaf;
  }
}
