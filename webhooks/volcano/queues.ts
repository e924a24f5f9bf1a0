import { HIERARCHY_ANNOTATION, HIERARCHY_WEIGHTS_ANNOTATION, ROOT_QUEUE } from '../../src/api/keys.ts';
import { memberAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { AdmissionRequest, Verdict } from '../admission.ts';
import { ObjectPatch } from '../object-patch.ts';
import { allow, UNCHANGED } from '../verdict.ts';

/** New queues are completed as Volcano does it, so that whoever reads them finds what it is used to. */
export function mutateQueue({ object: queue, subresource }: AdmissionRequest): Verdict {
  if (queue === undefined || subresource !== '') return UNCHANGED;
  const patch = new ObjectPatch(queue);
  if ((memberAt(queue, 'spec', 'reclaimable') ?? null) === null) patch.set(['spec', 'reclaimable'], true);
  if (memberAt(queue, 'spec', 'weight') === 0) patch.set(['spec', 'weight'], 1);
  const path = annotation(queue, HIERARCHY_ANNOTATION);
  if (path !== '' && path !== ROOT_QUEUE && !path.startsWith(`${ROOT_QUEUE}/`)) {
    patch.set(['metadata', 'annotations', HIERARCHY_ANNOTATION], `${ROOT_QUEUE}/${path}`);
    const weights = annotation(queue, HIERARCHY_WEIGHTS_ANNOTATION);
    if (weights !== '') patch.set(['metadata', 'annotations', HIERARCHY_WEIGHTS_ANNOTATION], `1/${weights}`);
  }
  return patch.operations.length === 0 ? UNCHANGED : allow(patch.operations);
}

function annotation(queue: JsonObject, key: string): string {
  return stringAt(queue, ['metadata', 'annotations', key]);
}
