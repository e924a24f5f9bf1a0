import { expect } from 'chai';
import { ConfigurationKeeper } from '../../../src/engine/admission/configuration-keeper.ts';
import { arrayAt, stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { CONFIGURATION_DEFAULTS, configurations, listed } from '../../../webhooks/configurations.ts';
import type { OwnConfiguration } from '../../../webhooks/configurations.ts';
import { REGISTRY } from '../../../webhooks/registry.ts';
import { admissionRow } from '../../../webhooks/row.ts';
import type { AdmissionRow } from '../../../webhooks/row.ts';
import { UNCHANGED } from '../../../webhooks/verdict.ts';
import { ConfigurationStore } from '../../support/configuration-store.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { QUIET_LOG } from '../../support/quiet-log.ts';
import { kindOf } from '../../support/workload-kinds.ts';
import { paperBundle } from '../certificates/paper-certificates.ts';

const KINDS = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'];

const TORCH_ROW = admissionRow({
  id: 'mutate-pytorchjobs',
  phase: 'mutate',
  type: kindOf('kubeflow.org', 'v1', 'PyTorchJob'),
  operations: ['CREATE'],
  admit: () => UNCHANGED,
});

describe('the keeper of the webhook configurations', () => {
  let store: ConfigurationStore;
  let clock: ManualClock;
  let rows: readonly AdmissionRow[];
  let warnings: string[];

  beforeEach(() => {
    rows = REGISTRY;
    warnings = [];
    store = new ConfigurationStore();
    clock = new ManualClock();
  });

  function keeper(
    keeps: 'whole' | 'entries' | 'bundle' = 'whole',
    base = 'https://127.0.0.1:9443',
  ): ConfigurationKeeper {
    const build = (caBundle: string): readonly OwnConfiguration[] =>
      listed(configurations(rows, { ...CONFIGURATION_DEFAULTS, address: { kind: 'url', base }, caBundle }));
    const warn = (message: string): void => void warnings.push(message);
    return new ConfigurationKeeper({
      writer: store,
      clock,
      log: { ...QUIET_LOG, warn },
      build,
      compose: paperBundle,
      keeps,
    });
  }

  function injected(annotations: Readonly<Record<string, string>>): ConfigurationKeeper {
    const build = (caBundle: string): readonly OwnConfiguration[] =>
      listed(
        configurations(rows, {
          ...CONFIGURATION_DEFAULTS,
          address: { kind: 'url', base: 'https://127.0.0.1:9443' },
          caBundle,
        }),
      );
    return new ConfigurationKeeper({
      writer: store,
      clock,
      log: QUIET_LOG,
      build,
      compose: paperBundle,
      keeps: 'whole',
      injection: { annotations, isVouchedFor: (bundlePem) => bundlePem === 'theirs' },
    });
  }

  function hooked(): readonly string[] {
    const webhooks = arrayAt(store.objects.get('MutatingWebhookConfiguration'), 'webhooks');
    return webhooks.map((webhook) => stringAt(webhook, ['name']));
  }

  /** Lets the next look happen, and all that follows from it. */
  async function later(ms = 3000): Promise<void> {
    clock.advance(ms);
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
  }

  it('makes both, and writes nothing more while they are as they should be', async () => {
    await keeper().register('A');
    expect([...store.objects.keys()].toSorted()).to.deep.equal(KINDS);
    store.verbs.length = 0;
    await later();
    expect(store.verbs).to.deep.equal([]);
  });

  it('makes them again when somebody deletes them', async () => {
    await keeper().register('A');
    store.objects.clear();
    await later();
    expect([...store.objects.keys()].toSorted()).to.deep.equal(KINDS);
  });

  it('puts back what somebody edits', async () => {
    await keeper().register('A');
    const found = store.objects.get('MutatingWebhookConfiguration');
    store.put('MutatingWebhookConfiguration', { ...found, webhooks: arrayAt(found, 'webhooks').slice(1) });
    await later();
    expect(arrayAt(store.objects.get('MutatingWebhookConfiguration'), 'webhooks').length).to.equal(
      arrayAt(found, 'webhooks').length,
    );
  });

  it('leaves what the server adds by itself', async () => {
    await keeper().register('A');
    const found = store.objects.get('ValidatingWebhookConfiguration');
    const webhooks = arrayAt(found, 'webhooks').map((one) => ({ ...(one as JsonObject), objectSelector: {} }));
    store.put('ValidatingWebhookConfiguration', { ...found, webhooks });
    store.verbs.length = 0;
    await later();
    expect(store.verbs).to.deep.equal([]);
  });

  it('tries again until a new authority is told, and only then says so', async () => {
    const kept = keeper();
    await kept.register('A');
    store.failures.push({ kind: 'unknown', message: 'lost' }, { kind: 'unknown', message: 'lost' });
    let isTold = false;
    const told = kept.register('B').then(() => (isTold = true));
    await later(0);
    expect(isTold).to.equal(false);
    await later();
    await told;
    expect(new Set(store.bundles())).to.deep.equal(new Set(['B|A']));
  });

  it('takes them over at its start from a process that was reached elsewhere, and does not fight for them later', async () => {
    const first = keeper('whole', 'https://127.0.0.1:1');
    await first.register('A');
    await keeper('whole', 'https://127.0.0.1:2').register('B');
    const url = (): string =>
      stringAt(arrayAt(store.objects.get('MutatingWebhookConfiguration'), 'webhooks')[0], ['clientConfig', 'url']);
    expect(url()).to.match(/^https:\/\/127\.0\.0\.1:2\//);
    await later();
    await later();
    expect(url()).to.match(/^https:\/\/127\.0\.0\.1:2\//);
  });

  it('follows rows that come and go at once, and blames nobody for it', async () => {
    const kept = keeper();
    await kept.register('A');
    rows = [...REGISTRY, TORCH_ROW];
    kept.renew();
    await later(0);
    expect(hooked()).to.include('mutate-pytorchjobs.sluice.dev');
    rows = REGISTRY;
    kept.renew();
    await later(0);
    expect(hooked()).to.not.include('mutate-pytorchjobs.sluice.dev');
    expect(warnings).to.deep.equal([]);
  });

  it('tries again until the new rows are there', async () => {
    const kept = keeper();
    await kept.register('A');
    rows = [...REGISTRY, TORCH_ROW];
    store.failures.push({ kind: 'unknown', message: 'lost' }, { kind: 'unknown', message: 'lost' });
    kept.renew();
    await later(0);
    expect(hooked()).to.not.include('mutate-pytorchjobs.sluice.dev');
    await later();
    expect(hooked()).to.include('mutate-pytorchjobs.sluice.dev');
    expect(warnings.filter((line) => line.includes('put back'))).to.deep.equal([]);
  });

  it('takes rows that change while it writes', async () => {
    const kept = keeper();
    const registered = kept.register('A');
    rows = [...REGISTRY, TORCH_ROW];
    kept.renew();
    await registered;
    await later(0);
    expect(hooked()).to.include('mutate-pytorchjobs.sluice.dev');
  });

  it('of one that did not install them keeps the authority in them and nothing else', async () => {
    const settled = keeper('bundle').register('A');
    await settled;
    expect(store.objects.size).to.equal(0);
    await keeper('whole').register('B');
    await keeper('bundle').register('C');
    expect(new Set(store.bundles())).to.deep.equal(new Set(['C|B']));
    expect(store.verbs.slice(-2)).to.deep.equal(
      KINDS.map((kind) => `apply ${kind} as sluice-certificates`).toReversed(),
    );
  });

  it('of one that slept takes no authority away that others have added since', async () => {
    const sleeper = keeper();
    await sleeper.register('A');
    await keeper().register('B|A');
    await later();
    await sleeper.register('A');
    expect(new Set(store.bundles())).to.deep.equal(new Set(['B|A']));
  });

  it('says for how long all of them carry the bundle, from the last repair on', async () => {
    const kept = keeper();
    expect(kept.carriedMs('A')).to.equal(undefined);
    await kept.register('A');
    await later(6000);
    expect([kept.carriedMs('A'), kept.carriedMs('B')]).to.deep.equal([6000, undefined]);
    store.setBundle('ValidatingWebhookConfiguration', 'foreign');
    await later();
    expect(kept.carriedMs('A')).to.equal(0);
    expect(new Set(store.bundles())).to.deep.equal(new Set(['A', 'A|foreign']));
    store.failures.push({ kind: 'unknown', message: 'lost' });
    await later();
    expect(kept.carriedMs('A')).to.equal(undefined);
  });

  it('takes away what is trusted beyond the bundle, but only when nobody has changed it meanwhile', async () => {
    const kept = keeper();
    await kept.register('B|A');
    await kept.trim(() => Promise.resolve(undefined));
    expect(new Set(store.bundles())).to.deep.equal(new Set(['B|A']));
    await kept.register('B');
    await kept.trim(() => {
      store.setBundle('MutatingWebhookConfiguration', 'C|B|A');
      return Promise.resolve('B');
    });
    expect(new Set(store.bundles())).to.deep.equal(new Set(['B', 'C|B|A']));
  });

  describe('when somebody else fills in the authority', () => {
    it('makes them with the annotation that asks for it, and never writes what is filled in', async () => {
      const kept = injected({ 'cert-manager.io/inject-ca-from': 'n/c' });
      let isRegistered = false;
      const registered = kept.register('').then(() => (isRegistered = true));
      await later(0);
      expect(
        store.made.map((one) => stringAt(one, ['metadata', 'annotations', 'cert-manager.io/inject-ca-from'])),
      ).to.deep.equal(['n/c', 'n/c']);
      expect(isRegistered, 'nobody could ask yet').to.equal(false);
      for (const kind of KINDS) store.setBundle(kind, 'theirs');
      await later();
      await registered;
      store.verbs.length = 0;
      await later();
      expect(store.verbs).to.deep.equal([]);
      rows = [...REGISTRY, TORCH_ROW];
      kept.renew();
      await later(0);
      expect(hooked()).to.include('mutate-pytorchjobs.sluice.dev');
      expect(new Set(store.bundles())).to.deep.equal(new Set(['theirs']));
    });
  });

  describe('when others install them empty', () => {
    beforeEach(() => {
      for (const kind of KINDS) store.put(kind, { kind, metadata: { name: 'sluice' } });
    });

    it('fills them in, and puts back what somebody edits', async () => {
      await keeper('entries').register('A');
      const filled = hooked();
      expect(filled).to.not.deep.equal([]);
      store.put('MutatingWebhookConfiguration', { kind: 'MutatingWebhookConfiguration', webhooks: [] });
      await later();
      expect(hooked()).to.deep.equal(filled);
    });

    it('makes none again once they are taken away', async () => {
      await keeper('entries').register('A');
      store.objects.clear();
      await later();
      expect(store.objects.size).to.equal(0);
      expect(store.verbs.filter((verb) => verb.startsWith('create'))).to.deep.equal([]);
    });
  });
});
