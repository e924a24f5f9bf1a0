import type { Clock } from '../ports.ts';

/** Time passes, too: groups that wait are looked at this often although nothing has changed. */
const LOOK_AGAIN_MS = 10_000;
/** No timer is set for longer: the wall clock, by which plugins count, may be put right meanwhile. */
const LONGEST_MS = 3_600_000;

/** Wakes the loop although nothing has changed in the cluster. */
export class LookAgain {
  readonly #clock: Clock;
  readonly #wake: () => void;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, wake: () => void) {
    this.#clock = clock;
    this.#wake = wake;
  }

  /** After a cycle, in place of what was set after the one before: soon when somebody waits, and at the plugins' time. */
  set(isWaited: boolean, atMs: number | undefined): void {
    this.stop();
    if (!isWaited && atMs === undefined) return;
    const untilMs = atMs === undefined ? LONGEST_MS : Math.max(0, atMs - this.#clock.nowMs());
    this.#cancel = this.#clock.after(Math.min(untilMs, isWaited ? LOOK_AGAIN_MS : LONGEST_MS), this.#wake);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
