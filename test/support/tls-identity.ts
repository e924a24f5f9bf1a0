import { generateKeyPairSync } from 'node:crypto';
import forge from 'node-forge';
import type { ServerIdentity } from './fault-server.ts';

const DAY_MS = 86_400_000;

/** A self-signed certificate for an address of this machine, small and quick to make: for tests on loopback only. */
export function makeServerIdentity(ip = '127.0.0.1'): ServerIdentity {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const keyPem = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  const key = forge.pki.privateKeyFromPem(keyPem);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.rsa.setPublicKey(key.n, key.e);
  certificate.serialNumber = '01';
  certificate.validity.notBefore = new Date(Date.now() - DAY_MS);
  certificate.validity.notAfter = new Date(Date.now() + DAY_MS);
  const name = [{ name: 'commonName', value: 'fault-server' }];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true },
    { name: 'subjectAltName', altNames: [{ type: 7, ip }] },
  ]);
  certificate.sign(key, forge.md.sha256.create());
  return { keyPem, certPem: forge.pki.certificateToPem(certificate) };
}
