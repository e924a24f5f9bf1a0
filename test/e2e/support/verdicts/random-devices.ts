import type { DeviceObject, SliceObject } from './device-objects.ts';
import type { SeededRandom } from '../random.ts';
import { randomClaim, randomHolding } from './random-device-claim.ts';
import type { DeviceClaimObject } from './random-device-claim.ts';
import { DRIVERS, LEVELS, MODELS, TAINTS } from './device-words.ts';
import { list, NAMESPACES, sometimes, ZONE, ZONES } from './vocabulary.ts';

/** Devices of a world, and claims for them. */
export interface Devices {
  readonly slices: readonly SliceObject[];
  readonly claims: readonly DeviceClaimObject[];
  readonly taintRules: readonly object[];
}

/** Of a world in which nobody asks for devices. */
export const NO_DEVICES: Devices = { slices: [], claims: [], taintRules: [] };

/** Whole devices, parts of devices, shared devices and devices beyond nodes; claims that have some, and claims that wait. */
export function randomDevices(random: SeededRandom, nodes: readonly string[]): Devices {
  const slices = [...nodes.flatMap((node) => nodeSlices(random, node)), ...wideSlices(random, nodes)];
  const taken = new Set<string>();
  const held = slices.flatMap((slice) => randomHolding(random, slice, taken));
  const waiting = NAMESPACES.flatMap((namespace) =>
    list(random, 12, 12, (i) => randomClaim(random, `c-${i}`, namespace)),
  );
  return {
    slices,
    claims: [...held.map((claim, i) => claim(`held-${i}`)), ...waiting],
    taintRules: list(random, 0, 2, (i) => taintRule(random, i)),
  };
}

/** Claims of a pod: those that wait and perhaps one that has devices, or one of nobody. */
export function podDeviceClaims(random: SeededRandom, devices: Devices, namespace: string): readonly object[] {
  const own = devices.claims.filter(({ metadata }) => metadata.namespace === namespace);
  const names = random.shuffled(own.map(({ metadata }) => metadata.name)).slice(0, random.pick([1, 1, 1, 2, 2, 3]));
  return names.map((resourceClaimName, i) => ({ name: `claim-${i}`, resourceClaimName }));
}

function nodeSlices(random: SeededRandom, node: string): SliceObject[] {
  return [
    ...(random.chance(0.7) ? wholePool(random, node) : []),
    ...(random.chance(0.4) ? partitionedPool(random, node) : []),
    ...(random.chance(0.4) ? sharedPool(random, node) : []),
  ];
}

/** Now and then a slice is missing, or one of an older generation is left. */
function wholePool(random: SeededRandom, node: string): SliceObject[] {
  const generation = 2;
  const isSplit = random.chance(0.2);
  const isComplete = random.chance(0.85);
  const resourceSliceCount = isSplit ? 2 : isComplete ? 1 : 2;
  const pool = { name: node, generation, resourceSliceCount };
  const slice = (name: string, first: number): SliceObject => ({
    metadata: { name },
    spec: {
      driver: DRIVERS.whole,
      pool,
      nodeName: node,
      devices: list(random, 1, 3, (i) => wholeDevice(random, `dev-${first + i}`)),
    },
  });
  const old = {
    ...slice(`${node}-old`, 20),
    spec: { ...slice(`${node}-old`, 20).spec, pool: { ...pool, generation: 1 } },
  };
  return [
    slice(`${node}-whole`, 0),
    ...(isSplit ? [slice(`${node}-more`, 10)] : []),
    ...(random.chance(0.2) ? [old] : []),
  ];
}

function wholeDevice(random: SeededRandom, name: string): DeviceObject {
  return {
    name,
    attributes: attributes(random),
    capacity: { memory: { value: random.pick(['10Gi', '20Gi', '40Gi']) } },
    ...sometimes(random, 0.15, 'taints', () => [taint(random)]),
  };
}

function attributes(random: SeededRandom): object {
  return {
    model: { string: random.pick(MODELS) },
    level: { int: random.pick(LEVELS) },
    'topo.example.com/numa': { int: random.between(0, 1) },
    fast: { bool: random.chance(0.5) },
    version: { version: random.pick(['1.0.0', '1.2.3', '2.0.0-rc.1']) },
  };
}

/** One card that may be given out as a whole, or in halves and quarters: counters see to it that it is not given out twice. */
function partitionedPool(random: SeededRandom, node: string): SliceObject[] {
  const pool = { name: `${node}-part`, generation: 1, resourceSliceCount: 2 };
  const part = (name: string, memory: number, slots: number): DeviceObject => ({
    name,
    attributes: { model: { string: 'part' }, level: { int: slots }, fast: { bool: true } },
    capacity: { memory: { value: `${memory}Gi` } },
    consumesCounters: [
      { counterSet: 'card', counters: { memory: { value: `${memory}Gi` }, slots: { value: String(slots) } } },
    ],
  });
  const devices = [
    part('whole', 40, 4),
    part('half-a', 20, 2),
    part('half-b', 20, 2),
    ...list(random, 1, 4, (i) => part(`quarter-${i}`, 10, 1)),
  ];
  const counters = { memory: { value: '40Gi' }, slots: { value: random.pick(['4', '3']) } };
  const base = { driver: DRIVERS.part, pool, nodeName: node };
  return [
    { metadata: { name: `${node}-counters` }, spec: { ...base, sharedCounters: [{ name: 'card', counters }] } },
    { metadata: { name: `${node}-parts` }, spec: { ...base, devices } },
  ];
}

/** Devices of which several claims take a share each. */
function sharedPool(random: SeededRandom, node: string): SliceObject[] {
  const policy = random.pick<object | undefined>([
    { default: '2Gi', validRange: { min: '1Gi', max: '4Gi', step: '1Gi' } },
    { default: '1Gi', validValues: ['1Gi', '4Gi'] },
    undefined,
  ]);
  const devices = list(random, 1, 2, (i) => ({
    name: `shared-${i}`,
    allowMultipleAllocations: true,
    attributes: { model: { string: 'shared' }, level: { int: i }, fast: { bool: false } },
    capacity: { memory: { value: random.pick(['4Gi', '8Gi']), ...(policy && { requestPolicy: policy }) } },
  }));
  const pool = { name: `${node}-shared`, generation: 1, resourceSliceCount: 1 };
  return [{ metadata: { name: `${node}-shared` }, spec: { driver: DRIVERS.share, pool, nodeName: node, devices } }];
}

/** Devices that several nodes reach: by their zone, all of them, or each device in its own way. */
function wideSlices(random: SeededRandom, nodes: readonly string[]): SliceObject[] {
  const zone = (): object => ({
    nodeSelectorTerms: [{ matchExpressions: [{ key: ZONE, operator: 'In', values: [random.pick(ZONES)] }] }],
  });
  const device = (name: string): DeviceObject => wholeDevice(random, name);
  const slice = (name: string, reach: object, devices: readonly DeviceObject[]): SliceObject => ({
    metadata: { name },
    spec: {
      driver: DRIVERS.net,
      pool: { name, generation: 1, resourceSliceCount: 1 },
      ...reach,
      devices,
    },
  });
  const each = list(random, 2, 4, (i) => ({
    ...device(`each-${i}`),
    ...random.pick<object>([{ nodeName: nodes[i] ?? 'n00' }, { nodeSelector: zone() }, { allNodes: true }]),
  }));
  return [
    slice('net-zone', { nodeSelector: zone() }, [device('port-0'), device('port-1')]),
    ...(random.chance(0.5) ? [slice('net-all', { allNodes: true }, [device('any-0')])] : []),
    ...(random.chance(0.5) ? [slice('net-each', { perDeviceNodeSelection: true }, each)] : []),
  ];
}

function taint(random: SeededRandom): object {
  return {
    key: random.pick(TAINTS),
    value: random.pick(['a', 'b']),
    effect: random.pick(['NoSchedule', 'NoExecute', 'None']),
  };
}

function taintRule(random: SeededRandom, index: number): object {
  const selector = random.pick<object>([
    { driver: DRIVERS.whole, device: 'dev-0' },
    { pool: 'n01' },
    { driver: DRIVERS.net },
  ]);
  return { metadata: { name: `rule-${index}` }, spec: { deviceSelector: selector, taint: taint(random) } };
}
