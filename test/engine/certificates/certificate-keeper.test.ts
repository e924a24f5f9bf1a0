import { expect } from 'chai';
import { keepCertificates } from '../../../src/engine/certificates/certificate-keeper.ts';
import type { CertificateKeeper } from '../../../src/engine/certificates/certificate-keeper.ts';
import type { ServingMaterial } from '../../../src/engine/certificates/certificates.ts';
import type { Logger } from '../../../src/engine/ports.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { paperMaker } from './paper-certificates.ts';
import { SecretStore } from './secret-store.ts';

describe('certificate keeper', () => {
  let clock: ManualClock;
  let warnings: string[];
  let store: SecretStore;
  let seen: ServingMaterial[];
  let keeper: CertificateKeeper;

  beforeEach(async () => {
    clock = new ManualClock();
    warnings = [];
    seen = [];
    store = new SecretStore();
    const log: Logger = {
      debug: () => undefined,
      info: () => undefined,
      warn: (_message, fields) => void warnings.push(String(fields?.['message'])),
      error: (_message, fields) => void warnings.push(String(fields?.['message'])),
    };
    const names = { dnsNames: ['w.n.svc'], ipAddresses: [] };
    const onChange = (material: ServingMaterial): void => void seen.push(material);
    const maker = paperMaker();
    keeper = keepCertificates({ writer: store, maker, namespace: 'n', names, clock, log, onChange, checkEveryMs: 61 });
    await roundEnded();
  });

  afterEach(() => keeper.stop());

  it('hands over the first material and nothing while it stays the same', async () => {
    expect(seen).to.have.length(1);
    await keeper.check();
    expect(seen).to.have.length(1);
  });

  it('hands over the new material in the round after it fell due by the wall clock', async () => {
    clock.advance(61);
    await roundEnded();
    expect(seen.map(({ certificatePem }) => certificatePem.split('@')[1])).to.deep.equal(['0', '61']);
  });

  it('goes on after a failure, and says why', async () => {
    store.script.push(() => ({ kind: 'refused', code: 403, message: 'forbidden' }));
    clock.advance(61);
    await roundEnded();
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.contain('forbidden');
  });

  it('stays silent once stopped', async () => {
    keeper.stop();
    expect(clock.pending).to.equal(0);
    clock.advance(61);
    await keeper.check();
    expect(seen).to.have.length(1);
  });

  /** The next timer is set when a round is over. */
  async function roundEnded(): Promise<void> {
    for (let turn = 0; turn < 1000 && clock.pending === 0; turn += 1) await Promise.resolve();
    expect(clock.pending).to.equal(1);
  }
});
