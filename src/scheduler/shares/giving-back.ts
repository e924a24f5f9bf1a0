import { isWithin } from '../model/queue-paths.ts';
import type { Queue } from '../model/queue.ts';
import { EPSILON } from './epsilon.ts';
import { standing } from './queue-level.ts';
import type { Level } from './queue-level.ts';
import type { QueueRights } from './queue-victims.ts';

/** A queue of a branch that is full, and what it was promised beside what it holds. */
export interface Member {
  readonly queue: Queue;
  readonly promised: number;
}

/** So much of a resource that a group of the queue asks for. */
interface Ask {
  readonly queue: Queue;
  readonly r: number;
  readonly asked: number;
}

/**
 * What the queues of a full branch hold beyond what they are owed, where another queue of it would have that taken back: its groups need not
 * wait for them before they are let in.
 */
export class GivingBack {
  readonly #rights: Pick<QueueRights, 'reach' | 'levels'>;
  #version = 0;
  #owed: readonly number[] = [];
  #isRead = false;

  constructor(rights: Pick<QueueRights, 'reach' | 'levels'>) {
    this.#rights = rights;
  }

  /** What queues are owed may be something else from now on. */
  reset(): void {
    this.#isRead = false;
  }

  /** Grows whenever some queue is owed something else than in the cycle before, or may be taken from and might not. First O(queues x resources), then O(1). */
  version(queues: Iterable<Queue>, resources: number): number {
    if (this.#isRead) return this.#version;
    this.#isRead = true;
    const owed: number[] = [];
    for (const queue of queues) {
      owed.push(Number(queue.record.reclaimable));
      for (const level of this.#rights.levels(queue)) for (let r = 0; r < resources; r += 1) owed.push(level.owed(r));
    }
    const isSame = owed.length === this.#owed.length && owed.every((amount, i) => amount === this.#owed[i]);
    this.#owed = owed;
    if (!isSame) this.#version += 1;
    return this.#version;
  }

  /** Of the resource, to a group that its queue has a claim for, with what it was promised. O(members x levels) */
  to(ask: Ask, members: readonly Member[], resources: number): number {
    const { queue, r } = ask;
    const path = this.#rights.levels(queue);
    const claimants = path.slice(0, this.#rights.reach + 1).filter((level) => isOwed(level, ask, members));
    let sum = 0;
    for (const { queue: other } of claimants.length === 0 ? [] : members) {
      if (other === queue || !other.record.reclaimable) continue;
      const levels = this.#rights.levels(other);
      // A claim of a branch takes nothing from within it.
      if (!claimants.some((level) => !levels.includes(level))) continue;
      const facing = levels.filter((level) => !path.includes(level)).slice(0, this.#rights.reach + 1);
      const surpluses = facing.map((level) => surplus(level, r, resources) + takenOff(level, members));
      if (surpluses.length > 0) sum += Math.max(0, Math.min(...surpluses));
    }
    return sum;
  }
}

/** What its elastic groups hold beyond their minima counts as free at the door already: below zero, or 0. */
function takenOff(level: Level, members: readonly Member[]): number {
  return members.reduce((all, { queue, promised }) => all + (isOf(level, queue) ? Math.min(0, promised) : 0), 0);
}

function isOf({ queue: top, isBranch }: Level, queue: Queue): boolean {
  return queue === top || (isBranch && isWithin(queue, top));
}

/** With all that it was promised and that is asked for it holds no more than it is owed. */
function isOwed(level: Level, { r, asked }: Ask, members: readonly Member[]): boolean {
  let held = standing(level, r);
  for (const { queue, promised } of members) if (isOf(level, queue)) held += Math.max(0, promised);
  return held + asked <= level.owed(r) + EPSILON;
}

/** What it holds beyond what it is owed: all where it says nothing of anything. */
function surplus(level: Level, r: number, resources: number): number {
  const owed = level.owed(r);
  for (let other = 0; owed < 0 && other < resources; other += 1) if (level.owed(other) >= 0) return 0;
  return standing(level, r) - Math.max(0, owed, level.guarantee[r] ?? 0);
}
