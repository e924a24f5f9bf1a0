import { createPrivateKey } from 'node:crypto';
import type { X509Certificate } from 'node:crypto';
import { parseBundle, readCertificate } from './bundle.ts';
import type { CertificatePair } from './certificate-pair.ts';
import type { ServingNames } from './serving.ts';

const RENEW_AFTER_FRACTION = 2 / 3;
const SERVER_AUTH_OID = '1.3.6.1.5.5.7.3.1';

/** True from two thirds of the certificate's life on, and for one that cannot be read. */
export function renewalDue(certificatePem: string, nowMs: number): boolean {
  const certificate = readCertificate(certificatePem);
  if (certificate === undefined) return true;
  const fromMs = certificate.validFromDate.getTime();
  const lifeMs = certificate.validToDate.getTime() - fromMs;
  return nowMs >= fromMs + lifeMs * RENEW_AFTER_FRACTION;
}

/** End of the certificate's life in milliseconds since 1970; 0 when it cannot be read. */
export function notAfterMs(certificatePem: string): number {
  return readCertificate(certificatePem)?.validToDate.getTime() ?? 0;
}

/**
 * Everything that speaks against using the pair now: unreadable parts, key, dates, chain to an authority of the bundle. With an
 * empty bundle nobody says who vouches, and the chain is not looked at.
 */
export function checkPair(
  certificatePem: string,
  privateKeyPem: string,
  bundlePem: string,
  nowMs: number,
): readonly string[] {
  const certificate = readCertificate(certificatePem);
  if (certificate === undefined) return ['the certificate cannot be read'];
  return [
    ...keyProblems(certificate, privateKeyPem),
    ...dateProblems(certificate, nowMs, 'the certificate'),
    ...(bundlePem === '' ? [] : chainProblems(certificatePem, bundlePem, nowMs)),
  ];
}

/** Whether an authority of the bundle has signed the certificate, or one of the chain that comes with it. */
export function isVouchedFor(chainPem: string, bundlePem: string): boolean {
  return signersOf(chainPem, bundlePem).length > 0;
}

/** As `checkPair`, and the certificate must be meant for TLS servers and cover every wanted name. */
export function checkServing(
  pair: CertificatePair,
  bundlePem: string,
  names: ServingNames,
  nowMs: number,
): readonly string[] {
  const problems = checkPair(pair.certificatePem, pair.privateKeyPem, bundlePem, nowMs);
  const certificate = readCertificate(pair.certificatePem);
  if (certificate === undefined) return problems;
  // `keyUsage` of node:crypto lists the extended usages; the types promise an array, the runtime does not.
  const usages: readonly string[] | undefined = certificate.keyUsage;
  const isForServers = usages?.includes(SERVER_AUTH_OID) === true;
  const missing = [
    ...names.dnsNames.filter((name) => certificate.checkHost(name, { subject: 'never' }) === undefined),
    ...names.ipAddresses.filter((address) => certificate.checkIP(address) === undefined),
  ];
  return [
    ...problems,
    ...(isForServers ? [] : ['the certificate is not meant for TLS servers']),
    ...missing.map((name) => `the certificate does not cover ${name}`),
  ];
}

/** The first 16 digits of the fingerprint of the authority in the bundle that has signed the certificate; empty when none has. */
export function signerOf(certificatePem: string, bundlePem: string): string {
  const [signer] = signersOf(certificatePem, bundlePem);
  return signer?.fingerprint256.replaceAll(':', '').slice(0, 16).toLowerCase() ?? '';
}

function keyProblems(certificate: X509Certificate, privateKeyPem: string): readonly string[] {
  try {
    const key = createPrivateKey(privateKeyPem);
    return certificate.checkPrivateKey(key) ? [] : ['the private key does not belong to the certificate'];
  } catch {
    return ['the private key cannot be read'];
  }
}

function dateProblems(certificate: X509Certificate, nowMs: number, what: string): readonly string[] {
  if (nowMs < certificate.validFromDate.getTime()) return [`${what} is not valid before ${certificate.validFrom}`];
  if (nowMs >= certificate.validToDate.getTime()) return [`${what} expired on ${certificate.validTo}`];
  return [];
}

function chainProblems(chainPem: string, bundlePem: string, nowMs: number): readonly string[] {
  const signers = signersOf(chainPem, bundlePem);
  if (signers.length === 0) return ['no authority of the bundle has signed the certificate'];
  const problems = signers.map((authority) => dateProblems(authority, nowMs, 'the authority'));
  return problems.some((list) => list.length === 0) ? [] : (problems[0] ?? []);
}

/** Authorities of the bundle that have signed the first certificate or, through those that follow it, one above it. */
function signersOf(chainPem: string, bundlePem: string): readonly X509Certificate[] {
  const authorities = parseBundle(bundlePem);
  const [leaf, ...above] = parseBundle(chainPem);
  let current = leaf;
  for (const next of [...above, undefined]) {
    const signers = authorities.filter((authority) => current !== undefined && hasSigned(authority, current));
    if (signers.length > 0) return signers;
    if (current === undefined || next === undefined || !hasSigned(next, current)) return [];
    current = next;
  }
  return [];
}

function hasSigned(authority: X509Certificate, certificate: X509Certificate): boolean {
  return authority.ca && certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
}
