import { ROOT_QUEUE } from '../../api/keys.ts';
import type { QueueRecord } from '../../api/records/queue-record.ts';

/** Deeper than any tree that admission lets through: whoever comes so far goes round in a circle. */
const MOST_STEPS = 1000;

/** Which queues stand above which, by their records alone. Of queues that name each other in a circle none has a parent. */
export class QueueBranches {
  readonly #queue: (name: string) => QueueRecord | undefined;

  constructor(queue: (name: string) => QueueRecord | undefined) {
    this.#queue = queue;
  }

  /** The queue itself first, then its parent and so on. */
  *upFrom(name: string): Iterable<string> {
    for (let at: string | undefined = name; at !== undefined; at = this.#parentOf(at)) yield at;
  }

  /** The queue is the other one, or stands below it at any depth. */
  isWithin(name: string, above: string): boolean {
    for (const each of this.upFrom(name)) if (each === above) return true;
    return false;
  }

  #parentOf(name: string): string | undefined {
    const parent = this.#named(name);
    return parent === undefined || this.#isInCircle(name, parent) ? undefined : parent;
  }

  /** The parent that is named, when there is such a queue. */
  #named(name: string): string | undefined {
    const parent = this.#queue(name)?.parent ?? '';
    if (name === ROOT_QUEUE || parent === ROOT_QUEUE || this.#queue(parent) === undefined) return undefined;
    return parent;
  }

  #isInCircle(name: string, parent: string): boolean {
    let at: string | undefined = parent;
    for (let steps = 0; at !== undefined && steps < MOST_STEPS; steps += 1) {
      if (at === name) return true;
      at = this.#named(at);
    }
    return false;
  }
}
