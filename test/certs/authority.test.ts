import { X509Certificate } from 'node:crypto';
import { expect } from 'chai';
import { createAuthority } from '../../certs/authority.ts';

const NOW_MS = Date.UTC(2030, 0, 15, 12);
const HOUR_MS = 3_600_000;
const OPTIONS = { nowMs: NOW_MS, commonName: 'test-ca', validForMs: 48 * HOUR_MS };

describe('certificate authority', () => {
  it('is a self-signed authority with an RSA-2048 key that matches', async () => {
    const { certificatePem, privateKeyPem } = await createAuthority(OPTIONS);
    const certificate = new X509Certificate(certificatePem);
    expect(certificate.ca).to.equal(true);
    expect(certificate.subject).to.equal('CN=test-ca');
    expect(certificate.checkIssued(certificate)).to.equal(true);
    expect(certificate.verify(certificate.publicKey)).to.equal(true);
    expect(certificate.publicKey.asymmetricKeyType).to.equal('rsa');
    expect(certificate.publicKey.asymmetricKeyDetails?.modulusLength).to.equal(2048);
    expect(privateKeyPem).to.match(/^-----BEGIN PRIVATE KEY-----\n/);
  });

  it('is valid from an hour before now until its end', async () => {
    const certificate = new X509Certificate((await createAuthority(OPTIONS)).certificatePem);
    expect(certificate.validFromDate.getTime()).to.equal(NOW_MS - HOUR_MS);
    expect(certificate.validToDate.getTime()).to.equal(NOW_MS + 48 * HOUR_MS);
  });

  it('may sign leaves only: the path length is 0 and the key may sign certificates and revocation lists', async () => {
    const { raw } = new X509Certificate((await createAuthority(OPTIONS)).certificatePem);
    // DER of critical basicConstraints {CA, pathLen 0} and critical keyUsage {keyCertSign, cRLSign}.
    expect(raw.includes(Buffer.from('0603551d130101ff040830060101ff020100', 'hex'))).to.equal(true);
    expect(raw.includes(Buffer.from('0603551d0f0101ff040403020106', 'hex'))).to.equal(true);
  });

  it('has a positive random serial number of more than 64 bits', async () => {
    const pair = await Promise.all([createAuthority(OPTIONS), createAuthority(OPTIONS)]);
    const serials = pair.map(({ certificatePem }) => new X509Certificate(certificatePem).serialNumber);
    expect(serials[0]).not.to.equal(serials[1]);
    for (const serial of serials) expect(serial).to.match(/^[4-7][0-9A-F]{31}$/);
  });
});
