import { assembleCertificate, validFromMs } from './assemble.ts';
import type { CertificatePair } from './certificate-pair.ts';
import { createKeyPair } from './key-pair.ts';

/** What a new authority is made from. */
export interface AuthorityOptions {
  readonly nowMs: number;
  readonly commonName: string;
  readonly validForMs: number;
}

/** Makes a self-signed authority that may sign leaves only (pathLen 0). */
export async function createAuthority(options: AuthorityOptions): Promise<CertificatePair> {
  const { publicKeyPem, privateKeyPem } = await createKeyPair();
  const certificatePem = assembleCertificate({
    publicKeyPem,
    commonName: options.commonName,
    notBeforeMs: validFromMs(options.nowMs, options.validForMs),
    notAfterMs: options.nowMs + options.validForMs,
    extensions: [
      { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
    issuerPem: undefined,
    signingKeyPem: privateKeyPem,
  });
  return { certificatePem, privateKeyPem };
}
