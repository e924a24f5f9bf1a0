import type { Queue } from '../model/queue.ts';
import { PODS_IX } from '../model/resource-table.ts';
import type { Needs } from '../model/task-class.ts';
import { EPSILON } from './epsilon.ts';
import { countedBeside, countedBesideBranch } from './queue-room.ts';
import type { RoomRequest } from './queue-room.ts';

/** The own jobs of a queue, or a queue with all that is below it, and what is its own by right; by resource. */
export interface Level {
  readonly queue: Queue;
  /** Those below the queue count as well. */
  readonly isBranch: boolean;
  readonly guarantee: ArrayLike<number>;
  /** What may be had taken back from others, and what others leave it; below zero where nothing is said of the resource. */
  owed(resource: number): number;
}

/** What the level holds, without what is on its way out. */
export function standing({ queue, isBranch }: Level, r: number): number {
  const own = (queue.allocated[r] ?? 0) + (queue.claimed[r] ?? 0) - (queue.leaving[r] ?? 0);
  return isBranch ? own + (queue.below[r] ?? 0) + (queue.claimedBelow[r] ?? 0) - (queue.leavingBelow[r] ?? 0) : own;
}

/** What the level holds, as it counts for who asks. */
export function heldAt({ queue, isBranch }: Level, r: number, room: RoomRequest): number {
  return isBranch
    ? queue.heldWithin(r) + countedBesideBranch(queue, r, room)
    : (queue.allocated[r] ?? 0) + (queue.claimed[r] ?? 0) + countedBeside(queue, r, room);
}

/**
 * Whether the level, with so much more, holds no more than it is owed of all that is asked for, as far as something is said of it:
 * where nothing is said there is no claim.
 */
export function hasClaim(level: Level, { resources, amounts }: Needs): boolean {
  let isAny = false;
  for (let i = 0; i < resources.length; i += 1) {
    const r = resources[i] ?? 0;
    const owed = level.owed(r);
    if (r === PODS_IX || owed < 0) continue;
    isAny = true;
    if (standing(level, r) + (amounts[i] ?? 0) > owed + EPSILON) return false;
  }
  return isAny;
}
