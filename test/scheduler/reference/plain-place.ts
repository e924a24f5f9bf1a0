import type { PlainAdmission } from './plain-admission.ts';
import { bestNode, laterNode, willFit } from './plain-nodes.ts';
import { LATER } from './plain-room.ts';
import type { Asking } from './plain-victims.ts';
import type { PlainWorld, Refused } from './plain-world.ts';

/** A place for the pod, or room that is promised to it; else why it has none. */
export function placePod(
  world: PlainWorld,
  shares: PlainAdmission,
  { pod, group, queue }: Asking,
): Refused | undefined {
  const { kept } = world.memory;
  const own = kept.get(pod.uid);
  const isGranted = own !== undefined;
  const refused = shares.allocatable(queue, pod, group, { freed: undefined, isGranted });
  // What pods went for stays its own while they leave.
  const mayWait = isGranted && shares.allocatable(queue, pod, group, { ...LATER, isGranted }) === undefined;
  if (refused !== undefined && !mayWait) return refused;
  // From here on the room that is kept for it is free to it.
  kept.delete(pod.uid);
  const node = refused === undefined ? bestNode(world, pod) : undefined;
  if (node !== undefined) {
    world.places.set(pod.uid, node.name);
    if (own !== undefined) kept.set(pod.uid, own);
    return undefined;
  }
  const ownNode = world.nodes.find(({ name }) => name === own?.node);
  const isOwnFree = ownNode !== undefined && willFit(world, pod, ownNode);
  const later = isOwnFree ? ownNode : refused === undefined ? laterNode(world, pod) : undefined;
  if (later === undefined) {
    return refused ?? { code: pod.shape.needs.length > 0 ? 'NeedsNotSupported' : 'NotEnoughResources' };
  }
  world.promises.set(pod.uid, later.name);
  if (own !== undefined && isOwnFree) kept.set(pod.uid, own);
  return undefined;
}
