import type { Clock } from '../ports.ts';

/** Changes within this time share a cycle: pods of a gang arrive one by one. */
const GATHER_MS = 10;
/** The same for changes on which nothing can be decided before others come. */
const PATIENT_GATHER_MS = 100;
/** Timers may fire this much early. */
const TIMER_SLACK_MS = 1;

/** When the next cycle is due: soon after something changed, and never within a rest. */
export class CycleTurns {
  readonly #clock: Clock;
  readonly #cycle: () => void;
  #cancel: (() => void) | undefined;
  #dueMs = Infinity;
  #restUntilMs = 0;

  constructor(clock: Clock, cycle: () => void) {
    this.#clock = clock;
    this.#cycle = cycle;
  }

  get isDue(): boolean {
    return this.#cancel !== undefined;
  }

  /** Something changed: a cycle is due. */
  wake(): void {
    this.#wakeWithin(GATHER_MS);
  }

  /** Something changed that has to be seen, and that changes no decision by itself. */
  wakePatiently(): void {
    this.#wakeWithin(PATIENT_GATHER_MS);
  }

  /** A cycle that is due earlier will do. */
  #wakeWithin(gatherMs: number): void {
    const nowMs = this.#clock.monotonicMs();
    const dueMs = Math.max(nowMs + gatherMs, this.#restUntilMs);
    if (dueMs >= this.#dueMs) return;
    this.#cancel?.();
    this.#dueMs = dueMs;
    this.#cancel = this.#clock.after(dueMs - nowMs, () => {
      this.#forget();
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
    this.#forget();
  }

  #forget(): void {
    this.#cancel = undefined;
    this.#dueMs = Infinity;
  }
}
