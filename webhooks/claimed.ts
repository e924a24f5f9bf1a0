import type { OwnerRecord } from '../src/api/records/owner-record.ts';
import { nameInClaim } from '../src/api/submitter-claim.ts';
import type { ClaimedObject } from '../src/api/submitter-claim.ts';
import { stringAt } from '../src/lib/json.ts';
import type { JsonObject } from '../src/lib/json.ts';
import type { AdmissionRequest } from './admission.ts';

/** The object under review, as a claim names it; reviewed objects of any kind say of what kind they are. */
export function claimed(
  { namespace, name }: AdmissionRequest,
  object: JsonObject,
  type = { apiVersion: stringAt(object, ['apiVersion']), kind: stringAt(object, ['kind']) },
): ClaimedObject {
  const [own, generated] = [
    stringAt(object, ['metadata', 'name'], name),
    stringAt(object, ['metadata', 'generateName']),
  ];
  return { apiVersion: type.apiVersion, kind: type.kind, namespace, name: nameInClaim(own, generated) };
}

/** A ReplicaSet has its template from itself, or from the Deployment whose name it has, and a hash. */
export function templatesOf(owner: OwnerRecord, namespace: string): readonly ClaimedObject[] {
  const own = { ...owner, namespace };
  if (owner.kind !== 'ReplicaSet') return [own];
  const above = owner.name.slice(0, Math.max(0, owner.name.lastIndexOf('-')));
  return [{ ...own, kind: 'Deployment', name: above }, own];
}
