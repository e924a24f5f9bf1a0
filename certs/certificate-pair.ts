/** A certificate (or chain, leaf first) with the private key of its first certificate; both PEM. */
export interface CertificatePair {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}
