import type { Room } from './plain-world.ts';
import type { PlainWorld } from './plain-world.ts';

/** Room that is free now, for anybody. */
export const PLAINLY: Room = { freed: undefined, isGranted: false };
/** Room that is free, or will be. */
export const LATER: Room = { freed: () => 0, isGranted: false };

/** Rooms of who waits no more, or asks for something else by now, and on nodes that are gone. */
export function dropRooms(world: PlainWorld): void {
  const { kept } = world.memory;
  for (const [uid, { node, queue, shape }] of kept) {
    const pod = world.records.pods.get(uid);
    const isWaiting = pod !== undefined && world.stateOf(pod) === 'waiting' && pod.shape.key === shape.key;
    if (isWaiting && world.queueOf(pod)?.name === queue && world.records.nodes.has(node)) continue;
    kept.delete(uid);
  }
}

/** Rooms that others went for are kept, by pod; of those of before the ones whose owners got them or were promised them. */
export function keepRooms(world: PlainWorld, granted: ReadonlyMap<string, string>): void {
  const { memory, places, promises, records } = world;
  for (const uid of memory.kept.keys()) if (!places.has(uid) && !promises.has(uid)) memory.kept.delete(uid);
  for (const [uid, node] of granted) {
    const pod = records.pods.get(uid);
    const queue = pod === undefined ? undefined : world.queueOf(pod);
    if (pod !== undefined)
      memory.kept.set(uid, { node, queue: queue?.name ?? '', labels: pod.labels, shape: pod.shape });
  }
}
