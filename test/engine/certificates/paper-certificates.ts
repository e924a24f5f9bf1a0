import type { CertificateMaker } from '../../../src/engine/certificates/certificate-maker.ts';

/** Lives of paper certificates, in milliseconds; each is due after two thirds. */
export interface PaperLives {
  readonly authorityMs: number;
  readonly servingMs: number;
}

/** Certificates without cryptography: `name@made-until` texts. A serving certificate is good when its issuer is in the bundle and it was made for the names. */
export function paperMaker(
  { authorityMs, servingMs }: PaperLives = { authorityMs: 90, servingMs: 90 },
): CertificateMaker & { readonly made: string[] } {
  const made: string[] = [];
  const make = (text: string): { certificatePem: string; privateKeyPem: string } => {
    made.push(text);
    return { certificatePem: text, privateKeyPem: `key of ${text}` };
  };
  const madeMs = (text: string): number => Number(text.split('@')[1] ?? Number.NaN);
  const lifeMs = (text: string): number => (text.startsWith('leaf') ? servingMs : authorityMs);
  const isAlive = (text: string, nowMs: number): boolean => nowMs - madeMs(text) < lifeMs(text);
  return {
    made,
    servingLifeMs: servingMs,
    createAuthority: (nowMs) => Promise.resolve(make(`ca${made.length}@${nowMs}`)),
    issueServing: (authority, names, nowMs) =>
      Promise.resolve(make(`leaf${made.length}@${nowMs}@${authority.certificatePem}@${names.dnsNames.join('+')}`)),
    composeBundle: (pems) => paperBundle(pems),
    renewalDue: (pem, nowMs) => !(nowMs - madeMs(pem) < (lifeMs(pem) * 2) / 3),
    authorityProblems: ({ certificatePem, privateKeyPem }, nowMs) =>
      privateKeyPem === `key of ${certificatePem}` && isAlive(certificatePem, nowMs) ? [] : ['bad'],
    servingProblems: ({ certificatePem, privateKeyPem }, bundlePem, names, nowMs) => {
      const isTrusted = bundlePem.split('|').includes(paperIssuer(certificatePem));
      const isGood = privateKeyPem === `key of ${certificatePem}` && isAlive(certificatePem, nowMs);
      return isGood && isTrusted && certificatePem.split('@')[4] === names.dnsNames.join('+') ? [] : ['bad'];
    },
    signerOf: (pem, bundlePem) => {
      const signer = pem.startsWith('leaf') ? paperIssuer(pem) : pem;
      return signer !== '' && bundlePem.split('|').includes(signer) ? signer : '';
    },
    isVouchedFor: (pem, bundlePem) => bundlePem.split('|').includes(paperIssuer(pem)),
    notAfterMs: (pem) => (Number.isNaN(madeMs(pem)) ? 0 : madeMs(pem) + lifeMs(pem)),
  };
}

/** The authority that has signed a serving certificate. */
export function paperIssuer(leaf: string): string {
  const [, , issuer = '', issuedAt = ''] = leaf.split('@');
  return `${issuer}@${issuedAt}`;
}

export function paperBundle(pems: readonly string[]): string {
  const parts = pems.flatMap((pem) => pem.split('|')).filter((pem) => pem !== '');
  return [...new Set(parts)].slice(0, 8).join('|');
}
