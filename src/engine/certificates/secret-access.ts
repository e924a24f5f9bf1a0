import { SECRETS } from '../../api/resources.ts';
import { member, objectAt, stringAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { ClusterWriter, WriteOutcome, WriteRequest } from '../ports.ts';

/** Our own Secrets, one at a time. */
export interface SecretAccess {
  readonly writer: ClusterWriter;
  readonly namespace: string;
}

/** A Secret as it is, undefined when there is none. */
export type SecretRead =
  | { readonly kind: 'read'; readonly secret: JsonObject | undefined }
  | { readonly kind: 'failed'; readonly message: string };

/** `raced`: somebody else was faster, or nobody knows; a read tells. */
export type SecretWrite =
  | { readonly kind: 'written' }
  | { readonly kind: 'raced'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string };

export async function readSecret(access: SecretAccess, name: string): Promise<SecretRead> {
  const outcome = await access.writer.write(request(access, name, 'get', undefined));
  if (outcome.kind === 'done') return { kind: 'read', secret: outcome.object };
  if (outcome.kind === 'notFound') return { kind: 'read', secret: undefined };
  return { kind: 'failed', message: told(name, 'read', outcome) };
}

/** Writes the content over what was read, or makes the Secret; only if nobody has changed it since. */
export async function writeSecret(
  access: SecretAccess,
  name: string,
  before: JsonObject | undefined,
  content: JsonObject,
): Promise<SecretWrite> {
  const outcome = await access.writer.write(
    before === undefined
      ? request(access, name, 'create', newSecret(access, name, content))
      : request(access, name, 'mergePatch', onVersion(before, content)),
  );
  if (outcome.kind === 'done') return { kind: 'written' };
  // A creation finds nothing only where the namespace is missing, and that will not change by itself.
  const isGone = outcome.kind === 'notFound' && before !== undefined;
  const message = told(name, 'write', outcome);
  const isRaced = isGone || outcome.kind === 'conflict' || outcome.kind === 'unknown';
  return { kind: isRaced ? 'raced' : 'failed', message };
}

/** The text under a key of a Secret; empty when it is not there or no text. */
export function textIn(secret: JsonObject | undefined, key: string): string {
  try {
    return atob(stringAt(member(secret, 'data'), [key]));
  } catch {
    return '';
  }
}

function onVersion(before: JsonObject, content: JsonObject): JsonObject {
  const resourceVersion = stringAt(before, ['metadata', 'resourceVersion']);
  return { ...content, metadata: { ...objectAt(content, 'metadata'), resourceVersion } };
}

function newSecret({ namespace }: SecretAccess, name: string, content: JsonObject): JsonObject {
  const set = Object.entries(objectAt(content, 'metadata', 'annotations')).filter(([, value]) => value !== null);
  const labels = { 'app.kubernetes.io/name': 'sluice' };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: stringAt(content, ['type'], 'kubernetes.io/tls'),
    metadata: { name, namespace, labels, annotations: Object.fromEntries(set) },
    stringData: objectAt(content, 'stringData'),
  };
}

function request(
  { namespace }: SecretAccess,
  name: string,
  verb: WriteRequest['verb'],
  body: JsonObject | undefined,
): WriteRequest {
  return { verb, type: SECRETS, namespace, name, subresource: '', body, lane: 'decision' };
}

function told(name: string, act: string, outcome: WriteOutcome): string {
  return `cannot ${act} Secret ${name}: ${'message' in outcome ? outcome.message : outcome.kind}`;
}
