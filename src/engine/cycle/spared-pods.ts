import type { Clock } from '../ports.ts';

const MIN_SPARE_MS = 10_000;
const MAX_SPARE_MS = 300_000;

interface Spare {
  readonly refusals: number;
  /** Undefined once the time is over: the pod may be asked for again, and how often it was refused is still known. */
  readonly cancelTimer: (() => void) | undefined;
}

/**
 * Pods whose eviction was refused. The same would be refused again at once, so others are looked for meanwhile: for ten
 * seconds, twice as long each time up to five minutes.
 */
export class SparedPods {
  readonly #clock: Clock;
  readonly #onOver: () => void;
  readonly #spares = new Map<string, Spare>();
  readonly #uids = new Set<string>();

  constructor(clock: Clock, onOver: () => void) {
    this.#clock = clock;
    this.#onOver = onOver;
  }

  /** Of pods that are spared now. */
  get uids(): ReadonlySet<string> {
    return this.#uids;
  }

  refused(uid: string): void {
    const known = this.#spares.get(uid);
    known?.cancelTimer?.();
    const refusals = (known?.refusals ?? 0) + 1;
    const forMs = Math.min(MIN_SPARE_MS * 2 ** (refusals - 1), MAX_SPARE_MS);
    const cancelTimer = this.#clock.after(forMs, () => {
      this.#spares.set(uid, { refusals, cancelTimer: undefined });
      this.#uids.delete(uid);
      this.#onOver();
    });
    this.#spares.set(uid, { refusals, cancelTimer });
    this.#uids.add(uid);
  }

  /** The pod is gone. */
  forget(uid: string): void {
    this.#spares.get(uid)?.cancelTimer?.();
    this.#spares.delete(uid);
    this.#uids.delete(uid);
  }

  stop(): void {
    for (const uid of this.#spares.keys()) this.forget(uid);
  }
}
