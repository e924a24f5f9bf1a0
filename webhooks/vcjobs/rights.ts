import { stringAt } from '../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import type { Right } from '../rights/right.ts';
import { useOf } from '../rights/queue-use.ts';

/** What a Job of Volcano takes of its user: the queue that it names. That never changes afterwards. */
export function vcjobRights(request: AdmissionRequest, view: ClusterView): readonly Right[] {
  if (request.operation !== 'CREATE' || request.subresource !== '') return [];
  const name = stringAt(request.object, ['spec', 'queue']);
  return name === '' ? [] : useOf(request, { name, path: 'spec.queue' }, view);
}
