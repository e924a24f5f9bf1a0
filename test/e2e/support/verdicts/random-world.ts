import { GROUP_NAME_ANNOTATION, SLUICE_SCHEDULER } from '../../../../src/api/keys.ts';
import { SeededRandom } from '../random.ts';
import { SERVED } from './device-words.ts';
import { NO_DEVICES, podDeviceClaims, randomDevices } from './random-devices.ts';
import type { Devices } from './random-devices.ts';
import { randomNode } from './random-node.ts';
import type { NodeObject } from './random-node.ts';
import { randomPendingPod, randomStandingPod } from './random-pod.ts';
import type { PodObject } from './random-pod.ts';
import { resizingStatus } from './random-resize.ts';
import { NO_STORAGE, randomStorage } from './random-storage.ts';
import type { Storage } from './random-storage.ts';
import { holdingImages, wishing } from './random-wishes.ts';
import { list, NAMESPACES, sometimes, TEAMS } from './vocabulary.ts';
import type { Labels } from './vocabulary.ts';

/** A pod on a node, and what becomes of it there. */
export interface StandingPod {
  readonly pod: PodObject;
  readonly status: object;
  /** It was told to go, and has not gone yet. */
  readonly isLeaving: boolean;
}

/** A cluster, and pods that ask for a place in it. */
export interface World {
  readonly seed: number;
  /** Labels by namespace. */
  readonly namespaces: ReadonlyMap<string, Labels>;
  readonly nodes: readonly NodeObject[];
  readonly standing: readonly StandingPod[];
  readonly pending: readonly PodObject[];
  readonly storage: Storage;
  readonly devices: Devices;
}

/** The same world for the same seed. */
export function randomWorld(seed: number): World {
  const random = new SeededRandom(seed);
  const nodes = list(random, 24, 32, (i) => randomNode(random, `n${String(i).padStart(2, '0')}`));
  const names = nodes.map(({ metadata }) => metadata.name);
  return {
    seed,
    namespaces: new Map(
      NAMESPACES.map((name) => [name, { ...sometimes(random, 0.7, 'team', () => random.pick(TEAMS)) }]),
    ),
    nodes,
    standing: list(random, 40, 90, (i) => standing(random, randomStandingPod(random, `s-${i}`, names))),
    pending: list(random, 64, 64, (i) => randomPendingPod(random, `p-${i}`, names)),
    storage: randomStorage(random, names),
    devices: NO_DEVICES,
  };
}

/** A small one, where pods that wait ask for devices and for nothing else. */
export function randomDeviceWorld(seed: number): World {
  const random = new SeededRandom(seed);
  const nodes = list(random, 8, 12, (i) => servingNode(random, `n${String(i).padStart(2, '0')}`));
  const devices = randomDevices(
    random,
    nodes.map(({ metadata }) => metadata.name),
  );
  return {
    seed,
    namespaces: new Map(),
    nodes,
    standing: [],
    pending: list(random, 64, 64, (i) => askingPod(random, `p-${i}`, devices)),
    storage: NO_STORAGE,
    devices,
  };
}

/** Some publish themselves what a class serves. */
function servingNode(random: SeededRandom, name: string): NodeObject {
  const node = randomNode(random, name);
  if (!random.chance(0.2)) return node;
  const amounts = { ...node.status.allocatable, [SERVED]: String(random.between(0, 3)) };
  return { ...node, status: { ...node.status, capacity: amounts, allocatable: amounts } };
}

/** It bears every taint and asks for no amounts but such as classes serve. */
function askingPod(random: SeededRandom, name: string, devices: Devices): PodObject {
  const namespace = random.pick(NAMESPACES);
  const asked = askedOfClasses(random);
  const hasClaims = Object.keys(asked.requests).length === 0 || random.chance(0.3);
  const starter = { name: 'init', image: 'none', resources: asked };
  return {
    metadata: { name, namespace, labels: {}, annotations: { [GROUP_NAME_ANNOTATION]: name } },
    spec: {
      schedulerName: SLUICE_SCHEDULER,
      tolerations: [{ operator: 'Exists' }],
      ...(random.chance(0.2) ? { initContainers: [starter] } : {}),
      containers: [{ name: 'main', image: 'none', resources: asked }],
      ...(hasClaims ? { resourceClaims: podDeviceClaims(random, devices, namespace) } : {}),
    },
  };
}

const CLASS_NAMES = ['any', 'whole', 'part', 'share', 'net', 'large'] as const;

/** Devices without a claim, of one class or two. */
function askedOfClasses(random: SeededRandom): { readonly requests: Labels; readonly limits: Labels } {
  const own = `deviceclass.resource.kubernetes.io/${random.pick(CLASS_NAMES)}`;
  const isAsking = random.chance(0.4);
  const requests = {
    ...(isAsking ? sometimes(random, 0.6, SERVED, () => String(random.between(1, 3))) : {}),
    ...(isAsking && random.chance(0.5) ? { [own]: String(random.between(1, 2)) } : {}),
  };
  return { requests, limits: requests };
}

/** The same, where pods have wishes for their places as well. */
export function randomWishingWorld(seed: number): World {
  const random = new SeededRandom(seed);
  const world = randomWorld(seed);
  const isCompared = ({ spec }: PodObject): boolean =>
    spec.topologySpreadConstraints === undefined && spec.volumes === undefined;
  return {
    ...world,
    nodes: world.nodes.map((node) => holdingImages(random, node)),
    standing: world.standing.map(({ pod, isLeaving }) => ({
      pod: wishing(random, pod),
      status: { phase: 'Running' },
      isLeaving,
    })),
    pending: world.pending.filter(isCompared).map((pod) => wishing(random, pod)),
  };
}

function standing(random: SeededRandom, pod: PodObject): StandingPod {
  const isResizing = random.chance(0.25);
  const phase = random.chance(0.1) ? random.pick(['Pending', 'Succeeded', 'Failed']) : 'Running';
  return { pod, status: isResizing ? resizingStatus(random, pod) : { phase }, isLeaving: random.chance(0.1) };
}
