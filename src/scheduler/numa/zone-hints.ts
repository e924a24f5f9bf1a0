import type { NumaPolicy, NumatopologyRecord, ZoneAmounts } from '../../api/records/numa-records.ts';

/** Zones of a node, as bits by their places in its list. */
export type ZoneSet = number;

/** Amounts by resource and zone. */
export type ZoneRoom = ReadonlyMap<string, readonly number[]>;

/** What one manager of a kubelet (of CPUs, of memory) is asked for, all of it from the same zones. */
export interface Demand {
  readonly amounts: ReadonlyMap<string, number>;
  /** Zones without which a set will not do. */
  readonly must: ZoneSet;
}

/** Where a demand could be met. */
export interface Hints {
  /** Sets of zones that have enough free. */
  readonly sets: readonly ZoneSet[];
  /** Zones of the smallest set that has enough at all; infinite where none has. */
  readonly least: number;
}

function sizeOf(set: ZoneSet): number {
  let size = 0;
  for (let bits = set; bits !== 0; bits &= bits - 1) size += 1;
  return size;
}

export function hasZone(set: ZoneSet, place: number): boolean {
  return (set & (1 << place)) !== 0;
}

/** By the rules of Kubernetes' CPU and memory managers: what they hint to the kubelet's topology manager. O(2^zones). */
export function hintsOf({ amounts, must }: Demand, node: NumatopologyRecord, room: ZoneRoom): Hints {
  const sets: ZoneSet[] = [];
  let least = Infinity;
  const hasAll = (set: ZoneSet, of: (resource: string) => readonly number[] | undefined): boolean => {
    for (const [resource, amount] of amounts) if (sumIn(set, of(resource)) < amount) return false;
    return true;
  };
  for (let set = 1; set < 1 << node.zones.length; set += 1) {
    const size = sizeOf(set);
    if (size < least && hasAll(set, (resource) => node.amounts.get(resource)?.total)) least = size;
    if ((set & must) === must && hasAll(set, (resource) => room.get(resource))) sets.push(set);
  }
  return { sets, least };
}

/** Sets of a size that the policy takes; of the loosest any. */
export function isTaken(set: ZoneSet, { least }: Hints, policy: NumaPolicy): boolean {
  if (policy === 'best-effort' || policy === 'none') return true;
  return sizeOf(set) === (policy === 'restricted' ? least : 1);
}

/**
 * The zones on which the managers agree, by the rules of Kubernetes' topology manager: the fewest, the first ones among
 * those. Undefined when the policy turns the container away.
 */
export function agreement(all: readonly Hints[], policy: NumaPolicy, zones: number): ZoneSet | undefined {
  const every = (1 << zones) - 1;
  if (policy === 'none') return every;
  const strict = policy === 'best-effort' ? 'restricted' : policy;
  let agreed = new Set([every]);
  for (const hints of all) {
    const next = new Set<ZoneSet>();
    for (const set of hints.sets) {
      if (!isTaken(set, hints, strict)) continue;
      for (const other of agreed) if ((set & other) !== 0) next.add(set & other);
    }
    agreed = next;
  }
  const found = narrowest(agreed);
  if (found !== undefined || policy !== 'best-effort') return found;
  const common = all.slice(1).reduce((left, { sets }) => left.intersection(new Set(sets)), new Set(all[0]?.sets));
  return narrowest(common) ?? every;
}

function narrowest(sets: ReadonlySet<ZoneSet>): ZoneSet | undefined {
  let best: ZoneSet | undefined;
  for (const set of sets) {
    if (best === undefined || sizeOf(set) < sizeOf(best) || (sizeOf(set) === sizeOf(best) && set < best)) best = set;
  }
  return best;
}

function sumIn(set: ZoneSet, amounts: ZoneAmounts['free'] | undefined): number {
  let sum = 0;
  for (let place = 0; place < (amounts?.length ?? 0); place += 1) {
    if (hasZone(set, place)) sum += amounts?.[place] ?? 0;
  }
  return sum;
}
