import type { ObjectHead } from '../api/records/object-head.ts';
import { apiVersion } from '../api/resources.ts';
import type { ResourceType } from '../api/resources.ts';
import { groupClaim, isSignedTemplate, submitterAnnotations, templateClaim } from '../api/submitter-claim.ts';
import type { SignedSubmitter, SubmitterKeys } from '../api/submitter-claim.ts';
import type { JsonObject } from '../lib/json.ts';

/** An object that pods or other objects are made for, and who its annotations say that it is of. */
export interface SubmittedObject {
  readonly type: ResourceType;
  readonly head: Pick<ObjectHead, 'namespace' | 'name' | 'uid' | 'createdMs'>;
  readonly submitter: SignedSubmitter;
}

/** Whose the PodGroup of an object is; signed where the object's own annotations are. */
export function groupSubmitter(keys: SubmitterKeys, from: SubmittedObject, group: string): SignedSubmitter {
  const { namespace, uid } = from.head;
  return signedAgain(keys, from, (submitter) => groupClaim(namespace, group, uid, submitter));
}

/** The annotations of a further object that is made for one: nobody reviews what Sluice makes. */
export function handedDownAnnotations(
  keys: SubmitterKeys,
  from: SubmittedObject,
  type: ResourceType,
  name: string,
): JsonObject {
  const object = { apiVersion: apiVersion(type), kind: type.kind, namespace: from.head.namespace, name };
  return submitterAnnotations(signedAgain(keys, from, (submitter) => templateClaim(object, '', submitter)));
}

function signedAgain(
  keys: SubmitterKeys,
  { type, head, submitter: told }: SubmittedObject,
  claimOf: (submitter: string) => string,
): SignedSubmitter {
  const { submitter } = told;
  if (submitter === undefined) return {};
  const { namespace, name, uid, createdMs } = head;
  const object = { apiVersion: apiVersion(type), kind: type.kind, namespace, name, uid, createdMs };
  const isSigned = isSignedTemplate(keys, object, '', told);
  return { submitter, signature: isSigned ? keys.sign(claimOf(submitter)) : undefined };
}
