/** A certificate with its private key; both PEM. */
export interface KeyedCertificate {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/** Names under which the webhook server is reached. */
export interface ServedNames {
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
}

/** What the webhook server serves with, and what the API server must trust (`caBundle`). */
export interface ServingMaterial extends KeyedCertificate {
  readonly bundlePem: string;
}

/** Makes and judges certificates; injected because this layer knows no cryptography. */
export interface CertificateMaker {
  /** Longest life of a serving certificate from its making on, in milliseconds. */
  readonly servingLifeMs: number;
  createAuthority(nowMs: number): Promise<KeyedCertificate>;
  issueServing(authority: KeyedCertificate, names: ServedNames, nowMs: number): Promise<KeyedCertificate>;
  /** Distinct certificates of all texts, in order; of very many the first. */
  composeBundle(pems: readonly string[]): string;
  renewalDue(certificatePem: string, nowMs: number): boolean;
  authorityProblems(authority: KeyedCertificate, nowMs: number): readonly string[];
  servingProblems(serving: KeyedCertificate, bundlePem: string, names: ServedNames, nowMs: number): readonly string[];
  /** A short name of the authority in the bundle that has signed the certificate; empty when none has. */
  signerOf(certificatePem: string, bundlePem: string): string;
  /** Whether an authority of the bundle has signed the certificate, or one of the chain that comes with it. */
  isVouchedFor(chainPem: string, bundlePem: string): boolean;
  /** End of the certificate's life in milliseconds since 1970; 0 when it cannot be read. */
  notAfterMs(certificatePem: string): number;
}
