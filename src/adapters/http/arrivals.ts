import type { Clock } from '../../engine/ports.ts';

/** A body that is still coming. */
export interface Arriving {
  /** Monotonic milliseconds. */
  readonly startedMs: number;
  /** Ends the request without its body; it has left the arrivals afterwards. */
  giveUp(cause: 'slow' | 'memory'): void;
}

/**
 * The bodies that are under way, longest first. They are no load yet: whoever sends headers and then nothing takes a
 * place from nobody, and has to be done within a time. When memory is short, the one that has taken longest gives way.
 */
export class Arrivals {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #arriving = new Set<Arriving>();
  #isWatching = false;

  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  get count(): number {
    return this.#arriving.size;
  }

  add(one: Arriving): void {
    this.#arriving.add(one);
    this.#watch(this.#timeoutMs);
  }

  delete(one: Arriving): void {
    this.#arriving.delete(one);
  }

  /** Gives up the body that has taken longest. */
  makeRoom(): void {
    const [oldest] = this.#arriving;
    oldest?.giveUp('memory');
  }

  /** One timer for all, since the oldest is always the first to be late. */
  #watch(delayMs: number): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    this.#clock.after(delayMs, () => {
      this.#isWatching = false;
      this.#endLate();
    });
  }

  #endLate(): void {
    const nowMs = this.#clock.monotonicMs();
    for (const oldest of this.#arriving) {
      const leftMs = oldest.startedMs + this.#timeoutMs - nowMs;
      if (leftMs > 0) {
        this.#watch(leftMs);
        return;
      }
      oldest.giveUp('slow');
    }
  }
}
