import type { Clock } from '../../../engine/ports.ts';

/** A watch that does not come to stand again within this time is told as a problem. */
const BROKEN_LIMIT_MS = 30_000;
/** Three bookmarks missed. */
const SILENCE_LIMIT_MS = 180_000;

/** Whether what a reflector has handed over can be relied on: it is allowed, it stands, and it is not silent. */
export class WatchHealth {
  readonly #clock: Clock;
  #lastSignMs: number;
  #brokenSinceMs: number | undefined;
  #refusal: string | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#lastSignMs = clock.monotonicMs();
  }

  get isRefused(): boolean {
    return this.#refusal !== undefined;
  }

  /** Monotonic milliseconds since the last event, bookmark or list. */
  silentForMs(): number {
    return this.#clock.monotonicMs() - this.#lastSignMs;
  }

  /** Something came. */
  sign(): void {
    this.#lastSignMs = this.#clock.monotonicMs();
  }

  /** The list is complete, or the watch stands where it was left. */
  stands(): void {
    this.#refusal = undefined;
    this.#brokenSinceMs = undefined;
  }

  broke(): void {
    this.#brokenSinceMs ??= this.#clock.monotonicMs();
  }

  refused(message: string): void {
    this.#refusal = message;
  }

  /** Why nobody should decide on it; the text changes only with the reason. */
  problem(): string | undefined {
    if (this.#refusal !== undefined) return `is refused: ${this.#refusal}`;
    // Asked of every watch many times a second.
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - (this.#brokenSinceMs ?? Infinity) > BROKEN_LIMIT_MS) return 'is broken off';
    return nowMs - this.#lastSignMs > SILENCE_LIMIT_MS ? 'is silent' : undefined;
  }
}
