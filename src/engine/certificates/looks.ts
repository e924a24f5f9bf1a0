import type { Clock, Logger } from '../ports.ts';

export interface LooksOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** How long after a look the next one begins. */
  readonly checkEveryMs: number;
  /** Asked after each look: somebody waits for what it is to find, and a second is enough. */
  readonly isUrgent?: () => boolean;
}

const URGENT_MS = 1000;

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
    const { clock, log, checkEveryMs, isUrgent } = this.#options;
    try {
      await this.#check();
    } catch (error) {
      log.error('a look failed', { message: String(error) });
    }
    const delayMs = isUrgent?.() === true ? Math.min(URGENT_MS, checkEveryMs) : checkEveryMs;
    if (!this.#isStopped) this.#cancel = clock.after(delayMs, () => void this.#round());
  }
}
