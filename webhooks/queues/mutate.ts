import { HIERARCHY_ANNOTATION, HIERARCHY_WEIGHTS_ANNOTATION, ROOT_QUEUE } from '../../src/api/keys.ts';
import { isJsonObject, memberAt, objectAt, stringAt } from '../../src/lib/json.ts';
import type { AdmissionRequest } from '../admission.ts';
import type { Verdict } from '../verdict.ts';
import { ObjectPatch } from '../object-patch.ts';
import { allow, UNCHANGED } from '../verdict.ts';

/** A new Queue: what it leaves open is written out, so that controllers and people read one form. */
export function mutateQueue({ object: queue, operation, subresource }: AdmissionRequest): Verdict {
  if (queue === undefined || operation !== 'CREATE' || subresource !== '') return UNCHANGED;
  const patch = new ObjectPatch(queue);
  if (isJsonObject(memberAt(queue, 'spec'))) {
    const { reclaimable, weight } = objectAt(queue, 'spec');
    if (reclaimable === undefined || reclaimable === null) patch.set(['spec', 'reclaimable'], true);
    if (weight === 0) patch.set(['spec', 'weight'], 1);
  }
  const annotations = objectAt(queue, 'metadata', 'annotations');
  const path = stringAt(annotations, [HIERARCHY_ANNOTATION]);
  const weights = stringAt(annotations, [HIERARCHY_WEIGHTS_ANNOTATION]);
  if (path !== '' && path !== ROOT_QUEUE && !path.startsWith(`${ROOT_QUEUE}/`)) {
    patch.set(['metadata', 'annotations', HIERARCHY_ANNOTATION], `${ROOT_QUEUE}/${path}`);
    if (weights !== '') patch.set(['metadata', 'annotations', HIERARCHY_WEIGHTS_ANNOTATION], `1/${weights}`);
  }
  return patch.operations.length === 0 ? UNCHANGED : allow(patch.operations);
}
