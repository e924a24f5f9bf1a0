import { KUBE_DEFAULT_SCHEDULER, SERVED_SCHEDULERS } from '../../api/keys.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';

/**
 * True for a waiting pod that belongs to no group though it may have to. Bound and ended pods are past help; pods of
 * DaemonSets and mirror pods (owned by their Node) belong to one node each and never to a gang; who chose a foreign
 * scheduler meant it.
 */
export function isLoosePod(pod: PodRecord): boolean {
  if (pod.group !== '' || pod.nodeName !== '' || pod.deleting || pod.phase !== 'Pending') return false;
  if (pod.owner?.kind === 'DaemonSet' || pod.owner?.kind === 'Node') return false;
  return SERVED_SCHEDULERS.has(pod.schedulerName) || isDefaultScheduled(pod);
}

/** True when the pod goes to kube-scheduler, as every pod does that passed no webhook and chose nothing. */
export function isDefaultScheduled(pod: PodRecord): boolean {
  return pod.schedulerName === KUBE_DEFAULT_SCHEDULER || pod.schedulerName === '';
}

/** Name of the group that an adopted pod gets: the one that Volcano gives to a pod without a controller. */
export function adoptedGroupName(pod: PodRecord): string {
  return `podgroup-${pod.uid}`;
}
