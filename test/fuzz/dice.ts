/** Repeatable randomness: the same seed draws the same things (xorshift32). */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed ^ 0x9e37_79b9) >>> 0 || 1;
  }

  /** A whole number from 0 to 2^32 - 1. */
  next(): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state >>> 0;
    return this.#state;
  }

  /** A whole number from 0 to limit - 1. */
  below(limit: number): number {
    return this.next() % limit;
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<T>(list: readonly T[]): T {
    const found = list[this.below(list.length)];
    if (found === undefined) throw new Error('cannot pick: the list is empty');
    return found;
  }

  bytes(length: number): Buffer {
    const out = Buffer.allocUnsafe(length);
    for (let ix = 0; ix < length; ix += 1) out[ix] = this.next() >>> 11;
    return out;
  }
}
