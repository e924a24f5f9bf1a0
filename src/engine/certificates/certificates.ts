import type { JsonObject } from '../../lib/json.ts';
import { afterStep, AUTHORITY_SECRET, authorityContent, readAuthority } from './authority-secret.ts';
import type { AuthorityState } from './authority-secret.ts';
import type { CertificateMaker, ServedNames, ServingMaterial } from './certificate-maker.ts';
import { nextStep } from './rotation.ts';
import type { RotationTimings, RotationView } from './rotation.ts';
import { readSecret, writeSecret } from './secret-access.ts';
import type { SecretAccess } from './secret-access.ts';
import { readReplicas, readServing, replicaContent, SERVING_SECRET, servingContent } from './serving-secret.ts';
import type { ReplicaRecord } from './serving-secret.ts';

/** What of the webhook configurations a look has to know. */
export interface TrustedBundles {
  /** For how long all of them were seen to carry the bundle; undefined: they do not, or nobody knows. */
  carriedMs(bundlePem: string): number | undefined;
  /** The bundles that they carry now; undefined when they cannot be read. */
  read(): Promise<readonly string[] | undefined>;
}

/** What one look at the certificates needs. */
export interface CertificateOptions extends SecretAccess {
  readonly maker: CertificateMaker;
  readonly names: ServedNames;
  /** The API server's clock: it is the one that verifies. */
  readonly serverTime: () => Promise<number>;
  /** Of this replica among all; undefined where it keeps the authority for others and serves nothing. */
  readonly replica: string | undefined;
  /** What this replica serves; undefined before it serves anything. */
  readonly served: ServingMaterial | undefined;
  readonly trusted: TrustedBundles;
  readonly timings: RotationTimings;
}

/** Result of a look; a failure is worth another one later. */
export type CertificateOutcome =
  | {
      readonly kind: 'ready';
      readonly material: ServingMaterial;
      readonly authority: AuthorityState;
      /** When it was judged, by the API server's clock. */
      readonly nowMs: number;
    }
  | { readonly kind: 'failed'; readonly message: string };

/** Several replicas may look at once; each lost race costs one more round, and so does each step of a rotation. */
const MAX_ROUNDS = 8;

type Stored = Omit<CertificateOutcome & { kind: 'ready' }, 'kind'> & {
  readonly servingSecret: JsonObject | undefined;
  readonly authoritySecret: JsonObject | undefined;
};

/**
 * One look: reads both Secrets, takes the next step of the authority's rotation if there is one, issues the serving
 * certificate anew when it is missing, due or not of the authority that signs, and writes down what this replica serves.
 */
export async function ensureCertificates(options: CertificateOptions): Promise<CertificateOutcome> {
  let message = '';
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const stored = await read(options);
    if (typeof stored === 'string') return { kind: 'failed', message: stored };
    const change = await dueChange(options, stored);
    if (change === undefined) return ready(stored);
    if (typeof change === 'string') return { kind: 'failed', message: change };
    const written = await writeSecret(options, change.name, change.before, change.content);
    if (written.kind === 'failed') return { kind: 'failed', message: written.message };
    if (written.kind === 'raced') message = written.message;
  }
  return { kind: 'failed', message: message === '' ? 'the certificates change without end' : message };
}

/** The bundle that is trusted when no rotation is under way, read anew; undefined while one is. */
export async function steadyBundle(access: SecretAccess): Promise<string | undefined> {
  const read = await readSecret(access, AUTHORITY_SECRET);
  if (read.kind === 'failed' || read.secret === undefined) return undefined;
  const { rotation, bundlePem } = readAuthority(read.secret);
  return rotation.phase === 'Steady' ? bundlePem : undefined;
}

async function read(options: CertificateOptions): Promise<Stored | string> {
  const serving = await readSecret(options, SERVING_SECRET);
  if (serving.kind === 'failed') return serving.message;
  const authority = await readSecret(options, AUTHORITY_SECRET);
  if (authority.kind === 'failed') return authority.message;
  // After the reads: what is found was written by then, so that lives reckoned from now end after all that was signed before.
  const nowMs = await options.serverTime();
  return {
    nowMs,
    servingSecret: serving.secret,
    authoritySecret: authority.secret,
    material: readServing(serving.secret),
    authority: readAuthority(authority.secret),
  };
}

/** What was read can be used; trusted is what the authority's Secret says. */
function ready({ material, authority, nowMs }: Stored): CertificateOutcome {
  return { kind: 'ready', material: { ...material, bundlePem: authority.bundlePem }, authority, nowMs };
}

interface Change {
  readonly name: string;
  readonly before: JsonObject | undefined;
  readonly content: JsonObject;
}

async function dueChange(options: CertificateOptions, stored: Stored): Promise<Change | string | undefined> {
  const { maker, names } = options;
  const { authority, servingSecret, authoritySecret: before, nowMs } = stored;
  const step = nextStep(authority.rotation, viewOf(options, stored), options.timings);
  if (step !== undefined) {
    const knownBundles = step === 'replace' ? await bundlesAround(options, stored) : [];
    if (knownBundles === undefined) return 'cannot read what the webhook configurations trust';
    const after = await afterStep(authority, step, { maker, nowMs, knownBundles });
    return { name: AUTHORITY_SECRET, before, content: authorityContent(after) };
  }
  if (isServingDue(options, stored)) {
    const made = await maker.issueServing(authority.signer, names, nowMs);
    const content = servingContent({ ...made, bundlePem: authority.bundlePem });
    return { name: SERVING_SECRET, before: servingSecret, content };
  }
  return recordDue(options, stored);
}

/** Bundles of whoever may still serve or verify with an authority that is not stored any more. */
async function bundlesAround(
  { served, trusted }: CertificateOptions,
  { material }: Stored,
): Promise<readonly string[] | undefined> {
  const found = await trusted.read();
  return found && [...(served === undefined ? [] : [served.bundlePem]), material.bundlePem, ...found];
}

function viewOf({ maker, trusted }: CertificateOptions, stored: Stored): RotationView {
  const { authority, material, servingSecret, nowMs } = stored;
  const { signer, next, bundlePem } = authority;
  const current = maker.signerOf(signer.certificatePem, signer.certificatePem);
  const records = [...readReplicas(servingSecret).values()];
  return {
    nowMs,
    isSignerUsable: bundlePem !== '' && maker.authorityProblems(signer, nowMs).length === 0,
    isSignerDue: maker.renewalDue(signer.certificatePem, nowMs),
    isWanted: authority.isWanted,
    isNextUsable: maker.authorityProblems(next, nowMs).length === 0,
    carriedMs: trusted.carriedMs(bundlePem),
    isServingCurrent: maker.signerOf(material.certificatePem, signer.certificatePem) !== '',
    laggards: records.filter(({ signer: by, untilMs }) => by !== current && untilMs > nowMs).length,
  };
}

/** By the authority that signs now: whoever resets that wants another certificate served. */
function isServingDue({ maker, names }: CertificateOptions, { material, authority, nowMs }: Stored): boolean {
  const { certificatePem } = authority.signer;
  return (
    maker.servingProblems(material, certificatePem, names, nowMs).length > 0 ||
    maker.renewalDue(material.certificatePem, nowMs)
  );
}

function recordDue({ maker, served, replica }: CertificateOptions, stored: Stored): Change | undefined {
  if (served === undefined || replica === undefined) return undefined;
  const known = readReplicas(stored.servingSecret);
  const record: ReplicaRecord = {
    signer: maker.signerOf(served.certificatePem, served.bundlePem),
    untilMs: maker.notAfterMs(served.certificatePem),
  };
  const own = known.get(replica);
  if (own?.signer === record.signer && own.untilMs === record.untilMs) return undefined;
  const content = replicaContent(known, replica, record, stored.nowMs);
  return { name: SERVING_SECRET, before: stored.servingSecret, content };
}
