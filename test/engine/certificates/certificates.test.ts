import { expect } from 'chai';
import { AUTHORITY_SECRET, ensureCertificates, SERVING_SECRET } from '../../../src/engine/certificates/certificates.ts';
import type { CertificateOutcome, ServingMaterial } from '../../../src/engine/certificates/certificates.ts';
import { paperMaker } from './paper-certificates.ts';
import { SecretStore } from './secret-store.ts';

const NAMES = { dnsNames: ['w.n.svc'], ipAddresses: [] };

describe('certificates in Secrets', () => {
  let store: SecretStore;
  let maker: ReturnType<typeof paperMaker>;

  beforeEach(() => {
    store = new SecretStore();
    maker = paperMaker();
  });

  async function ensure(nowMs: number, names = NAMES): Promise<ServingMaterial> {
    const outcome = await attempt(nowMs, names);
    if (outcome.kind === 'failed') throw new Error(outcome.message);
    return outcome.material;
  }

  function attempt(nowMs: number, names = NAMES): Promise<CertificateOutcome> {
    return ensureCertificates({ writer: store, maker, namespace: 'sluice-system', names, nowMs });
  }

  it('makes both when nothing exists, and stores what it returns', async () => {
    const material = await ensure(0);
    expect(maker.made).to.deep.equal(['ca0@0', 'leaf1@0@ca0@0@w.n.svc']);
    expect(store.secrets.get(SERVING_SECRET)?.data).to.deep.equal({
      'tls.crt': material.certificatePem,
      'tls.key': material.privateKeyPem,
      'ca.crt': 'ca0@0',
    });
    const created = store.requests.filter(({ verb }) => verb === 'create').map(({ body }) => body?.['type']);
    expect(created).to.deep.equal(['kubernetes.io/tls', 'kubernetes.io/tls']);
  });

  it('loads what is good without a write', async () => {
    const first = await ensure(0);
    store.requests.length = 0;
    expect(await ensure(59)).to.deep.equal(first);
    expect(store.verbs).to.deep.equal([`get ${AUTHORITY_SECRET}`, `get ${SERVING_SECRET}`]);
  });

  it('keeps the authority before in the bundle when it makes the next one', async () => {
    await ensure(0);
    const material = await ensure(60);
    expect(material.bundlePem).to.equal('ca2@60|ca0@0');
    expect(material.certificatePem).to.equal('leaf3@60@ca2@60@w.n.svc');
    expect((await ensure(95)).bundlePem, 'a bundle is read as it was stored').to.equal('ca2@60|ca0@0');
  });

  it('keeps the authority trusted whose certificate is being served when its Secret was deleted', async () => {
    const { bundlePem } = await ensure(0);
    store.secrets.delete(AUTHORITY_SECRET);
    const options = { writer: store, maker, namespace: 'sluice-system', names: NAMES, nowMs: 1 };
    const outcome = await ensureCertificates({ ...options, servedBundlePem: bundlePem });
    expect(outcome).to.deep.include({ kind: 'ready' });
    expect(outcome.kind === 'ready' && outcome.material.bundlePem).to.equal('ca2@1|ca0@0');
  });

  it('issues anew when the names changed, by the same authority', async () => {
    await ensure(0);
    const material = await ensure(1, { dnsNames: ['other.n.svc'], ipAddresses: [] });
    expect(material.certificatePem).to.equal('leaf2@1@ca0@0@other.n.svc');
    expect(material.bundlePem).to.equal('ca0@0');
  });

  const broken: Readonly<Record<string, () => void>> = {
    'an authority that is junk': () => store.put(AUTHORITY_SECRET, { 'tls.crt': 'junk' }),
    'an authority without its bundle': () => store.put(AUTHORITY_SECRET, { 'ca.crt': '' }),
    'a serving key of another certificate': () => store.put(SERVING_SECRET, { 'tls.key': 'key of another' }),
    'a serving certificate of a foreign authority': () =>
      store.put(SERVING_SECRET, { 'tls.crt': 'leaf9@0@ca9@0@w.n.svc' }),
  };
  for (const [name, breakIt] of Object.entries(broken)) {
    it(`repairs ${name} in place`, async () => {
      await ensure(0);
      breakIt();
      store.requests.length = 0;
      await ensure(1);
      // A new authority issues the serving certificate anew, too.
      const repaired = store.verbs.filter((verb) => verb.startsWith('mergePatch'));
      expect(repaired).to.have.length(name.startsWith('an authority') ? 2 : 1);
      store.requests.length = 0;
      await ensure(2);
      expect(store.verbs.filter((verb) => !verb.startsWith('get'))).to.deep.equal([]);
    });
  }

  it('takes the authority of the replica that was faster', async () => {
    store.script.push(
      () => undefined,
      () => {
        store.put(AUTHORITY_SECRET, { 'tls.crt': 'theirs@0', 'tls.key': 'key of theirs@0', 'ca.crt': 'theirs@0' });
        return undefined;
      },
    );
    const material = await ensure(0);
    expect(material.bundlePem).to.equal('theirs@0');
    expect(material.certificatePem).to.contain('@theirs@0@');
  });

  it('re-reads after a change between its read and its write', async () => {
    await ensure(0);
    store.requests.length = 0;
    store.put(AUTHORITY_SECRET, { 'tls.crt': 'junk' });
    store.script.push(
      () => undefined,
      () => {
        store.put(AUTHORITY_SECRET, { 'tls.crt': 'theirs@0', 'tls.key': 'key of theirs@0', 'ca.crt': 'theirs@0' });
        return undefined;
      },
    );
    expect((await ensure(1)).bundlePem).to.equal('theirs@0');
  });

  it('finds its own write again when the answer was lost', async () => {
    store.script.push(
      () => undefined,
      () => {
        store.put(AUTHORITY_SECRET, { 'tls.crt': 'ca0@0', 'tls.key': 'key of ca0@0', 'ca.crt': 'ca0@0' });
        return { kind: 'unknown', message: 'broken connection' };
      },
    );
    expect((await ensure(0)).bundlePem).to.equal('ca0@0');
    expect(maker.made.filter((text) => text.startsWith('ca'))).to.deep.equal(['ca0@0']);
  });

  it('says which Secret cannot be read or written', async () => {
    store.script.push(() => ({ kind: 'refused', code: 403, message: 'secrets is forbidden' }));
    expect(await attempt(0)).to.deep.equal({
      kind: 'failed',
      message: `cannot read Secret ${AUTHORITY_SECRET}: secrets is forbidden`,
    });
    store.script.push(
      () => undefined,
      () => ({ kind: 'notLeader' }),
    );
    expect(await attempt(0)).to.deep.equal({
      kind: 'failed',
      message: `cannot write Secret ${AUTHORITY_SECRET}: notLeader`,
    });
  });

  it('does not try again where the namespace is missing', async () => {
    store.script.push(
      () => undefined,
      () => ({ kind: 'notFound', message: 'namespaces "sluice-system" not found' }),
    );
    const message = `cannot write Secret ${AUTHORITY_SECRET}: namespaces "sluice-system" not found`;
    expect(await attempt(0)).to.deep.equal({ kind: 'failed', message });
    expect(maker.made).to.have.length(1);
  });

  it('makes a Secret anew that was deleted under its hands', async () => {
    await ensure(0);
    store.script.push(
      () => undefined,
      () => {
        store.secrets.delete(AUTHORITY_SECRET);
        return undefined;
      },
    );
    expect((await ensure(60)).bundlePem).to.equal('ca3@60');
  });

  it('gives up after five lost races', async () => {
    for (let round = 0; round < 5; round += 1) {
      store.script.push(
        () => undefined,
        () => ({ kind: 'conflict', message: 'busy' }),
      );
    }
    expect(await attempt(0)).to.deep.equal({
      kind: 'failed',
      message: `cannot write Secret ${AUTHORITY_SECRET}: busy`,
    });
    expect(store.requests).to.have.length(10);
  });
});
