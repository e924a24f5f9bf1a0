import type { Clock } from '../../engine/ports.ts';

/** Reading and deciding take one or two microseconds a value, so this is up to two hundredths of a thread's time. */
const VALUES_PER_SECOND = 10_000;
/** What may be saved up: a change of the largest object, which is reviewed twice, or two Jobs of Volcano of 3,000 tasks. */
const MAX_SAVED = 400_000;

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

  /**
   * False where too little is saved up. Whoever is the first to look at an object leaves as much for the review that follows: else
   * a client that tries again would never come past both.
   */
  take(values: number, isFirst: boolean): boolean {
    const nowMs = this.#clock.monotonicMs();
    this.#saved = Math.min(MAX_SAVED, this.#saved + ((nowMs - this.#savedMs) / 1000) * VALUES_PER_SECOND);
    this.#savedMs = nowMs;
    if (this.#saved < (isFirst ? 2 * values : values)) return false;
    this.#saved -= values;
    return true;
  }
}
