import type { Refusal } from '../../scheduler/model/refusal.ts';
import type { Clock } from '../ports.ts';

const MIN_REST_MS = 1000;
const MAX_REST_MS = 60_000;

interface Rest {
  readonly refusal: Refusal;
  readonly failures: number;
  /** Undefined once the rest is over: the group may try, and how often it failed is still known. */
  readonly cancelTimer: (() => void) | undefined;
}

/**
 * Groups whose decision was refused: by the API server, by the checker, or for its size. The same would be refused again
 * at once, so the group rests, twice as long each time up to a minute, while its room is free for others.
 */
export class RestingGroups {
  readonly #clock: Clock;
  readonly #onOver: () => void;
  readonly #rests = new Map<string, Rest>();
  readonly #resting = new Map<string, Refusal>();

  constructor(clock: Clock, onOver: () => void) {
    this.#clock = clock;
    this.#onOver = onOver;
  }

  /** What each group that rests now was refused for. */
  get resting(): ReadonlyMap<string, Refusal> {
    return this.#resting;
  }

  /** Refusals during a rest belong to the same decision, and do not make it longer. */
  refused(group: string, refusal: Refusal): void {
    if (this.#resting.has(group)) return;
    const failures = this.#rests.get(group)?.failures ?? 0;
    const forMs = Math.min(MIN_REST_MS * 2 ** failures, MAX_REST_MS);
    const cancelTimer = this.#clock.after(forMs, () => {
      this.#rests.set(group, { refusal, failures: failures + 1, cancelTimer: undefined });
      this.#resting.delete(group);
      this.#onOver();
    });
    this.#rests.set(group, { refusal, failures: failures + 1, cancelTimer });
    this.#resting.set(group, refusal);
  }

  /** The group was placed, was changed by its owner, or is gone: whatever comes next is tried at once. */
  forget(group: string): void {
    this.#rests.get(group)?.cancelTimer?.();
    this.#rests.delete(group);
    this.#resting.delete(group);
  }

  stop(): void {
    for (const group of this.#rests.keys()) this.forget(group);
  }
}
