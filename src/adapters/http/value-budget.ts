import type { Clock } from '../../engine/ports.ts';

/** A reader takes about a microsecond a value, all rules together, so this is two hundredths of a thread's time. */
const VALUES_PER_SECOND = 20_000;
/** What may be saved up: three Jobs of Volcano of 3,000 tasks, each reviewed twice. */
const MAX_SAVED = 500_000;

/**
 * How many values of very large reviews may be read: nothing else is answered while one of them is, so that they get a small
 * part of the time, with some saved up for who rarely sends one.
 */
export class ValueBudget {
  readonly #clock: Clock;
  #saved = MAX_SAVED;
  #savedMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#savedMs = clock.monotonicMs();
  }

  /** False where what was saved up is spent. A review may take more than there is, which later ones then wait for. */
  take(values: number): boolean {
    const nowMs = this.#clock.monotonicMs();
    this.#saved = Math.min(MAX_SAVED, this.#saved + ((nowMs - this.#savedMs) / 1000) * VALUES_PER_SECOND);
    this.#savedMs = nowMs;
    if (this.#saved <= 0) return false;
    this.#saved -= values;
    return true;
  }
}
