import { INJECT_CA_FROM_ANNOTATION } from '../../api/keys.ts';
import { SECRETS } from '../../api/resources.ts';
import type { CertificateView } from '../../engine/certificates/certificate-view.ts';
import { SERVING_SECRET } from '../../engine/certificates/serving-secret.ts';
import { arrayAt, stringAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { lookAtCertificate } from '../cluster/certificate-look.ts';
import type { Look } from '../cluster/look.ts';
import type { Facts, Read, ServedFact } from './facts.ts';
import { servedCertificate } from './served-certificate.ts';

/** What is served, and what cert-manager says of it; from the webhook configuration, or undefined where there is none. */
export async function observeServed(
  look: Look,
  configuration: JsonObject | undefined,
  namespace: string,
): Promise<Pick<Facts, 'served' | 'certManager'>> {
  const key = stringAt(configuration, ['metadata', 'annotations', INJECT_CA_FROM_ANNOTATION]);
  const certManager: Facts['certManager'] =
    key === '' ? { kind: 'read', value: undefined } : await lookAtCertificate(look, key);
  const url = stringAt(arrayAt(configuration, 'webhooks')[0], ['clientConfig', 'url']);
  if (url !== '') return { certManager, served: await servedAt(url) };
  const secret = certManager.kind === 'read' ? secretOf(certManager.value) : undefined;
  const [inNamespace = namespace, name = SERVING_SECRET] = secret ?? [];
  return { certManager, served: await storedIn(look, inNamespace, name, dialled(configuration)) };
}

async function servedAt(url: string): Promise<Read<ServedFact>> {
  const read = await servedCertificate(url);
  if (read.kind === 'unread') return read;
  const names = { dnsNames: [], ipAddresses: [] };
  return { kind: 'read', value: { certificatePem: read.value, privateKeyPem: '', bundlePem: '', names } };
}

/** Behind a Service only the Secret can be seen from everywhere. */
async function storedIn(
  look: Look,
  namespace: string,
  name: string,
  dnsNames: readonly string[],
): Promise<Read<ServedFact>> {
  const read = await look.object(SECRETS, name, namespace);
  if (read.kind === 'unread') return read;
  const [certificatePem = '', privateKeyPem = '', bundlePem = ''] = ['tls.crt', 'tls.key', 'ca.crt'].map((key) =>
    Buffer.from(stringAt(read.value, ['data', key]), 'base64').toString(),
  );
  return certificatePem === ''
    ? { kind: 'unread', why: `Secret ${name} of ${namespace} holds no certificate` }
    : { kind: 'read', value: { certificatePem, privateKeyPem, bundlePem, names: { dnsNames, ipAddresses: [] } } };
}

function secretOf(view: CertificateView | undefined): readonly [namespace: string, name: string] | undefined {
  const name = stringAt(view?.certificate, ['spec', 'secretName']);
  return name === '' ? undefined : [stringAt(view?.certificate, ['metadata', 'namespace']), name];
}

/** The name of the Service, as the API server calls it. */
function dialled(configuration: JsonObject | undefined): readonly string[] {
  const service = ['name', 'namespace'].map((key) =>
    stringAt(arrayAt(configuration, 'webhooks')[0], ['clientConfig', 'service', key]),
  );
  return service.includes('') ? [] : [`${service.join('.')}.svc`];
}
