/** A fixed-capacity set of small whole numbers, 32 a word; grows only by `ensure`. */
export class Bitset {
  #words: Int32Array;

  constructor(capacity: number) {
    this.#words = new Int32Array((capacity + 31) >>> 5);
  }

  /** Makes room for values below `capacity`; members stay. O(capacity / 32). */
  ensure(capacity: number): void {
    const needed = (capacity + 31) >>> 5;
    if (needed <= this.#words.length) return;
    const grown = new Int32Array(needed);
    grown.set(this.#words);
    this.#words = grown;
  }

  has(value: number): boolean {
    return (((this.#words[value >>> 5] ?? 0) >>> (value & 31)) & 1) === 1;
  }

  add(value: number): void {
    const word = value >>> 5;
    this.#words[word] = (this.#words[word] ?? 0) | (1 << (value & 31));
  }

  remove(value: number): void {
    const word = value >>> 5;
    this.#words[word] = (this.#words[word] ?? 0) & ~(1 << (value & 31));
  }

  clear(): void {
    this.#words.fill(0);
  }

  /** Makes this the set of all values below `count`. */
  fill(count: number): void {
    this.ensure(count);
    const whole = count >>> 5;
    this.#words.fill(-1, 0, whole).fill(0, whole);
    const rest = count & 31;
    if (rest > 0) this.#words[whole] = (1 << rest) - 1;
  }

  /** this = this AND other. O(capacity / 32). */
  intersect(other: Bitset): void {
    const words = this.#words;
    const others = other.#words;
    for (let i = 0; i < words.length; i += 1) words[i] = (words[i] ?? 0) & (others[i] ?? 0);
  }

  /** this = this OR other; values of the other beyond this capacity are dropped. O(capacity / 32). */
  union(other: Bitset): void {
    const words = this.#words;
    const others = other.#words;
    for (let i = 0; i < words.length; i += 1) words[i] = (words[i] ?? 0) | (others[i] ?? 0);
  }

  /** this = this AND NOT other. O(capacity / 32). */
  subtract(other: Bitset): void {
    const words = this.#words;
    const others = other.#words;
    for (let i = 0; i < words.length; i += 1) words[i] = (words[i] ?? 0) & ~(others[i] ?? 0);
  }

  /** Same members. O(capacity / 32). */
  equals(other: Bitset): boolean {
    const [words, others] = [this.#words, other.#words];
    for (let i = 0; i < Math.max(words.length, others.length); i += 1) {
      if ((words[i] ?? 0) !== (others[i] ?? 0)) return false;
    }
    return true;
  }

  /** O(capacity / 32). */
  isEmpty(): boolean {
    return this.#words.every((word) => word === 0);
  }

  /** Number of members. O(capacity / 32). */
  size(): number {
    let total = 0;
    for (let bits of this.#words) {
      for (; bits !== 0; bits &= bits - 1) total += 1;
    }
    return total;
  }
}
