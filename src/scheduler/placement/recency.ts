const NONE = -1;

/**
 * The nodes by when they changed last, newest first: whoever looked before sees what changed since, each node once,
 * however often it changed. Every operation is O(1).
 */
export class Recency {
  #newer = new Int32Array(0);
  #older = new Int32Array(0);
  /** Time of the last change by node; 0 for never. */
  #changed = new Float64Array(0);
  #newest = NONE;
  #now = 0;

  /** The time of the latest change; grows for ever. */
  get now(): number {
    return this.#now;
  }

  /** The node that changed last, or -1. */
  get newest(): number {
    return this.#newest;
  }

  /** Starts anew for so many nodes; time goes on. */
  reset(count: number): void {
    this.#newer = new Int32Array(count).fill(NONE);
    this.#older = new Int32Array(count).fill(NONE);
    this.#changed = new Float64Array(count);
    this.#newest = NONE;
    this.#now += 1;
  }

  /** The node changed now. */
  touch(node: number): void {
    this.#now += 1;
    this.#changed[node] = this.#now;
    if (this.#newest === node) return;
    const newer = this.#newer[node] ?? NONE;
    const older = this.#older[node] ?? NONE;
    if (newer !== NONE) this.#older[newer] = older;
    if (older !== NONE) this.#newer[older] = newer;
    if (this.#newest !== NONE) this.#newer[this.#newest] = node;
    this.#older[node] = this.#newest;
    this.#newer[node] = NONE;
    this.#newest = node;
  }

  changedAt(node: number): number {
    return this.#changed[node] ?? 0;
  }

  /** The node that changed before this one, or -1. */
  olderThan(node: number): number {
    return this.#older[node] ?? NONE;
  }
}
