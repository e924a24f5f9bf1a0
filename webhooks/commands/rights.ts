import { QUEUES } from '../../src/api/resources.ts';
import { stringAt } from '../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import type { Condition } from '../conditions.ts';
import { isUnasked, newRights } from '../rights/right.ts';
import type { Right } from '../rights/right.ts';

/** A Command in any namespace may be about any Queue; those about Jobs stay within their namespace. */
export const IS_FOR_A_QUEUE: Condition = {
  name: 'is-for-a-queue',
  expression: `has(object.target) && object.target.kind == ${JSON.stringify(QUEUES.kind)}`,
};

/** To open or close a queue by a Command takes the right to update the queue. */
export function commandRights(request: AdmissionRequest, view: ClusterView): readonly Right[] {
  const { object, oldObject } = request;
  if (isUnasked(request, view) || view.rights.queues === 'off') return [];
  return newRights(rightsOf(object), rightsOf(oldObject));
}

function rightsOf(command: AdmissionRequest['object']): readonly Right[] {
  const name = stringAt(command, ['target', 'name']);
  if (name === '' || stringAt(command, ['target', 'kind']) !== QUEUES.kind) return [];
  const act = `open or close queue ${name}`;
  return [{ verb: 'update', type: QUEUES, name, path: 'target.name', value: name, reason: 'QueueChangeDenied', act }];
}
