/** One queue's part in the water-filling; all vectors are indexed like the resource table. */
export interface QueueShare {
  /** Above zero. */
  readonly weight: number;
  /** Most that the queue may ever hold. */
  readonly limit: Float64Array;
  /** What it gets before anything goes by weight. */
  readonly floor: Float64Array;
  /** What its tasks hold and ask for. */
  readonly request: Float64Array;
  /** Out: what it deserves. */
  readonly deserved: Float64Array;
}

/** A level at which a queue begins to take its weight's part of what is poured in (`slope` above zero), or is full. */
interface Turn {
  readonly level: number;
  readonly slope: number;
}

/**
 * Fills the queues' `deserved` from `total`, each resource for itself: a queue gets its weight times a level that is the
 * same for all, but no less than its floor and no more than it asks for within its limit. The level is where all is
 * given away. What Volcano's rounds of dividing by weight come to; floors never add up to more than there is as long
 * as the caller's do not. O(resources x queues x log queues).
 */
export function shareOut(total: Float64Array, shares: readonly QueueShare[]): void {
  for (let r = 0; r < total.length; r += 1) shareOutOne(r, total[r] ?? 0, shares);
}

/** The same for one resource. */
export function shareOutOne(r: number, total: number, shares: readonly QueueShare[]): void {
  const level = levelOf(r, total, shares);
  for (const share of shares) share.deserved[r] = clamp(level * share.weight, least(share, r), most(share, r));
}

/** Infinity when there is enough for all. */
function levelOf(r: number, total: number, shares: readonly QueueShare[]): number {
  let given = 0;
  let wanted = 0;
  for (const share of shares) {
    given += least(share, r);
    wanted += most(share, r);
  }
  if (wanted <= total) return Infinity;
  let level = 0;
  let slope = 0;
  for (const turn of turns(r, shares)) {
    const next = given + slope * (turn.level - level);
    if (next >= total) break;
    given = next;
    level = turn.level;
    slope += turn.slope;
  }
  return slope > 0 ? level + Math.max(0, total - given) / slope : level;
}

function turns(r: number, shares: readonly QueueShare[]): Turn[] {
  const out: Turn[] = [];
  for (const share of shares) {
    const from = least(share, r);
    const to = most(share, r);
    if (to <= from) continue;
    out.push({ level: from / share.weight, slope: share.weight });
    out.push({ level: to / share.weight, slope: -share.weight });
  }
  return out.sort((a, b) => a.level - b.level);
}

function least({ floor, limit }: QueueShare, r: number): number {
  return Math.min(floor[r] ?? 0, limit[r] ?? 0);
}

function most(share: QueueShare, r: number): number {
  return Math.max(least(share, r), Math.min(share.request[r] ?? 0, share.limit[r] ?? 0));
}

function clamp(value: number, from: number, to: number): number {
  return Math.min(Math.max(value, from), to);
}
