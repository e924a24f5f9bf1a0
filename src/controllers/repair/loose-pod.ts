import { KUBE_DEFAULT_SCHEDULER, SERVED_SCHEDULERS } from '../../api/keys.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';

/**
 * True for a waiting pod that belongs to no group though it may have to. Bound and ended pods are past help; who chose a
 * foreign scheduler meant it. Pods of DaemonSets and mirror pods (owned by their Node) are rightly kube-scheduler's; an
 * owner is anybody's to claim, so that it spares a pod a report and nothing more.
 */
export function isLoosePod(pod: PodRecord): boolean {
  if (pod.group !== '' || pod.nodeName !== '' || pod.deleting || pod.phase !== 'Pending') return false;
  if (waitsForUs(pod)) return true;
  return isDefaultScheduled(pod) && pod.owner?.kind !== 'DaemonSet' && pod.owner?.kind !== 'Node';
}

/** True when our scheduler is the only one that may place the pod, in whatever namespace. */
export function waitsForUs(pod: PodRecord): boolean {
  return SERVED_SCHEDULERS.has(pod.schedulerName);
}

/** True when the pod goes to kube-scheduler, as every pod does that passed no webhook and chose nothing. */
export function isDefaultScheduled(pod: PodRecord): boolean {
  return pod.schedulerName === KUBE_DEFAULT_SCHEDULER || pod.schedulerName === '';
}

/** Name of the group that an adopted pod gets: the one that Volcano gives to a pod without a controller. */
export function adoptedGroupName(pod: PodRecord): string {
  return `podgroup-${pod.uid}`;
}
