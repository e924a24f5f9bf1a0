import type { QueueRecord } from '../../api/records/queue-record.ts';
import type { ResourceAmounts } from '../../api/records/scheduling-shape.ts';

/** What queues have left of their capabilities: a queue takes from its own and from those of all queues above it. */
export class QueueRoom {
  readonly #queues: ReadonlyMap<string, QueueRecord>;
  readonly #left = new Map<string, Map<string, number>>();

  constructor(queues: Iterable<QueueRecord>) {
    this.#queues = new Map([...queues].map((queue) => [queue.name, queue]));
    for (const { name, capability } of this.#queues.values()) {
      if (capability !== undefined) this.#left.set(name, new Map(capability));
    }
  }

  /** Whether it takes work, and has room for so much of all that it, or a queue above it, limits. */
  has(name: string, requests: ResourceAmounts): boolean {
    const queue = this.#queues.get(name);
    if (queue?.state !== 'Open' || queue.deleting) return false;
    return this.#limits(name).every((left) => [...requests].every(([key, asked]) => asked <= (left.get(key) ?? asked)));
  }

  take(name: string, requests: ResourceAmounts): void {
    for (const left of this.#limits(name)) {
      for (const [key, asked] of requests) left.set(key, (left.get(key) ?? Infinity) - asked);
    }
  }

  /** Its own first; a circle ends where it began. */
  #limits(name: string): readonly Map<string, number>[] {
    const path = new Set<string>();
    for (let at = this.#queues.get(name); at !== undefined && !path.has(at.name); at = this.#queues.get(at.parent)) {
      path.add(at.name);
    }
    return [...path].flatMap((each) => this.#left.get(each) ?? []);
  }
}
