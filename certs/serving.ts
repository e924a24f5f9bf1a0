import { X509Certificate } from 'node:crypto';
import { assembleCertificate, validFromMs } from './assemble.ts';
import type { CertificatePair } from './certificate-pair.ts';
import { createKeyPair } from './key-pair.ts';

/** Names under which the webhook server is reached. */
export interface ServingNames {
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
}

/** What a serving certificate is made from. */
export interface ServingOptions extends ServingNames {
  readonly nowMs: number;
  readonly validForMs: number;
}

const COMMON_NAME = 'sluice-webhook';
const SAN_DNS = 2;
const SAN_IP = 7;

/** Issues a TLS server certificate with fresh keys; it never outlives its authority. */
export async function issueServing(authority: CertificatePair, options: ServingOptions): Promise<CertificatePair> {
  const { publicKeyPem, privateKeyPem } = await createKeyPair();
  const authorityEndMs = new X509Certificate(authority.certificatePem).validToDate.getTime();
  const certificatePem = assembleCertificate({
    publicKeyPem,
    commonName: COMMON_NAME,
    notBeforeMs: validFromMs(options.nowMs, options.validForMs),
    notAfterMs: Math.min(options.nowMs + options.validForMs, authorityEndMs),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: alternativeNames(options) },
    ],
    issuerPem: authority.certificatePem,
    signingKeyPem: authority.privateKeyPem,
  });
  return { certificatePem, privateKeyPem };
}

/** Every name of a Service; the API server itself dials only the third. */
export function serviceDnsNames(service: string, namespace: string): readonly string[] {
  const short = `${service}.${namespace}`;
  return [service, short, `${short}.svc`, `${short}.svc.cluster.local`];
}

function alternativeNames(names: ServingNames): readonly object[] {
  return [
    ...names.dnsNames.map((value) => ({ type: SAN_DNS, value })),
    ...names.ipAddresses.map((ip) => ({ type: SAN_IP, ip })),
  ];
}
