import { Heap } from '../../lib/heap.ts';
import type { Clock, Randomness } from '../ports.ts';

/** First and longest wait of a key that keeps failing. */
export const MIN_BACKOFF_MS = 5;
export const MAX_BACKOFF_MS = 60_000;
/** Part of a backoff that chance adds, so that keys that failed together do not come back together. */
const JITTER = 0.25;
/** 5 ms doubled more often than this is past every limit. */
const MAX_DOUBLINGS = 20;

interface Delayed {
  readonly dueMs: number;
  readonly key: string;
}

/**
 * Keys that need a look, each once however often it is asked for. A key that is being worked on and is asked for again
 * comes back when it is done: it is never lost, and never worked on twice at once. Every operation is O(1), with a
 * delay O(log n).
 */
export class WorkQueue {
  readonly #clock: Clock;
  readonly #randomness: Randomness;
  readonly #onReady: () => void;
  /** In order of arrival; a Set keeps the order and drops repeats. */
  readonly #ready = new Set<string>();
  readonly #active = new Set<string>();
  /** Active keys that were asked for again. */
  readonly #again = new Set<string>();
  readonly #failures = new Map<string, number>();
  /** Earliest due time of each delayed key; heap entries that differ from it are out of date. */
  readonly #due = new Map<string, number>();
  #delayed = emptyHeap();
  #armed: { readonly dueMs: number; readonly cancel: () => void } | undefined;

  /** `onReady` is called whenever a key can be taken; it must not throw. */
  constructor(clock: Clock, randomness: Randomness, onReady: () => void) {
    this.#clock = clock;
    this.#randomness = randomness;
    this.#onReady = onReady;
  }

  /** Keys that can be taken now. */
  get ready(): number {
    return this.#ready.size;
  }

  /** Asks for a look at the key as soon as possible. */
  add(key: string): void {
    if (this.#active.has(key)) {
      this.#again.add(key);
      return;
    }
    if (this.#ready.has(key)) return;
    this.#ready.add(key);
    this.#onReady();
  }

  /** Asks for a look after the delay; of several delays the shortest counts. */
  addAfter(key: string, delayMs: number): void {
    if (delayMs <= 0) {
      this.add(key);
      return;
    }
    const dueMs = this.#clock.monotonicMs() + delayMs;
    const known = this.#due.get(key);
    if (known !== undefined && known <= dueMs) return;
    this.#due.set(key, dueMs);
    this.#delayed.push({ dueMs, key });
    this.#arm();
  }

  /** Asks for a look after a wait that doubles with each failure, and is never shorter than `atLeastMs`. */
  addAfterFailure(key: string, atLeastMs = 0): void {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    const backoffMs =
      MIN_BACKOFF_MS * 2 ** Math.min(failures, MAX_DOUBLINGS) * (1 + JITTER * this.#randomness.fraction());
    this.addAfter(key, Math.max(Math.min(backoffMs, MAX_BACKOFF_MS), atLeastMs));
  }

  /** Takes the key that waited longest; it must be given back with `done`. */
  take(): string | undefined {
    const next = this.#ready.values().next();
    if (next.done === true) return undefined;
    this.#ready.delete(next.value);
    this.#active.add(next.value);
    return next.value;
  }

  /** The work on the key ended, well or not. */
  done(key: string): void {
    this.#active.delete(key);
    if (this.#again.delete(key)) this.add(key);
  }

  /** The key went well: its next failure starts at the shortest wait. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** Drops everything but the keys that are being worked on. */
  clear(): void {
    this.#ready.clear();
    this.#again.clear();
    this.#failures.clear();
    this.#due.clear();
    this.#delayed = emptyHeap();
    this.#disarm();
  }

  /** One timer stands for all delayed keys. */
  #arm(): void {
    const next = this.#delayed.peek();
    if (next === undefined) return;
    if (this.#armed !== undefined && this.#armed.dueMs <= next.dueMs) return;
    this.#disarm();
    const delayMs = Math.max(0, next.dueMs - this.#clock.monotonicMs());
    this.#armed = { dueMs: next.dueMs, cancel: this.#clock.after(delayMs, () => this.#release()) };
  }

  #disarm(): void {
    this.#armed?.cancel();
    this.#armed = undefined;
  }

  #release(): void {
    this.#armed = undefined;
    const nowMs = this.#clock.monotonicMs();
    for (let next = this.#delayed.peek(); next !== undefined && next.dueMs <= nowMs; next = this.#delayed.peek()) {
      this.#delayed.pop();
      if (this.#due.get(next.key) !== next.dueMs) continue;
      this.#due.delete(next.key);
      this.add(next.key);
    }
    this.#arm();
  }
}

function emptyHeap(): Heap<Delayed> {
  return new Heap<Delayed>([], (a, b) => a.dueMs - b.dueMs || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}
