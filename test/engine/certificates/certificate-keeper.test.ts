import { expect } from 'chai';
import { AUTHORITY_SECRET } from '../../../src/engine/certificates/authority-secret.ts';
import { CertificateKeeper } from '../../../src/engine/certificates/certificate-keeper.ts';
import type { ServingMaterial } from '../../../src/engine/certificates/certificate-maker.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { QUIET_LOG } from '../../support/quiet-log.ts';
import { RecordedMetrics } from '../../adapters/http/webhook-harness.ts';
import { paperMaker } from './paper-certificates.ts';
import { SecretStore } from './secret-store.ts';

const EVERY_MS = 61;

describe('certificate keeper', () => {
  let clock: ManualClock;
  let warnings: string[];
  let store: SecretStore;
  let seen: ServingMaterial[];
  let bundles: string[];
  let keeper: CertificateKeeper;
  let carriedMs: number | undefined;
  let skewMs: number;
  let isAsked: boolean;

  beforeEach(async () => {
    clock = new ManualClock();
    warnings = [];
    seen = [];
    bundles = [];
    carriedMs = EVERY_MS;
    skewMs = 0;
    isAsked = true;
    store = new SecretStore();
    const warn = (message: string, fields?: Readonly<Record<string, unknown>>): void =>
      void warnings.push(`${message} ${JSON.stringify(fields)}`);
    keeper = new CertificateKeeper({
      writer: store,
      maker: paperMaker({ authorityMs: 900, servingMs: 90 }),
      namespace: 'n',
      names: { dnsNames: ['w.n.svc'], ipAddresses: [] },
      replica: 'a',
      trusted: { carriedMs: () => carriedMs, read: () => Promise.resolve([]) },
      clock,
      log: { ...QUIET_LOG, warn, error: warn },
      metrics: new RecordedMetrics(),
      serverTime: () => Promise.resolve({ nowMs: clock.nowMs(), skewMs }),
      isAsked: () => isAsked && seen.length > 0,
      onBundle: (bundlePem) => void bundles.push(bundlePem),
      onServe: (material) => void seen.push(material),
      onSteady: () => undefined,
      checkEveryMs: EVERY_MS,
    });
    await roundEnded();
  });

  afterEach(() => keeper.stop());

  it('hands over the first material and nothing while it stays the same', async () => {
    expect([seen.length, bundles]).to.deep.equal([1, ['ca0@0']]);
    await keeper.check();
    expect([seen.length, bundles]).to.deep.equal([1, ['ca0@0']]);
  });

  it('hands over the new material in the round after it fell due', async () => {
    await nextRound();
    expect(seen.map(({ certificatePem }) => certificatePem.split('@')[1])).to.deep.equal(['0', '61']);
  });

  it('tells a new authority at once, and serves by it only when it was trusted for a whole round', async () => {
    store.secrets.delete(AUTHORITY_SECRET);
    for (carriedMs of [undefined, EVERY_MS - 1]) {
      await nextRound();
      expect(seen).to.have.length(1);
    }
    expect(bundles).to.deep.equal(['ca0@0', 'ca2@61|ca0@0']);
    carriedMs = EVERY_MS;
    await nextRound();
    expect(seen.at(-1)?.certificatePem).to.contain('@ca2@61@');
  });

  it('serves by whatever is newest while nobody asks, so that a slow start does not end with an expired certificate', async () => {
    isAsked = false;
    carriedMs = undefined;
    await nextRound();
    await nextRound();
    expect(seen.map(({ certificatePem }) => certificatePem.split('@')[1])).to.deep.equal(['0', '61', '122']);
  });

  it('tells once that the clocks differ', async () => {
    skewMs = -120_000;
    await nextRound();
    await nextRound();
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.contain('{"seconds":-120}');
  });

  it('goes on after a failure, and says why', async () => {
    store.script.push(() => ({ kind: 'refused', code: 403, message: 'forbidden' }));
    await nextRound();
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.contain('forbidden');
  });

  it('stays silent once stopped', async () => {
    keeper.stop();
    expect(clock.pending).to.equal(0);
    clock.advance(EVERY_MS);
    await keeper.check();
    expect(seen).to.have.length(1);
  });

  function nextRound(): Promise<void> {
    clock.advance(EVERY_MS);
    return roundEnded();
  }

  /** The next timer is set when a round is over. */
  async function roundEnded(): Promise<void> {
    for (let turn = 0; turn < 1000 && clock.pending === 0; turn += 1) await Promise.resolve();
    expect(clock.pending).to.equal(1);
  }
});
