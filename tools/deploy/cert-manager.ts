import { MUTATING_WEBHOOKS, VALIDATING_WEBHOOKS } from '../../src/api/resources.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { own } from './labels.ts';
import { NAME, SERVICE } from './settings.ts';
import type { Settings } from './settings.ts';

const API = 'cert-manager.io/v1';
const AUTHORITY = 'sluice-authority';
const BOOTSTRAP = 'sluice-bootstrap';
const SERVING_SECRET = 'sluice-webhook-certificate';
const FOLDER = '/etc/sluice/certificate';
const VOLUME = 'certificate';
/** Ten years: nothing overlaps when cert-manager changes an authority, so it is to be rare. */
const AUTHORITY_LIFE = '87600h';
const [SERVING_LIFE, RENEWED_BEFORE] = ['720h', '240h'];

/** An authority that signs itself, and the serving certificate that it issues. */
export function certificates(settings: Settings): readonly JsonObject[] {
  const service = `${SERVICE}.${settings.namespace}.svc`;
  return [
    issuer(BOOTSTRAP, { selfSigned: {} }, settings),
    certificate(
      AUTHORITY,
      { isCA: true, commonName: AUTHORITY, secretName: AUTHORITY, duration: AUTHORITY_LIFE, ...issuedBy(BOOTSTRAP) },
      settings,
    ),
    issuer(AUTHORITY, { ca: { secretName: AUTHORITY } }, settings),
    certificate(
      SERVICE,
      {
        secretName: SERVING_SECRET,
        dnsNames: [service, `${service}.cluster.local`],
        duration: SERVING_LIFE,
        renewBefore: RENEWED_BEFORE,
        usages: ['server auth'],
        ...issuedBy(AUTHORITY),
      },
      settings,
    ),
  ];
}

/** What changes in the other objects: who injects the authority, and where the server finds its certificate. */
export function certificatePatches({ namespace }: Settings): readonly JsonObject[] {
  const annotations = { 'cert-manager.io/inject-ca-from': `${namespace}/${SERVICE}` };
  const configurations = [VALIDATING_WEBHOOKS, MUTATING_WEBHOOKS].map(({ kind }) =>
    patch(kind, [{ op: 'add', path: '/metadata/annotations', value: annotations }]),
  );
  const pod = '/spec/template/spec';
  const mounts = [{ name: VOLUME, mountPath: FOLDER, readOnly: true }];
  const deployment = patch('Deployment', [
    { op: 'add', path: `${pod}/volumes`, value: [{ name: VOLUME, secret: { secretName: SERVING_SECRET } }] },
    { op: 'add', path: `${pod}/containers/0/volumeMounts`, value: mounts },
    ...['--certificate-folder', FOLDER].map((value) => ({ op: 'add', path: `${pod}/containers/0/args/-`, value })),
  ]);
  return [...configurations, deployment];
}

function patch(kind: string, operations: readonly JsonObject[]): JsonObject {
  return { target: { kind, name: NAME }, patch: JSON.stringify(operations, undefined, 2) };
}

function issuer(name: string, spec: JsonObject, settings: Settings): JsonObject {
  return { apiVersion: API, kind: 'Issuer', metadata: own(name, settings), spec };
}

function certificate(name: string, spec: JsonObject, settings: Settings): JsonObject {
  const privateKey = { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' };
  return { apiVersion: API, kind: 'Certificate', metadata: own(name, settings), spec: { ...spec, privateKey } };
}

function issuedBy(name: string): JsonObject {
  return { issuerRef: { group: 'cert-manager.io', kind: 'Issuer', name } };
}
