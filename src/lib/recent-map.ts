/**
 * A memo by text, of bounded size. What was put in or found lately stays, in whatever order it comes back; what nobody found
 * while `limit` others came in is forgotten. It holds `2 * limit` entries at most.
 */
export class RecentMap<V extends object | string> {
  readonly #limit: number;
  readonly #young: Map<string, V>;
  #old = new Map<string, V>();

  /** `young` is where new entries go. */
  constructor(limit: number, young = new Map<string, V>()) {
    this.#limit = limit;
    this.#young = young;
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  get(key: string): V | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old === undefined) return undefined;
    this.#old.delete(key);
    return this.set(key, old);
  }

  set(key: string, value: V): V {
    if (this.#young.size >= this.#limit) {
      this.#old = new Map(this.#young);
      this.#young.clear();
    }
    this.#young.set(key, value);
    return value;
  }
}
