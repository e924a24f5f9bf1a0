import type { Clock, Randomness } from '../../src/engine/ports.ts';
import { Heap } from '../../src/lib/heap.ts';

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  readonly task: () => void;
  /** Cancelled, or run. */
  isOver: boolean;
}

/** A clock that stands still until a test moves it; wall and monotonic time go together. */
export class ManualClock implements Clock {
  readonly #timers = new Heap<Timer>([], (a, b) => a.dueMs - b.dueMs || a.order - b.order);
  #pending = 0;
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
    const timer = { dueMs: this.#nowMs + delayMs, order: (this.#order += 1), task, isOver: false };
    this.#timers.push(timer);
    this.#pending += 1;
    return () => {
      if (!timer.isOver) this.#pending -= 1;
      timer.isOver = true;
    };
  }

  /** Timers that have not run. */
  get pending(): number {
    return this.#pending;
  }

  /** Moves time on, running what falls due in order of time, then of arrival. */
  advance(byMs: number): void {
    const untilMs = this.#nowMs + byMs;
    for (let next = this.#take(untilMs); next !== undefined; next = this.#take(untilMs)) this.#run(next);
    this.#nowMs = untilMs;
  }

  /** Jumps to the next timer and runs it; false when none is left. */
  step(): boolean {
    return this.stepWithin(Infinity);
  }

  /** As `step`, for timers that fall due within the time. */
  stepWithin(withinMs: number): boolean {
    const next = this.#take(this.#nowMs + withinMs);
    if (next !== undefined) this.#run(next);
    return next !== undefined;
  }

  #run(timer: Timer): void {
    timer.isOver = true;
    this.#pending -= 1;
    this.#nowMs = Math.max(this.#nowMs, timer.dueMs);
    timer.task();
  }

  #take(untilMs: number): Timer | undefined {
    while (this.#timers.peek()?.isOver === true) this.#timers.pop();
    return (this.#timers.peek()?.dueMs ?? Infinity) <= untilMs ? this.#timers.pop() : undefined;
  }
}

/** Never any jitter; ids count up. */
export function fixedRandomness(): Randomness {
  let ids = 0;
  return { id: () => `id-${(ids += 1)}`, fraction: () => 0 };
}
