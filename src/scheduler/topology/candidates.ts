import type { EmptyCluster } from '../framework/plugin.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import { chain, isWithin } from './domain.ts';
import type { Domain } from './domain.ts';
import type { DomainTree } from './domain-tree.ts';
import type { DomainUse } from './domain-use.ts';
import type { Rooming, Rooms, When } from './rooms.ts';
import type { Unit } from './unit.ts';

/** What a search over domains is made with. */
export interface Network {
  readonly snapshot: Snapshot;
  readonly cluster: EmptyCluster;
  readonly tree: DomainTree;
  readonly rooms: Rooms;
  /** Domains that are told where pods could go from; each costs a plan of its own. */
  readonly mostEmptied: number;
  /** By which the fuller domain of a tier comes first; absent: the one with the least room. */
  readonly packing: DomainUse | undefined;
}

/** A domain with what it could take of the pods of a unit. */
interface Fitting {
  readonly domain: Domain;
  /** Of all classes together, more than wait among them. */
  readonly room: number;
  readonly roomAbove: number;
  /** How full it would be; 0 where that does not count. */
  readonly fill: number;
}

/**
 * Where a unit may go, the best first: the lowest tier, in a tier the domain with the least room that is enough, or the one that
 * would be fullest, so that large rooms stay whole; domains that have room now before those that will have. Pods that stand already are joined as near as can
 * be. Which domains could have room is an upper bound: they have to be tried.
 * O(nodes x classes + domains x (classes + log domains)).
 */
export function* candidates(unit: Unit, limit: number, within: Domain, network: Network): Iterable<Domain> {
  const { tree, snapshot } = network;
  const stay = tree.common(unit.nodes);
  const kept = keptDomain(unit, network);
  if (kept !== undefined && kept.tier <= limit && isWithin(kept, within)) yield kept;
  const pool = poolOf(unit, limit, within, tree);
  if (stay !== undefined && unit.need === 1) {
    // So few are tried faster than their room is counted.
    yield* pool;
    return;
  }
  const now = fitting(unit, pool, 'now', network);
  yield* now.map(({ domain }) => domain);
  if (snapshot.releasingNodes.size === 0) return;
  const tried = new Set(now.map(({ domain }) => domain));
  for (const { domain } of fitting(unit, pool, 'later', network)) if (!tried.has(domain)) yield domain;
}

/**
 * Where the unit could go if other pods went, the domain that lacks least first: as few as can be have to go, and all of them from one domain. Of equals
 * the one where most nodes have somebody who may yield, then the lowest tier; last those where nobody may on any node. O(pods of nodes) beside `candidates`
 */
export function* emptied(unit: Unit, limit: number, within: Domain, network: Network): Iterable<Domain> {
  const kept = keptDomain(unit, network);
  if (kept !== undefined && kept.tier <= limit && isWithin(kept, within)) yield kept;
  const [later, empty] = [roomingsOf(unit, 'later', network), roomingsOf(unit, 'empty', network)];
  const pool = poolOf(unit, limit, within, network.tree).filter((domain) => takes(empty, domain) >= unit.need);
  const lack = new Map(pool.map((domain) => [domain, Math.max(0, unit.need - takes(later, domain))]));
  const yielding = yieldingNodes(unit, network);
  const closed = new Map(pool.map((domain) => [domain, Math.max(0, unit.need - yielding(domain))]));
  pool.sort(
    (a, b) =>
      Number(yielding(a) === 0) - Number(yielding(b) === 0) ||
      (lack.get(a) ?? 0) - (lack.get(b) ?? 0) ||
      (closed.get(a) ?? 0) - (closed.get(b) ?? 0) ||
      a.tier - b.tier ||
      a.first - b.first,
  );
  yield* pool.slice(0, network.mostEmptied);
}

/** How many nodes of a domain have no pods of groups, or some of a lower priority than the unit's: what those have may come free for it, amounts or not. */
function yieldingNodes({ waiting }: Unit, { snapshot, tree }: Network): (domain: Domain) => number {
  const priority = waiting[0]?.job?.priority ?? -Infinity;
  const before = new Int32Array(tree.order.length + 1);
  for (let place = 0; place < tree.order.length; place += 1) {
    const tasks = snapshot.nodeTasks.ofGroups(tree.order[place] ?? -1);
    const yields = tasks.size === 0 || tasks.values().some(({ job }) => job !== undefined && job.priority < priority);
    before[place + 1] = (before[place] ?? 0) + Number(yields);
  }
  return ({ first, end }) => (before[end] ?? 0) - (before[first] ?? 0);
}

/** The domains that are low enough, and hold those of the unit that stand already. */
export function poolOf({ nodes }: Unit, limit: number, within: Domain, tree: DomainTree): Domain[] {
  const stay = tree.common(nodes);
  const all = stay === undefined ? [...tree.domains, tree.root] : [...chain(stay)];
  return all.filter((domain) => domain.tier <= limit && isWithin(domain, within));
}

/** The innermost domain of the rooms that are kept for the unit, and of its pods that stand. */
function keptDomain({ waiting, nodes }: Unit, { snapshot, tree }: Network): Domain | undefined {
  const { nominations, reservation } = snapshot;
  if (nominations.size === 0 && reservation.places.size === 0) return undefined;
  const kept = waiting.flatMap((task) => [nominations.placeOf(task), reservation.placeOf(task)]).filter((n) => n >= 0);
  return kept.length === 0 ? undefined : tree.common([...kept, ...nodes]);
}

function fitting(unit: Unit, pool: readonly Domain[], when: When, network: Network): readonly Fitting[] {
  const roomings = roomingsOf(unit, when, network);
  const found: Fitting[] = [];
  const fillOf = fillWith(unit, network);
  for (const domain of pool) {
    if (takes(roomings, domain) < unit.need) continue;
    const { parent } = domain;
    const roomAbove = parent === undefined ? 0 : sum(roomings, parent);
    found.push({ domain, room: sum(roomings, domain), roomAbove, fill: fillOf(domain) });
  }
  return found.sort(
    (a, b) =>
      a.domain.tier - b.domain.tier ||
      b.fill - a.fill ||
      a.room - b.room ||
      a.roomAbove - b.roomAbove ||
      a.domain.first - b.domain.first,
  );
}

/** How full domains would be with all pods of the unit that wait. */
function fillWith({ pending }: Unit, { packing, tree }: Network): (domain: Domain) => number {
  if (packing === undefined) return () => 0;
  packing.sync(tree);
  const asked = packing.asked((resource) => {
    return [...pending].reduce((sum, [taskClass, count]) => sum + count * taskClass.amountOf(resource), 0);
  });
  return (domain) => packing.fill(domain, asked);
}

/** What is asked about each class, with the number of its pods that wait. */
export type Roomings = readonly (readonly [rooming: Rooming, pending: number])[];

export function roomingsOf({ pending }: Unit, when: When, { rooms, tree, cluster }: Network): Roomings {
  return [...pending].map(([taskClass, count]) => [rooms.of(taskClass, when, tree, cluster), count]);
}

/** How many of the pods that wait the domain could take, at most. */
export function takes(roomings: Roomings, domain: Domain): number {
  let pods = 0;
  for (const [rooming, pending] of roomings) pods += Math.min(pending, rooming(domain));
  return pods;
}

function sum(roomings: Roomings, domain: Domain): number {
  let room = 0;
  for (const [rooming] of roomings) room += rooming(domain);
  return room;
}
