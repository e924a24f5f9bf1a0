import { expect } from 'chai';
import { builtInCertificates } from '../../src/adapters/certificates.ts';
import { ensureCertificates, SERVING_SECRET } from '../../src/engine/certificates/certificates.ts';
import type { ServingMaterial } from '../../src/engine/certificates/certificates.ts';
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

  before(async () => {
    first = await ensure(0);
  });

  async function ensure(day: number): Promise<ServingMaterial> {
    const nowMs = START_MS + day * DAY_MS;
    const namespace = 'sluice-system';
    const outcome = await ensureCertificates({
      writer: store,
      maker: builtInCertificates,
      namespace,
      names: NAMES,
      nowMs,
    });
    if (outcome.kind === 'failed') throw new Error(outcome.message);
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

  it('come with the authority before as long as that one is valid', async () => {
    const [old = ''] = fingerprints(first);
    const renewed = fingerprints(await ensure(490));
    expect(renewed).to.have.length(2);
    expect(renewed[1]).to.equal(old);
    const later = fingerprints(await ensure(980));
    expect(later).to.have.length(2);
    expect(later[1]).to.equal(renewed[0]);
  });
});

function fingerprints(material: ServingMaterial): readonly string[] {
  return parseBundle(material.bundlePem).map(({ fingerprint256 }) => fingerprint256);
}
