import type { Clock, Logger } from '../ports.ts';

export interface LooksOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** How long after a look the next one begins, in milliseconds; asked after each. */
  readonly delayMs: () => number;
}

/** Looks at Secrets again and again until stopped, one look after the other; the first begins at once. */
export class Looks {
  readonly #options: LooksOptions;
  readonly #check: () => Promise<void>;
  #isStopped = false;
  #cancel = (): void => undefined;

  constructor(options: LooksOptions, check: () => Promise<void>) {
    this.#options = options;
    this.#check = check;
    void this.#round();
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  async #round(): Promise<void> {
    const { clock, log, delayMs } = this.#options;
    try {
      await this.#check();
    } catch (error) {
      log.error('a look failed', { message: String(error) });
    }
    if (!this.#isStopped) this.#cancel = clock.after(delayMs(), () => void this.#round());
  }
}
