import { randomBytes } from 'node:crypto';
import forge from 'node-forge';

/** What goes into a certificate besides its extensions. */
export interface CertificateDraft {
  readonly publicKeyPem: string;
  readonly commonName: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly extensions: readonly object[];
  /** The signing authority; undefined signs with the draft's own key. */
  readonly issuerPem: string | undefined;
  readonly signingKeyPem: string;
}

const MOST_BACKDATE_MS = 3_600_000;

/** Clocks of peers may lag: certificates are valid from an hour before they are made, short ones from as long as they live. */
export function validFromMs(nowMs: number, validForMs: number): number {
  return nowMs - Math.min(MOST_BACKDATE_MS, validForMs);
}

const SERIAL_BYTES = 16;

/** Builds and signs one X.509 v3 certificate; PEM. Chains are never verified here, only with node:crypto. */
export function assembleCertificate(draft: CertificateDraft): string {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(draft.publicKeyPem);
  certificate.serialNumber = randomSerial();
  certificate.validity.notBefore = new Date(draft.notBeforeMs);
  certificate.validity.notAfter = new Date(draft.notAfterMs);
  const subject = [{ name: 'commonName', value: draft.commonName }];
  const issuer = draft.issuerPem === undefined ? undefined : forge.pki.certificateFromPem(draft.issuerPem);
  certificate.setSubject(subject);
  certificate.setIssuer(issuer === undefined ? subject : issuer.subject.attributes);
  certificate.setExtensions([...draft.extensions, ...keyIdentifiers(issuer ?? certificate)]);
  certificate.sign(forge.pki.privateKeyFromPem(draft.signingKeyPem), forge.md.sha256.create());
  return forge.pki.certificateToPem(certificate).replaceAll('\r\n', '\n');
}

/** Two authorities with one name live side by side during a rotation; the identifiers tell verifiers which one signed. */
function keyIdentifiers(issuer: forge.pki.Certificate): readonly object[] {
  const keyIdentifier = issuer.generateSubjectKeyIdentifier().getBytes();
  return [{ name: 'subjectKeyIdentifier' }, { name: 'authorityKeyIdentifier', keyIdentifier }];
}

/** 126 random bits; the two top bits are fixed so that the number is positive and never shortened. */
function randomSerial(): string {
  const bytes = randomBytes(SERIAL_BYTES);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}
