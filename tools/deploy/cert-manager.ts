import { OWN_CERTIFICATE } from '../../src/api/access.ts';
import { INJECT_CA_FROM_ANNOTATION } from '../../src/api/keys.ts';
import { apiVersion, CERTIFICATES, ISSUERS } from '../../src/api/resources.ts';
import type { JsonObject, JsonValue } from '../../src/lib/json.ts';
import type { Document } from './document.ts';
import { own } from './labels.ts';
import { SERVICE } from './settings.ts';
import type { Settings } from './settings.ts';

const AUTHORITY = 'sluice-authority';
const BOOTSTRAP = 'sluice-bootstrap';
const SERVING_SECRET = 'sluice-webhook-certificate';
const FOLDER = '/etc/sluice/certificate';
const VOLUME = 'certificate';
/** Ten years: nothing overlaps when cert-manager changes an authority, so it is to be rare. */
const AUTHORITY_LIFE = '87600h';

const UNLESS_NAMED = { unless: 'certificates.issuerRef.name' } as const;
/** What cert-manager fills. The authority's is first: while that is gone nobody fills the other anew. */
export const CERTIFICATE_SECRETS: readonly { readonly name: string; readonly unless?: string }[] = [
  { name: AUTHORITY, ...UNLESS_NAMED },
  { name: SERVING_SECRET },
];

/** How long the serving certificate lives, and how long before its end it is renewed. */
export const LIVES = { duration: '720h', renewBefore: '240h' } as const;
/** Who signs unless somebody else is named. */
export const OWN_ISSUER: JsonObject = issuerNamed(AUTHORITY);

/** The serving certificate and, unless somebody else signs it, an authority that signs itself. */
export function certificates(settings: Settings): readonly Document[] {
  const service = `${SERVICE}.${settings.namespace}.svc`;
  const isCA = { isCA: true, commonName: AUTHORITY, secretName: AUTHORITY, duration: AUTHORITY_LIFE };
  const authority = [
    issuer(BOOTSTRAP, { selfSigned: {} }, settings),
    certificate(AUTHORITY, { ...isCA, issuerRef: issuerNamed(BOOTSTRAP) }, settings),
    issuer(AUTHORITY, { ca: { secretName: AUTHORITY } }, settings),
  ];
  const serving = {
    secretName: SERVING_SECRET,
    dnsNames: [service, `${service}.cluster.local`],
    duration: settings.certificateDuration,
    renewBefore: settings.certificateRenewBefore,
    usages: ['server auth'],
    issuerRef: settings.issuerRef,
  };
  return [
    ...authority.map((object) => ({ object, ...UNLESS_NAMED })),
    { object: certificate(OWN_CERTIFICATE, serving, settings) },
  ];
}

/** What tells cainjector whose authority to put into a webhook configuration. */
export function injection(settings: Settings): JsonObject {
  if (settings.certificates === 'built-in') return {};
  return { annotations: { [INJECT_CA_FROM_ANNOTATION]: certificateKey(settings) } };
}

/** Where the pod gets its certificate from. */
export function certificateVolume({ certificates: mode }: Settings): Record<'pod' | 'container', JsonObject> {
  if (mode === 'built-in') return { pod: {}, container: {} };
  return {
    pod: { volumes: [{ name: VOLUME, secret: { secretName: SERVING_SECRET } }] },
    container: { volumeMounts: [{ name: VOLUME, mountPath: FOLDER, readOnly: true }] },
  };
}

export function certificateFlags(settings: Settings): readonly (readonly [flag: string, value: JsonValue])[] {
  if (settings.certificates === 'built-in') return [];
  return [['certificate-folder', FOLDER], ...injectionFlags(settings)];
}

/** Whose authority the webhook configurations trust. */
export function injectionFlags(settings: Settings): readonly (readonly [flag: string, value: JsonValue])[] {
  return settings.certificates === 'built-in' ? [] : [['inject-ca-from', certificateKey(settings)]];
}

function certificateKey({ namespace }: Settings): string {
  return `${namespace}/${OWN_CERTIFICATE}`;
}

function issuer(name: string, spec: JsonObject, settings: Settings): JsonObject {
  return { apiVersion: apiVersion(ISSUERS), kind: ISSUERS.kind, metadata: own(name, settings), spec };
}

function certificate(name: string, spec: JsonObject, settings: Settings): JsonObject {
  const privateKey = { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' };
  return {
    apiVersion: apiVersion(CERTIFICATES),
    kind: CERTIFICATES.kind,
    metadata: own(name, settings),
    spec: { ...spec, privateKey },
  };
}

function issuerNamed(name: string): JsonObject {
  return { name, kind: ISSUERS.kind, group: ISSUERS.group };
}
