import type { Queue } from '../model/queue.ts';
import { EPSILON } from './epsilon.ts';
import { countedBesideBranch } from './queue-room.ts';
import type { RoomRequest } from './queue-room.ts';

/** A queue with the most that it may hold together with all queues below it: Infinity where there is no limit. */
export interface BranchLimit {
  readonly queue: Queue;
  readonly capability: Float64Array;
}

/** A queue with a limit that it shares with the queues below it. */
export interface Ancestor<S> {
  readonly share: S;
  /** Its own share and those of all queues below. */
  readonly members: S[];
}

/** What groups that are to be let in find beside what is held. */
export interface LettingIn<S> {
  promisedTo(queue: Queue): number;
  /** What those of the branch would have to give back to the group. */
  givenBack(members: readonly S[]): number;
}

/** A limit further up that is too small for what is asked. */
export interface Shortage {
  readonly queue: Queue;
  readonly held: number;
  readonly limit: number;
}

/**
 * The limits of queues that have others below them: what the whole branch holds stays within. Made anew each cycle; queues
 * that stand alone, as most do, are in none.
 */
export class Ancestors<S extends BranchLimit> {
  readonly all: readonly Ancestor<S>[];
  /** Nearest first; the queue itself when it has others below it. */
  readonly #above = new Map<Queue, Ancestor<S>[]>();

  constructor(shares: ReadonlyMap<Queue, S>) {
    const byQueue = new Map<Queue, Ancestor<S>>();
    for (const [queue, share] of shares) {
      for (let above = queue.parent; above !== undefined; above = above.parent) {
        const top = shares.get(above);
        if (top === undefined || top.capability.every((amount) => amount === Infinity)) continue;
        const ancestor = byQueue.get(above) ?? { share: top, members: [top] };
        byQueue.set(above, ancestor);
        ancestor.members.push(share);
      }
    }
    this.all = [...byQueue.values()];
    for (const [queue] of shares) {
      const chain: Ancestor<S>[] = [];
      for (let at: Queue | undefined = queue; at !== undefined; at = at.parent) chain.push(...some(byQueue.get(at)));
      if (chain.length > 0) this.#above.set(queue, chain);
    }
  }

  /** No queue is in a branch with a capability. */
  get isEmpty(): boolean {
    return this.#above.size === 0;
  }

  /** The nearest one that has not so much of the resource left. */
  shortage(queue: Queue, r: number, asked: number, room: RoomRequest, lettingIn?: LettingIn<S>): Shortage | undefined {
    if (asked <= 0) return undefined;
    for (const { share, members } of this.#above.get(queue) ?? []) {
      const limit = share.capability[r] ?? Infinity;
      if (limit === Infinity) continue;
      let held = (share.queue.allocated[r] ?? 0) + (share.queue.below[r] ?? 0);
      held += countedBesideBranch(share.queue, r, room);
      for (const member of lettingIn === undefined ? [] : members) held += lettingIn?.promisedTo(member.queue) ?? 0;
      if (held + asked <= limit + EPSILON) continue;
      if (held + asked - (lettingIn?.givenBack(members) ?? 0) <= limit + EPSILON) continue;
      return { queue: share.queue, held, limit };
    }
    return undefined;
  }

  /** Others whenever something changed in a branch that the queue is part of. A sum would not do: queues leave branches. */
  moves(queue: Queue, promises: (queue: Queue) => number): readonly number[] {
    const moves: number[] = [];
    for (const { share, members } of this.#above.get(queue) ?? []) {
      moves.push(share.queue.moves, share.queue.movesBelow);
      for (const member of members) moves.push(promises(member.queue));
    }
    return moves;
  }
}

function some<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value];
}
