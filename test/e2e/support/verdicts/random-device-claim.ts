import type { SeededRandom } from '../random.ts';
import { DRIVERS, SELECTORS, TAINTS } from './device-words.ts';
import type { DeviceObject, SliceObject } from './device-objects.ts';
import { list, NAMESPACES, sometimes } from './vocabulary.ts';

/** A ResourceClaim as it is sent to the API server, and what it has. */
export interface DeviceClaimObject {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: object;
  readonly allocation?: object;
}

interface DeviceRequest {
  readonly name: string;
  readonly exactly?: object;
  readonly firstAvailable?: readonly object[];
}

/** The namespace in which claims may ask for access as an administrator. */
export const ADMIN_NAMESPACE = NAMESPACES[0];

/** A claim that waits for its devices. */
export function randomClaim(random: SeededRandom, name: string, namespace: string): DeviceClaimObject {
  const requests = list(random, 1, random.pick([1, 1, 2, 3]), (i) => request(random, `r${i}`, namespace));
  const names = requests.map((one) => one.name);
  return {
    metadata: { name, namespace },
    spec: {
      devices: {
        requests,
        ...sometimes(random, 0.35, 'constraints', () => [constraint(random, names)]),
      },
    },
  };
}

/** Claims that have devices of the slice, each to be named. */
export function randomHolding(
  random: SeededRandom,
  slice: SliceObject,
  taken: Set<string>,
): readonly ((name: string) => DeviceClaimObject)[] {
  const { driver, pool, nodeName, devices = [] } = slice.spec;
  if (nodeName === undefined || (pool.generation === 1 && driver === DRIVERS.whole)) return [];
  return devices
    .filter(
      (device) => random.chance(driver === DRIVERS.part ? 0.15 : 0.25) && !taken.has(`${pool.name}/${device.name}`),
    )
    .map((device) => (name) => {
      taken.add(`${pool.name}/${device.name}`);
      return holding(random, name, { driver, pool: pool.name, nodeName, device });
    });
}

interface Held {
  readonly driver: string;
  readonly pool: string;
  readonly nodeName: string;
  readonly device: DeviceObject;
}

function holding(random: SeededRandom, name: string, { driver, pool, nodeName, device }: Held): DeviceClaimObject {
  const isShared = device.allowMultipleAllocations === true;
  const shareID = `00000000-0000-4000-8000-${String(random.between(1, 999_999)).padStart(12, '0')}`;
  const result = {
    request: 'r',
    driver,
    pool,
    device: device.name,
    ...(isShared ? { shareID, consumedCapacity: { memory: random.pick(['1Gi', '2Gi', '4Gi']) } } : {}),
  };
  const field = { key: 'metadata.name', operator: 'In', values: [nodeName] };
  return {
    metadata: { name, namespace: random.pick(NAMESPACES) },
    spec: { devices: { requests: [{ name: 'r', exactly: { deviceClassName: 'any' } }] } },
    allocation: {
      devices: { results: [result] },
      nodeSelector: { nodeSelectorTerms: [{ matchFields: [field] }] },
    },
  };
}

function request(random: SeededRandom, name: string, namespace: string): DeviceRequest {
  if (random.chance(0.2)) {
    const alternatives = list(random, 2, 3, (i) => ({ name: `alt-${i}`, ...ask(random) }));
    return { name, firstAvailable: alternatives };
  }
  const isAdmin = namespace === ADMIN_NAMESPACE && random.chance(0.15);
  return { name, exactly: { ...ask(random), ...(isAdmin ? { adminAccess: true } : {}) } };
}

function ask(random: SeededRandom): object {
  const deviceClassName = random.pick([
    'whole',
    'whole',
    'whole',
    'whole',
    'any',
    'part',
    'part',
    'share',
    'share',
    'net',
    'large',
  ] as const);
  const isAll = random.chance(0.1);
  return {
    deviceClassName: random.chance(0.03) ? 'unknown' : deviceClassName,
    ...(isAll ? { allocationMode: 'All' } : { count: random.pick([1, 1, 1, 2, 3]) }),
    ...sometimes(random, 0.4, 'selectors', () => [{ cel: { expression: random.pick(SELECTORS) } }]),
    ...sometimes(random, 0.3, 'tolerations', () => [toleration(random)]),
    ...(deviceClassName === 'share' || random.chance(0.1)
      ? sometimes(random, 0.7, 'capacity', () => ({ requests: { memory: random.pick(['1Gi', '2Gi', '3Gi', '5Gi']) } }))
      : {}),
  };
}

function toleration(random: SeededRandom): object {
  return random.pick<object>([
    { operator: 'Exists' },
    { key: random.pick(TAINTS), operator: 'Exists' },
    { key: random.pick(TAINTS), operator: 'Equal', value: 'a', effect: 'NoSchedule' },
  ]);
}

function constraint(random: SeededRandom, names: readonly string[]): object {
  const requests = random.chance(0.5) ? {} : { requests: names };
  const attribute = random.pick([
    'topo.example.com/numa',
    'whole.example.com/model',
    'whole.example.com/level',
  ] as const);
  return random.chance(0.7)
    ? { ...requests, matchAttribute: attribute }
    : { ...requests, distinctAttribute: attribute };
}
