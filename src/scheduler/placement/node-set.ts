import { Bitset } from '../../lib/bitset.ts';

const NONE = -1;

/**
 * Nodes that share a label value. Most values are names that one node has, of 5,000 or more: a set of bits for each of
 * those would cost nodes x nodes / 8 bytes.
 */
export class NodeSet {
  readonly #capacity: number;
  /** The member, while there is one at most. */
  #only = NONE;
  #several: Bitset | undefined;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  add(node: number): void {
    if (this.#several !== undefined) this.#several.add(node);
    else if (this.#only === NONE || this.#only === node) this.#only = node;
    else {
      this.#several = new Bitset(this.#capacity);
      this.#several.add(this.#only);
      this.#several.add(node);
    }
  }

  remove(node: number): void {
    this.#several?.remove(node);
    if (this.#only === node) this.#only = NONE;
  }

  isEmpty(): boolean {
    return this.#several === undefined ? this.#only === NONE : this.#several.isEmpty();
  }

  /** O(1) for one member, else O(nodes / 32). */
  addTo(out: Bitset): void {
    if (this.#several !== undefined) out.union(this.#several);
    else if (this.#only !== NONE) out.add(this.#only);
  }
}
