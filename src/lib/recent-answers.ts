import { NO_KEY, slotOf } from './recent-numbers.ts';

/**
 * A memo of answers by whole numbers, as `RecentNumbers` is one of numbers: twice as many have room, since the key and its answer are one
 * number. O(1).
 */
export class RecentAnswers {
  readonly #slots: Float64Array;
  readonly #shift: number;

  /** It has 2^`bits` slots of 8 bytes. */
  constructor(bits: number) {
    this.#slots = new Float64Array(2 ** bits).fill(NO_KEY);
    this.#shift = 32 - bits;
  }

  /** Undefined for a key, 2^52 at most, that was not put in, or was pushed out. */
  get(key: number): boolean | undefined {
    const isYes = (this.#slots[slotOf(key, this.#shift)] ?? NO_KEY) - 2 * key;
    return isYes === 0 || isYes === 1 ? isYes === 1 : undefined;
  }

  set(key: number, answer: boolean): void {
    this.#slots[slotOf(key, this.#shift)] = 2 * key + Number(answer);
  }
}
