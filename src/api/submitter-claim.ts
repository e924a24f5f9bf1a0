import { stringAt } from '../lib/json.ts';
import type { JsonObject } from '../lib/json.ts';
import { SUBMITTER_ANNOTATION, SUBMITTER_SIGNATURE_ANNOTATION } from './keys.ts';
import type { OwnerRecord } from './records/owner-record.ts';
import type { PodGroupRecord } from './records/pod-group-record.ts';

/** Signs what Sluice has seen of submitters, and knows its own signatures again. */
export interface SubmitterKeys {
  /**
   * The signature under a claim, with the time of now; undefined while there is no key to sign with. `before` is given back where it
   * is one for this claim of a moment ago, so that a second look at the same object changes nothing.
   */
  sign(claim: string, before?: string): string | undefined;
  /** When a key that counts has signed exactly this claim, milliseconds since 1970; undefined when none has. */
  signedMs(claim: string, signature: string): number | undefined;
}

/** Where nobody signs: no claim is believed. */
export const NO_SUBMITTER_KEYS: SubmitterKeys = { sign: () => undefined, signedMs: () => undefined };

/** The object that a submitter is told on, as far as it is known when it is made: it has no UID then. */
export interface ClaimedObject extends Pick<OwnerRecord, 'apiVersion' | 'kind'> {
  readonly namespace: string;
  /** What `nameInClaim` makes of its metadata. */
  readonly name: string;
  /** Where it is signed for an object that is stored already, by a review of a change. */
  readonly uid?: string | undefined;
}

/** An object that was stored. */
export interface StoredObject extends ClaimedObject {
  readonly uid: string;
  /** By the API server's clock, milliseconds since 1970. */
  readonly createdMs: number;
}

/** A user, and who says so; the signature is absent where nobody signed. */
export interface SignedSubmitter {
  readonly submitter?: string | undefined;
  readonly signature?: string | undefined;
}

/** A user, and whether the API server has told him: to this review, or to an earlier one that has signed for it. */
export interface Submitter {
  readonly name: string;
  readonly isVerified: boolean;
}

/** That the plan for a PodGroup of this name, on this object, is of the user. */
export function planClaim(object: ClaimedObject, group: string, submitter: string): string {
  return objectClaim('plan', { ...object, uid: undefined }, group, submitter);
}

/** That what is made from the object's template is of the user; with a group where the template names one that is planned already. */
export function templateClaim(object: ClaimedObject, group: string, submitter: string): string {
  return objectClaim('template', object, group, submitter);
}

/** That a PodGroup which goes away with the object of this UID is of the user. */
export function groupClaim(namespace: string, name: string, ownerUid: string, submitter: string): string {
  return JSON.stringify(['group/v1', namespace, name, ownerUid, submitter]);
}

/** True when Sluice has signed the plan for this very object, as it was made. */
export function isSignedPlan(
  keys: SubmitterKeys,
  object: StoredObject,
  group: string,
  { submitter, signature }: SignedSubmitter,
): boolean {
  if (submitter === undefined || signature === undefined) return false;
  return isMadeWith(keys, object, signature, (named) => planClaim(named, group, submitter));
}

/** True when Sluice has signed the template for this very object: as it was made, or later by its UID. */
export function isSignedTemplate(
  keys: SubmitterKeys,
  object: StoredObject,
  group: string,
  { submitter, signature }: SignedSubmitter,
): boolean {
  if (submitter === undefined || signature === undefined) return false;
  const claimOf = (named: ClaimedObject): string => templateClaim(named, group, submitter);
  return (
    keys.signedMs(claimOf(object), signature) !== undefined ||
    isMadeWith(keys, object, signature, (named) => claimOf({ ...named, uid: undefined }))
  );
}

/** True when the signature is of the time at which the object was made, under a name that it may have had then. */
function isMadeWith(
  keys: SubmitterKeys,
  object: StoredObject,
  signature: string,
  claimOf: (named: ClaimedObject) => string,
): boolean {
  return namesOf(object).some((name) => {
    const signedMs = keys.signedMs(claimOf({ ...object, name }), signature);
    return signedMs !== undefined && Math.abs(signedMs - object.createdMs) <= MOST_APART_MS;
  });
}

/** The annotations that tell whose something is. */
export const SUBMITTER_KEYS: ReadonlySet<string> = new Set([SUBMITTER_ANNOTATION, SUBMITTER_SIGNATURE_ANNOTATION]);

/** Who the annotations of an object, or of a template, say that it is of. */
export function readSubmitter(annotations: unknown): SignedSubmitter {
  const submitter = stringAt(annotations, [SUBMITTER_ANNOTATION]);
  const signature = stringAt(annotations, [SUBMITTER_SIGNATURE_ANNOTATION]);
  if (!isUserName(submitter)) return NOBODY;
  return { submitter, ...(signature === '' ? {} : { signature }) };
}

const NOBODY: SignedSubmitter = Object.freeze({});

/** Longer than any name of a service account; what is longer is no use to anybody. */
const MAX_USER_NAME_LENGTH = 512;

/** True for what can be told as the name of a user. */
export function isUserName(name: string): boolean {
  return name !== '' && name.length <= MAX_USER_NAME_LENGTH;
}

/** Both as annotations; nothing where nobody knows, no signature where nobody signed. */
export function submitterAnnotations({ submitter, signature }: SignedSubmitter): JsonObject {
  return {
    ...(submitter === undefined ? {} : { [SUBMITTER_ANNOTATION]: submitter }),
    ...(signature === undefined ? {} : { [SUBMITTER_SIGNATURE_ANNOTATION]: signature }),
  };
}

/** True when Sluice has signed the group's submitter, for the object that it goes away with. */
export function isSignedGroup(keys: SubmitterKeys, group: PodGroupRecord): boolean {
  const { namespace, name, owner, submitter, submitterSignature: signature } = group;
  if (submitter === '' || signature === '' || owner === undefined) return false;
  return keys.signedMs(groupClaim(namespace, name, owner.uid, submitter), signature) !== undefined;
}

/** True when what is claimed of both is the same; counts and phases of a group change all the time. */
export function isSameClaim(a: PodGroupRecord, b: PodGroupRecord): boolean {
  const isSame = a.submitter === b.submitter && a.submitterSignature === b.submitterSignature;
  return isSame && a.owner?.uid === b.owner?.uid;
}

/** Between a signature and the creation that it was made for: a review that takes long, and clocks that differ. */
const MOST_APART_MS = 300_000;
/** The API server cuts a generateName to so many characters, and puts so many of its own behind it. */
const MAX_PREFIX_LENGTH = 58;
const SUFFIX_LENGTH = 5;

/** How an object is named in a claim: by its name, else by its generateName and a star, which no name has. */
export function nameInClaim(name: string, generateName: string): string {
  return name === '' ? `${generateName.slice(0, MAX_PREFIX_LENGTH)}*` : name;
}

/** What an object of this name may have been called when it was reviewed. */
function namesOf({ name }: ClaimedObject): readonly string[] {
  return name.length > SUFFIX_LENGTH ? [name, nameInClaim('', name.slice(0, -SUFFIX_LENGTH))] : [name];
}

/** The version of the object's API is left out: it may change. */
function objectClaim(purpose: 'plan' | 'template', object: ClaimedObject, group: string, submitter: string): string {
  const { namespace, apiVersion, kind, name, uid } = object;
  const apiGroup = apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/')));
  const parts = [`${purpose}/v1`, namespace, apiGroup, kind, name, group, submitter];
  return JSON.stringify(uid === undefined ? parts : [...parts, uid]);
}
