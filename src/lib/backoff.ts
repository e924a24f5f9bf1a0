/** Bounds of a backoff in milliseconds. */
export interface BackoffBounds {
  readonly minMs: number;
  readonly maxMs: number;
}

/** Delays that double from the minimum to the maximum, each lengthened by up to half of itself. */
export class Backoff {
  readonly #bounds: BackoffBounds;
  readonly #fraction: () => number;
  #baseMs: number;

  /** `fraction` gives a share from 0 to 1 for each delay. */
  constructor(bounds: BackoffBounds, fraction: () => number) {
    this.#bounds = bounds;
    this.#fraction = fraction;
    this.#baseMs = bounds.minMs;
  }

  nextMs(): number {
    const delayMs = this.#baseMs * (1 + this.#fraction() / 2);
    this.#baseMs = Math.min(this.#baseMs * 2, this.#bounds.maxMs);
    return delayMs;
  }

  reset(): void {
    this.#baseMs = this.#bounds.minMs;
  }
}
