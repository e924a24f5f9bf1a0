import type { PlainWorld } from './plain-world.ts';

/** For whom a queue's room is asked about. */
export interface Room {
  /** What leaves counts no more, nor what this names beside, by queue and resource; undefined for room that is free now. */
  readonly freed: ((queue: string, resource: string) => number) | undefined;
  /** Pods went for it: what the queue has granted is its own. */
  readonly isGranted: boolean;
}

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
