/** Names to dense indices in order of first sight; an index is never given twice. */
export class Interner {
  readonly #indices = new Map<string, number>();
  readonly #names: string[] = [];

  get size(): number {
    return this.#names.length;
  }

  /** The index of the name, given now if it is new. */
  intern(name: string): number {
    const known = this.#indices.get(name);
    if (known !== undefined) return known;
    const index = this.#names.length;
    this.#indices.set(name, index);
    this.#names.push(name);
    return index;
  }

  find(name: string): number | undefined {
    return this.#indices.get(name);
  }

  name(index: number): string {
    return this.#names[index] ?? '';
  }
}
