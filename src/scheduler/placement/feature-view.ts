import type { Bitset } from '../../lib/bitset.ts';

/** More runs of equal nodes are not looked through. */
const MOST_RUNS = 8;

/** What follows from what nodes are: which of them a class may use at all, and how well each suits it. */
export class FeatureView {
  readonly mask: Bitset;
  readonly base: Float64Array;
  /** Another one for other contents: what was made from them is made anew. */
  readonly revision: number;
  /** Behind the last of each run of nodes that are the same to the class, as nearly all are to most; undefined when they are many. */
  readonly #ends: readonly number[] | undefined;

  constructor(mask: Bitset, base: Float64Array, revision: number) {
    this.mask = mask;
    this.base = base;
    this.revision = revision;
    this.#ends = this.#readEnds();
  }

  /** `endOfAlike` is O(1): few neighbours differ. */
  get isCoarse(): boolean {
    return this.#ends !== undefined;
  }

  /** Index after the last of the nodes from this one on, before `end`, that are the same to the class. */
  endOfAlike(from: number, end: number): number {
    const ends = this.#ends;
    if (ends === undefined) return this.#endOfAlike(from, end);
    for (let i = 0; i < ends.length; i += 1) {
      const next = ends[i] ?? end;
      if (next > from) return next < end ? next : end;
    }
    return end;
  }

  equals({ mask, base }: FeatureView): boolean {
    if (!this.mask.equals(mask) || this.base.length !== base.length) return false;
    for (let i = 0; i < base.length; i += 1) if (this.base[i] !== base[i]) return false;
    return true;
  }

  #readEnds(): readonly number[] | undefined {
    const ends: number[] = [];
    for (let at = 0; at < this.base.length;) {
      if (ends.length === MOST_RUNS) return undefined;
      at = this.#endOfAlike(at, this.base.length);
      ends.push(at);
    }
    return ends;
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
