import type { DeviceAmounts, DeviceRecord, SliceRecord } from '../../api/records/device-records.ts';

/** The newest generation of a driver's pool. */
export interface Pool {
  readonly key: string;
  readonly driver: string;
  readonly name: string;
  /** All slices of the generation are there. */
  readonly isComplete: boolean;
  /** Why nothing of it can be given out; undefined for most. */
  readonly problem: string | undefined;
  /** Those with devices, in the order in which they are looked at: that of their names. */
  readonly slices: readonly SliceRecord[];
  /** What there is of each counter, by set. */
  readonly counters: ReadonlyMap<string, DeviceAmounts>;
  /** The node that all of its slices are of, if it is one. */
  readonly onlyNode: string | undefined;
  /** Some device of the pool takes of them. */
  readonly isCounted: boolean;
}

/** A pool with its slices of all generations. */
interface Entry {
  readonly slices: Map<string, SliceRecord>;
  /** Made when somebody asks. */
  pool: Pool | undefined;
}

const NO_POOLS: ReadonlySet<string> = new Set();

/** ResourceSlices, sorted into pools, and which of these a node may reach. */
export class PoolTable {
  readonly #slices = new Map<string, SliceRecord>();
  readonly #pools = new Map<string, Entry>();
  /** Pools that have slices of a single node, by its name. */
  readonly #ofNode = new Map<string, Set<string>>();
  /** Pools that have slices of several nodes, with the number of those. */
  readonly #wide = new Map<string, number>();
  /** How often each node's own pools changed. */
  readonly #stamps = new Map<string, number>();
  /** Grows whenever a pool of several nodes changes. */
  wideStamp = 0;

  slice(name: string): SliceRecord | undefined {
    return this.#slices.get(name);
  }

  set(slice: SliceRecord): void {
    this.#remove(slice.name);
    this.#slices.set(slice.name, slice);
    const key = poolKey(slice.driver, slice.pool);
    let entry = this.#pools.get(key);
    if (entry === undefined) this.#pools.set(key, (entry = { slices: new Map(), pool: undefined }));
    entry.slices.set(slice.name, slice);
    if (slice.reach?.kind === 'node') addTo(this.#ofNode, slice.reach.node, key);
    else this.#wide.set(key, (this.#wide.get(key) ?? 0) + 1);
    this.#touch(key, slice);
  }

  delete(name: string): void {
    this.#remove(name);
  }

  /** Keys of the pools that the node may reach, in no order. */
  *reachable(node: string): Iterable<string> {
    const own = this.#ofNode.get(node) ?? NO_POOLS;
    yield* own;
    for (const key of this.#wide.keys()) if (!own.has(key)) yield key;
  }

  /** The same as long as the pools that only single nodes reach are the same to this one. */
  stampOf(node: string): number {
    return this.#stamps.get(node) ?? 0;
  }

  get(key: string): Pool | undefined {
    const entry = this.#pools.get(key);
    if (entry === undefined) return undefined;
    return (entry.pool ??= newest([...entry.slices.values()]));
  }

  /** All pools, in no order. */
  *all(): Iterable<Pool> {
    for (const key of this.#pools.keys()) {
      const pool = this.get(key);
      if (pool !== undefined) yield pool;
    }
  }

  #remove(name: string): void {
    const slice = this.#slices.get(name);
    if (slice === undefined) return;
    const key = poolKey(slice.driver, slice.pool);
    this.#touch(key, slice);
    this.#slices.delete(name);
    const entry = this.#pools.get(key);
    entry?.slices.delete(name);
    if (entry?.slices.size === 0) this.#pools.delete(key);
    if (slice.reach?.kind === 'node') this.#leave(slice.reach.node, key, entry);
    else if (this.#wide.get(key) === 1) this.#wide.delete(key);
    else this.#wide.set(key, (this.#wide.get(key) ?? 0) - 1);
  }

  #leave(node: string, key: string, entry: Entry | undefined): void {
    for (const { reach } of entry?.slices.values() ?? []) if (reach?.kind === 'node' && reach.node === node) return;
    const keys = this.#ofNode.get(node);
    keys?.delete(key);
    if (keys?.size === 0) this.#ofNode.delete(node);
  }

  /** Whether a pool counts hangs on all of its slices: all nodes that reach it look again. */
  #touch(key: string, slice: SliceRecord): void {
    const entry = this.#pools.get(key);
    if (entry !== undefined) entry.pool = undefined;
    if (this.#wide.has(key)) this.wideStamp += 1;
    for (const { reach } of [slice, ...(entry?.slices.values() ?? [])]) {
      if (reach?.kind === 'node') this.#stamps.set(reach.node, this.stampOf(reach.node) + 1);
    }
  }
}

export function poolKey(driver: string, pool: string): string {
  return `${driver}\n${pool}`;
}

function newest(all: readonly SliceRecord[]): Pool | undefined {
  const generation = all.reduce((most, slice) => Math.max(most, slice.generation), -Infinity);
  const slices = all.filter((slice) => slice.generation === generation).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const [first] = slices;
  if (first === undefined) return undefined;
  const counters = new Map<string, DeviceAmounts>();
  let problem: string | undefined;
  for (const { set, counters: of } of slices.flatMap((slice) => slice.sharedCounters)) {
    if (counters.has(set)) problem = `two sets of counters are called ${set}`;
    counters.set(set, of);
  }
  const withDevices = slices.filter(({ sharedCounters }) => sharedCounters.length === 0);
  const consuming = withDevices.flatMap(({ devices }) => devices.filter(({ consumes }) => consumes.length > 0));
  return {
    key: poolKey(first.driver, first.pool),
    driver: first.driver,
    name: first.pool,
    isComplete: slices.filter(({ troubles }) => troubles.length === 0).length === first.sliceCount,
    problem: problem ?? consuming.map((device) => missingCounter(device, counters)).find((text) => text !== undefined),
    slices: withDevices.filter(({ troubles }) => troubles.length === 0),
    counters,
    onlyNode: onlyNode(slices),
    isCounted: consuming.length > 0,
  };
}

function onlyNode(slices: readonly SliceRecord[]): string | undefined {
  const nodes = slices.map(({ reach }) => (reach?.kind === 'node' ? reach.node : undefined));
  return nodes.every((node) => node === nodes[0]) ? nodes[0] : undefined;
}

function missingCounter(device: DeviceRecord, counters: ReadonlyMap<string, DeviceAmounts>): string | undefined {
  for (const { set, counters: taken } of device.consumes) {
    const there = counters.get(set);
    for (const name of taken.keys()) {
      if (there?.has(name) !== true) return `device ${device.name} takes of counter ${set}/${name}, which is not there`;
    }
    if (there === undefined) return `device ${device.name} takes of the counters ${set}, which are not there`;
  }
  return undefined;
}

function addTo(sets: Map<string, Set<string>>, key: string, member: string): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([member]));
  else set.add(member);
}
