/** Longer ones are not kept: most of them are like no others. */
const MOST_BYTES = 128;
/** Of FNV-1a, over 32 bits. */
const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

/**
 * What was read from some bytes, for the next that are the same: pods of one owner repeat most of what they say. Each slot keeps the latest
 * whose bytes lead to it. Whoever gets a value has it together with others, and must not change it.
 */
export class RecentBytes<V> {
  readonly #bytes: Uint8Array;
  readonly #lengths: Uint8Array;
  readonly #values: (V | undefined)[];
  /** Of the bytes that were looked for last. */
  #slot = 0;

  /** The number of slots is a power of two. */
  constructor(slots: number) {
    this.#bytes = new Uint8Array(slots * MOST_BYTES);
    this.#lengths = new Uint8Array(slots);
    this.#values = Array.from({ length: slots });
  }

  /** The value of the bytes from `from` on, before `end`, if it is still known. O(bytes) */
  get(bytes: Uint8Array, from: number, end: number): V | undefined {
    if (end - from > MOST_BYTES) return undefined;
    let hash = OFFSET;
    for (let i = from; i < end; i += 1) hash = Math.imul(hash ^ (bytes[i] ?? 0), PRIME);
    this.#slot = (hash ^ (hash >>> 15)) & (this.#lengths.length - 1);
    const slot = this.#slot;
    if (this.#lengths[slot] !== end - from) return undefined;
    const own = this.#bytes;
    for (let i = from, at = slot * MOST_BYTES; i < end; i += 1, at += 1) if (own[at] !== bytes[i]) return undefined;
    return this.#values[slot];
  }

  /** Keeps what was read from the bytes that `get` did not know just now. */
  set(bytes: Uint8Array, from: number, end: number, value: V): void {
    if (end - from > MOST_BYTES) return;
    const slot = this.#slot;
    const own = this.#bytes;
    for (let i = from, at = slot * MOST_BYTES; i < end; i += 1, at += 1) own[at] = bytes[i] ?? 0;
    this.#lengths[slot] = end - from;
    this.#values[slot] = value;
  }
}
