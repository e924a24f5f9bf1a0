import { GROUP_PLAN_ANNOTATION } from '../../src/api/keys.ts';
import { isJsonObject, member } from '../../src/lib/json.ts';
import type { AllowVerdict } from '../verdict.ts';
import type { Inheritance } from '../inheritance.ts';
import { misspeltWarning } from '../chosen-scheduler.ts';
import { ObjectPatch } from '../object-patch.ts';
import { isClusterController, isDaemonSetController, isKubelet } from '../requester.ts';
import { allow, UNCHANGED } from '../verdict.ts';
import { isNativeMember, text } from './pod-facts.ts';
import type { PodFacts } from './pod-facts.ts';

/**
 * The verdict on a pod that is not ours to place: somebody else does that. Undefined for all others. A plan goes, since
 * it would make a group that no pod joins. Gangs of Kubernetes' own are somebody else's where the view knows none of that name.
 */
export function leftAlone(pod: PodFacts, inherited: Inheritance | undefined): AllowVerdict | undefined {
  const isOthers =
    !isJsonObject(member(pod.object, 'spec')) || pod.scheduler === 'foreign' || isDaemon(pod) || isMirror(pod);
  const isUngrouped = isNativeMember(pod) && inherited === undefined;
  if (!isOthers && !isUngrouped) return undefined;
  const patch = new ObjectPatch(pod.object);
  patch.remove(['metadata', 'annotations', GROUP_PLAN_ANNOTATION]);
  const isPeople = inherited === undefined && !isClusterController(pod.username);
  const ofOthers = isPeople ? misspeltWarning(pod) : [];
  const warnings = isOthers ? ofOthers : [NATIVE_GANG];
  return patch.operations.length === 0 && warnings.length === 0 ? UNCHANGED : allow(patch.operations, warnings);
}

const NATIVE_GANG =
  'spec.schedulingGroup names a gang of Kubernetes that Sluice does not know: the pod is left alone, in no queue';

/** One pod a node, which waits for nobody. Only their controller may say so. */
function isDaemon(pod: PodFacts): boolean {
  return pod.owner?.kind === 'DaemonSet' && isDaemonSetController(pod.username);
}

/** A static pod's image in the API. Only a kubelet may say so, or the annotation would be a way around the queue. */
function isMirror(pod: PodFacts): boolean {
  return text(pod.annotations, 'kubernetes.io/config.mirror') !== '' && isKubelet(pod.username);
}
