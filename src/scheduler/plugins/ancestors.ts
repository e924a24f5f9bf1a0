import type { Queue } from '../model/queue.ts';
import { EPSILON } from './epsilon.ts';
import { countedBesideBranch } from './queue-room.ts';
import type { RoomRequest } from './queue-room.ts';
import type { Share } from './share.ts';
import { shareOutOne } from './water-filling.ts';

/** A queue with a capability that it shares with the queues below it. */
interface Ancestor {
  readonly share: Share;
  /** Its own share and those of all queues below. */
  readonly members: Share[];
}

/** A capability further up that is too small for what is asked. */
export interface Shortage {
  readonly queue: Queue;
  readonly held: number;
  readonly limit: number;
}

/**
 * The capabilities of queues that have others below them: what the whole branch holds stays within. Made anew each cycle;
 * queues that stand alone, as most do, are in none.
 */
export class Ancestors {
  readonly #all: readonly Ancestor[];
  /** Nearest first; the queue itself when it has others below it. */
  readonly #above = new Map<Queue, Ancestor[]>();

  constructor(shares: ReadonlyMap<Queue, Share>) {
    const byQueue = new Map<Queue, Ancestor>();
    for (const [queue, share] of shares) {
      for (let above = queue.parent; above !== undefined; above = above.parent) {
        const top = shares.get(above);
        if (top === undefined || top.capability.every((amount) => amount === Infinity)) continue;
        const ancestor = byQueue.get(above) ?? { share: top, members: [top] };
        byQueue.set(above, ancestor);
        ancestor.members.push(share);
      }
    }
    this.#all = [...byQueue.values()];
    for (const [queue] of shares) {
      const chain: Ancestor[] = [];
      for (let at: Queue | undefined = queue; at !== undefined; at = at.parent) chain.push(...some(byQueue.get(at)));
      if (chain.length > 0) this.#above.set(queue, chain);
    }
  }

  /** No queue is in a branch with a capability. */
  get isEmpty(): boolean {
    return this.#above.size === 0;
  }

  /** The nearest one that has not so much of the resource left; `promised` tells what else a queue is to get. */
  shortage(
    queue: Queue,
    r: number,
    asked: number,
    room: RoomRequest,
    promised?: (queue: Queue) => number,
  ): Shortage | undefined {
    if (asked <= 0) return undefined;
    for (const { share, members } of this.#above.get(queue) ?? []) {
      const limit = share.capability[r] ?? Infinity;
      if (limit === Infinity) continue;
      let held = (share.queue.allocated[r] ?? 0) + (share.queue.below[r] ?? 0);
      held += countedBesideBranch(share.queue, r, room);
      for (const member of promised === undefined ? [] : members) held += promised?.(member.queue) ?? 0;
      if (held + asked > limit + EPSILON) return { queue: share.queue, held, limit };
    }
    return undefined;
  }

  /** Changes whenever something changed in a branch that the queue is part of, and never comes back to what it was. */
  moves(queue: Queue, promises: (queue: Queue) => number): number {
    let moves = 0;
    for (const { share, members } of this.#above.get(queue) ?? []) {
      moves += share.queue.moves + share.queue.movesBelow;
      for (const member of members) moves += promises(member.queue);
    }
    return moves;
  }

  /**
   * What queues deserve within the branches that they are part of. True when some deserve less now, so that others may
   * deserve more: whoever shares out does it again. Those queues ask for no more than that from now on.
   */
  cut(): boolean {
    let isCut = false;
    for (const { share, members } of this.#all) {
      for (let r = 0; r < share.capability.length; r += 1) {
        const limit = share.capability[r] ?? Infinity;
        const deserved = members.reduce((sum, member) => sum + (member.deserved[r] ?? 0), 0);
        if (deserved <= limit + EPSILON) continue;
        shareOutOne(r, limit, members);
        for (const member of members) {
          const [asks, gets] = [member.request[r] ?? 0, member.deserved[r] ?? 0];
          // Guarantees stay, and may be more than the branch has.
          if (gets >= asks - EPSILON) continue;
          member.request[r] = gets;
          isCut = true;
        }
      }
    }
    return isCut;
  }
}

function some<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value];
}
