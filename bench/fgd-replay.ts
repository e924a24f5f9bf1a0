import { askOf, GPU } from './fgd-trace.ts';
import type { TraceNode, TracePod } from './fgd-trace.ts';

/** How the published runs choose a node: at random, the fullest, or the one of whose GPUs least becomes useless. */
export type ReplayPolicy = 'random' | 'bestFit' | 'fgd';

/** What came of a run. */
export interface Replay {
  /** Thousandths of GPUs. */
  readonly allocated: number;
  /** Pods that fitted nowhere. */
  readonly lost: number;
  /** Node and GPUs by the place of the pod in the order, empty where it was lost. */
  readonly places: readonly string[];
}

interface Kind {
  readonly cpu: number;
  readonly milli: number;
  readonly gpus: number;
  readonly models: string;
  readonly weight: number;
}

interface Room {
  readonly node: TraceNode;
  cpu: number;
  memory: number;
  readonly free: number[];
  fragments: number;
}

/** A pod's answer about one node. */
interface Bid {
  readonly score: number;
  readonly at: readonly number[];
}

/** What a class of equal pods knows of all nodes, and up to which placement. */
interface ClassBids {
  readonly bids: (Bid | undefined)[];
  seen: number;
}

const COVERED = 0.95;

/** The setting of the published runs without any scheduler: arrivals only, a pod that fits nowhere is lost; the lower name wins ties. */
export function replay(
  nodes: readonly TraceNode[],
  trace: readonly TracePod[],
  order: readonly TracePod[],
  { policy, random }: { readonly policy: ReplayPolicy; readonly random: () => number },
): Replay {
  const kinds = typicalKinds(trace);
  const rooms = nodes.map((node): Room => {
    const free = Array.from({ length: node.gpus }, () => GPU);
    return { node, cpu: node.cpu, memory: node.memory, free, fragments: fragmentsOf(node, node.cpu, free, kinds) };
  });
  const bid = (pod: TracePod, room: Room): Bid | undefined => bidOf(policy, pod, room, kinds);
  const classes = new Map<string, ClassBids>();
  const changed: number[] = [];
  let [allocated, lost] = [0, 0];
  const places = order.map((pod) => {
    const { bids } = caughtUp(classes, pod, rooms, changed, bid);
    const best = policy === 'random' ? anyOf(bids, random) : bestOf(bids);
    const room = rooms[best];
    const at = bids[best]?.at ?? [];
    if (room === undefined) {
      lost += 1;
      return '';
    }
    room.cpu -= pod.cpu;
    room.memory -= pod.memory;
    for (const gpu of at) room.free[gpu] = (room.free[gpu] ?? 0) - pod.milli;
    room.fragments = fragmentsOf(room.node, room.cpu, room.free, kinds);
    changed.push(best);
    allocated += askOf(pod);
    return `${room.node.name} ${at.join(',')}`.trim();
  });
  return { allocated, lost, places };
}

function caughtUp(
  classes: Map<string, ClassBids>,
  pod: TracePod,
  rooms: readonly Room[],
  changed: readonly number[],
  bid: (pod: TracePod, room: Room) => Bid | undefined,
): ClassBids {
  const key = [pod.cpu, pod.memory, pod.gpus, pod.milli, pod.models].join('/');
  let known = classes.get(key);
  if (known === undefined)
    classes.set(key, (known = { bids: rooms.map((room) => bid(pod, room)), seen: changed.length }));
  for (const at of new Set(changed.slice(known.seen))) known.bids[at] = bid(pod, rooms[at] as Room);
  known.seen = changed.length;
  return known;
}

function bidOf(policy: ReplayPolicy, pod: TracePod, room: Room, kinds: readonly Kind[]): Bid | undefined {
  if (pod.cpu > room.cpu || pod.memory > room.memory || !takes(room.node, pod.models)) return undefined;
  const fitting = [...room.free.keys()].filter((at) => (room.free[at] ?? 0) >= pod.milli);
  if (pod.gpus > 0 && fitting.length < pod.gpus) return undefined;
  if (policy === 'fgd') return leastFragments(pod, room, fitting, kinds);
  const fullest = fitting.toSorted((a, b) => (room.free[a] ?? 0) - (room.free[b] ?? 0)).slice(0, pod.gpus);
  const left = room.free.reduce((sum, free) => sum + free, 0) - askOf(pod);
  return { score: -Math.floor(100 * (0.5 * ((room.cpu - pod.cpu) / 128_000) + 0.5 * (left / 8000))), at: fullest };
}

function leastFragments(pod: TracePod, room: Room, fitting: readonly number[], kinds: readonly Kind[]): Bid {
  const options = pod.gpus === 1 && pod.milli < GPU ? fitting.map((at) => [at]) : [fitting.slice(0, pod.gpus)];
  let best: Bid = { score: -1, at: [] };
  for (const at of options) {
    const free = room.free.map((each, i) => (at.includes(i) ? each - pod.milli : each));
    const saved = room.fragments - fragmentsOf(room.node, room.cpu - pod.cpu, free, kinds);
    const score = Math.floor(100 / (1 + Math.exp(-saved / GPU)));
    if (score > best.score) best = { score, at };
  }
  return best;
}

function fragmentsOf(node: TraceNode, cpu: number, free: readonly number[], kinds: readonly Kind[]): number {
  const idle = free.reduce((sum, each) => sum + each, 0);
  return kinds.reduce((sum, { cpu: asked, milli, gpus, models, weight }) => {
    const fitting = free.filter((each) => each >= milli);
    const isTaken = gpus > 0 && cpu >= asked && takes(node, models) && fitting.length >= gpus;
    return sum + weight * (isTaken ? idle - fitting.reduce((all, each) => all + each, 0) : idle);
  }, 0);
}

/** The most frequent pods of the trace, until they are 95 % of all. */
function typicalKinds(pods: readonly TracePod[]): readonly Kind[] {
  const groups = [
    ...Map.groupBy(pods, ({ cpu, milli, gpus, models }) => [cpu, milli, gpus, models].join('/')).values(),
  ];
  const kept: (readonly TracePod[])[] = [];
  let covered = 0;
  for (const group of groups.toSorted((a, b) => b.length - a.length)) {
    if (covered >= COVERED * pods.length) break;
    kept.push(group);
    covered += group.length;
  }
  return kept.map((group) => ({ ...(group[0] as TracePod), weight: group.length / covered }));
}

function takes({ model }: TraceNode, models: string): boolean {
  return models === '' || models.split('|').includes(model);
}

function bestOf(bids: readonly (Bid | undefined)[]): number {
  let best = -1;
  for (let at = 0; at < bids.length; at += 1) {
    const bid = bids[at];
    if (bid !== undefined && (best < 0 || bid.score > (bids[best]?.score ?? 0))) best = at;
  }
  return best;
}

function anyOf(bids: readonly (Bid | undefined)[], random: () => number): number {
  const open = [...bids.keys()].filter((at) => bids[at] !== undefined);
  return open[Math.floor(random() * open.length)] ?? -1;
}
