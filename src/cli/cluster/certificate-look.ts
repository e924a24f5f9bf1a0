import { CERTIFICATE_REQUESTS, CERTIFICATES, CLUSTER_ISSUERS, ISSUERS } from '../../api/resources.ts';
import type { CertificateView } from '../../engine/certificates/certificate-view.ts';
import { memberAt, stringAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { Read } from '../doctor/facts.ts';
import type { Look } from './look.ts';

/** Reads the Certificate with that `namespace/name`, and what it hangs on as far as one may. */
export async function lookAtCertificate(look: Look, key: string): Promise<Read<CertificateView>> {
  const [namespace = '', name = ''] = key.split('/');
  const certificate = await look.object(CERTIFICATES, name, namespace);
  if (certificate.kind === 'unread') return certificate;
  const requests = await look.list(CERTIFICATE_REQUESTS, namespace);
  return {
    kind: 'read',
    value: {
      key,
      certificate: certificate.value,
      requests: requests.kind === 'read' ? requests.value : [],
      issuer: await issuerOf(look, certificate.value, namespace),
    },
  };
}

async function issuerOf(
  look: Look,
  certificate: JsonObject | undefined,
  namespace: string,
): Promise<CertificateView['issuer']> {
  const ref = memberAt(certificate, 'spec', 'issuerRef');
  const kind = stringAt(ref, ['kind'], ISSUERS.kind);
  const type = [ISSUERS, CLUSTER_ISSUERS].find((one) => one.kind === kind);
  if (type === undefined || stringAt(ref, ['group'], type.group) !== type.group) return 'unknown';
  const read = await look.object(type, stringAt(ref, ['name']), type.namespaced ? namespace : '');
  return read.kind === 'unread' ? 'unknown' : (read.value ?? 'missing');
}
