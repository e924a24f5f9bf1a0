import type { GroupPlan } from '../src/api/group-plan.ts';
import { SUBMITTER_ANNOTATION, SUBMITTER_SIGNATURE_ANNOTATION } from '../src/api/keys.ts';
import { apiVersion, CRON_JOBS } from '../src/api/resources.ts';
import { isSignedTemplate, planClaim, templateClaim } from '../src/api/submitter-claim.ts';
import type { ClaimedObject, SignedSubmitter } from '../src/api/submitter-claim.ts';
import { objectAt, stringAt } from '../src/lib/json.ts';
import type { JsonObject } from '../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from './admission.ts';
import { claimed, templatesOf } from './claimed.ts';
import { controllerOf } from './controller-of.ts';
import type { ObjectPatch } from './object-patch.ts';
import type { PodFacts } from './pods/pod-facts.ts';
import { isClusterController } from './requester.ts';

/** A user, and whether the API server has told him: to this review, or to an earlier one that has signed for it. */
export interface Submitter {
  readonly name: string;
  readonly isVerified: boolean;
}

/**
 * Who a new Job is of: the user that makes it, or for the Jobs of a CronJob the user that made that. An annotation counts on
 * no object but what a controller of the cluster makes from a template that was reviewed; undefined where nobody knows.
 */
export function jobSubmitter(
  { username, namespace }: AdmissionRequest,
  job: JsonObject,
  view: ClusterView,
): Submitter | undefined {
  if (!isClusterController(username)) return requester(username);
  const owner = controllerOf(job);
  const isOfCronJob = owner?.kind === CRON_JOBS.kind && owner.apiVersion === apiVersion(CRON_JOBS);
  return ofTemplate(job, isOfCronJob ? [{ ...owner, namespace }] : [], view);
}

/** Who a new root of any other kind is of. */
export function rootSubmitter({ username }: Pick<AdmissionRequest, 'username'>): Submitter | undefined {
  return isClusterController(username) ? undefined : requester(username);
}

/** Who a new pod without a root is of: the user that makes it, or that made the object whose template it is from. */
export function podSubmitter(
  { username, owner, namespace, object }: PodFacts,
  view: ClusterView,
): Submitter | undefined {
  if (!isClusterController(username)) return requester(username);
  const isReviewed = owner !== undefined && TEMPLATES.has(`${owner.apiVersion}/${owner.kind}`);
  return isReviewed ? ofTemplate(object, templatesOf(owner, namespace), view) : undefined;
}

/** Controllers whose templates carry the annotation as Sluice wrote it. */
const TEMPLATES: ReadonlySet<string> = new Set([
  'apps/v1/ReplicaSet',
  'apps/v1/StatefulSet',
  'v1/ReplicationController',
]);

/** Who the annotations name that came from the template of one of these. */
function ofTemplate(
  object: JsonObject,
  templates: readonly ClaimedObject[],
  { submitterKeys }: ClusterView,
): Submitter | undefined {
  const signed = told(objectAt(object, 'metadata', 'annotations'));
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

/** An object with a template, as it is reviewed. */
interface Templated {
  readonly request: AdmissionRequest;
  readonly object: JsonObject;
  /** Annotations of the template that is stored; undefined where none is, or where nobody reviewed it. */
  readonly stored: JsonObject | undefined;
}

/**
 * Writes into a template whose the objects made from it are: the user that made the one with the template, whoever changes
 * it later. What was stored without a signature gets none: a template that changes has all pods made anew.
 */
export function writeSubmitter(
  patch: ObjectPatch,
  annotations: readonly string[],
  { request, object, stored }: Templated,
  { submitterKeys }: ClusterView,
): void {
  const { submitter, signature } = stored === undefined ? signedNow() : told(stored);
  write(SUBMITTER_ANNOTATION, submitter);
  write(SUBMITTER_SIGNATURE_ANNOTATION, signature);

  function signedNow(): SignedSubmitter {
    const { username } = request;
    if (!isName(username)) return {};
    const claim = templateClaim(claimed(request, object), '', username);
    return {
      submitter: username,
      signature: submitterKeys.sign(claim, told(objectAt(object, ...annotations)).signature),
    };
  }

  function write(key: string, value: string | undefined): void {
    const at = [...annotations, key];
    if (value === undefined) patch.remove(at);
    else patch.set(at, value);
  }
}

function told(annotations: JsonObject): SignedSubmitter {
  const [submitter, signature] = [SUBMITTER_ANNOTATION, SUBMITTER_SIGNATURE_ANNOTATION].map((key) =>
    stringAt(annotations, [key]),
  );
  if (submitter === undefined || !isName(submitter)) return {};
  return { submitter, ...(signature === '' ? {} : { signature }) };
}

/** Longer than any name of a service account; what is longer is no use to anybody. */
const MAX_NAME_LENGTH = 512;

function isName(name: string): boolean {
  return name !== '' && name.length <= MAX_NAME_LENGTH;
}

function requester(name: string): Submitter | undefined {
  return isName(name) ? { name, isVerified: true } : undefined;
}
