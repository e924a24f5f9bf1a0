import type { PodRecord } from '../../api/records/pod-record.ts';

/** Kubernetes keeps this prefix for classes of its own. */
const SYSTEM_PREFIX = 'system-';

/**
 * The priority class of a group whose root says of its pods what it likes. As long as no pod is there it is believed, since a
 * group without pods takes nothing from anybody, but for the classes of the cluster itself. After that it is believed as long as one
 * pod has that class; else that of the pod with the lowest priority counts. O(members).
 */
export function believedClass(planned: string, members: readonly PodRecord[]): string {
  const [first, ...others] = members;
  if (first === undefined) return planned.startsWith(SYSTEM_PREFIX) ? '' : planned;
  if (planned === '' || members.some(({ priorityClassName }) => priorityClassName === planned)) return planned;
  return others.reduce((lowest, pod) => (isLower(pod, lowest) ? pod : lowest), first).priorityClassName;
}

function isLower(pod: PodRecord, than: PodRecord): boolean {
  if (pod.priority !== than.priority) return pod.priority < than.priority;
  return pod.priorityClassName < than.priorityClassName;
}
