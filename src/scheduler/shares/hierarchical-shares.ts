import type { Refusal } from '../model/refusal.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { Queue } from '../model/queue.ts';
import { fillByDominantShares } from './dominant-filling.ts';
import type { Appetite } from './dominant-filling.ts';
import type { QueueEntitlement } from './entitlements.ts';
import type { WorkedOut } from './rights.ts';
import { shareTree } from './share-tree.ts';
import type { ShareTree } from './share-tree.ts';
import type { UsableDemand } from '../demand/usable-demand.ts';

/** What queues deserve in a tree of weights, worked out of what they ask for. */
export class HierarchicalShares implements WorkedOut {
  readonly #snapshot: Snapshot;
  #tree: ShareTree | undefined;

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  troubles(): ReadonlyMap<Queue, Refusal> {
    this.#tree = shareTree(this.#snapshot.queues);
    return this.#tree.troubles;
  }

  workOut(entitlements: ReadonlyMap<Queue, QueueEntitlement>, demand: UsableDemand): void {
    if (this.#tree === undefined) return;
    const { nodes } = this.#snapshot;
    const appetites = new Map<Queue, Appetite>();
    for (const [queue, { rank, limit, trouble }] of entitlements) {
      const request = asked(queue, rank.deserved.length, trouble === undefined ? demand.of(queue).unusable : undefined);
      // What it holds it asks for, also where it may take nothing new.
      const most = trouble === undefined ? limit : request;
      appetites.set(queue, { request, limit: most, deserved: rank.deserved });
    }
    const total = Float64Array.from({ length: this.#snapshot.resources.size }, (_, r) => nodes.totals[r] ?? 0);
    fillByDominantShares(total, this.#tree.root, appetites);
    for (const { rank } of entitlements.values()) {
      rank.guarantee.forEach((kept, r) => (rank.deserved[r] = Math.max(rank.deserved[r] ?? 0, kept)));
    }
  }
}

/** What is held, and what waits less what is of no use; what waits gets nothing where that is not told. */
function asked({ allocated, pending, isOpen }: Queue, length: number, unusable?: readonly number[]): Float64Array {
  const isWaiting = isOpen && unusable !== undefined;
  return Float64Array.from({ length }, (_, r) => {
    const waiting = isWaiting ? (pending[r] ?? 0) - (unusable[r] ?? 0) : 0;
    return Math.max(0, (allocated[r] ?? 0) + waiting);
  });
}
