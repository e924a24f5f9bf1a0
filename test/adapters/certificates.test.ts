import { expect } from 'chai';
import { builtInCertificates } from '../../src/adapters/certificates.ts';
import { ensureCertificates } from '../../src/engine/certificates/certificates.ts';
import type { ServingMaterial } from '../../src/engine/certificates/certificate-maker.ts';
import { SERVING_SECRET } from '../../src/engine/certificates/serving-secret.ts';
import { parseBundle } from '../../certs/bundle.ts';
import { checkServing, notAfterMs } from '../../certs/renewal.ts';
import { serviceDnsNames } from '../../certs/serving.ts';
import { SecretStore } from '../engine/certificates/secret-store.ts';

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2030, 0, 1);
const NAMES = { dnsNames: serviceDnsNames('sluice-webhook', 'sluice-system'), ipAddresses: ['127.0.0.1'] };

describe('built-in certificates', () => {
  const store = new SecretStore();
  let first: ServingMaterial;
  let served: ServingMaterial | undefined;

  before(async () => {
    first = await ensure(0);
  });

  async function ensure(day: number): Promise<ServingMaterial> {
    const nowMs = START_MS + day * DAY_MS;
    const namespace = 'sluice-system';
    const outcome = await ensureCertificates({
      writer: store,
      maker: builtInCertificates({ authorityMs: 730 * DAY_MS, servingMs: 30 * DAY_MS }),
      namespace,
      names: NAMES,
      serverTime: () => Promise.resolve(nowMs),
      replica: 'a',
      served,
      // Who verifies takes over whatever it is told, long before the next look.
      trusted: { carriedMs: () => DAY_MS, read: () => Promise.resolve([]) },
      timings: { settleMs: 60_000, graceMs: 60_000 },
    });
    if (outcome.kind === 'failed') throw new Error(outcome.message);
    served = outcome.material;
    expect(checkServing(outcome.material, outcome.material.bundlePem, NAMES, nowMs)).to.deep.equal([]);
    return outcome.material;
  }

  it('serve for thirty days under an authority of two years', () => {
    expect(notAfterMs(first.certificatePem)).to.equal(START_MS + 30 * DAY_MS);
    expect(notAfterMs(first.bundlePem)).to.equal(START_MS + 730 * DAY_MS);
  });

  it('are loaded again unchanged as long as they are fresh', async () => {
    expect(await ensure(19)).to.deep.equal(first);
  });

  it('are issued anew by the same authority after two thirds of their life', async () => {
    const next = await ensure(20);
    expect(next.certificatePem).not.to.equal(first.certificatePem);
    expect(next.bundlePem).to.equal(first.bundlePem);
    expect(store.secrets.get(SERVING_SECRET)?.data['tls.crt']).to.equal(next.certificatePem);
  });

  it('come with the authority before as long as something that it has signed lives', async () => {
    const [old = ''] = fingerprints(first);
    const renewed = fingerprints(await ensure(490));
    expect(renewed).to.have.length(2);
    expect(renewed[1]).to.equal(old);
    await ensure(491);
    expect(fingerprints(await ensure(520))).to.deep.equal(renewed);
    expect(fingerprints(await ensure(522))).to.deep.equal(renewed.slice(0, 1));
  });
});

function fingerprints(material: ServingMaterial): readonly string[] {
  return parseBundle(material.bundlePem).map(({ fingerprint256 }) => fingerprint256);
}
