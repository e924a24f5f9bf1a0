import type { AdmissionRequest, ClusterView } from '../admission.ts';
import type { Verdict } from '../verdict.ts';
import { ObjectPatch } from '../object-patch.ts';
import { defaultQueue } from '../queue-choice.ts';
import { allow, UNCHANGED } from '../verdict.ts';
import { OWN_KEYS } from './conditions.ts';
import { readPodGroupFacts } from './pod-group-facts.ts';

/** A new PodGroup: without a queue it goes where its namespace's work goes, and it is nobody's until Sluice says so. */
export function mutatePodGroup(request: AdmissionRequest, view: ClusterView): Verdict {
  const { object, operation, subresource, namespace, username } = request;
  if (object === undefined || operation !== 'CREATE' || subresource !== '') return UNCHANGED;
  const { queue } = readPodGroupFacts(object);
  const patch = new ObjectPatch(object);
  if (queue === '') patch.set(['spec', 'queue'], defaultQueue(namespace, view).name);
  if (!view.isOwn(username)) for (const [map, key] of OWN_KEYS) patch.remove(['metadata', map, key]);
  return patch.operations.length === 0 ? UNCHANGED : allow(patch.operations);
}
