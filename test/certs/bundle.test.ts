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
    expect(composeBundle([short, `${long}${short}`, long], NOW_MS)).to.equal(`${short}${long}`);
  });

  it('drops a certificate from the millisecond on at which it expires', () => {
    expect(composeBundle([short, long], NOW_MS + DAY_MS - 1)).to.equal(`${short}${long}`);
    expect(composeBundle([short, long], NOW_MS + DAY_MS)).to.equal(long);
  });

  it('is stable: composing what was composed changes nothing', () => {
    const once = composeBundle([long, short], NOW_MS);
    expect(composeBundle([once], NOW_MS)).to.equal(once);
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
      if (text.includes('END')) expect(composeBundle([`${text}\n${long}`], NOW_MS)).to.equal(long);
    });
  }

  it('reads a certificate with text around it and Windows line ends', () => {
    const pem = `some words\r\n${long.replaceAll('\n', '\r\n')}more words`;
    expect(readCertificate(pem)?.subject).to.equal('CN=long');
    expect(composeBundle([pem], NOW_MS)).to.equal(long);
  });
});
