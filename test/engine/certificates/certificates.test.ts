import { expect } from 'chai';
import { AUTHORITY_SECRET } from '../../../src/engine/certificates/authority-secret.ts';
import { ensureCertificates } from '../../../src/engine/certificates/certificates.ts';
import type { CertificateOptions, CertificateOutcome } from '../../../src/engine/certificates/certificates.ts';
import type { ServingMaterial } from '../../../src/engine/certificates/certificate-maker.ts';
import { SERVING_SECRET } from '../../../src/engine/certificates/serving-secret.ts';
import { paperMaker } from './paper-certificates.ts';
import { SecretStore } from './secret-store.ts';

const NAMES = { dnsNames: ['w.n.svc'], ipAddresses: [] };
/** Of the authority; a serving certificate lives for 90 and is due after 60. */
const AUTHORITY_DUE = 600;

describe('certificates in Secrets', () => {
  let store: SecretStore;
  let maker: ReturnType<typeof paperMaker>;

  beforeEach(() => {
    store = new SecretStore();
    maker = paperMaker({ authorityMs: 900, servingMs: 90 });
  });

  async function ensure(nowMs: number, options: Partial<CertificateOptions> = {}): Promise<ServingMaterial> {
    const outcome = await attempt(nowMs, options);
    if (outcome.kind === 'failed') throw new Error(outcome.message);
    return outcome.material;
  }

  function attempt(nowMs: number, options: Partial<CertificateOptions> = {}): Promise<CertificateOutcome> {
    return ensureCertificates({
      writer: store,
      maker,
      namespace: 'sluice-system',
      names: NAMES,
      replica: 'a',
      served: undefined,
      trusted: { carriedMs: () => undefined, read: () => Promise.resolve([]) },
      timings: { settleMs: 10, graceMs: 30 },
      serverTime: () => Promise.resolve(nowMs),
      ...options,
    });
  }

  function phase(): string {
    return store.secrets.get(AUTHORITY_SECRET)?.annotations['sluice.dev/rotation-phase'] ?? 'Steady';
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
    expect(store.verbs).to.deep.equal([`get ${SERVING_SECRET}`, `get ${AUTHORITY_SECRET}`]);
  });

  it('takes the steps of a rotation one look after the other, as the configurations and replicas allow', async () => {
    const first = await ensure(0);
    const carried = { carriedMs: () => 10, read: () => Promise.resolve([]) };
    const prepared = await ensure(AUTHORITY_DUE);
    expect([phase(), prepared.bundlePem]).to.deep.equal(['Prepare', 'ca2@600|ca0@0']);
    expect(prepared.certificatePem, 'still by the one before').to.match(/^leaf3@600@ca0@0/);
    await ensure(AUTHORITY_DUE + 10, { served: first });
    expect(phase(), 'nobody trusts the next one yet').to.equal('Prepare');
    const switched = await ensure(AUTHORITY_DUE + 20, { trusted: carried, served: prepared });
    expect([phase(), switched.certificatePem, switched.bundlePem]).to.deep.equal([
      'Confirm',
      'leaf4@620@ca2@600@w.n.svc',
      'ca2@600|ca0@0',
    ]);
    await ensure(AUTHORITY_DUE + 50, { served: prepared, replica: 'slow' });
    await ensure(AUTHORITY_DUE + 60, { served: switched });
    expect(phase(), 'one serves the old certificate still').to.equal('Confirm');
    await ensure(AUTHORITY_DUE + 70, { served: switched, replica: 'slow' });
    await ensure(AUTHORITY_DUE + 71, { served: switched });
    expect(phase()).to.equal('Retire');
    expect((await ensure(AUTHORITY_DUE + 159, { served: switched })).bundlePem).to.equal('ca2@600|ca0@0');
    expect((await ensure(AUTHORITY_DUE + 160, { served: switched })).bundlePem).to.equal('ca2@600');
    expect(phase()).to.equal('Steady');
    const { data, annotations } = store.secrets.get(AUTHORITY_SECRET) ?? {};
    expect(Object.keys(data ?? {}).toSorted()).to.deep.equal(['ca.crt', 'tls.crt', 'tls.key']);
    expect(annotations).to.deep.equal({});
  });

  it('begins a rotation when the Secret is annotated, and takes the annotation away', async () => {
    await ensure(0);
    store.put(AUTHORITY_SECRET, {}, { 'sluice.dev/rotate': 'now' });
    await ensure(1);
    expect(phase()).to.equal('Prepare');
    expect(store.secrets.get(AUTHORITY_SECRET)?.annotations).to.not.have.property('sluice.dev/rotate');
  });

  it('forgets replicas whose certificate has ended', async () => {
    const served = await ensure(0);
    await ensure(1, { served, replica: 'gone' });
    const next = await ensure(61, { served });
    await ensure(95, { served: next });
    const { annotations } = store.secrets.get(SERVING_SECRET) ?? {};
    expect(Object.keys(annotations ?? {})).to.deep.equal(['replica.sluice.dev/a']);
  });

  const around: Readonly<Record<string, (bundlePem: string) => Partial<CertificateOptions>>> = {
    'this replica serves by': (bundlePem) => ({ served: { certificatePem: 'x', privateKeyPem: 'x', bundlePem } }),
    'the configurations trust': (bundlePem) => ({
      trusted: { carriedMs: () => undefined, read: () => Promise.resolve([bundlePem]) },
    }),
    'the serving certificate came with': () => ({}),
  };
  for (const [name, options] of Object.entries(around)) {
    it(`keeps the authority that ${name} when its Secret was deleted`, async () => {
      const { bundlePem } = await ensure(0);
      store.secrets.delete(AUTHORITY_SECRET);
      if (!name.startsWith('the serving')) store.secrets.delete(SERVING_SECRET);
      const { bundlePem: both } = await ensure(1, options(bundlePem));
      expect(both).to.match(/^ca\d@1\|ca0@0$/);
      expect(phase()).to.equal('Confirm');
    });
  }

  it('makes no authority while it is not known what is trusted', async () => {
    const trusted = { carriedMs: () => undefined, read: () => Promise.resolve(undefined) };
    const message = 'cannot read what the webhook configurations trust';
    expect(await attempt(0, { trusted })).to.deep.equal({ kind: 'failed', message });
    expect(maker.made).to.deep.equal([]);
  });

  it('issues anew when the names changed, by the same authority', async () => {
    await ensure(0);
    const material = await ensure(1, { names: { dnsNames: ['other.n.svc'], ipAddresses: [] } });
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
      // A new authority issues the serving certificate anew, too, and says how far that is.
      const repaired = store.verbs.filter((verb) => verb.startsWith('mergePatch'));
      expect(repaired).to.have.length(name.startsWith('an authority') ? 3 : 1);
      store.requests.length = 0;
      await ensure(2);
      expect(store.verbs.filter((verb) => !verb.startsWith('get'))).to.deep.equal([]);
    });
  }

  it('takes the authority of the replica that was faster', async () => {
    store.script.push(
      () => undefined,
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
      message: `cannot read Secret ${SERVING_SECRET}: secrets is forbidden`,
    });
    store.script.push(
      () => undefined,
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
      () => undefined,
      () => {
        store.secrets.delete(AUTHORITY_SECRET);
        return undefined;
      },
    );
    expect((await ensure(AUTHORITY_DUE)).bundlePem).to.equal('ca3@600|ca0@0');
  });

  it('gives up after eight lost races', async () => {
    for (let round = 0; round < 8; round += 1) {
      store.script.push(
        () => undefined,
        () => undefined,
        () => ({ kind: 'conflict', message: 'busy' }),
      );
    }
    expect(await attempt(0)).to.deep.equal({
      kind: 'failed',
      message: `cannot write Secret ${AUTHORITY_SECRET}: busy`,
    });
    expect(store.requests).to.have.length(24);
  });
});
