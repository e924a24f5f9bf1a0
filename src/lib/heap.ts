/** Binary heap, smallest first by `compare`; the comparison must be total for a deterministic order. */
export class Heap<T> {
  readonly #items: T[];
  readonly #compare: (a: T, b: T) => number;

  /** Takes the items over and orders them in O(n). */
  constructor(items: T[], compare: (a: T, b: T) => number) {
    this.#items = items;
    this.#compare = compare;
    for (let i = (items.length >>> 1) - 1; i >= 0; i -= 1) this.#sink(i);
  }

  get size(): number {
    return this.#items.length;
  }

  peek(): T | undefined {
    return this.#items[0];
  }

  /** O(log n). */
  push(item: T): void {
    const items = this.#items;
    let at = items.length;
    items.push(item);
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      const above = items[parent] as T;
      if (this.#compare(item, above) >= 0) break;
      items[at] = above;
      at = parent;
    }
    items[at] = item;
  }

  /** O(log n). */
  pop(): T | undefined {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (items.length > 0 && last !== undefined) {
      items[0] = last;
      this.#sink(0);
    }
    return top;
  }

  /** Looks again at the item on top, whose rank alone may have changed. O(log n). */
  resift(): void {
    if (this.#items.length > 1) this.#sink(0);
  }

  #sink(start: number): void {
    const items = this.#items;
    const item = items[start] as T;
    let at = start;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      const right = child + 1;
      if (right < items.length && this.#compare(items[right] as T, items[child] as T) < 0) child = right;
      const below = items[child] as T;
      if (this.#compare(below, item) >= 0) break;
      items[at] = below;
      at = child;
    }
    items[at] = item;
  }
}
