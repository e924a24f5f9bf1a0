import { objectAt, stringAt } from '../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import { useOf } from '../rights/queue-use.ts';
import type { Right } from '../rights/right.ts';
import type { TemplateFacts } from '../template-facts.ts';
import { policiesFor } from './policies-for.ts';

/** Where a policy chooses the queue nobody takes the one that he names; who joins a group goes into its queue all the same. */
export function unlessRuled(
  rights: readonly Right[],
  request: AdmissionRequest,
  template: TemplateFacts,
  view: ClusterView,
): readonly Right[] {
  if (rights.length === 0 || policiesFor(request, template, view).rules?.queue === undefined) return rights;
  return rights.filter(({ verb, name, value }) => verb !== 'use' || name !== value);
}

/** Whose policy sends all work of a namespace to a queue has to have the use of it: nobody else is asked. */
export function policyRights(request: AdmissionRequest, view: ClusterView): readonly Right[] {
  const name = queueOf(request.object);
  if (name === '' || name === queueOf(request.oldObject)) return [];
  return useOf(request, { name, path: 'spec.set.queue.name' }, view);
}

function queueOf(policy: unknown): string {
  return stringAt(objectAt(policy, 'spec', 'set'), ['queue', 'name']);
}
