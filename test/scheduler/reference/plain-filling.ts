import type { QueueRecord } from '../../../src/api/records/queue-record.ts';
import { CLOSE, sum } from './plain-world.ts';
import type { PlainWorld } from './plain-world.ts';

export type Amounts = Map<string, number>;

/** A queue during one turn, under `proportion`. */
export interface Part {
  readonly queue: QueueRecord;
  readonly guarantee: Amounts;
  readonly limit: Amounts;
  readonly request: Amounts;
  readonly deserved: Amounts;
  /** None of its waiting groups can take its next step within what is deserved. */
  isStuck: boolean;
  /** When its oldest group was made that could start and has not. */
  oldestMs: number;
}

/** Guarantees within capabilities; where they are together more than there is, each as a request of its queue by weight (0016). */
export function keptGuarantees(world: PlainWorld): ReadonlyMap<string, Amounts> {
  const kept = new Map<string, Amounts>();
  const queues = [...world.records.queues.values()];
  for (const queue of queues) kept.set(queue.name, new Map());
  for (const r of world.resources) {
    const claim = (queue: QueueRecord): number => {
      const isIdle = queue.state !== 'Open';
      const written = queue.name === 'root' ? 0 : (queue.guarantee?.get(r) ?? 0);
      return Math.min(written, world.capability(queue, r), isIdle ? world.held(queue, r) : Infinity);
    };
    const total = world.total(r);
    const isTooMuch = sum(queues, claim) > total;
    const sharers = queues.filter(({ name }) => name !== 'root');
    const bids = sharers.map((queue) => ({
      weight: queue.weight,
      from: 0,
      to: Math.min(claim(queue) > 0 ? claim(queue) : total, total, world.capability(queue, r)),
    }));
    const cut = fill(total, bids);
    for (const queue of queues) {
      const part = Math.floor(cut[sharers.indexOf(queue)] ?? 0);
      const isCut = isTooMuch && part < claim(queue) - CLOSE;
      kept.get(queue.name)?.set(r, isCut ? part : claim(queue));
    }
  }
  return kept;
}

export function limitOf(
  world: PlainWorld,
  guarantees: ReadonlyMap<string, Amounts>,
  queue: QueueRecord,
  r: string,
): number {
  const others = sum([...guarantees], ([other, kept]) => (other === queue.name ? 0 : (kept.get(r) ?? 0)));
  return Math.min(world.capability(queue, r), world.total(r) - others);
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

function bidOf({ queue, guarantee, limit, request }: Part, r: string): Bid {
  const from = Math.min(guarantee.get(r) ?? 0, limit.get(r) ?? 0);
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
function fill(total: number, bids: readonly Bid[]): readonly number[] {
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
