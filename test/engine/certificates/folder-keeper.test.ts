import { expect } from 'chai';
import { createAuthority } from '../../../certs/authority.ts';
import { issueServing } from '../../../certs/serving.ts';
import { builtInCertificates } from '../../../src/adapters/certificates.ts';
import { FolderKeeper } from '../../../src/engine/certificates/folder-keeper.ts';
import type { KeyedCertificate, ServingMaterial } from '../../../src/engine/certificates/certificate-maker.ts';
import { RecordedMetrics } from '../../adapters/http/webhook-harness.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { QUIET_LOG } from '../../support/quiet-log.ts';

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2030, 0, 1);
const NAMES = { dnsNames: ['w.n.svc'], ipAddresses: [] };

describe('a certificate that somebody else keeps in a folder', () => {
  let authority: KeyedCertificate;
  let other: KeyedCertificate;
  let first: ServingMaterial;
  let renewed: ServingMaterial;
  let folder: ServingMaterial | string;
  let bundles: readonly string[];
  let words: string;
  let served: ServingMaterial[];
  let warnings: string[];
  let clock: ManualClock;
  let begun: () => FolderKeeper;
  let keeper: FolderKeeper;

  before(async () => {
    const make = (commonName: string): Promise<KeyedCertificate> =>
      createAuthority({ nowMs: NOW_MS, commonName, validForMs: 100 * DAY_MS });
    [authority, other] = await Promise.all([make('ours'), make('other')]);
    const issue = async (): Promise<ServingMaterial> => ({
      ...(await issueServing(authority, { ...NAMES, nowMs: NOW_MS, validForMs: DAY_MS })),
      bundlePem: authority.certificatePem,
    });
    [first, renewed] = await Promise.all([issue(), issue()]);
  });

  beforeEach(async () => {
    folder = first;
    bundles = [authority.certificatePem];
    words = '';
    served = [];
    warnings = [];
    const warn = (_message: string, fields?: Readonly<Record<string, unknown>>): void =>
      void warnings.push(String(fields?.['message']));
    clock = new ManualClock();
    begun = () =>
      new FolderKeeper({
        read: () => Promise.resolve(folder),
        maker: builtInCertificates({ authorityMs: 1, servingMs: 1 }),
        names: NAMES,
        trusted: { read: () => Promise.resolve(bundles) },
        remedies: { unusable: 'kubectl describe certificate', mistrusted: 'look at cert-manager.io/inject-ca-from' },
        issuersWords: () => Promise.resolve(words),
        serverTime: () => Promise.resolve(NOW_MS),
        clock,
        log: { ...QUIET_LOG, warn },
        metrics: new RecordedMetrics(),
        onServe: (material) => void served.push(material),
        checkEveryMs: 60_000,
      });
    keeper = begun();
    await keeper.check();
  });

  afterEach(() => keeper.stop());

  it('is served, and followed when it is renewed', async () => {
    folder = renewed;
    await keeper.check();
    await keeper.check();
    expect(served).to.deep.equal([first, renewed]);
    expect(warnings).to.deep.equal([]);
  });

  const bad: Readonly<Record<string, [() => ServingMaterial | string, RegExp]>> = {
    'is gone': [
      () => 'cannot read /certs/tls.crt: there is no such file',
      /^cannot read \/certs\/tls\.crt: .*kubectl describe certificate/,
    ],
    'is half written': [() => ({ ...renewed, privateKeyPem: first.privateKeyPem }), /^the private key does not belong/],
    'comes from a wrong issuer': [
      () => ({ ...renewed, bundlePem: other.certificatePem }),
      /^no authority of the bundle/,
    ],
    'is for another name': [() => ({ ...authority, bundlePem: '' }), /does not cover w\.n\.svc/],
    'is empty, as that of a Certificate that is not ready': [
      () => ({ certificatePem: '', privateKeyPem: '', bundlePem: '' }),
      /^the certificate cannot be read/,
    ],
  };
  for (const [name, [make, message]] of Object.entries(bad)) {
    it(`is not used when it ${name}: the one before stays, and the log says once what to do`, async () => {
      folder = make();
      await keeper.check();
      await keeper.check();
      expect(served).to.deep.equal([first]);
      expect(warnings).to.have.length(1);
      expect(warnings[0]).to.match(message);
    });
  }

  it('is looked for each second until there is one, and then as often as was said', async () => {
    keeper.stop();
    served = [];
    folder = 'cannot read /certs/tls.crt: there is no such file';
    keeper = begun();
    await settled();
    folder = first;
    clock.advance(1000);
    await settled();
    expect(served).to.deep.equal([first]);
    folder = renewed;
    clock.advance(59_000);
    await settled();
    expect(served).to.have.length(1);
    clock.advance(1000);
    await settled();
    expect(served).to.have.length(2);
  });

  it('is told about with the words of its issuer, and once more when those change', async () => {
    folder = 'cannot read /certs/tls.crt: there is no such file';
    for (words of ['there is no Certificate n/w', 'there is no Certificate n/w', 'Certificate n/w is not ready'])
      await keeper.check();
    expect(warnings.map((line) => line.split('; ').at(-1))).to.deep.equal([
      'there is no Certificate n/w',
      'Certificate n/w is not ready',
    ]);
  });

  describe('that another authority has signed', () => {
    let another: ServingMaterial;

    before(async () => {
      another = {
        ...(await issueServing(other, { ...NAMES, nowMs: NOW_MS, validForMs: DAY_MS })),
        bundlePem: other.certificatePem,
      };
    });

    it('waits until the configurations have trusted it for a whole look, and says so', async () => {
      folder = another;
      const both = `${authority.certificatePem}${other.certificatePem}`;
      const ends: number[] = [];
      for (bundles of [[authority.certificatePem], [both, authority.certificatePem], [both, both], [both, both]]) {
        await keeper.check();
        ends.push(served.length);
      }
      expect(ends).to.deep.equal([1, 1, 1, 2]);
      expect(warnings).to.have.length(1);
      expect(warnings[0]).to.match(/^the webhook configurations trust another authority than that of the certificate/);
    });

    it('is served at once where nobody trusts the one before any more', async () => {
      folder = another;
      bundles = [other.certificatePem];
      await keeper.check();
      expect(served).to.have.length(2);
    });
  });

  it('needs no authority beside it: the roots of the API server may vouch', async () => {
    folder = { ...renewed, bundlePem: '' };
    bundles = [''];
    await keeper.check();
    expect(served).to.have.length(2);
    expect(warnings).to.deep.equal([]);
  });

  it('is told about when the configurations do not trust it', async () => {
    for (bundles of [[authority.certificatePem, ''], [other.certificatePem], []]) await keeper.check();
    expect(warnings.map((line) => line.split(';')[0])).to.deep.equal([
      'caBundle of the webhook configurations is empty',
      'the webhook configurations trust another authority than that of the certificate',
    ]);
    expect(warnings[0]).to.contain('cert-manager.io/inject-ca-from');
  });
});

/** Lets all that waits for nothing but promises happen. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}
