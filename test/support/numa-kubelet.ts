import type { NumaPolicy, NumatopologyRecord, PodNuma } from '../../src/api/records/numa-records.ts';

/** What a manager of a kubelet hints for one resource. */
interface Hint {
  readonly zones: readonly number[];
  readonly isPreferred: boolean;
}

type Amounts = ReadonlyMap<string, readonly number[]>;

/** Every set of the zones that is not empty, by brute force. */
function subsets(count: number): readonly (readonly number[])[] {
  let all: readonly (readonly number[])[] = [[]];
  for (let zone = 0; zone < count; zone += 1) all = [...all, ...all.map((set) => [...set, zone])];
  return all.filter((set) => set.length > 0);
}

function sum(zones: readonly number[], amounts: readonly number[] | undefined): number {
  return zones.reduce((total, zone) => total + (amounts?.[zone] ?? 0), 0);
}

/** Hints for resources that are looked at together: one list, for each of them. */
function hints(asked: readonly (readonly [string, number])[], total: Amounts, free: Amounts, count: number): Hint[] {
  const holds =
    (of: Amounts) =>
    (set: readonly number[]): boolean =>
      asked.every(([resource, amount]) => sum(set, of.get(resource)) >= amount);
  const least = Math.min(
    ...subsets(count)
      .filter(holds(total))
      .map((set) => set.length),
  );
  return subsets(count)
    .filter(holds(free))
    .map((zones) => ({ zones, isPreferred: zones.length === least }));
}

/** All ways to take one of each list. */
function products(lists: readonly (readonly Hint[])[]): readonly (readonly Hint[])[] {
  return lists.reduce<readonly (readonly Hint[])[]>(
    (ways, list) => ways.flatMap((way) => list.map((hint) => [...way, hint])),
    [[]],
  );
}

/** The sets of zones, as texts, on which a kubelet could settle for the container: all that are as good as the best. */
export function settled(
  amounts: ReadonlyMap<string, number>,
  node: NumatopologyRecord,
  free: Amounts,
): { readonly isAdmitted: boolean; readonly zones: readonly number[] | undefined } {
  const count = node.zones.length;
  const total: Amounts = new Map([...node.amounts].map(([resource, { total: all }]) => [resource, all]));
  const asked = [...amounts].filter(([resource]) => node.amounts.has(resource));
  const cpu = asked.filter(([resource]) => resource === 'cpu');
  const memory = asked.filter(([resource]) => resource !== 'cpu');
  const lists = [
    ...cpu.map((one) => hints([one], total, free, count)),
    ...memory.map(() => hints(memory, total, free, count)),
  ];
  if (lists.some((list) => list.length === 0)) return { isAdmitted: false, zones: undefined };
  const taken = node.policy === 'single-numa-node' ? lists.map(onlySingles) : lists;
  const every = node.zones.map((_, zone) => zone);
  const merged = products(taken)
    .map((way) => ({
      zones: every.filter((zone) => way.every(({ zones }) => zones.includes(zone))),
      isPreferred: way.every(({ isPreferred }) => isPreferred),
    }))
    .filter(({ zones }) => zones.length > 0);
  const preferred = merged.filter(({ isPreferred }) => isPreferred).map(({ zones }) => zones);
  const best = preferred.toSorted((a, b) => a.length - b.length || bits(a) - bits(b))[0];
  return { isAdmitted: best !== undefined || node.policy === 'best-effort', zones: best };
}

function onlySingles(list: readonly Hint[]): readonly Hint[] {
  return list.filter(({ zones, isPreferred }) => zones.length === 1 && isPreferred);
}

function bits(zones: readonly number[]): number {
  return zones.reduce((all, zone) => all + 2 ** zone, 0);
}

/** A node's kubelet that gives out CPUs by number. It knows nothing of the scheduler and its expectations. */
export class NumaKubelet {
  readonly #zoneOf: readonly number[];
  readonly #count: number;
  readonly #policy: NumaPolicy;
  readonly #heldBy = new Map<string, readonly number[]>();

  constructor(zones: readonly number[], policy: NumaPolicy) {
    this.#zoneOf = zones.flatMap((count, zone) => Array.from({ length: count }, () => zone));
    this.#count = zones.length;
    this.#policy = policy;
  }

  get used(): readonly number[] {
    return [...this.#heldBy.values()].flat();
  }

  get holders(): readonly string[] {
    return [...this.#heldBy.keys()];
  }

  /** Takes the pod, whose containers have CPUs alone and no start-up steps; false when it turns it away. */
  admit(uid: string, { containers }: PodNuma, node: NumatopologyRecord): boolean {
    const got: number[] = [];
    for (const { amounts } of containers) {
      const cpus = (amounts.get('cpu') ?? 0) / 1000;
      if (cpus === 0) continue;
      const unused = [...this.#zoneOf.keys()].filter((cpu) => !this.used.includes(cpu) && !got.includes(cpu));
      const inZone = (zone: number): number[] => unused.filter((cpu) => this.#zoneOf[cpu] === zone);
      const free = Array.from({ length: this.#count }, (_, zone) => 1000 * inZone(zone).length);
      const { isAdmitted, zones } = settled(
        new Map([['cpu', cpus * 1000]]),
        { ...node, policy: this.#policy },
        new Map([['cpu', free]]),
      );
      if (!isAdmitted) return false;
      const from = [...(zones ?? []), ...node.zones.map((_, zone) => zone)].flatMap(inZone);
      got.push(...[...new Set(from)].slice(0, cpus));
    }
    this.#heldBy.set(uid, got);
    return true;
  }

  leave(uid: string): void {
    this.#heldBy.delete(uid);
  }
}
