import type { QueueRecord } from '../../../src/api/records/queue-record.ts';
import { CLOSE, sum } from './plain-world.ts';
import type { PlainWorld } from './plain-world.ts';

export type Amounts = Map<string, number>;

/** A queue during one turn, under `proportion`. */
export interface Part {
  readonly queue: QueueRecord;
  readonly guarantee: Amounts;
  readonly limit: Amounts;
  /** What the queue says that it deserves, within its limit. */
  readonly declared: Amounts;
  /** What comes before anything goes by weight. */
  readonly floor: Amounts;
  readonly request: Amounts;
  readonly deserved: Amounts;
  /** None of its waiting groups can take its next step within what is deserved. */
  isStuck: boolean;
  /** When its oldest group was made that could start and has not. */
  oldestMs: number;
}

/** Within its capability; of a queue that takes nothing new only what it holds. */
export function writtenGuarantee(world: PlainWorld, queue: QueueRecord, r: string, takesNew: boolean): number {
  const written = queue.name === 'root' ? 0 : (queue.guarantee?.get(r) ?? 0);
  return Math.min(written, world.capability(queue, r), takesNew ? Infinity : world.held(queue, r));
}

/** What is kept for each by name, of so much that there is. */
export function cutGuarantees(
  claims: readonly { readonly queue: QueueRecord; readonly wants: number; readonly most: number }[],
  total: number,
): ReadonlyMap<string, number> {
  const isTooMuch = sum(claims, ({ wants }) => wants) > total;
  const sharers = claims.filter(({ queue }) => queue.name !== 'root');
  const cut = fill(
    total,
    sharers.map(({ queue: { weight }, wants, most }) => ({
      weight,
      from: 0,
      to: Math.min(wants > 0 ? wants : total, total, most),
    })),
  );
  return new Map(
    claims.map((claim) => {
      const part = Math.floor(cut[sharers.indexOf(claim)] ?? 0);
      const isCut = isTooMuch && part < claim.wants - CLOSE;
      return [claim.queue.name, isCut ? part : claim.wants];
    }),
  );
}

export function partOf(queue: QueueRecord, guarantee: Amounts, limit: Amounts): Part {
  const declared = new Map([...(queue.deserved ?? [])].map(([r, amount]) => [r, Math.min(amount, limit.get(r) ?? 0)]));
  const none = { request: new Map(), deserved: new Map(), floor: new Map(), isStuck: false, oldestMs: Infinity };
  return { queue, guarantee, limit, declared, ...none };
}

/** What is declared comes out of what guarantees leave, as far as it is asked for; in equal parts where it is more than that. */
export function setFloors(world: PlainWorld, parts: readonly Part[], r: string): void {
  const beyond = ({ declared, request, guarantee }: Part): number =>
    Math.max(0, Math.min(declared.get(r) ?? 0, request.get(r) ?? 0) - (guarantee.get(r) ?? 0));
  const wanted = sum(parts, beyond);
  const left = world.total(r) - sum(parts, ({ guarantee }) => guarantee.get(r) ?? 0);
  const share = wanted === 0 ? 0 : Math.min(1, Math.max(0, left) / wanted);
  for (const part of parts) part.floor.set(r, (part.guarantee.get(r) ?? 0) + share * beyond(part));
}

/**
 * The queues of a branch deserve together no more than its capability; what they deserve less is shared out again, and they
 * ask for no more than that (0032).
 */
export function cutWithinBranches(world: PlainWorld, parts: readonly Part[], r: string): void {
  for (const top of parts) {
    const branch = world.branch(top.queue);
    const limit = branch.length > 1 ? (top.queue.capability?.get(r) ?? Infinity) : Infinity;
    const members = parts.filter(({ queue }) => branch.includes(queue));
    if (sum(members, ({ deserved }) => deserved.get(r) ?? 0) <= limit + CLOSE) continue;
    const filled = fill(
      limit,
      members.map((part) => bidOf(part, r)),
    );
    let isCut = false;
    for (const [i, { request }] of members.entries()) {
      const gets = filled[i] ?? 0;
      if (gets >= (request.get(r) ?? 0) - CLOSE) continue;
      request.set(r, gets);
      isCut = true;
    }
    if (!isCut) continue;
    pour(world, parts, r);
    cutWithinBranches(world, parts, r);
    return;
  }
}

function bidOf({ queue, floor, limit, request }: Part, r: string): Bid {
  const from = Math.min(floor.get(r) ?? 0, limit.get(r) ?? 0);
  return { weight: queue.weight, from, to: Math.max(from, Math.min(request.get(r) ?? 0, limit.get(r) ?? 0)) };
}

export function pour(world: PlainWorld, parts: readonly Part[], r: string): void {
  const bids = parts.map((part) => bidOf(part, r));
  const filled = fill(world.total(r), bids);
  for (const [i, part] of parts.entries()) part.deserved.set(r, filled[i] ?? 0);
}

interface Bid {
  readonly weight: number;
  readonly from: number;
  readonly to: number;
}

/** Each gets its weight times one level, within its bounds; the level is found by taking out who is at a bound, round by round. */
export function fill(total: number, bids: readonly Bid[]): readonly number[] {
  if (sum(bids, ({ to }) => to) <= total) return bids.map(({ to }) => to);
  const at = (level: number): readonly number[] =>
    bids.map(({ weight, from, to }) => Math.min(Math.max(level * weight, from), to));
  const edges = bids.flatMap(({ weight, from, to }) => [from / weight, to / weight]).toSorted((a, b) => a - b);
  const below = Math.max(0, ...edges.filter((edge) => sum(at(edge), (amount) => amount) <= total));
  const rising = bids.filter(({ weight, from, to }) => from <= below * weight && below * weight < to);
  const fixed = sum(
    bids.filter((bid) => !rising.includes(bid)),
    ({ weight, from, to }) => Math.min(Math.max(below * weight, from), to),
  );
  return at(rising.length === 0 ? below : Math.max(below, (total - fixed) / sum(rising, ({ weight }) => weight)));
}
