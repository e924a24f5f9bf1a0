import type { Clock } from '../../../engine/ports.ts';
import type { ChangeQueue } from './change-queue.ts';
import type { WatchStream } from './watch-stream.ts';

/** One life of a reflector between `start` and `stop`; whatever belongs to an older life does nothing any more. */
export class ReflectorRun<T> {
  readonly queue: ChangeQueue<T>;
  /** Settles when the loop has ended. */
  readonly done: Promise<void>;
  watch: WatchStream | undefined;
  readonly #clock: Clock;
  /** Timers that repeat, by what they are for. */
  readonly #repeating = new Map<string, () => void>();
  #finish: () => void = () => undefined;
  readonly #wakes = new Set<() => void>();
  #isStopped = false;

  constructor(queue: ChangeQueue<T>, clock: Clock) {
    this.queue = queue;
    this.#clock = clock;
    this.done = new Promise((resolve) => (this.#finish = resolve));
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  stop(): void {
    this.#isStopped = true;
    this.queue.close();
    this.watch?.stop('stopped');
    for (const wake of this.#wakes) wake();
    for (const cancel of this.#repeating.values()) cancel();
  }

  /** Told by the loop when it has ended. */
  finish(): void {
    this.#finish();
  }

  /** Waits between two attempts; a stop ends the wait. */
  wait(delayMs: number): Promise<void> {
    if (this.#isStopped) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#wakes.delete(wake);
        cancel();
        resolve();
      };
      const cancel = this.#clock.after(delayMs, wake);
      this.#wakes.add(wake);
    });
  }

  /** Sets the timer of that name, unless the run has ended. */
  after(name: string, delayMs: number, task: () => void): void {
    if (!this.#isStopped) this.#repeating.set(name, this.#clock.after(delayMs, task));
  }
}
