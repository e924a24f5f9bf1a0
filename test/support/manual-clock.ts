import type { Clock, Randomness } from '../../src/engine/ports.ts';

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  readonly task: () => void;
}

/** A clock that stands still until a test moves it; wall and monotonic time go together. */
export class ManualClock implements Clock {
  readonly #timers = new Set<Timer>();
  #nowMs: number;
  #order = 0;

  constructor(startMs = 0) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, task: () => void): () => void {
    const timer = { dueMs: this.#nowMs + delayMs, order: (this.#order += 1), task };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Timers that have not run. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Moves time on, running what falls due in order of time, then of arrival. */
  advance(byMs: number): void {
    const untilMs = this.#nowMs + byMs;
    for (let next = this.#next(untilMs); next !== undefined; next = this.#next(untilMs)) this.#run(next);
    this.#nowMs = untilMs;
  }

  /** Jumps to the next timer and runs it; false when none is left. */
  step(): boolean {
    return this.stepWithin(Infinity);
  }

  /** As `step`, for timers that fall due within the time. */
  stepWithin(withinMs: number): boolean {
    const next = this.#next(this.#nowMs + withinMs);
    if (next !== undefined) this.#run(next);
    return next !== undefined;
  }

  #run(timer: Timer): void {
    this.#timers.delete(timer);
    this.#nowMs = Math.max(this.#nowMs, timer.dueMs);
    timer.task();
  }

  #next(untilMs: number): Timer | undefined {
    const due = [...this.#timers].filter((timer) => timer.dueMs <= untilMs);
    return due.toSorted((a, b) => a.dueMs - b.dueMs || a.order - b.order)[0];
  }
}

/** Never any jitter; ids count up. */
export function fixedRandomness(): Randomness {
  let ids = 0;
  return { id: () => `id-${(ids += 1)}`, fraction: () => 0 };
}
