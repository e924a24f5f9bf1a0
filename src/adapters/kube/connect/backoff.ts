import type { Randomness } from '../../../engine/ports.ts';

/** Bounds of a backoff in milliseconds. */
export interface BackoffBounds {
  readonly minMs: number;
  readonly maxMs: number;
}

/** Delays that double from the minimum to the maximum, each lengthened by up to half at random. */
export class Backoff {
  readonly #bounds: BackoffBounds;
  readonly #randomness: Randomness;
  #baseMs: number;

  constructor(bounds: BackoffBounds, randomness: Randomness) {
    this.#bounds = bounds;
    this.#randomness = randomness;
    this.#baseMs = bounds.minMs;
  }

  nextMs(): number {
    const delayMs = this.#baseMs * (1 + this.#randomness.fraction() / 2);
    this.#baseMs = Math.min(this.#baseMs * 2, this.#bounds.maxMs);
    return delayMs;
  }

  reset(): void {
    this.#baseMs = this.#bounds.minMs;
  }
}
