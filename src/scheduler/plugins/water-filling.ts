import { PODS_IX } from '../model/resource-table.ts';

/** One queue's part in the water-filling; all vectors are indexed like the resource table. */
export interface QueueShare {
  readonly weight: number;
  /** Most that the queue may ever hold. */
  readonly limit: Float64Array;
  readonly guarantee: Float64Array;
  /** What its tasks hold and ask for. */
  readonly request: Float64Array;
  /** Out: what it deserves. */
  deserved: Float64Array;
}

const EPSILON = 0.1;

/**
 * Fills the queues' `deserved` from `total`: each round divides what is left by weight among the queues that still want
 * more, clips at limit and request and lifts to the guarantee; a queue that has all it may or wants leaves the rounds.
 * Volcano's proportion rule. O(queues^2 x resources) at worst.
 */
export function shareOut(total: Float64Array, shares: readonly QueueShare[]): void {
  const remaining = Float64Array.from(total);
  let open = [...shares];
  while (open.length > 0) {
    const weights = open.reduce((sum, share) => sum + share.weight, 0);
    if (weights <= 0) return;
    const given = new Float64Array(total.length);
    const stillOpen: QueueShare[] = [];
    for (const share of open) {
      const isMet = raise(share, remaining, share.weight / weights, given);
      if (!isMet) stillOpen.push(share);
    }
    let moved = 0;
    for (let r = 0; r < remaining.length; r += 1) {
      remaining[r] = (remaining[r] ?? 0) - (given[r] ?? 0);
      moved = Math.max(moved, Math.abs(given[r] ?? 0));
    }
    if (moved <= EPSILON || remaining.every((left, r) => r === PODS_IX || left <= EPSILON)) return;
    open = stillOpen;
  }
}

/** Gives one queue its part of the round; true when it has all it may or wants. */
function raise(share: QueueShare, remaining: Float64Array, part: number, given: Float64Array): boolean {
  const before = share.deserved;
  const after = Float64Array.from(before);
  let isMet = true;
  for (let r = 0; r < after.length; r += 1) {
    const request = share.request[r] ?? 0;
    const limit = share.limit[r] ?? 0;
    const offered = (before[r] ?? 0) + Math.max(0, remaining[r] ?? 0) * part;
    const cap = Math.min(request, limit);
    const value = Math.max(Math.min(offered, cap), Math.min(share.guarantee[r] ?? 0, limit));
    if (r !== PODS_IX && value < cap - EPSILON) isMet = false;
    after[r] = value;
    given[r] = (given[r] ?? 0) + value - (before[r] ?? 0);
  }
  share.deserved = after;
  return isMet;
}
