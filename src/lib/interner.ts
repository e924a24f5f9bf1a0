/** Names to dense indices in order of first sight. The index of a name that was dropped is given to one that comes later. */
export class Interner {
  readonly #indices = new Map<string, number>();
  readonly #names: string[] = [];
  /** Indices of dropped names, the lowest last. */
  #free: number[] = [];

  /** Every index is below it. */
  get size(): number {
    return this.#names.length;
  }

  /** Number of names. */
  get count(): number {
    return this.#indices.size;
  }

  /** The index of the name, given now if it is new. */
  intern(name: string): number {
    const known = this.#indices.get(name);
    if (known !== undefined) return known;
    const index = this.#free.pop() ?? this.#names.length;
    this.#indices.set(name, index);
    this.#names[index] = name;
    return index;
  }

  find(name: string): number | undefined {
    return this.#indices.get(name);
  }

  name(index: number): string {
    return this.#names[index] ?? '';
  }

  /** Drops every name but those whose index is wanted; these keep theirs. O(size). */
  retain(isWanted: (index: number) => boolean): void {
    for (const [name, index] of this.#indices) {
      if (isWanted(index)) continue;
      this.#indices.delete(name);
      this.#names[index] = '';
    }
    const taken = new Set(this.#indices.values());
    this.#free = [];
    for (let index = this.#names.length - 1; index >= 0; index -= 1) {
      if (taken.has(index)) continue;
      if (index === this.#names.length - 1) this.#names.length = index;
      else this.#free.push(index);
    }
  }
}
