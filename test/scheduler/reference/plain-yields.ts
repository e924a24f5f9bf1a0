import type { PodGroupRecord } from '../../../src/api/records/pod-group-record.ts';
import { willFit } from './plain-nodes.ts';
import { inTaskOrder } from './plain-shares.ts';
import type { PlainWorld } from './plain-world.ts';

/** Tries something for a group that lacks what it needs with rooms free that are kept for lower priorities in its queue (0094). */
export function withYielded(
  world: PlainWorld,
  group: PodGroupRecord,
  compareGroups: (a: PodGroupRecord, b: PodGroupRecord) => number,
  act: () => boolean,
): boolean {
  const { kept } = world.memory;
  const ofLower = [...kept.keys()].flatMap((uid) => {
    const pod = world.records.pods.get(uid);
    const owner = pod === undefined ? undefined : world.groupOf(pod);
    if (pod === undefined || owner?.queue !== group.queue || world.stateOf(pod) !== 'waiting') return [];
    const isLower = world.priority(owner) < world.priority(group) && pod.preemptable && owner.preemptable;
    return isLower ? [{ pod, owner, room: kept.get(uid) }] : [];
  });
  if (ofLower.length === 0 || world.missing(group, true) === 0) return false;
  for (const { pod } of ofLower) kept.delete(pod.uid);
  const isDone = act();
  const inOrder = ofLower.toSorted((a, b) =>
    a.owner === b.owner ? (inTaskOrder([a.pod, b.pod])[0] === a.pod ? -1 : 1) : compareGroups(a.owner, b.owner),
  );
  for (const { pod, room } of inOrder) {
    const node = world.records.nodes.get(room?.node ?? '');
    const isLeft = !isDone || (node !== undefined && willFit(world, pod, node));
    if (room !== undefined && isLeft) kept.set(pod.uid, room);
  }
  return isDone;
}
