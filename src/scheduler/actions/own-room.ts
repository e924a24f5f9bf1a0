import type { Snapshot } from '../ledger/snapshot.ts';

/**
 * Asks about room of somebody's own on the node: as the node stands, and then as if nothing were kept there for who waits. What that waits for is none
 * of this room, and may be charged to the node although it is not free: pods that hold it, or use it until a planned start, end before.
 */
export function isOwnRoom({ reservation, startPlans }: Snapshot, node: number, ask: () => boolean): boolean {
  if (ask()) return true;
  if (reservation.job === undefined && startPlans.plans.length === 0) return false;
  return reservation.without(node, () => startPlans.without(node, ask));
}
