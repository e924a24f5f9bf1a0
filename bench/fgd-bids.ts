import { fragmentsOf, takes } from './fgd-fragments.ts';
import type { Kind } from './fgd-fragments.ts';
import { askOf, GPU } from './fgd-trace.ts';
import type { TraceNode, TracePod } from './fgd-trace.ts';

/** How the published runs choose a node: their names are those of the functions below. */
export type ReplayPolicy = 'random' | 'dotProduct' | 'clustering' | 'packing' | 'bestFit' | 'fgd';

/** What is left of a node, and what it runs. */
export interface Room {
  readonly node: TraceNode;
  cpu: number;
  memory: number;
  readonly free: number[];
  /** As FGD counts them. */
  fragments: number;
  /** Sizes of the pods with GPUs that stand here. */
  readonly sizes: Set<string>;
}

/** A pod's answer about one node: how much it wants it, whole, and which GPUs it would take. */
export interface Bid {
  readonly score: number;
  readonly at: readonly number[];
}

const CPU_OF_LARGEST = 128_000;
const GPUS_OF_LARGEST = 8000;

/** Undefined where the pod does not fit. */
export function bidOf(policy: ReplayPolicy, pod: TracePod, room: Room, kinds: readonly Kind[]): Bid | undefined {
  if (pod.cpu > room.cpu || pod.memory > room.memory || !takes(room.node, pod.models)) return undefined;
  const fitting = [...room.free.keys()].filter((at) => (room.free[at] ?? 0) >= pod.milli);
  if (pod.gpus > 0 && fitting.length < pod.gpus) return undefined;
  if (policy === 'fgd') return leastFragments(pod, room, fitting, kinds);
  const at = fitting.toSorted((a, b) => (room.free[a] ?? 0) - (room.free[b] ?? 0)).slice(0, pod.gpus);
  return { score: SCORES[policy](pod, room, at), at };
}

/** GPUs of the same room, by chance, for a pod that shares one; others take free ones in their order. */
export function anyGpu(pod: TracePod, room: Room, random: () => number): readonly number[] {
  const fitting = [...room.free.keys()].filter((at) => (room.free[at] ?? 0) >= pod.milli);
  if (!isShare(pod)) return fitting.slice(0, pod.gpus);
  return fitting.slice(Math.floor(random() * fitting.length)).slice(0, 1);
}

/** Pods of one size cluster: those that share a GPU, and others by how many they have. Empty: no GPUs. */
export function sizeOf(pod: TracePod): string {
  if (pod.gpus === 0) return '';
  return isShare(pod) ? 'share' : String(pod.gpus);
}

const SCORES: Readonly<
  Record<Exclude<ReplayPolicy, 'fgd'>, (pod: TracePod, room: Room, at: readonly number[]) => number>
> = { random: () => 0, dotProduct, clustering, packing, bestFit };

/** The fullest node, by processors and GPUs alike. */
function bestFit(pod: TracePod, room: Room): number {
  const left = idleOf(room) - askOf(pod);
  return -Math.floor(100 * (0.5 * ((room.cpu - pod.cpu) / CPU_OF_LARGEST) + 0.5 * (left / GPUS_OF_LARGEST)));
}

/** The node that has least of what the pod asks most of (the vectors' product, as in Tetris, turned round). */
function dotProduct(pod: TracePod, room: Room): number {
  const cpu = (pod.cpu / CPU_OF_LARGEST) * (room.cpu / CPU_OF_LARGEST);
  const gpus = (askOf(pod) / GPUS_OF_LARGEST) * (idleOf(room) / GPUS_OF_LARGEST);
  return Math.floor(100 * (1 - (cpu + gpus) / 2));
}

/** Beside pods of its size alone, then among others too, then an empty node; within each the fullest (as in Gandiva). */
function clustering(pod: TracePod, room: Room): number {
  if (pod.gpus === 0) return 0;
  const fullness = Math.floor((25 * (GPUS_OF_LARGEST - idleOf(room))) / GPUS_OF_LARGEST);
  if (room.sizes.has(sizeOf(pod))) return fullness + (room.sizes.size === 1 ? 75 : 50);
  return fullness + (room.sizes.size === 0 ? 25 : 0);
}

/** GPUs in use first, then free ones of a node in use, then an empty node with few. */
function packing(pod: TracePod, room: Room, at: readonly number[]): number {
  if (pod.gpus === 0) return 0;
  const free = room.free.filter((each) => each === GPU).length;
  if (free === room.free.length) return Math.max(33 - free, free);
  const fresh = at.filter((gpu) => room.free[gpu] === GPU).length;
  if (fresh > 0) return Math.max(50 - fresh, 33);
  const left = at.reduce((sum, gpu) => sum + Math.floor((100 * (room.free[gpu] ?? 0)) / GPU), 0);
  return Math.max(100 - Math.floor(left / 10), 50);
}

function leastFragments(pod: TracePod, room: Room, fitting: readonly number[], kinds: readonly Kind[]): Bid {
  const options = isShare(pod) ? fitting.map((at) => [at]) : [fitting.slice(0, pod.gpus)];
  let best: Bid = { score: -1, at: [] };
  for (const at of options) {
    const free = room.free.map((each, i) => (at.includes(i) ? each - pod.milli : each));
    const saved = room.fragments - fragmentsOf(room.node, room.cpu - pod.cpu, free, kinds);
    const score = Math.floor(100 / (1 + Math.exp(-saved / GPU)));
    if (score > best.score) best = { score, at };
  }
  return best;
}

function isShare({ gpus, milli }: TracePod): boolean {
  return gpus === 1 && milli < GPU;
}

function idleOf({ free }: Room): number {
  return free.reduce((sum, each) => sum + each, 0);
}
