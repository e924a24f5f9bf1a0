/** Whole numbers are spread over the slots by it: 2^32 by the golden ratio, odd. */
const SPREAD = 0x9e3779b1;
/** In a slot that is empty. */
export const NO_KEY = -1;

/**
 * A memo of numbers by whole numbers from 0 on, of fixed size: two keys that share a slot push each other out, and nothing is
 * allocated once it is made. O(1).
 */
export class RecentNumbers {
  /** Of each slot the key, and the number behind it: who finds the one has the other. */
  readonly #slots: Float64Array;
  readonly #shift: number;

  /** It has 2^`bits` slots of 16 bytes. */
  constructor(bits: number) {
    this.#slots = new Float64Array(2 ** (bits + 1)).fill(NO_KEY);
    this.#shift = 32 - bits;
  }

  /** NaN for a key that was not put in, or was pushed out. */
  get(key: number): number {
    const at = this.#placeOf(key);
    return this.#slots[at] === key ? (this.#slots[at + 1] ?? NaN) : NaN;
  }

  set(key: number, number: number): void {
    const at = this.#placeOf(key);
    this.#slots[at] = key;
    this.#slots[at + 1] = number;
  }

  #placeOf(key: number): number {
    return 2 * slotOf(key, this.#shift);
  }
}

/** Where the key stands among 2^(32 - `shift`) slots. */
export function slotOf(key: number, shift: number): number {
  return Math.imul(key, SPREAD) >>> shift;
}
