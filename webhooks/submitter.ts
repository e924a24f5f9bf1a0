import type { GroupPlan } from '../src/api/group-plan.ts';
import { SUBMITTER_ANNOTATION, SUBMITTER_SIGNATURE_ANNOTATION } from '../src/api/keys.ts';
import type { OwnerRecord } from '../src/api/records/owner-record.ts';
import { isSignedTemplate, isUserName, planClaim, readSubmitter, templateClaim } from '../src/api/submitter-claim.ts';
import type { ClaimedObject, SignedSubmitter, StoredObject, Submitter } from '../src/api/submitter-claim.ts';
import { objectAt } from '../src/lib/json.ts';
import type { JsonObject } from '../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from './admission.ts';
import { claimed } from './claimed.ts';
import { controllerOf } from './controller-of.ts';
import type { Inheritance } from './inheritance.ts';
import { askMakers, isMaker, makersOf } from './makers.ts';
import type { ObjectPatch } from './object-patch.ts';
import { planOf } from './own-plan.ts';
import { isOfJob } from './pods/pod-facts.ts';
import type { PodFacts } from './pods/pod-facts.ts';
import type { Answers, Question } from './question.ts';
import { isClusterController, isOperator } from './requester.ts';

/** Who a new Job is of: as of any other object, or for those of a CronJob who made that. */
export function jobSubmitter(
  request: AdmissionRequest,
  job: JsonObject,
  inherited: Inheritance | undefined,
  view: ClusterView,
  answers: Answers,
): Submitter | undefined {
  const above = rootSubmitter(request, inherited);
  if (above !== undefined) return above;
  return ofTemplate(job, makersOf(controllerOf(job), request.namespace, answers), view);
}

/**
 * Who a new object is of: the user that makes it, or of what an operator makes whom the object above hands down. An annotation
 * counts on no object but what a controller makes from a template, or for an object, that was reviewed.
 */
export function rootSubmitter(
  { username, namespace }: Pick<AdmissionRequest, 'username' | 'namespace'>,
  inherited: Inheritance | undefined,
): Submitter | undefined {
  const above = inherited?.kind === 'queue' ? inherited.submitter : undefined;
  if (above !== undefined && isOperator(username, namespace)) return above;
  return isClusterController(username) ? undefined : requester(username);
}

/** Who a new pod without a root is of: as of any other object, or who made the object whose template it is from. */
export function podSubmitter(
  pod: PodFacts,
  inherited: Inheritance | undefined,
  view: ClusterView,
  answers: Answers,
): Submitter | undefined {
  const above = rootSubmitter(pod, inherited);
  if (above !== undefined || pod.owner === undefined || !isMaker(pod.owner)) return above;
  const found = ofTemplate(pod.object, makersOf(pod.owner, pod.namespace, answers), view);
  // The template of a Job is mostly nobody's but the client's to write.
  return found?.isVerified === false && isOfJob(pod.owner) ? undefined : found;
}

/** What has to be read for that: whoever brings no signature is not walked up from. */
export function askSubmitter(
  { object, operation, namespace, username }: AdmissionRequest,
  owner: OwnerRecord | undefined,
): readonly Question[] {
  if (operation !== 'CREATE' || !isClusterController(username)) return [];
  const annotations = objectAt(object, 'metadata', 'annotations');
  const isSigned = readSubmitter(annotations).signature !== undefined || planOf(annotations)?.signature !== undefined;
  return isSigned ? askMakers(owner, namespace) : [];
}

/** Who the annotations name that came from the template of one of these. */
function ofTemplate(
  object: JsonObject,
  templates: readonly StoredObject[],
  { submitterKeys }: ClusterView,
): Submitter | undefined {
  const signed = readSubmitter(objectAt(object, 'metadata', 'annotations'));
  const { submitter: name } = signed;
  if (name === undefined) return undefined;
  return { name, isVerified: templates.some((template) => isSignedTemplate(submitterKeys, template, '', signed)) };
}

/** What a plan says of whom it is of, on a new object; `before` is the signature that stands there, of an earlier look perhaps. */
export function signedPlan(
  submitter: Submitter | undefined,
  object: ClaimedObject,
  { group, before }: { readonly group: string; readonly before: string | undefined },
  { submitterKeys }: ClusterView,
): SignedSubmitter {
  if (submitter === undefined) return {};
  const { name, isVerified } = submitter;
  return {
    submitter: name,
    signature: isVerified ? submitterKeys.sign(planClaim(object, group, name), before) : undefined,
  };
}

/** A plan that was handed down, for the object that carries it on; it brings a signature only where that was verified. */
export function signedAgain(
  plan: GroupPlan,
  object: ClaimedObject,
  before: string | undefined,
  view: ClusterView,
): GroupPlan {
  const { group, submitter: name, signature } = plan;
  const submitter = name === undefined ? undefined : { name, isVerified: signature !== undefined };
  return { ...plan, ...signedPlan(submitter, object, { group, before }, view) };
}

/** A plan that was handed down, for the template of the object that carries it on. */
export function signedForPods(
  plan: GroupPlan,
  object: ClaimedObject,
  before: string | undefined,
  view: ClusterView,
): GroupPlan {
  const { group, submitter, signature: verified } = plan;
  if (submitter === undefined || verified === undefined) return plan;
  return { ...plan, signature: view.submitterKeys.sign(templateClaim(object, group, submitter), before) };
}

/** An object that carries the annotations, itself or in its template, as it is reviewed. */
interface Carrier {
  readonly object: JsonObject;
  readonly claimed: ClaimedObject;
  /** Annotations that are stored; undefined where none are, or where nobody reviewed them. */
  readonly stored: JsonObject | undefined;
  /** Who it is of when nothing is stored. */
  readonly submitter: Submitter | undefined;
}

/**
 * Writes whose the objects made from a template, or for an object, are: the user that made the one with the annotations, whoever
 * changes it later. What was stored without a signature gets none: a template that changes has all pods made anew.
 */
export function writeSubmitter(
  patch: ObjectPatch,
  annotations: readonly string[],
  { object, claimed: as, stored, submitter }: Carrier,
  { submitterKeys }: ClusterView,
): void {
  const told = stored === undefined ? signedNow() : readSubmitter(stored);
  write(SUBMITTER_ANNOTATION, told.submitter);
  write(SUBMITTER_SIGNATURE_ANNOTATION, told.signature);

  function signedNow(): SignedSubmitter {
    if (submitter === undefined) return {};
    const { name, isVerified } = submitter;
    const before = readSubmitter(objectAt(object, ...annotations)).signature;
    const signature = isVerified ? submitterKeys.sign(templateClaim(as, '', name), before) : undefined;
    return { submitter: name, signature };
  }

  function write(key: string, value: string | undefined): void {
    const at = [...annotations, key];
    if (value === undefined) patch.remove(at);
    else patch.set(at, value);
  }
}

/**
 * The same for an object that says itself whose it is: who makes it, whatever it says, or of what an operator makes the user whom
 * the object above hands down. Sluice signs what it makes itself.
 */
export function writeOwnSubmitter(
  patch: ObjectPatch,
  request: AdmissionRequest,
  object: JsonObject,
  view: ClusterView,
  inherited?: Inheritance,
): void {
  const { oldObject, username } = request;
  if (view.isOwn(username)) return;
  const stored = oldObject && objectAt(oldObject, 'metadata', 'annotations');
  const submitter = rootSubmitter(request, inherited) ?? requester(username);
  writeSubmitter(
    patch,
    ['metadata', 'annotations'],
    { object, claimed: claimed(request, object), stored, submitter },
    view,
  );
}

/** The user of the request, as far as that can be told. */
export function requester(name: string): Submitter | undefined {
  return isUserName(name) ? { name, isVerified: true } : undefined;
}
