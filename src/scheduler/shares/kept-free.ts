import type { Refusal } from '../model/refusal.ts';
import type { Queue } from '../model/queue.ts';
import type { AmountWords } from './amount-words.ts';
import { EPSILON } from './epsilon.ts';
import { heldAt } from './queue-level.ts';
import type { Level } from './queue-level.ts';
import type { RoomRequest } from './queue-room.ts';

/** Siblings of which some are guaranteed something: one after the other could take it otherwise, each within its own limit. */
export class KeptFree {
  readonly #guaranteed: readonly Level[];
  readonly #all: readonly Level[];
  readonly #room: Float64Array;

  /** `all` hold together what is held of `room`, by resource. */
  constructor(siblings: readonly Level[], all: readonly Level[], room: Float64Array) {
    this.#guaranteed = siblings.filter(({ guarantee }) => Array.from(guarantee).some((amount) => amount > 0));
    this.#all = all;
    this.#room = room;
  }

  /**
   * How much of what is guaranteed to siblings they do not hold, where so much would be gone of it with what is asked; 0 where
   * it would not. O(siblings).
   */
  taken(level: Level, r: number, asked: number, room: RoomRequest): number {
    let unmet = 0;
    for (const other of this.#guaranteed) {
      if (other !== level) unmet += Math.max(0, (other.guarantee[r] ?? 0) - heldAt(other, r, room));
    }
    if (unmet <= EPSILON) return 0;
    let held = asked;
    for (const each of this.#all) held += heldAt(each, r, room);
    return held + unmet > (this.#room[r] ?? 0) + EPSILON ? unmet : 0;
  }
}

/** What a queue is told that may not have what it asks for, since so much is kept for others. */
export function guaranteedToOthers(
  queue: Queue,
  words: AmountWords,
  { r, asked, kept }: { readonly r: number; readonly asked: number; readonly kept: number },
): Refusal {
  const numbers = `${words.amount(r, asked)} asked, ${words.amount(r, kept)} kept free`;
  const message = `queue ${queue.name} leaves ${words.name(r)} that is guaranteed to others: ${numbers}.`;
  return { code: 'QueueLimit', message };
}
