import { createAuthority } from '../../certs/authority.ts';
import { composeBundle } from '../../certs/bundle.ts';
import { checkPair, checkServing, isVouchedFor, notAfterMs, renewalDue, signerOf } from '../../certs/renewal.ts';
import { issueServing } from '../../certs/serving.ts';
import type { CertificateMaker } from '../engine/certificates/certificate-maker.ts';

/** How long certificates live from their making on, in milliseconds. */
export interface CertificateLives {
  readonly authorityMs: number;
  readonly servingMs: number;
}

const AUTHORITY_NAME = 'sluice-ca';

/** The built-in authority. */
export function builtInCertificates({ authorityMs, servingMs }: CertificateLives): CertificateMaker {
  return {
    servingLifeMs: servingMs,
    createAuthority: (nowMs) => createAuthority({ nowMs, commonName: AUTHORITY_NAME, validForMs: authorityMs }),
    issueServing: (authority, names, nowMs) => issueServing(authority, { ...names, nowMs, validForMs: servingMs }),
    composeBundle,
    renewalDue,
    authorityProblems: ({ certificatePem, privateKeyPem }, nowMs) =>
      checkPair(certificatePem, privateKeyPem, certificatePem, nowMs),
    servingProblems: checkServing,
    signerOf,
    isVouchedFor,
    notAfterMs,
  };
}
