import type { Refusal } from '../model/refusal.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { Queue } from '../model/queue.ts';
import { upFrom } from '../model/queue-paths.ts';
import type { QueueBounds } from './admission.ts';
import { ClaimTree } from './claim-tree.ts';
import type { Family } from './claim-tree.ts';
import { Entitlement } from './entitlement.ts';
import { claimOf, cutGuarantees, nameResources, narrow, totalsOf } from './guarantees.ts';
import type { QueueClaim } from './guarantees.ts';
import { KeptFree } from './kept-free.ts';
import { queueTroubles } from './queue-troubles.ts';

/** What a queue may and is owed in one cycle. */
export interface QueueEntitlement extends QueueBounds {
  /** Its own jobs first, then the branches that it is part of, its own branch among them, the nearest first. */
  readonly levels: readonly Entitlement[];
  /** What it stands for among its siblings: its branch when there are queues below it. */
  readonly rank: Entitlement;
}

/** What follows from what all queues declare; `told` are those that take nothing new, where they are not those of the tree. O(resources x queues x log queues). */
export function entitle(
  snapshot: Snapshot,
  isTree: boolean,
  told?: ReadonlyMap<Queue, Refusal>,
): ReadonlyMap<Queue, QueueEntitlement> {
  const { queues, resources, nodes } = snapshot;
  nameResources(queues.values(), resources);
  const troubles = told ?? (isTree ? queueTroubles(queues) : new Map<Queue, Refusal>());
  const claims = Array.from(queues.values(), (queue) =>
    claimOf(queue, resources, queue.isOpen && !troubles.has(queue)),
  );
  narrow(claims);
  const total = totalsOf(snapshot);
  const tree = new ClaimTree(claims, isTree);
  const cut = new Map<Queue, string>();
  for (const claim of tree.bottomUp()) tree.sumGuarantees(claim);
  for (const { siblings, above } of tree.families()) {
    for (const [queue, told] of cutGuarantees(siblings, above?.guarantee ?? total, resources)) cut.set(queue, told);
  }
  for (const claim of tree.bottomUp()) tree.sumDeserved(claim);
  // Without a node there is nothing to divide, and nothing to say about it either.
  for (const { queue } of claims) {
    const guarantee = nodes.count === 0 ? '' : (cut.get(queue) ?? '');
    queue.setProblems({ guarantee, parent: troubles.get(queue)?.message ?? '' });
  }
  const table = new Table(tree, total);
  return new Map(
    claims.flatMap((claim) => {
      const { queue } = claim;
      const rank = table.rank(queue);
      return rank === undefined ? [] : [[queue, table.of(claim, rank, troubles.get(queue))]];
    }),
  );
}

/** Gives each family what its parent has, from the top down. */
class Table {
  readonly #tree: ClaimTree;
  readonly #total: Float64Array;
  readonly #ranks = new Map<Queue, Entitlement>();
  /** Of queues with others below them, for their own jobs. */
  readonly #owns = new Map<Queue, Entitlement>();

  constructor(tree: ClaimTree, total: Float64Array) {
    this.#tree = tree;
    this.#total = total;
    for (const family of tree.families()) this.#add(family);
  }

  of({ queue, capability }: QueueClaim, rank: Entitlement, trouble: Refusal | undefined): QueueEntitlement {
    const own = this.#owns.get(queue) ?? rank;
    const path = this.#tree.isTree ? upFrom(queue) : [queue];
    const branches = path.flatMap((each) => this.#ranks.get(each) ?? []);
    const limit = this.#total.map((all, r) => (trouble === undefined ? Math.min(all, own.most[r] ?? Infinity) : 0));
    return {
      queue,
      rank,
      levels: own === rank ? branches : [own, ...branches],
      // Side by side, what is guaranteed to a child is not kept from its parent.
      capability: this.#tree.isTree ? rank.most : capability,
      limit,
      trouble,
    };
  }

  rank(queue: Queue): Entitlement | undefined {
    return this.#ranks.get(queue);
  }

  #add({ siblings, above }: Family): void {
    const parent = above === undefined ? undefined : this.#ranks.get(above.queue);
    const base = parent?.most ?? this.#total.map(() => Infinity);
    const room = this.#total.map((all, r) => Math.min(all, base[r] ?? Infinity));
    const reserved = this.#total.map((_, r) => siblings.reduce((sum, { guarantee }) => sum + (guarantee[r] ?? 0), 0));
    const made = siblings.map((claim) => {
      const most = within(claim.capability, base, room, without(reserved, claim.guarantee));
      const deserved = capped(claim.declared, most);
      return new Entitlement(claim.queue, this.#tree.hasBelow(claim.queue), { ...claim, most, deserved });
    });
    for (const each of made) this.#ranks.set(each.queue, each);
    const all = above === undefined ? made : [...made, this.#own(above, within(base, base, room, reserved))];
    if (reserved.every((amount) => amount === 0)) return;
    const keptFree = new KeptFree(made, parent === undefined ? made : [parent], room);
    for (const each of all) each.keptFree = keptFree;
  }

  /** Nothing is guaranteed to it beside what is guaranteed to the branch. */
  #own(claim: QueueClaim, most: Float64Array): Entitlement {
    const deserved = capped(this.#tree.ownDeserved(claim), most);
    const own = new Entitlement(claim.queue, false, { most, deserved, guarantee: new Float64Array(most.length) });
    this.#owns.set(claim.queue, own);
    return own;
  }
}

/** What guarantees of others leave of the room, within the capability; where there are none only the base says how much. */
function within(capability: Float64Array, base: Float64Array, room: Float64Array, others: Float64Array): Float64Array {
  return capability.map((most, r) => {
    const kept = others[r] ?? 0;
    return Math.max(0, Math.min(most, kept > 0 ? (room[r] ?? 0) - kept : (base[r] ?? Infinity)));
  });
}

function without(sum: Float64Array, part: Float64Array): Float64Array {
  return sum.map((amount, r) => amount - (part[r] ?? 0));
}

function capped(deserved: Float64Array, most: Float64Array): Float64Array {
  return deserved.map((amount, r) => Math.min(amount, most[r] ?? Infinity));
}
