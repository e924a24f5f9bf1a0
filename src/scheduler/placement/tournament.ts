/** Indices fit 16 bits up to this many entries. */
const MAX_SHORT = 65_536;

/**
 * The best of many numbers at any time: a tree in which each inner node names the winner of the two below it.
 * Best in O(1), one changed number in O(log n), built in O(n). The lower index wins ties.
 */
export class Tournament {
  readonly #scores: Float64Array;
  /** Winner by inner node: 1 is the root, the children of `at` are `2 * at` and `2 * at + 1`; leaves follow on them. */
  readonly #winners: Uint16Array | Int32Array;
  /** Number of leaves, a power of two. */
  readonly #width: number;

  constructor(size: number) {
    let width = 1;
    while (width < size) width *= 2;
    this.#width = width;
    this.#scores = new Float64Array(size);
    this.#winners = width <= MAX_SHORT ? new Uint16Array(width) : new Int32Array(width);
  }

  get size(): number {
    return this.#scores.length;
  }

  /** Scores by index; whoever writes into them calls `build`. */
  get scores(): Float64Array {
    return this.#scores;
  }

  /** Index of the highest score that is above -Infinity, or -1. */
  best(): number {
    const winner = this.#width === 1 ? 0 : (this.#winners[1] ?? 0);
    return (this.#scores[winner] ?? -Infinity) === -Infinity ? -1 : winner;
  }

  build(): void {
    const winners = this.#winners;
    const scores = this.#scores;
    const half = this.#width >>> 1;
    for (let at = half; at < this.#width; at += 1) {
      const left = 2 * (at - half);
      winners[at] = (scores[left] ?? -Infinity) >= (scores[left + 1] ?? -Infinity) ? left : left + 1;
    }
    for (let at = half - 1; at >= 1; at -= 1) {
      const left = winners[2 * at] ?? 0;
      const right = winners[2 * at + 1] ?? 0;
      winners[at] = (scores[left] ?? -Infinity) >= (scores[right] ?? -Infinity) ? left : right;
    }
  }

  set(index: number, score: number): void {
    const scores = this.#scores;
    if (scores[index] === score) return;
    scores[index] = score;
    const winners = this.#winners;
    const left = index & ~1;
    let winner = (scores[left] ?? -Infinity) >= (scores[left + 1] ?? -Infinity) ? left : left + 1;
    for (let at = (index + this.#width) >>> 1; ; at >>>= 1) {
      // Somebody else won here before and wins still: nothing changes further up.
      if (at < 1 || (winner === winners[at] && winner !== index)) return;
      winners[at] = winner;
      const sibling = winners[at ^ 1] ?? 0;
      const own = scores[winner] ?? -Infinity;
      const other = scores[sibling] ?? -Infinity;
      // The left child has the lower index.
      const keeps = (at & 1) === 0 ? own >= other : own > other;
      if (!keeps) winner = sibling;
    }
  }
}
