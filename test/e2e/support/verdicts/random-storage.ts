import type { SeededRandom } from '../random.ts';
import { list, NAMESPACES, RACK, RACKS, someOf, sometimes, ZONE, ZONES } from './vocabulary.ts';
import type { Labels } from './vocabulary.ts';

/** Storage classes that every world has. */
export const CLASSES = {
  /** Volumes are there, and bound once a pod has a node. */
  found: 'found',
  /** Made for the node of the pod, anywhere. */
  made: 'made',
  /** The same, but in two zones only. */
  madeNear: 'made-near',
  /** The same, where there is room for it. */
  madeWhereRoom: 'made-where-room',
  /** Bound as soon as there is a volume, by others. */
  atOnce: 'at-once',
} as const;

export const DRIVERS = ['disks.example.com', 'files.example.com'] as const;
/** The driver that says how much room it has where. */
export const ROOM_DRIVER = 'room.example.com';
const SPEED = 'example.com/speed';
const SPEEDS = ['fast', 'slow'] as const;
const MODES = ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany'] as const;
const SIZES_GI = [1, 2, 5, 10, 20] as const;

/** A volume, and the claim that has it: by number, since the claim's UID is known only once it is made. */
export interface VolumeObject {
  readonly metadata: { readonly name: string; readonly labels: Labels };
  readonly spec: object;
  readonly phase: string;
  /** That of `Storage.claims` that it is bound to, or kept for. */
  readonly claim?: number;
}

/** A claim as it is sent to the API server. */
export interface ClaimObject {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly annotations: Labels };
  readonly spec: object;
  readonly phase: string;
}

/** Volumes and claims of a world, and what its nodes say of them. */
export interface Storage {
  readonly volumes: readonly VolumeObject[];
  readonly claims: readonly ClaimObject[];
  readonly csiNodes: readonly object[];
  readonly capacities: readonly object[];
}

/** Of a world in which nobody asks for volumes. */
export const NO_STORAGE: Storage = { volumes: [], claims: [], csiNodes: [], capacities: [] };

/** Claims of every kind: bound, kept for, waiting for a pod, for others, and for what does not exist. */
export function randomStorage(random: SeededRandom, nodes: readonly string[]): Storage {
  const claims: ClaimObject[] = [];
  const volumes: VolumeObject[] = list(random, 8, 16, (i) => volume(random, `free-${i}`, nodes, i));
  for (const namespace of NAMESPACES) {
    for (let i = 0; i < 9; i += 1) {
      const name = `c-${i}`;
      const kind = random.pick([
        'bound',
        'bound',
        'bound',
        'bound',
        'kept',
        'waiting',
        'waiting',
        'waiting',
        'named',
      ] as const);
      const volumeName = `${namespace}-${name}`;
      if (kind !== 'waiting') {
        const own = volume(random, volumeName, nodes, volumes.length);
        volumes.push({ ...own, phase: kind === 'bound' ? 'Bound' : 'Available', claim: claims.length });
      }
      claims.push(claim(random, { name, namespace }, kind, volumeName));
    }
  }
  return {
    volumes,
    claims,
    csiNodes: nodes.filter(() => random.chance(0.7)).map((name) => csiNode(random, name)),
    capacities: list(random, 1, 4, (i) => capacity(random, i)),
  };
}

/** Volumes of a pod: few claims, one of them perhaps of nobody. */
export function randomClaims(random: SeededRandom): readonly object[] {
  const names = new Set(list(random, 1, 3, () => (random.chance(0.03) ? 'nothing' : `c-${random.between(0, 8)}`)));
  return [...names].map((claimName, i) => ({ name: `v-${i}`, persistentVolumeClaim: { claimName } }));
}

/** No two are of one size (`number` differs): which of equal ones a claim gets is chance in kube-scheduler, and so is what is left for the next claim. */
function volume(random: SeededRandom, name: string, nodes: readonly string[], number: number): VolumeObject {
  const isForOne = random.chance(0.1);
  const modes = someOf(random, 0.6, MODES);
  return {
    metadata: {
      name,
      labels: {
        ...sometimes(random, 0.15, ZONE, () => random.pick(['a', 'b', 'c', 'a__b'])),
        ...sometimes(random, 0.5, SPEED, () => random.pick(SPEEDS)),
      },
    },
    spec: {
      capacity: { storage: `${random.pick(SIZES_GI) * 1024 + number}Mi` },
      accessModes: isForOne ? ['ReadWriteOncePod'] : modes.length === 0 ? ['ReadWriteOnce'] : modes,
      ...sometimes(random, 0.15, 'volumeMode', () => 'Block'),
      storageClassName: CLASSES.found,
      persistentVolumeReclaimPolicy: 'Retain',
      csi: { driver: random.pick(DRIVERS), volumeHandle: random.chance(0.1) ? 'shared' : name },
      ...sometimes(random, 0.5, 'nodeAffinity', () => ({ required: { nodeSelectorTerms: reach(random, nodes) } })),
    },
    phase: random.chance(0.9) ? 'Available' : 'Released',
  };
}

function reach(random: SeededRandom, nodes: readonly string[]): readonly object[] {
  const within = (key: string, values: readonly string[]): object => ({
    matchExpressions: [{ key, operator: random.chance(0.85) ? 'In' : 'NotIn', values }],
  });
  return list(random, 1, 2, () => {
    if (random.chance(0.2))
      return within('kubernetes.io/hostname', someOf(random, 0.3, nodes).slice(0, 9).concat('n00'));
    return random.chance(0.5)
      ? within(ZONE, [random.pick(ZONES)])
      : within(RACK, [random.pick(RACKS), random.pick(RACKS)]);
  });
}

function claim(
  random: SeededRandom,
  { name, namespace }: { readonly name: string; readonly namespace: string },
  kind: 'bound' | 'kept' | 'waiting' | 'named',
  volumeName: string,
): ClaimObject {
  const { found, made, madeNear, madeWhereRoom, atOnce } = CLASSES;
  const isBound = kind === 'bound';
  const waiting = [found, found, found, made, madeNear, madeWhereRoom, atOnce, 'unknown'] as const;
  return {
    metadata: {
      name,
      namespace,
      annotations: isBound ? { 'pv.kubernetes.io/bind-completed': 'yes' } : {},
    },
    spec: {
      accessModes: [random.chance(0.1) ? 'ReadWriteOncePod' : random.pick(MODES)],
      resources: { requests: { storage: `${random.pick([1, 1, 2, 5, 10])}Gi` } },
      storageClassName: kind === 'waiting' ? random.pick(waiting) : found,
      ...sometimes(random, 0.1, 'volumeMode', () => 'Block'),
      ...sometimes(random, 0.2, 'selector', () => ({ matchLabels: { [SPEED]: random.pick(SPEEDS) } })),
      ...(isBound || kind === 'named' ? { volumeName } : {}),
    },
    phase: isBound ? 'Bound' : 'Pending',
  };
}

function csiNode(random: SeededRandom, name: string): object {
  const drivers = someOf(random, 0.8, [...DRIVERS, ROOM_DRIVER]).map((driver) => ({
    name: driver,
    nodeID: name,
    topologyKeys: null,
    ...sometimes(random, 0.7, 'allocatable', () => ({ count: random.between(0, 3) })),
  }));
  return { metadata: { name }, spec: { drivers } };
}

function capacity(random: SeededRandom, index: number): object {
  return {
    metadata: { name: `room-${index}`, namespace: NAMESPACES[0] },
    storageClassName: CLASSES.madeWhereRoom,
    nodeTopology: { matchLabels: random.chance(0.6) ? { [ZONE]: random.pick(ZONES) } : { [RACK]: random.pick(RACKS) } },
    capacity: `${random.pick([1, 4, 30])}Gi`,
    ...sometimes(random, 0.3, 'maximumVolumeSize', () => '2Gi'),
  };
}
