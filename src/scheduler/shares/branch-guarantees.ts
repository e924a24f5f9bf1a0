import type { Queue } from '../model/queue.ts';
import type { ResourceTable } from '../model/resource-table.ts';
import { ClaimTree } from './claim-tree.ts';
import { EPSILON } from './epsilon.ts';
import { cutGuarantees } from './guarantees.ts';
import type { QueueClaim } from './guarantees.ts';
import type { Share } from './share.ts';
import { shareOutOne } from './water-filling.ts';

/**
 * Guarantees where queues share side by side: what is guaranteed to a queue holds for all that is below it. No amount is kept
 * twice, and what those below were not promised by name is handed down to those of them that ask.
 */
export class BranchGuarantees {
  readonly #tree: ClaimTree;
  readonly #total: Float64Array;
  readonly #problems = new Map<Queue, string>();
  /** With what is guaranteed to those below. */
  readonly #whole: ReadonlyMap<Queue, Float64Array>;
  /** Of all queues together. */
  readonly #reserved: Float64Array;

  /** Cuts the claims' guarantees where they do not fit, and leaves each queue what nobody below it was promised. O(resources x queues x log queues). */
  constructor(claims: readonly QueueClaim[], total: Float64Array, resources: ResourceTable) {
    const tree = new ClaimTree(claims, true);
    this.#tree = tree;
    this.#total = total;
    for (const claim of tree.bottomUp()) tree.sumGuarantees(claim);
    for (const { siblings, above } of tree.families()) {
      const room = above?.guarantee ?? total;
      for (const [queue, told] of cutGuarantees(siblings, room, resources)) this.#problems.set(queue, told);
    }
    this.#whole = new Map(claims.map(({ queue, guarantee }) => [queue, guarantee.slice()]));
    this.#reserved = new Float64Array(total.length);
    for (const { siblings, above } of tree.families()) {
      for (const { queue } of siblings) {
        this.#whole.get(queue)?.forEach((kept, r) => {
          if (above === undefined) this.#reserved[r] = (this.#reserved[r] ?? 0) + kept;
          else above.guarantee[r] = Math.max(0, (above.guarantee[r] ?? 0) - kept);
        });
      }
    }
  }

  /** What to tell about the queue whose guarantee was cut. */
  problem(queue: Queue): string {
    return this.#problems.get(queue) ?? '';
  }

  /** What is guaranteed to others than the queue and the branches that it is part of. */
  reservedBeside(queue: Queue): Float64Array {
    const out = this.#reserved.slice();
    const own = this.#tree.claimOf(queue)?.guarantee;
    own?.forEach((kept, r) => (out[r] = (out[r] ?? 0) - kept));
    for (let above = queue.parent; above !== undefined; above = above.parent) {
      this.#tree.claimOf(above)?.guarantee.forEach((kept, r) => (out[r] = (out[r] ?? 0) - kept));
    }
    return out;
  }

  /** To those that can use it, by weight, and what then is left to all below that are open: it is kept for them while they are idle. */
  handDown(shares: ReadonlyMap<Queue, Share>): void {
    if (this.#reserved.every((amount) => amount === 0)) return;
    const asked = this.#askedByBranch(shares);
    for (const { siblings, above } of this.#tree.families()) {
      const from = above === undefined ? undefined : shares.get(above.queue);
      if (from === undefined) continue;
      const heirs = siblings.flatMap(({ queue }) => shares.get(queue) ?? []);
      for (let r = 0; r < from.guarantee.length; r += 1) {
        if ((from.guarantee[r] ?? 0) > EPSILON) this.#hand(r, from, heirs, asked);
      }
    }
  }

  #hand(r: number, from: Share, heirs: readonly Share[], asked: ReadonlyMap<Queue, Float64Array>): void {
    const rest = from.guarantee[r] ?? 0;
    const parts = heirs.map((heir) => {
      const whole = this.#whole.get(heir.queue)?.[r] ?? 0;
      const asks = Math.max(0, (asked.get(heir.queue)?.[r] ?? 0) - whole);
      const takes = heir.queue.isOpen ? Math.max(0, (heir.capability[r] ?? Infinity) - whole) : asks;
      return part(heir, { asks, takes: Math.min(takes, this.#total[r] ?? 0) });
    });
    // Its own jobs, where it has any, come beside those below.
    const own = part(from, { asks: from.request[r] ?? 0, takes: from.request[r] ?? 0 });
    const all = [...parts, own];
    shareOutOne(0, rest, all);
    for (const each of all) each.floor[0] = each.deserved[0] ?? 0;
    for (const each of parts) each.request[0] = each.limit[0] ?? 0;
    shareOutOne(0, rest, all);
    from.guarantee[r] = Math.floor((own.deserved[0] ?? 0) + EPSILON);
    parts.forEach(({ deserved }, i) => {
      const heir = heirs[i];
      if (heir) heir.guarantee[r] = (heir.guarantee[r] ?? 0) + Math.floor((deserved[0] ?? 0) + EPSILON);
    });
  }

  /** What queues hold and can use, with all that is below them. */
  #askedByBranch(shares: ReadonlyMap<Queue, Share>): ReadonlyMap<Queue, Float64Array> {
    const asked = new Map<Queue, Float64Array>();
    for (const { queue } of this.#tree.bottomUp()) {
      const own = asked.get(queue) ?? new Float64Array(this.#total.length);
      shares.get(queue)?.request.forEach((amount, r) => (own[r] = (own[r] ?? 0) + amount));
      asked.set(queue, own);
      if (queue.parent === undefined) continue;
      const sum = asked.get(queue.parent) ?? new Float64Array(this.#total.length);
      own.forEach((amount, r) => (sum[r] = (sum[r] ?? 0) + amount));
      asked.set(queue.parent, sum);
    }
    return asked;
  }
}

/** A queue's part of one amount. */
function part({ weight }: Share, { asks, takes }: { readonly asks: number; readonly takes: number }) {
  return {
    weight,
    limit: Float64Array.of(takes),
    floor: Float64Array.of(0),
    request: Float64Array.of(asks),
    deserved: Float64Array.of(0),
  };
}
