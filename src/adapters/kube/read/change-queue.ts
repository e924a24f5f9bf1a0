import type { Change, ChangeHandler } from '../../../engine/ports.ts';

/** What the queue needs and tells. */
export interface ChangeQueueOptions<T> {
  readonly handler: ChangeHandler<T>;
  readonly monotonicMs: () => number;
  /** Changes handed over in one call. */
  readonly maxBatch: number;
  /** From this many waiting changes on, `onFull` asks for a pause; `onDrained` ends it. */
  readonly maxWaiting: number;
  readonly onFull: () => void;
  readonly onDrained: () => void;
  /** After each call of the handler: its size and how long its first change had waited. */
  readonly onBatch: (size: number, lagMs: number) => void;
  /** The handler threw: nothing more is handed over. */
  readonly onFatal: (error: Error) => void;
}

/** Hands changes to the handler in order, in batches, each in a macrotask of its own, never inside a socket callback. */
export class ChangeQueue<T> {
  readonly #options: ChangeQueueOptions<T>;
  readonly #drain = (): void => this.#handOver();
  #waiting: Change<T>[] = [];
  #oldestMs = 0;
  #scheduled: NodeJS.Immediate | undefined;
  #isFull = false;
  #isClosed = false;

  constructor(options: ChangeQueueOptions<T>) {
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  push(change: Change<T>): void {
    if (this.#isClosed) return;
    this.#waiting.push(change);
    if (this.#scheduled === undefined) {
      this.#oldestMs = this.#options.monotonicMs();
      this.#scheduled = setImmediate(this.#drain);
    }
    if (this.#waiting.length >= this.#options.maxWaiting && !this.#isFull) {
      this.#isFull = true;
      this.#options.onFull();
    }
  }

  /** Throws away what waits; the handler is not called any more. */
  close(): void {
    this.#isClosed = true;
    this.#waiting = [];
    if (this.#scheduled !== undefined) clearImmediate(this.#scheduled);
    this.#scheduled = undefined;
  }

  #handOver(): void {
    const { maxBatch, handler } = this.#options;
    const isSplit = this.#waiting.length > maxBatch;
    const batch = isSplit ? this.#waiting.slice(0, maxBatch) : this.#waiting;
    this.#waiting = isSplit ? this.#waiting.slice(maxBatch) : [];
    const lagMs = this.#options.monotonicMs() - this.#oldestMs;
    this.#scheduled = isSplit ? setImmediate(this.#drain) : undefined;
    try {
      handler(batch);
    } catch (error) {
      this.close();
      this.#options.onFatal(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    this.#options.onBatch(batch.length, lagMs);
    if (this.#isFull && this.#waiting.length * 2 < this.#options.maxWaiting) {
      this.#isFull = false;
      this.#options.onDrained();
    }
  }
}
