/** Numbers, and beside them who wins among which of them. */
export interface Winners {
  readonly numbers: Float64Array;
  readonly winners: Uint16Array;
}

/*
 * A tree of winners over `width` numbers (a power of two, 2 at least), both in pieces of larger arrays: the numbers lie at
 * `at` to `at + width - 1`, the inner nodes at `at + 1`, the root, to `at + width - 1`; the children of `i` are `2 * i` and
 * `2 * i + 1`. Each inner node names the leaf that wins below it. The lower leaf wins ties.
 */

/** Makes all inner nodes anew. O(width). */
export function buildWinners({ numbers, winners }: Winners, at: number, width: number): void {
  const half = width >>> 1;
  for (let i = half; i < width; i += 1) {
    const left = 2 * (i - half);
    winners[at + i] = read(numbers, at + left) >= read(numbers, at + left + 1) ? left : left + 1;
  }
  for (let i = half - 1; i >= 1; i -= 1) {
    const left = winners[at + 2 * i] ?? 0;
    const right = winners[at + 2 * i + 1] ?? 0;
    winners[at + i] = read(numbers, at + left) >= read(numbers, at + right) ? left : right;
  }
}

/** The number of one leaf has changed. O(log width). */
export function updateWinners({ numbers, winners }: Winners, at: number, width: number, leaf: number): void {
  const left = leaf & ~1;
  let winner = read(numbers, at + left) >= read(numbers, at + left + 1) ? left : left + 1;
  for (let i = (leaf + width) >>> 1; ; i >>>= 1) {
    // Somebody else won here before and wins still: nothing changes further up.
    if (i < 1 || (winner === winners[at + i] && winner !== leaf)) return;
    winners[at + i] = winner;
    const sibling = winners[at + (i ^ 1)] ?? 0;
    const own = read(numbers, at + winner);
    const other = read(numbers, at + sibling);
    // The left child has the lower leaves.
    const keeps = (i & 1) === 0 ? own >= other : own > other;
    if (!keeps) winner = sibling;
  }
}

/** The best of the leaves from `first` on, before `end`; -1 when all of them are at -Infinity. O(log width). */
export function winnerBetween(tree: Winners, at: number, width: number, first: number, end: number): number {
  let best = -1;
  let low = first + width;
  let high = end + width;
  while (low < high) {
    if ((low & 1) === 1) {
      best = better(tree, at, best, leafOf(tree, at, width, low));
      low += 1;
    }
    if ((high & 1) === 1) {
      high -= 1;
      best = better(tree, at, best, leafOf(tree, at, width, high));
    }
    low >>>= 1;
    high >>>= 1;
  }
  return best;
}

function leafOf({ winners }: Winners, at: number, width: number, i: number): number {
  return i >= width ? i - width : (winners[at + i] ?? 0);
}

/** Of two leaves, of which the first may be missing; a leaf at -Infinity is none. */
function better({ numbers }: Winners, at: number, best: number, leaf: number): number {
  const most = best < 0 ? -Infinity : read(numbers, at + best);
  const number = read(numbers, at + leaf);
  return number > most || (number === most && leaf < best) ? leaf : best;
}

function read(numbers: Float64Array, at: number): number {
  return numbers[at] ?? -Infinity;
}
