import { isJsonObject, member } from '../../src/lib/json.ts';
import { schedulerKind } from '../stamp.ts';
import { text } from './pod-facts.ts';
import type { PodFacts } from './pod-facts.ts';

/** Pods that are not ours to place: somebody else chose their node or their scheduler. */
export function isLeftAlone(pod: PodFacts): boolean {
  return (
    !isJsonObject(member(pod.pod, 'spec')) ||
    text(pod.spec, 'nodeName') !== '' ||
    schedulerKind(pod.schedulerName) === 'foreign' ||
    pod.owner?.kind === 'DaemonSet' ||
    isMirror(pod) ||
    isNativeGang(pod)
  );
}

/** A static pod's image in the API. Only a kubelet may say so, or the annotation would be a way around the queue. */
function isMirror(pod: PodFacts): boolean {
  return text(pod.annotations, 'kubernetes.io/config.mirror') !== '' && pod.request.username.startsWith('system:node:');
}

/** A member of a gang of Kubernetes' own API: all its pods must keep one scheduler, so none of them is taken over. */
function isNativeGang(pod: PodFacts): boolean {
  const isLinked = Object.hasOwn(pod.spec, 'schedulingGroup') || Object.hasOwn(pod.spec, 'workloadRef');
  return isLinked && pod.group === '';
}
