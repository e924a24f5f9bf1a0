import type { AdmissionRequest, ClusterView } from '../admission.ts';
import type { Verdict } from '../verdict.ts';
import { isBeingDeleted } from '../being-deleted.ts';
import { ObjectPatch } from '../object-patch.ts';
import { writeOwnSubmitter } from '../submitter.ts';
import { allow, UNCHANGED } from '../verdict.ts';

/** Objects that Sluice itself makes Jobs of Volcano for: whose those are stands on them, since nobody reviews what Sluice makes. */
export function mutateSubmitted(request: AdmissionRequest, view: ClusterView): Verdict {
  const { object, subresource } = request;
  if (object === undefined || subresource !== '' || isBeingDeleted(request)) return UNCHANGED;
  const patch = new ObjectPatch(object);
  writeOwnSubmitter(patch, request, object, view);
  return patch.operations.length === 0 ? UNCHANGED : allow(patch.operations);
}
