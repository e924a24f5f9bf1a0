import type { WriteRequest } from '../../../engine/ports.ts';

export type Lane = WriteRequest['lane'];

/** Slots that lower lanes get even while decisions wait, so that they never starve. */
const LOWER_MINIMUM = 2;

/**
 * Who may send next. Decisions go first and always find a quarter of the slots free of lower lanes; lower lanes together
 * are always let two slots, and events one of them, however many decisions wait.
 */
export class WriteLanes<T> {
  readonly #maxInFlight: number;
  readonly #maxLower: number;
  readonly #maxEvents: number;
  readonly #lowerMinimum: number;
  readonly #queues: Readonly<Record<Lane, Fifo<T>>> = { decision: new Fifo(), status: new Fifo(), event: new Fifo() };
  readonly #inFlight: Record<Lane, number> = { decision: 0, status: 0, event: 0 };

  constructor(maxInFlight: number) {
    this.#maxInFlight = maxInFlight;
    this.#maxLower = Math.max(1, Math.floor(maxInFlight * 0.75));
    this.#maxEvents = Math.max(1, Math.floor(maxInFlight / 8));
    this.#lowerMinimum = Math.min(LOWER_MINIMUM, maxInFlight - 1);
  }

  push(lane: Lane, item: T): void {
    this.#queues[lane].push(item);
  }

  waiting(lane: Lane): number {
    return this.#queues[lane].length;
  }

  inFlight(lane: Lane): number {
    return this.#inFlight[lane];
  }

  /** Takes the next item that may be sent, and counts it as in flight until `release`. */
  next(): T | undefined {
    const lane = this.#nextLane();
    if (lane === undefined) return undefined;
    this.#inFlight[lane] += 1;
    return this.#queues[lane].shift();
  }

  /** Takes out everything below the decisions that has not been sent. */
  dropLower(): readonly T[] {
    return [...this.#queues.status.drain(), ...this.#queues.event.drain()];
  }

  release(lane: Lane): void {
    this.#inFlight[lane] -= 1;
  }

  #nextLane(): Lane | undefined {
    const { decision, status, event } = this.#inFlight;
    const lower = status + event;
    if (decision + lower >= this.#maxInFlight) return undefined;
    const kept = Math.min(this.#lowerMinimum, lower + this.waiting('status') + this.waiting('event'));
    if (this.waiting('decision') > 0 && decision < this.#maxInFlight - kept) return 'decision';
    if (lower >= this.#maxLower) return undefined;
    const mayEvent = this.waiting('event') > 0 && event < this.#maxEvents;
    const eventStarves = mayEvent && event === 0 && status > 0;
    if (this.waiting('status') > 0 && !eventStarves) return 'status';
    return mayEvent ? 'event' : undefined;
  }
}

/** A queue whose head moves, so that taking from a long one costs the same as from a short one. */
class Fifo<T> {
  #items: T[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  drain(): readonly T[] {
    const items = this.#items.slice(this.#head);
    this.#items = [];
    this.#head = 0;
    return items;
  }

  shift(): T | undefined {
    const item = this.#items[this.#head];
    this.#head += 1;
    if (this.#head >= 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}
