import { anyGpu, bidOf, sizeOf } from './fgd-bids.ts';
import type { Bid, ReplayPolicy, Room } from './fgd-bids.ts';
import { fragmentsOf, typicalKinds } from './fgd-fragments.ts';
import { askOf, GPU } from './fgd-trace.ts';
import type { TraceNode, TracePod } from './fgd-trace.ts';

/** What came of a run. */
export interface Replay {
  /** Thousandths of GPUs. */
  readonly allocated: number;
  /** Pods that fitted nowhere. */
  readonly lost: number;
  /** Node and GPUs by the place of the pod in the order, empty where it was lost. */
  readonly places: readonly string[];
}

/** What a class of equal pods knows of all nodes, and up to which placement. */
interface ClassBids {
  readonly bids: (Bid | undefined)[];
  seen: number;
}

/** The setting of the published runs without any scheduler: arrivals only, a pod that fits nowhere is lost; the earlier node wins ties. */
export function replay(
  nodes: readonly TraceNode[],
  trace: readonly TracePod[],
  order: readonly TracePod[],
  { policy, random }: { readonly policy: ReplayPolicy; readonly random: () => number },
): Replay {
  const kinds = typicalKinds(trace);
  const rooms = nodes.map((node): Room => {
    const free = Array.from({ length: node.gpus }, () => GPU);
    return {
      node,
      cpu: node.cpu,
      memory: node.memory,
      free,
      fragments: fragmentsOf(node, node.cpu, free, kinds),
      sizes: new Set(),
    };
  });
  const bid = (pod: TracePod, room: Room): Bid | undefined => bidOf(policy, pod, room, kinds);
  const classes = new Map<string, ClassBids>();
  const changed: number[] = [];
  let [allocated, lost] = [0, 0];
  const places = order.map((pod) => {
    const { bids } = caughtUp(classes, pod, rooms, changed, bid);
    const best = policy === 'random' ? anyOf(bids, random) : bestOf(bids);
    const room = rooms[best];
    if (room === undefined) {
      lost += 1;
      return '';
    }
    const at = policy === 'random' ? anyGpu(pod, room, random) : (bids[best]?.at ?? []);
    room.cpu -= pod.cpu;
    room.memory -= pod.memory;
    for (const gpu of at) room.free[gpu] = (room.free[gpu] ?? 0) - pod.milli;
    if (policy === 'fgd') room.fragments = fragmentsOf(room.node, room.cpu, room.free, kinds);
    if (pod.gpus > 0) room.sizes.add(sizeOf(pod));
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
