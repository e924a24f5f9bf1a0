import type { Bitset } from '../../lib/bitset.ts';

/** What follows from what nodes are: which of them a class may use at all, and how well each suits it. */
export class FeatureView {
  readonly mask: Bitset;
  readonly base: Float64Array;
  /** Another one for other contents: what was made from them is made anew. */
  readonly revision: number;
  /** Every node is the same to the class, as most clusters are to most classes. */
  readonly #isUniform: boolean;

  constructor(mask: Bitset, base: Float64Array, revision: number) {
    this.mask = mask;
    this.base = base;
    this.revision = revision;
    this.#isUniform = this.#endOfAlike(0, base.length) === base.length;
  }

  /** Index after the last of the nodes from this one on, before `end`, that are the same to the class. O(1) when all are. */
  endOfAlike(from: number, end: number): number {
    return this.#isUniform ? end : this.#endOfAlike(from, end);
  }

  equals({ mask, base }: FeatureView): boolean {
    if (!this.mask.equals(mask) || this.base.length !== base.length) return false;
    for (let i = 0; i < base.length; i += 1) if (this.base[i] !== base[i]) return false;
    return true;
  }

  #endOfAlike(from: number, end: number): number {
    const { mask, base } = this;
    const isAllowed = mask.has(from);
    const score = base[from];
    let at = from + 1;
    while (at < end && base[at] === score && mask.has(at) === isAllowed) at += 1;
    return at;
  }
}
