import { Interner } from '../../lib/interner.ts';
import type { QuantityUnit } from '../../lib/quantity.ts';
import { resourceUnit } from '../../api/amounts.ts';
import type { ResourceAmounts } from '../../api/records/scheduling-shape.ts';

export const CPU_IX = 0;
export const MEMORY_IX = 1;
export const PODS_IX = 2;

/** Names beyond twice as many as were in use at the last look, before it is looked again for those that nobody uses. */
const SPARE_NAMES = 256;

/**
 * Resource names to indices; cpu, memory and pods stand first. People may write any name, so what nobody uses any more is
 * dropped (`retain`), and its index goes to a name that comes later: whoever keeps an index beyond a cycle has to be
 * counted among the users.
 */
export class ResourceTable {
  readonly #names = new Interner();
  readonly #kept = new Set<number>();
  #inUse = 0;

  constructor() {
    for (const name of ['cpu', 'memory', 'pods']) this.keep(name);
  }

  /** Every index is below it. */
  get size(): number {
    return this.#names.size;
  }

  /** Number of names. */
  get count(): number {
    return this.#names.count;
  }

  /** So many names came that most of them may be of no use any more. */
  get isCrowded(): boolean {
    return this.#names.count > 2 * this.#inUse + SPARE_NAMES;
  }

  intern(name: string): number {
    return this.#names.intern(name);
  }

  /** The index of a name that is never dropped. */
  keep(name: string): number {
    const index = this.#names.intern(name);
    this.#kept.add(index);
    return index;
  }

  find(name: string): number | undefined {
    return this.#names.find(name);
  }

  /** Drops the names of all other indices. */
  retain(used: ReadonlySet<number>): void {
    this.#names.retain((index) => used.has(index) || this.#kept.has(index));
    this.#inUse = this.#names.count;
  }

  name(index: number): string {
    return this.#names.name(index);
  }

  /**
   * The amount that ledgers count: no more than any machine has. Beyond it an amount says only that it fits nowhere, and sums
   * of what people may write (up to 2^53) would lose their last digits for good. With this they are exact for 131,072
   * pods of the largest amount (8,192 of resources that are counted in ones).
   */
  counted(resource: number, amount: number): number {
    return Math.min(amount, MOST[resourceUnit(this.name(resource))]);
  }

  /** Amounts as a vector over all known resources; absent ones take the fallback. */
  vector(amounts: ResourceAmounts | undefined, fallback: number): Float64Array {
    for (const name of amounts?.keys() ?? []) this.intern(name);
    const out = new Float64Array(this.size).fill(fallback);
    for (const [name, amount] of amounts ?? []) {
      const r = this.intern(name);
      out[r] = this.counted(r, amount);
    }
    return out;
  }

  /** The non-zero entries of a vector by name. */
  amounts(vector: ArrayLike<number>): Map<string, number> {
    const out = new Map<string, number>();
    for (let i = 0; i < vector.length; i += 1) {
      const amount = vector[i] ?? 0;
      if (amount !== 0) out.set(this.name(i), amount);
    }
    return out;
  }
}

/** Four million CPUs, 64 TiB, a million millions. */
const MOST: Readonly<Record<QuantityUnit, number>> = { milli: 2 ** 32, kibi: 2 ** 36, one: 2 ** 40 };
