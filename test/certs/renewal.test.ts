import { expect } from 'chai';
import { createAuthority } from '../../certs/authority.ts';
import type { CertificatePair } from '../../certs/certificate-pair.ts';
import { checkPair, checkServing, notAfterMs, renewalDue } from '../../certs/renewal.ts';
import { issueServing } from '../../certs/serving.ts';

const HOUR_MS = 3_600_000;
const NOW_MS = Date.UTC(2030, 0, 1);
const NAMES = { dnsNames: ['a.b.svc'], ipAddresses: ['127.0.0.1'] };

describe('certificate renewal', () => {
  let authority: CertificatePair;
  let other: CertificatePair;
  let serving: CertificatePair;

  before(async () => {
    [authority, other] = await Promise.all([
      createAuthority({ nowMs: NOW_MS, commonName: 'test-ca', validForMs: 100 * HOUR_MS }),
      createAuthority({ nowMs: NOW_MS, commonName: 'test-ca', validForMs: 100 * HOUR_MS }),
    ]);
    // With the hour before now, the life is 30 hours: two thirds end 19 hours from now.
    serving = await issueServing(authority, { ...NAMES, nowMs: NOW_MS, validForMs: 29 * HOUR_MS });
  });

  it('is due from two thirds of the life on', () => {
    expect(renewalDue(serving.certificatePem, NOW_MS + 19 * HOUR_MS - 1)).to.equal(false);
    expect(renewalDue(serving.certificatePem, NOW_MS + 19 * HOUR_MS)).to.equal(true);
  });

  it('is due for a certificate that cannot be read', () => {
    expect(renewalDue('junk', NOW_MS)).to.equal(true);
    expect(notAfterMs('junk')).to.equal(0);
  });

  it('tells the end of the life', () => {
    expect(notAfterMs(serving.certificatePem)).to.equal(NOW_MS + 29 * HOUR_MS);
  });

  it('finds nothing against a good pair, whatever else the bundle holds', () => {
    const bundle = `${other.certificatePem}junk${authority.certificatePem}`;
    expect(checkServing(serving, bundle, NAMES, NOW_MS)).to.deep.equal([]);
  });

  it('names each problem of a pair', () => {
    const { certificatePem, privateKeyPem } = serving;
    const bundle = authority.certificatePem;
    const late = 'the certificate expired on Jan  2 05:00:00 2030 GMT';
    const early = 'the certificate is not valid before Dec 31 23:00:00 2029 GMT';
    const rows: readonly (readonly [string, readonly string[], readonly string[]])[] = [
      ['no certificate', checkPair('', privateKeyPem, bundle, NOW_MS), ['the certificate cannot be read']],
      ['no key', checkPair(certificatePem, '', bundle, NOW_MS), ['the private key cannot be read']],
      [
        'a foreign key',
        checkPair(certificatePem, other.privateKeyPem, bundle, NOW_MS),
        ['the private key does not belong to the certificate'],
      ],
      ['its end', checkPair(certificatePem, privateKeyPem, bundle, NOW_MS + 29 * HOUR_MS), [late]],
      [
        'a time before its life',
        checkPair(certificatePem, privateKeyPem, bundle, NOW_MS - 2 * HOUR_MS),
        [early, early.replace('certificate', 'authority')],
      ],
      [
        'an authority of the same name that did not sign it',
        checkPair(certificatePem, privateKeyPem, other.certificatePem, NOW_MS),
        ['no authority of the bundle has signed the certificate'],
      ],
      [
        'a bundle of the leaf itself',
        checkPair(certificatePem, privateKeyPem, certificatePem, NOW_MS),
        ['no authority of the bundle has signed the certificate'],
      ],
    ];
    for (const [name, problems, want] of rows) expect(problems, name).to.deep.equal(want);
  });

  it('refuses an authority as a serving certificate, and names that are not covered', () => {
    expect(checkServing(authority, authority.certificatePem, NAMES, NOW_MS)).to.deep.equal([
      'the certificate is not meant for TLS servers',
      'the certificate does not cover a.b.svc',
      'the certificate does not cover 127.0.0.1',
    ]);
  });
});
