import { SUBMITTER_ANNOTATION } from '../src/api/keys.ts';
import { stringAt } from '../src/lib/json.ts';
import type { JsonObject } from '../src/lib/json.ts';
import type { AdmissionRequest } from './admission.ts';
import type { ObjectPatch } from './object-patch.ts';
import type { PodFacts } from './pods/pod-facts.ts';
import { isClusterController } from './requester.ts';

/**
 * Who a new Job is of: the user that makes it, or for the Jobs of a CronJob the user that made that. An annotation counts on
 * no object but what a controller of the cluster makes from a template that was reviewed; undefined where nobody knows.
 */
export function jobSubmitter({ username }: AdmissionRequest, annotations: JsonObject): string | undefined {
  return isClusterController(username) ? known(stringAt(annotations, [SUBMITTER_ANNOTATION])) : known(username);
}

/** Who a new root of any other kind is of. */
export function rootSubmitter({ username }: Pick<AdmissionRequest, 'username'>): string | undefined {
  return isClusterController(username) ? undefined : known(username);
}

/** Who a new pod without a root is of: the user that makes it, or that made the object whose template it is from. */
export function podSubmitter({ username, owner, annotations }: PodFacts): string | undefined {
  if (!isClusterController(username)) return known(username);
  const isReviewed = owner !== undefined && TEMPLATES.has(`${owner.apiVersion}/${owner.kind}`);
  return isReviewed ? known(stringAt(annotations, [SUBMITTER_ANNOTATION])) : undefined;
}

/** Controllers whose templates carry the annotation as Sluice wrote it. */
const TEMPLATES: ReadonlySet<string> = new Set([
  'apps/v1/ReplicaSet',
  'apps/v1/StatefulSet',
  'v1/ReplicationController',
]);

/**
 * Writes into a template whose the objects made from it are: the user that made the one with the template, whoever changes
 * it later. `before` are the annotations of the stored template.
 */
export function writeSubmitter(
  patch: ObjectPatch,
  annotations: readonly string[],
  { username }: AdmissionRequest,
  before: JsonObject | undefined,
): void {
  const submitter = known(before === undefined ? username : stringAt(before, [SUBMITTER_ANNOTATION]));
  const at = [...annotations, SUBMITTER_ANNOTATION];
  if (submitter === undefined) patch.remove(at);
  else patch.set(at, submitter);
}

/** Longer than any name of a service account; what is longer is no use to anybody. */
const MAX_NAME_LENGTH = 512;

function known(name: string): string | undefined {
  return name === '' || name.length > MAX_NAME_LENGTH ? undefined : name;
}
