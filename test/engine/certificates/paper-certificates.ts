import type { CertificateMaker } from '../../../src/engine/certificates/certificates.ts';

/**
 * Certificates without cryptography: `name@made-until` texts. A serving certificate is good when its issuer is in the
 * bundle and it was made for the names; everything lives 90 milliseconds and is due after 60.
 */
export function paperMaker(): CertificateMaker & { readonly made: string[] } {
  const made: string[] = [];
  const make = (text: string): { certificatePem: string; privateKeyPem: string } => {
    made.push(text);
    return { certificatePem: text, privateKeyPem: `key of ${text}` };
  };
  const ageMs = (text: string, nowMs: number): number => nowMs - Number(text.split('@')[1] ?? Number.NaN);
  const isAlive = (text: string, nowMs: number): boolean => ageMs(text, nowMs) < 90;
  return {
    made,
    createAuthority: (nowMs) => Promise.resolve(make(`ca${made.length}@${nowMs}`)),
    issueServing: (authority, names, nowMs) =>
      Promise.resolve(make(`leaf${made.length}@${nowMs}@${authority.certificatePem}@${names.dnsNames.join('+')}`)),
    composeBundle: (pems, nowMs) => {
      const parts = pems.flatMap((pem) => pem.split('|')).filter((pem) => pem !== '' && isAlive(pem, nowMs));
      return [...new Set(parts)].join('|');
    },
    renewalDue: (pem, nowMs) => !(ageMs(pem, nowMs) < 60),
    authorityProblems: ({ certificatePem, privateKeyPem }, nowMs) =>
      privateKeyPem === `key of ${certificatePem}` && isAlive(certificatePem, nowMs) ? [] : ['bad'],
    servingProblems: ({ certificatePem, privateKeyPem }, bundlePem, names, nowMs) => {
      const [, , issuer, issuedAt, dnsNames] = certificatePem.split('@');
      const isTrusted = bundlePem.split('|').includes(`${issuer}@${issuedAt}`);
      const isGood = privateKeyPem === `key of ${certificatePem}` && isAlive(certificatePem, nowMs);
      return isGood && isTrusted && dnsNames === names.dnsNames.join('+') ? [] : ['bad'];
    },
  };
}
