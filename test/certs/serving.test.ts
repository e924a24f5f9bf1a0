import { X509Certificate } from 'node:crypto';
import { connect, createServer } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import type { PeerCertificate } from 'node:tls';
import { once } from 'node:events';
import { expect } from 'chai';
import { createAuthority } from '../../certs/authority.ts';
import type { CertificatePair } from '../../certs/certificate-pair.ts';
import { issueServing, serviceDnsNames } from '../../certs/serving.ts';

const DAY_MS = 86_400_000;
const NOW_MS = Date.now();
const NAMES = {
  dnsNames: serviceDnsNames('sluice-webhook', 'sluice-system'),
  ipAddresses: ['127.0.0.1', '::1'],
};

describe('serving certificate', () => {
  let authority: CertificatePair;
  let serving: CertificatePair;
  let certificate: X509Certificate;

  before(async () => {
    authority = await createAuthority({ nowMs: NOW_MS, commonName: 'test-ca', validForMs: 10 * DAY_MS });
    serving = await issueServing(authority, { ...NAMES, nowMs: NOW_MS, validForMs: DAY_MS });
    certificate = new X509Certificate(serving.certificatePem);
  });

  it('is signed by the authority and is none itself', () => {
    const issuer = new X509Certificate(authority.certificatePem);
    expect(certificate.checkIssued(issuer)).to.equal(true);
    expect(certificate.verify(issuer.publicKey)).to.equal(true);
    expect(certificate.ca).to.equal(false);
  });

  it('is meant for TLS servers only', () => {
    expect(certificate.keyUsage).to.deep.equal(['1.3.6.1.5.5.7.3.1']);
  });

  it('covers each name of the service and each address, and no other', () => {
    for (const name of NAMES.dnsNames) expect(certificate.checkHost(name), name).to.equal(name);
    for (const address of NAMES.ipAddresses) expect(certificate.checkIP(address), address).to.equal(address);
    expect(certificate.checkHost('sluice-webhook.elsewhere.svc')).to.equal(undefined);
    expect(certificate.checkIP('127.0.0.2')).to.equal(undefined);
  });

  it('does not outlive its authority', async () => {
    const long = await issueServing(authority, { ...NAMES, nowMs: NOW_MS, validForMs: 1000 * DAY_MS });
    const { validToDate } = new X509Certificate(long.certificatePem);
    expect(validToDate).to.deep.equal(new X509Certificate(authority.certificatePem).validToDate);
  });

  it('has other keys and another serial number each time', async () => {
    const other = await issueServing(authority, { ...NAMES, nowMs: NOW_MS, validForMs: DAY_MS });
    expect(other.privateKeyPem).not.to.equal(serving.privateKeyPem);
    expect(new X509Certificate(other.certificatePem).serialNumber).not.to.equal(certificate.serialNumber);
  });

  for (const name of ['sluice-webhook.sluice-system.svc', '127.0.0.1']) {
    it(`passes a real handshake with full identity check as ${name}`, async () => {
      expect(await handshake(authority.certificatePem, serving, name)).to.equal('authorized');
    });
  }

  it('fails a real handshake under a foreign name', async () => {
    expect(await handshake(authority.certificatePem, serving, 'evil.example')).to.equal('ERR_TLS_CERT_ALTNAME_INVALID');
  });

  it('fails a real handshake when another authority is trusted', async () => {
    const other = await createAuthority({ nowMs: NOW_MS, commonName: 'test-ca', validForMs: DAY_MS });
    expect(await handshake(other.certificatePem, serving, '127.0.0.1')).not.to.equal('authorized');
  });

  it('passes a real handshake when the bundle holds two authorities of one name', async () => {
    const other = await createAuthority({ nowMs: NOW_MS, commonName: 'test-ca', validForMs: DAY_MS });
    const bundle = `${other.certificatePem}${authority.certificatePem}`;
    expect(await handshake(bundle, serving, '127.0.0.1')).to.equal('authorized');
  });
});

async function handshake(bundlePem: string, pair: CertificatePair, name: string): Promise<string> {
  const server = createServer({ cert: pair.certificatePem, key: pair.privateKeyPem });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect({
    host: '127.0.0.1',
    port,
    ca: bundlePem,
    checkServerIdentity: (_host: string, peer: PeerCertificate) => checkServerIdentity(name, peer),
  });
  socket.on('secureConnect', () => resolve(socket.authorized ? 'authorized' : String(socket.authorizationError)));
  socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  const result = await promise;
  socket.destroy();
  server.close();
  return result;
}
