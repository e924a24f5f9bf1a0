import { REPLICA_PREFIX } from '../../api/keys.ts';
import { objectAt, textOf } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { ServingMaterial } from './certificate-maker.ts';
import { readSecret, textIn } from './secret-access.ts';
import type { SecretAccess } from './secret-access.ts';

/** Secret of the serving certificate: `tls.crt`, `tls.key`, in `ca.crt` the bundle to trust; its annotations say which replica serves what. */
export const SERVING_SECRET = 'sluice-serving';

/** What a replica said that it serves. */
export interface ReplicaRecord {
  /** The authority that signed it, by its short name. */
  readonly signer: string;
  /** End of its certificate's life, milliseconds since 1970. */
  readonly untilMs: number;
}

export function readServing(secret: JsonObject | undefined): ServingMaterial {
  return {
    certificatePem: textIn(secret, 'tls.crt'),
    privateKeyPem: textIn(secret, 'tls.key'),
    bundlePem: textIn(secret, 'ca.crt'),
  };
}

/** What whoever keeps the authority has stored, or why there is nothing to serve by. */
export async function readStored(access: SecretAccess): Promise<ServingMaterial | string> {
  const read = await readSecret(access, SERVING_SECRET);
  if (read.kind === 'failed') return read.message;
  const material = readServing(read.secret);
  return material.certificatePem === '' ? `Secret ${SERVING_SECRET} holds no certificate` : material;
}

export function servingContent({ certificatePem, privateKeyPem, bundlePem }: ServingMaterial): JsonObject {
  return { stringData: { 'tls.crt': certificatePem, 'tls.key': privateKeyPem, 'ca.crt': bundlePem } };
}

/** What replicas serve, by their names. */
export function readReplicas(secret: JsonObject | undefined): ReadonlyMap<string, ReplicaRecord> {
  const notes = Object.entries(objectAt(secret, 'metadata', 'annotations'));
  return new Map(
    notes
      .filter(([key]) => key.startsWith(REPLICA_PREFIX))
      .map(([key, value]) => {
        const [signer = '', until = ''] = textOf(value).split(' ');
        return [key.slice(REPLICA_PREFIX.length), { signer, untilMs: Date.parse(until) || 0 }];
      }),
  );
}

/** The patch that says what this replica serves, and drops what ended replicas said. */
export function replicaContent(
  known: ReadonlyMap<string, ReplicaRecord>,
  replica: string,
  record: ReplicaRecord,
  nowMs: number,
): JsonObject {
  const ended = [...known].filter(([, { untilMs }]) => untilMs < nowMs).map(([name]) => [REPLICA_PREFIX + name, null]);
  const own = `${record.signer} ${new Date(record.untilMs).toISOString()}`;
  return { metadata: { annotations: { ...Object.fromEntries(ended), [REPLICA_PREFIX + replica]: own } } };
}
