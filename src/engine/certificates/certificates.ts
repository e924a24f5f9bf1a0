import { SECRETS } from '../../api/resources.ts';
import { member, stringAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { ClusterWriter, WriteOutcome, WriteRequest } from '../ports.ts';

/** A certificate with its private key; both PEM. */
export interface KeyedCertificate {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/** Names under which the webhook server is reached. */
export interface ServedNames {
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
}

/** What the webhook server serves with, and what the API server must trust (`caBundle`). */
export interface ServingMaterial extends KeyedCertificate {
  readonly bundlePem: string;
}

/** Makes and judges certificates; injected because this layer knows no cryptography. */
export interface CertificateMaker {
  createAuthority(nowMs: number): Promise<KeyedCertificate>;
  issueServing(authority: KeyedCertificate, names: ServedNames, nowMs: number): Promise<KeyedCertificate>;
  /** Distinct, unexpired certificates of all texts, in order. */
  composeBundle(pems: readonly string[], nowMs: number): string;
  renewalDue(certificatePem: string, nowMs: number): boolean;
  authorityProblems(authority: KeyedCertificate, nowMs: number): readonly string[];
  servingProblems(serving: KeyedCertificate, bundlePem: string, names: ServedNames, nowMs: number): readonly string[];
}

/** What make-or-load needs. */
export interface CertificateOptions {
  readonly writer: ClusterWriter;
  readonly maker: CertificateMaker;
  readonly namespace: string;
  readonly names: ServedNames;
  readonly nowMs: number;
  /** What vouches for the certificate that is being served: it stays trusted, also when somebody deleted its Secret. */
  readonly servedBundlePem?: string;
}

/** Result of make-or-load; a failure is worth another try later. */
export type CertificateOutcome =
  | { readonly kind: 'ready'; readonly material: ServingMaterial }
  | { readonly kind: 'failed'; readonly message: string };

/** Secret of the authority: `tls.crt`, `tls.key`, and in `ca.crt` every authority that is still trusted. */
export const AUTHORITY_SECRET = 'sluice-ca';
/** Secret of the serving certificate: `tls.crt`, `tls.key`, and in `ca.crt` the bundle to trust. */
export const SERVING_SECRET = 'sluice-serving';

/** Several replicas may start at once; each lost race costs one more round. */
const MAX_ROUNDS = 5;

type Settled =
  | { readonly kind: 'settled'; readonly material: ServingMaterial }
  | { readonly kind: 'failed'; readonly message: string };

interface SecretRule {
  readonly name: string;
  /** True when what is stored can be used as it is. */
  isUsable(stored: ServingMaterial): boolean;
  make(stored: ServingMaterial): Promise<ServingMaterial>;
}

const NOTHING_STORED: ServingMaterial = Object.freeze({ certificatePem: '', privateKeyPem: '', bundlePem: '' });

/** Loads authority and serving certificate from their Secrets; makes or re-issues what is missing, due or invalid. */
export async function ensureCertificates(options: CertificateOptions): Promise<CertificateOutcome> {
  const authority = await settle(options, authorityRule(options));
  if (authority.kind === 'failed') return authority;
  const serving = await settle(options, servingRule(options, authority.material));
  if (serving.kind === 'failed') return serving;
  return { kind: 'ready', material: { ...serving.material, bundlePem: authority.material.bundlePem } };
}

function authorityRule(options: CertificateOptions): SecretRule {
  const { maker, nowMs } = options;
  return {
    name: AUTHORITY_SECRET,
    isUsable: (stored) =>
      stored.bundlePem !== '' &&
      maker.authorityProblems(stored, nowMs).length === 0 &&
      !maker.renewalDue(stored.certificatePem, nowMs),
    make: async (stored) => {
      const made = await maker.createAuthority(nowMs);
      // Leaves of the authority before stay trusted until it expires.
      const known = [made.certificatePem, stored.certificatePem, stored.bundlePem, options.servedBundlePem ?? ''];
      return { ...made, bundlePem: maker.composeBundle(known, nowMs) };
    },
  };
}

function servingRule(options: CertificateOptions, authority: ServingMaterial): SecretRule {
  const { maker, names, nowMs } = options;
  return {
    name: SERVING_SECRET,
    isUsable: (stored) =>
      // By the newest authority: whoever resets that wants another certificate served.
      maker.servingProblems(stored, authority.certificatePem, names, nowMs).length === 0 &&
      !maker.renewalDue(stored.certificatePem, nowMs),
    make: async () => {
      const made = await maker.issueServing(authority, names, nowMs);
      return { ...made, bundlePem: authority.bundlePem };
    },
  };
}

/** Reads, judges, writes with a precondition; a lost race or an unclear answer starts over with a read. */
async function settle(options: CertificateOptions, rule: SecretRule): Promise<Settled> {
  let message = '';
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const read = await options.writer.write(request(options, rule.name, 'get', undefined));
    if (read.kind !== 'done' && read.kind !== 'notFound') return failed(rule.name, 'read', read);
    const secret = read.kind === 'done' ? read.object : undefined;
    const stored = secret === undefined ? NOTHING_STORED : materialOf(secret);
    if (rule.isUsable(stored)) return { kind: 'settled', material: stored };
    const made = await rule.make(stored);
    const written = await options.writer.write(writeRequest(options, rule.name, secret, made));
    if (written.kind === 'done') return { kind: 'settled', material: made };
    // A creation finds nothing only where the namespace is missing, and that will not change by itself.
    const isGone = written.kind === 'notFound' && secret !== undefined;
    const isRaceLost = isGone || written.kind === 'conflict' || written.kind === 'unknown';
    if (!isRaceLost) return failed(rule.name, 'write', written);
    message = written.message;
  }
  return { kind: 'failed', message: `cannot write Secret ${rule.name}: ${message}` };
}

function writeRequest(
  options: CertificateOptions,
  name: string,
  secret: JsonObject | undefined,
  made: ServingMaterial,
): WriteRequest {
  const stringData = {
    'tls.crt': made.certificatePem,
    'tls.key': made.privateKeyPem,
    'ca.crt': made.bundlePem,
  };
  if (secret !== undefined) {
    const resourceVersion = stringAt(secret, ['metadata', 'resourceVersion']);
    return request(options, name, 'mergePatch', { metadata: { resourceVersion }, stringData });
  }
  const metadata = { name, namespace: options.namespace, labels: { 'app.kubernetes.io/name': 'sluice' } };
  return request(options, name, 'create', {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/tls',
    metadata,
    stringData,
  });
}

function request(
  options: CertificateOptions,
  name: string,
  verb: WriteRequest['verb'],
  body: JsonObject | undefined,
): WriteRequest {
  return { verb, type: SECRETS, namespace: options.namespace, name, subresource: '', body, lane: 'decision' };
}

function materialOf(secret: JsonObject): ServingMaterial {
  const data = member(secret, 'data');
  return {
    certificatePem: decoded(data, 'tls.crt'),
    privateKeyPem: decoded(data, 'tls.key'),
    bundlePem: decoded(data, 'ca.crt'),
  };
}

function decoded(data: unknown, key: string): string {
  try {
    return atob(stringAt(data, [key]));
  } catch {
    return '';
  }
}

function failed(name: string, act: string, outcome: WriteOutcome): Settled {
  const why = 'message' in outcome ? outcome.message : outcome.kind;
  return { kind: 'failed', message: `cannot ${act} Secret ${name}: ${why}` };
}
