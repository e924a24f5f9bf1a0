/** Whole numbers are spread over the slots by it: 2^32 by the golden ratio, odd. */
const SPREAD = 0x9e3779b1;
const NO_KEY = -1;

/**
 * A memo of numbers by whole numbers from 0 on, of fixed size: two keys that share a slot push each other out, and nothing is
 * allocated once it is made. O(1).
 */
export class RecentNumbers {
  readonly #keys: Float64Array;
  readonly #numbers: Float64Array;
  readonly #shift: number;

  /** It has 2^`bits` slots of 16 bytes. */
  constructor(bits: number) {
    this.#keys = new Float64Array(2 ** bits).fill(NO_KEY);
    this.#numbers = new Float64Array(2 ** bits);
    this.#shift = 32 - bits;
  }

  /** NaN for a key that was not put in, or was pushed out. */
  get(key: number): number {
    const slot = this.#slotOf(key);
    return this.#keys[slot] === key ? (this.#numbers[slot] ?? NaN) : NaN;
  }

  set(key: number, number: number): void {
    const slot = this.#slotOf(key);
    this.#keys[slot] = key;
    this.#numbers[slot] = number;
  }

  #slotOf(key: number): number {
    return Math.imul(key, SPREAD) >>> this.#shift;
  }
}
