import type {
  CapacityPolicy,
  DeviceAmounts,
  DeviceAsk,
  DeviceClaimRecord,
  DeviceClassRecord,
  DeviceRecord,
} from '../../src/api/records/device-records.ts';

/** A device in a world of one node, with what there is of its counters. */
export interface JudgedDevice {
  readonly device: DeviceRecord;
  /** By set and counter; what nobody has taken. */
  readonly counters: ReadonlyMap<string, DeviceAmounts>;
  /** Some claim has it, to itself or with others. */
  readonly owners: number;
  readonly shares: number;
  readonly consumed: DeviceAmounts;
}

interface Taken {
  readonly claim: number;
  readonly request: number;
  readonly ask: DeviceAsk;
  readonly at: number;
}

/**
 * Whether the claims can have devices together, by trying every choice there is and looking at each as a whole. Written from the
 * meaning of the fields alone; exponential.
 */
export function isAllocatable(
  claims: readonly DeviceClaimRecord[],
  classes: ReadonlyMap<string, DeviceClassRecord>,
  world: readonly JudgedDevice[],
): boolean {
  const requests = claims.flatMap((claim, at) => claim.requests.map((request, r) => ({ claim: at, r, request })));
  const options = requests.map(({ claim, r, request }) =>
    request.asks.flatMap((ask) =>
      setsFor(ask, classes, world).map((set) => set.map((at) => ({ claim, request: r, ask, at }))),
    ),
  );
  return someProduct(options, (choice) => isRight(claims, choice.flat(), world));
}

function setsFor(
  ask: DeviceAsk,
  classes: ReadonlyMap<string, DeviceClassRecord>,
  world: readonly JudgedDevice[],
): readonly (readonly number[])[] {
  const selectors = [...(classes.get(ask.className)?.selectors ?? []), ...ask.selectors];
  const fitting = [...world.keys()].filter((at) => {
    const device = (world[at] as JudgedDevice).device;
    return selectors.every((selector) => selector.matches(device) === true) && amountsOf(device, ask) !== undefined;
  });
  if (ask.mode === 'All') return fitting.length === 0 ? [] : [fitting];
  return subsets(fitting, ask.count);
}

function isRight(
  claims: readonly DeviceClaimRecord[],
  choice: readonly Taken[],
  world: readonly JudgedDevice[],
): boolean {
  for (const [claim] of claims.entries()) if (choice.filter((one) => one.claim === claim).length > 32) return false;
  const isEachRight = choice.every((one, place) => isFree(one, choice.slice(0, place), world));
  return (
    isEachRight &&
    world.every((_, at) => fitsCapacity(choice, at, world)) &&
    fitsCounters(choice, world) &&
    satisfies(claims, choice, world)
  );
}

function isFree(one: Taken, before: readonly Taken[], world: readonly JudgedDevice[]): boolean {
  const { device, owners, shares } = world[one.at] as JudgedDevice;
  const tolerates = device.taints.every(
    ({ effect, key, value }) =>
      (effect !== 'NoSchedule' && effect !== 'NoExecute') ||
      one.ask.tolerations.some(
        (t) =>
          (t.effect === '' || t.effect === effect) &&
          (t.key === '' || t.key === key) &&
          (t.operator === 'Exists' || t.value === value),
      ),
  );
  if (!tolerates) return false;
  const same = before.filter(({ at }) => at === one.at);
  if (one.ask.adminAccess) return device.allowsMultiple || same.every(({ claim }) => claim !== one.claim);
  if (owners > 0) return false;
  return device.allowsMultiple || (shares === 0 && same.length === 0);
}

function fitsCapacity(choice: readonly Taken[], at: number, world: readonly JudgedDevice[]): boolean {
  const { device, consumed } = world[at] as JudgedDevice;
  const taken = choice.filter((one) => one.at === at);
  if (!device.allowsMultiple || taken.length === 0) return true;
  return [...device.capacity].every(([name, { value }]) => {
    const sum = taken.reduce(
      (all, { ask }) => all + (amountsOf(device, ask)?.get(name) ?? 0n),
      consumed.get(name) ?? 0n,
    );
    return sum <= value;
  });
}

/** A device of its own counts for each who has it; a shared one once, unless others share it already. */
function fitsCounters(choice: readonly Taken[], world: readonly JudgedDevice[]): boolean {
  const sums = new Map<string, bigint>();
  world.forEach(({ device, shares }, at) => {
    const takers = choice.filter((one) => one.at === at).length;
    const times = device.allowsMultiple ? Number(takers > 0 && shares === 0) : takers;
    for (const { set, counters } of times === 0 ? [] : device.consumes) {
      for (const [name, amount] of counters) {
        const key = `${set}/${name}`;
        sums.set(key, (sums.get(key) ?? 0n) + BigInt(times) * amount);
      }
    }
  });
  const left = world[0]?.counters ?? new Map<string, DeviceAmounts>();
  return [...sums].every(([key, sum]) => {
    const [set = '', name = ''] = key.split('/');
    return sum <= (left.get(set)?.get(name) ?? 0n);
  });
}

function satisfies(
  claims: readonly DeviceClaimRecord[],
  choice: readonly Taken[],
  world: readonly JudgedDevice[],
): boolean {
  return claims.every((claim, at) =>
    claim.constraints.every(({ kind, attribute, requests }) => {
      const values = choice
        .filter((one) => one.claim === at)
        .filter((one) => {
          const { name = '' } = claim.requests[one.request] ?? {};
          return requests.length === 0 || requests.includes(name) || requests.includes(`${name}/${one.ask.name}`);
        })
        .map((one) => world[one.at]?.device.attributes.get(attribute));
      if (values.includes(undefined)) return false;
      const kinds = new Set(values.map((value) => `${value?.kind ?? ''} ${String(value?.value)}`));
      return kind === 'match' ? kinds.size <= 1 : kinds.size === values.length;
    }),
  );
}

/** What the ask takes of a device: its policies round up. */
function amountsOf(device: DeviceRecord, ask: DeviceAsk): DeviceAmounts | undefined {
  if ([...ask.capacity.keys()].some((name) => !device.capacity.has(name))) return undefined;
  const amounts = new Map<string, bigint>();
  for (const [name, { value, policy }] of device.capacity) {
    const asked = ask.capacity.get(name);
    const amount = asked === undefined ? (policy?.fallback ?? value) : asked;
    const allowed = policy === undefined || asked === undefined ? [amount] : allowedAmounts(policy, value, asked);
    const least = allowed.find((one) => one >= amount);
    if (least === undefined || least > value) return undefined;
    amounts.set(name, least);
  }
  return amounts;
}

/** All that a policy with small numbers allows, ascending, in steps of one billionth where it has no steps. */
function allowedAmounts({ values, range }: CapacityPolicy, value: bigint, asked: bigint): readonly bigint[] {
  if (range === undefined) return values.length === 0 ? [asked] : values;
  const all: bigint[] = [];
  const last = range.max ?? value;
  for (let amount = range.min; amount <= last; amount += range.step ?? 1n) all.push(amount);
  return all;
}

function subsets(of: readonly number[], count: number): readonly (readonly number[])[] {
  if (count === 0) return [[]];
  return of.flatMap((first, at) => subsets(of.slice(at + 1), count - 1).map((rest) => [first, ...rest]));
}

function someProduct<T>(
  options: readonly (readonly T[])[],
  is: (choice: readonly T[]) => boolean,
  chosen: readonly T[] = [],
): boolean {
  const [first, ...others] = options;
  if (first === undefined) return is(chosen);
  return first.some((one) => someProduct(others, is, [...chosen, one]));
}
