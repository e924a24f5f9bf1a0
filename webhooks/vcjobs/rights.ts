import { stringAt } from '../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import type { Right } from '../rights/right.ts';
import { unlessRuled } from '../policies/rights.ts';
import { useOf } from '../rights/queue-use.ts';
import { templatesOf } from './injected-tasks.ts';

/** What a Job of Volcano takes of its user: the queue that it names. That never changes afterwards. */
export function vcjobRights(request: AdmissionRequest, view: ClusterView): readonly Right[] {
  if (request.operation !== 'CREATE' || request.subresource !== '') return [];
  const name = stringAt(request.object, ['spec', 'queue']);
  if (name === '' || request.object === undefined) return [];
  const rights = useOf(request, { name, path: 'spec.queue' }, view);
  const [first] = templatesOf(request.object);
  return first === undefined ? rights : unlessRuled(rights, request, first.facts, view);
}
