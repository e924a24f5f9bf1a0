import { expect } from 'chai';
import { createAuthority } from '../../certs/authority.ts';
import { composeBundle, parseBundle, readCertificate } from '../../certs/bundle.ts';

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2030, 0, 1);

describe('certificate bundle', () => {
  let long = '';
  let short = '';

  before(async () => {
    long = (await createAuthority({ nowMs: NOW_MS, commonName: 'long', validForMs: 10 * DAY_MS })).certificatePem;
    short = (await createAuthority({ nowMs: NOW_MS, commonName: 'short', validForMs: DAY_MS })).certificatePem;
  });

  it('keeps the order and drops what comes twice', () => {
    expect(composeBundle([short, `${long}${short}`, long])).to.equal(`${short}${long}`);
  });

  it('keeps what has expired: a clock may be wrong', async () => {
    const old = await createAuthority({ nowMs: 0, commonName: 'old', validForMs: DAY_MS });
    expect(composeBundle([old.certificatePem, long])).to.equal(`${old.certificatePem}${long}`);
  });

  it('is stable: composing what was composed changes nothing', () => {
    const once = composeBundle([long, short]);
    expect(composeBundle([once])).to.equal(once);
  });

  const unreadable: Readonly<Record<string, string>> = {
    'an empty text': '',
    'a text that is no PEM': 'hello',
    'a certificate that never ends': '-----BEGIN CERTIFICATE-----\nAAAA',
    'a certificate of junk': '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
    'a certificate of absurd size': `-----BEGIN CERTIFICATE-----\n${'A'.repeat(100_000)}\n-----END CERTIFICATE-----`,
    'many beginnings': '-----BEGIN CERTIFICATE-----'.repeat(1000),
  };
  for (const [name, text] of Object.entries(unreadable)) {
    it(`reads nothing from ${name}, and still what comes after it`, () => {
      expect(readCertificate(text)).to.equal(undefined);
      expect(parseBundle(text)).to.deep.equal([]);
      if (text.includes('END')) expect(composeBundle([`${text}\n${long}`])).to.equal(long);
    });
  }

  it('reads a certificate with text around it and Windows line ends', () => {
    const pem = `some words\r\n${long.replaceAll('\n', '\r\n')}more words`;
    expect(readCertificate(pem)?.subject).to.equal('CN=long');
    expect(composeBundle([pem])).to.equal(long);
  });
});
