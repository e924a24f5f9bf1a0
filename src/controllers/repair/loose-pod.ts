import { KUBE_DEFAULT_SCHEDULER, SERVED_SCHEDULERS } from '../../api/keys.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import { sharedGroupName } from '../../api/workload-group.ts';
import type { ObservedWorkload } from '../pod-group/workload.ts';

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

/** Name of the group that an adopted pod gets: that of all pods of what made it, else one of its own. */
export function adoptedGroupName(pod: PodRecord, workload: ObservedWorkload | undefined): string {
  return sharedGroupName(workload?.record.uid ?? pod.uid);
}
