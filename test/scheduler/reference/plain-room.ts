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
