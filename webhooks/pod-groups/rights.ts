import type { AdmissionRequest, ClusterView } from '../admission.ts';
import { useOf } from '../rights/queue-use.ts';
import type { Right } from '../rights/right.ts';
import { readPodGroupFacts } from './pod-group-facts.ts';

/** Only a group that enters a queue takes a right to it. */
export function podGroupRights(request: AdmissionRequest, view: ClusterView): readonly Right[] {
  const { object, oldObject } = request;
  if (object === undefined) return [];
  const { queue: name } = readPodGroupFacts(object);
  if (name === '' || (oldObject !== undefined && readPodGroupFacts(oldObject).queue === name)) return [];
  return useOf(request, { name, path: 'spec.queue' }, view);
}
