import { formatUnits } from '../../lib/quantity.ts';
import { resourceUnit } from '../../api/amounts.ts';
import { ROOT_QUEUE } from '../../api/keys.ts';
import type { Queue } from '../model/queue.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { ResourceTable } from '../model/resource-table.ts';
import { EPSILON } from './epsilon.ts';
import { shareOut } from './water-filling.ts';

/** A queue's limits in numbers; vectors are indexed like the resource table and as long as it. */
export interface QueueClaim {
  readonly queue: Queue;
  /** Infinity where there is none. */
  readonly capability: Float64Array;
  /** In: as written. Out: what is kept from the other queues. */
  readonly guarantee: Float64Array;
  /** What the queue says that it deserves; below zero where it says nothing. */
  readonly declared: Float64Array;
}

/** Gives every resource that a queue's limits name its index: vectors that are made afterwards are long enough for all. */
export function nameResources(queues: Iterable<Queue>, resources: ResourceTable): void {
  for (const { record } of queues) {
    for (const list of [record.guarantee, record.capability, record.deserved]) {
      for (const name of list?.keys() ?? []) resources.intern(name);
    }
  }
}

/**
 * All that there is of each resource, on nodes or, of a DeviceClass that is counted, in slices. What running pods hold of broken devices and of
 * nodes that are gone is among it: it counts as held, and took nothing of what the others have (volcano#5911).
 */
export function totalsOf({ resources, nodes, astray, claims: { holdings } }: Snapshot): Float64Array {
  return Float64Array.from({ length: resources.size }, (_, r) => {
    const lost = nodes.heldBeyond(r) + (astray[r] ?? 0);
    return (nodes.totals[r] ?? 0) + lost + holdings.total(r);
  });
}

/** The queue's limits as written, with its guarantee within its capability; of one that takes nothing new only what it holds is kept. */
export function claimOf(queue: Queue, resources: ResourceTable, takesNew = queue.isOpen): QueueClaim {
  const { record, allocated, claimed } = queue;
  const capability = resources.vector(record.capability, Infinity);
  const guarantee = resources.vector(queue.name === ROOT_QUEUE ? undefined : record.guarantee, 0);
  guarantee.forEach((amount, r) => {
    guarantee[r] = Math.min(
      amount,
      capability[r] ?? Infinity,
      takesNew ? Infinity : (allocated[r] ?? 0) + (claimed[r] ?? 0),
    );
  });
  return { queue, capability, guarantee, declared: resources.vector(record.deserved, -1) };
}

/** No queue may ever hold more than those above it. */
export function narrow(claims: readonly QueueClaim[]): void {
  const own = new Map(claims.map(({ queue, capability }) => [queue, capability.slice()]));
  for (const { queue, capability, guarantee } of claims) {
    for (let above = queue.parent; above !== undefined; above = above.parent) {
      own.get(above)?.forEach((most, r) => (capability[r] = Math.min(capability[r] ?? Infinity, most)));
    }
    guarantee.forEach((amount, r) => (guarantee[r] = Math.min(amount, capability[r] ?? Infinity)));
  }
}

/**
 * Cuts guarantees that are together more than the cluster has of a resource: there each counts as a request, a queue
 * without one as a request for everything, and all are shared out by weight. So a modest guarantee stays whole, and a huge
 * one keeps no more than its queue's part by weight from the others. Returns what to tell about each queue whose guarantee
 * was cut. O(resources x queues x log queues).
 */
export function cutGuarantees(
  claims: readonly QueueClaim[],
  total: Float64Array,
  resources: ResourceTable,
): ReadonlyMap<Queue, string> {
  const sum = new Float64Array(total.length);
  for (const { guarantee } of claims) guarantee.forEach((amount, r) => (sum[r] = (sum[r] ?? 0) + amount));
  const problems = new Map<Queue, string[]>();
  if (sum.every((amount, r) => amount <= (total[r] ?? 0))) return new Map();
  const shares = claims.filter(({ queue }) => queue.name !== ROOT_QUEUE).map((claim) => asRequest(claim, total));
  shareOut(total, shares);
  for (const { claim, deserved } of shares) {
    const { guarantee, queue } = claim;
    for (let r = 0; r < guarantee.length; r += 1) {
      const wanted = guarantee[r] ?? 0;
      const kept = Math.floor(deserved[r] ?? 0);
      if ((sum[r] ?? 0) <= (total[r] ?? 0) || kept >= wanted - EPSILON) continue;
      guarantee[r] = kept;
      const name = resources.name(r);
      const [want, all, has, keeps] = [wanted, sum[r] ?? 0, total[r] ?? 0, kept].map((amount) =>
        formatUnits(amount, resourceUnit(name)),
      );
      const problem = `${name} ${want} is guaranteed and ${keeps} is kept, since all guarantees together are ${all} of ${has}.`;
      problems.set(queue, [...(problems.get(queue) ?? []), problem]);
    }
  }
  // By name: indices of names that come and go say nothing.
  return new Map(Array.from(problems, ([queue, told]) => [queue, told.toSorted().join(' ')]));
}

function asRequest(claim: QueueClaim, total: Float64Array) {
  const { queue, guarantee, capability } = claim;
  return {
    claim,
    weight: queue.record.weight,
    limit: total.map((all, r) => Math.min(all, capability[r] ?? Infinity)),
    floor: new Float64Array(total.length),
    request: guarantee.map((amount, r) => (amount > 0 ? amount : (total[r] ?? 0))),
    deserved: new Float64Array(total.length),
  };
}
