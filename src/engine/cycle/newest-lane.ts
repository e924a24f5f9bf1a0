/**
 * Work of which only the newest form matters, one piece an object: a few run at once, the others wait, and a newer form
 * takes the place of one that waits. What waits costs a map entry, and is dropped whole when the lane stops.
 */
export class NewestLane {
  readonly #maxRunning: number;
  readonly #waiting = new Map<string, () => Promise<void>>();
  readonly #running = new Set<string>();

  constructor(maxRunning: number) {
    this.#maxRunning = maxRunning;
  }

  /** Runs the work when its turn comes; two forms for one object never run at once. The work must not reject. */
  want(key: string, work: () => Promise<void>): void {
    this.#waiting.set(key, work);
    this.#pump();
  }

  stop(): void {
    this.#waiting.clear();
  }

  #pump(): void {
    for (const [key, work] of this.#waiting) {
      if (this.#running.size >= this.#maxRunning) return;
      if (this.#running.has(key)) continue;
      this.#waiting.delete(key);
      this.#running.add(key);
      void work().finally(() => {
        this.#running.delete(key);
        this.#pump();
      });
    }
  }
}
