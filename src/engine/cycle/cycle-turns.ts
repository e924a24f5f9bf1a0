import type { Clock } from '../ports.ts';

/** Changes within this time share a cycle: pods of a gang arrive one by one. */
const GATHER_MS = 10;
/** Timers may fire this much early. */
const TIMER_SLACK_MS = 1;

/** When the next cycle is due: soon after something changed, and never within a rest. */
export class CycleTurns {
  readonly #clock: Clock;
  readonly #cycle: () => void;
  #cancel: (() => void) | undefined;
  #restUntilMs = 0;

  constructor(clock: Clock, cycle: () => void) {
    this.#clock = clock;
    this.#cycle = cycle;
  }

  get isDue(): boolean {
    return this.#cancel !== undefined;
  }

  /** Something changed: a cycle is due, unless one is already. */
  wake(): void {
    if (this.isDue) return;
    const delayMs = Math.max(GATHER_MS, this.#restUntilMs - this.#clock.monotonicMs());
    this.#cancel = this.#clock.after(delayMs, () => {
      this.#cancel = undefined;
      // What failed after the cycle was set for an earlier time asks for its rest, too.
      if (this.#clock.monotonicMs() + TIMER_SLACK_MS < this.#restUntilMs) this.wake();
      else this.#cycle();
    });
  }

  /** No cycle for so long; a longer rest that stands goes on. */
  rest(forMs: number): void {
    this.#restUntilMs = Math.max(this.#restUntilMs, this.#clock.monotonicMs() + forMs);
  }

  /** None is due; a rest that stands goes on. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
