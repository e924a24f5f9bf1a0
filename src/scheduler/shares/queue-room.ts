import type { Freed } from '../framework/plugin.ts';
import type { Queue } from '../model/queue.ts';

/** For whom a queue's room is asked about. */
export interface RoomRequest {
  /** Room that is only promised: what leaves does not count any more, and what this names beside. */
  readonly freed: Freed | undefined;
  /** Pods went for it: what the queue has granted is its own. */
  readonly isGranted: boolean;
}

/** Room that is free now, for anybody. */
export const PLAINLY: RoomRequest = { freed: undefined, isGranted: false };

/** Nearly always the plain one, and no garbage then. */
export function roomRequest(freed: Freed | undefined, isGranted: boolean): RoomRequest {
  return freed === undefined && !isGranted ? PLAINLY : { freed, isGranted };
}

/** How much more of the resource than it holds counts for the queue, or less: what was granted to others, less what leaves. */
export function countedBeside(queue: Queue, r: number, { freed, isGranted }: RoomRequest): number {
  const { granted, keptClaims } = queue;
  // Nearly always, and asked for each pod.
  if (freed === undefined && granted.length === 0 && keptClaims.length === 0) return 0;
  const leaves = freed === undefined ? 0 : (queue.leaving[r] ?? 0) + freed.of(queue, r);
  return (isGranted ? 0 : (granted[r] ?? 0) + (keptClaims[r] ?? 0)) - leaves;
}

/** The same for the queue with all below it. */
export function countedBesideBranch(branch: Queue, r: number, { freed, isGranted }: RoomRequest): number {
  const { leaving, leavingBelow, granted, grantedBelow, keptClaims, keptClaimsBelow } = branch;
  const leaves = freed === undefined ? 0 : (leaving[r] ?? 0) + (leavingBelow[r] ?? 0) + freed.ofBranch(branch, r);
  if (isGranted) return -leaves;
  return (granted[r] ?? 0) + (grantedBelow[r] ?? 0) + (keptClaims[r] ?? 0) + (keptClaimsBelow[r] ?? 0) - leaves;
}
