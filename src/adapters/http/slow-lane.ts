import type { Clock } from '../../engine/ports.ts';

/**
 * Large reviews, one after another, and after each a rest as long as it took: half of the thread's time stays for small
 * ones, however many large ones stand in line.
 */
export class SlowLane {
  readonly #clock: Clock;
  readonly #maxWaiting: number;
  readonly #waiting: (() => void)[] = [];
  #isBusy = false;

  constructor(clock: Clock, maxWaiting: number) {
    this.#clock = clock;
    this.#maxWaiting = maxWaiting;
  }

  /** False when too many wait already: the task is then never run. Tasks may not throw. */
  enter(task: () => void): boolean {
    if (this.#waiting.length >= this.#maxWaiting) return false;
    this.#waiting.push(task);
    if (!this.#isBusy) this.#rest(0);
    return true;
  }

  #rest(delayMs: number): void {
    this.#isBusy = true;
    this.#clock.after(delayMs, () => this.#runNext());
  }

  #runNext(): void {
    const task = this.#waiting.shift();
    this.#isBusy = task !== undefined;
    if (task === undefined) return;
    const startedMs = this.#clock.monotonicMs();
    task();
    this.#rest(this.#clock.monotonicMs() - startedMs);
  }
}
