import { SERVED_SCHEDULERS } from '../../api/keys.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import { PODS } from '../../api/resources.ts';
import { eventOnce, requeueAfter } from '../effect.ts';
import type { Effect } from '../effect.ts';
import type { ObservedMissingGroup } from './observed.ts';

/** Age at which a waiting pod's PodGroup should exist, even if people make pods first and groups later. */
export const MISSING_GROUP_MS = 10_000;

/** True for a pod that waits for its group: only a PodGroup lets our scheduler place it. */
export function waitsForGroup(pod: PodRecord): boolean {
  const isWaiting = pod.nodeName === '' && !pod.deleting && pod.phase === 'Pending';
  return isWaiting && pod.group !== '' && SERVED_SCHEDULERS.has(pod.schedulerName);
}

/**
 * Reports a group that pods name and nobody made. Only its oldest waiting pod gets the event: each pod has the same
 * message in its PodScheduled condition, and a gang of thousands must not become thousands of events.
 */
export function reconcileMissingGroup(observed: ObservedMissingGroup): readonly Effect[] {
  if (observed.group !== undefined) return [];
  const waiting = observed.members.filter((pod) => waitsForGroup(pod));
  const oldest = waiting.toSorted(byAge)[0];
  if (oldest === undefined) return [];
  const ageMs = Math.max(0, observed.nowMs - oldest.createdMs);
  if (ageMs < MISSING_GROUP_MS) return [requeueAfter(MISSING_GROUP_MS - ageMs)];
  const { namespace, name, uid } = oldest;
  const event = {
    regarding: { type: PODS, namespace, name, uid },
    type: 'Warning',
    reason: 'GroupNotFound',
    action: 'Scheduling',
    note: `PodGroup ${observed.name} does not exist: the pods that name it wait until it is created.`,
  } as const;
  return eventOnce(event, observed.reported(uid));
}

function byAge(a: PodRecord, b: PodRecord): number {
  return a.createdMs - b.createdMs || (a.name < b.name ? -1 : 1);
}
