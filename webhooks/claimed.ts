import { nameInClaim } from '../src/api/submitter-claim.ts';
import type { ClaimedObject } from '../src/api/submitter-claim.ts';
import { stringAt } from '../src/lib/json.ts';
import type { JsonObject } from '../src/lib/json.ts';
import type { AdmissionRequest } from './admission.ts';

/** The object under review, as a claim names it; reviewed objects of any kind say of what kind they are. */
export function claimed(
  { namespace, name, operation }: AdmissionRequest,
  object: JsonObject,
  type = { apiVersion: stringAt(object, ['apiVersion']), kind: stringAt(object, ['kind']) },
): ClaimedObject {
  const [own, generated] = [
    stringAt(object, ['metadata', 'name'], name),
    stringAt(object, ['metadata', 'generateName']),
  ];
  // One that is made now is given its UID later, whatever it says.
  const uid = operation === 'UPDATE' ? stringAt(object, ['metadata', 'uid']) : undefined;
  return { apiVersion: type.apiVersion, kind: type.kind, namespace, name: nameInClaim(own, generated), uid };
}
