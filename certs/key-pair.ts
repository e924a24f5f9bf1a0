import { generateKeyPair } from 'node:crypto';

/** Fresh keys in PEM: SPKI public, PKCS#8 private. */
export interface KeyPair {
  readonly publicKeyPem: string;
  readonly privateKeyPem: string;
}

const RSA_BITS = 2048;

/** RSA-2048 keys, made off the event loop: node-forge would block it for a quarter of a second and knows no EC keys. */
export function createKeyPair(): Promise<KeyPair> {
  const { promise, resolve, reject } = Promise.withResolvers<KeyPair>();
  const options = {
    modulusLength: RSA_BITS,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  } as const;
  generateKeyPair('rsa', options, (error, publicKeyPem, privateKeyPem) => {
    if (error === null) resolve({ publicKeyPem, privateKeyPem });
    else reject(error);
  });
  return promise;
}
