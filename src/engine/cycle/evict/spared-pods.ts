import type { Clock } from '../../ports.ts';

const MIN_SPARE_MS = 10_000;
const MAX_SPARE_MS = 300_000;

export interface SparedPodsOptions {
  readonly clock: Clock;
  readonly isThere: (uid: string) => boolean;
  /** A pod may be asked for again. */
  readonly onOver: () => void;
}

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
  readonly #options: SparedPodsOptions;
  readonly #spares = new Map<string, Spare>();
  readonly #uids = new Set<string>();

  constructor(options: SparedPodsOptions) {
    this.#options = options;
  }

  /** Of pods that are spared now. */
  get uids(): ReadonlySet<string> {
    return this.#uids;
  }

  /** A pod that is gone by now would never be forgotten. */
  refused(uid: string): void {
    const { clock, isThere, onOver } = this.#options;
    if (!isThere(uid)) return;
    const known = this.#spares.get(uid);
    known?.cancelTimer?.();
    const refusals = (known?.refusals ?? 0) + 1;
    const forMs = Math.min(MIN_SPARE_MS * 2 ** (refusals - 1), MAX_SPARE_MS);
    const cancelTimer = clock.after(forMs, () => {
      this.#spares.set(uid, { refusals, cancelTimer: undefined });
      this.#uids.delete(uid);
      onOver();
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
