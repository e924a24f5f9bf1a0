import { createAuthority } from '../../certs/authority.ts';
import { composeBundle } from '../../certs/bundle.ts';
import { checkPair, checkServing, renewalDue } from '../../certs/renewal.ts';
import { issueServing } from '../../certs/serving.ts';
import type { CertificateMaker } from '../engine/certificates/certificates.ts';

const DAY_MS = 86_400_000;
const AUTHORITY_VALID_MS = 730 * DAY_MS;
const SERVING_VALID_MS = 30 * DAY_MS;
const AUTHORITY_NAME = 'sluice-ca';

/** The built-in authority: two years for the authority, thirty days for serving certificates. */
export const builtInCertificates: CertificateMaker = {
  createAuthority: (nowMs) => createAuthority({ nowMs, commonName: AUTHORITY_NAME, validForMs: AUTHORITY_VALID_MS }),
  issueServing: (authority, names, nowMs) => issueServing(authority, { ...names, nowMs, validForMs: SERVING_VALID_MS }),
  composeBundle,
  renewalDue,
  authorityProblems: ({ certificatePem, privateKeyPem }, nowMs) =>
    checkPair(certificatePem, privateKeyPem, certificatePem, nowMs),
  servingProblems: checkServing,
};
