import { expect } from 'chai';
import { arrayAt, memberAt, stringAt } from '../../../src/lib/json.ts';
import { CONFIGURATION_DEFAULTS } from '../../../webhooks/configurations.ts';
import { REGISTRY } from '../../../webhooks/registry.ts';
import { VOLCANO_CONFIGURATIONS, volcanoConfigurations } from '../../../webhooks/volcano/configurations.ts';
import { VOLCANO_ROWS } from '../../../webhooks/volcano/rows.ts';

const ROWS = [...VOLCANO_ROWS, ...REGISTRY];
const SERVICE = { kind: 'service', namespace: 'volcano-system', name: 'r-admission-service', port: 443 } as const;

describe('webhook configurations under the names of Volcano', () => {
  const objects = volcanoConfigurations(ROWS, { ...CONFIGURATION_DEFAULTS, address: SERVICE, caBundle: 'Q0E=' });
  const outline = objects.map(({ type, object }) => {
    const entries = arrayAt(object, 'webhooks');
    const webhooks = entries.map((each) => [
      stringAt(each, ['name']),
      stringAt(each, ['clientConfig', 'service', 'path']),
    ]);
    const rules = entries.flatMap((each) => arrayAt(each, 'rules'));
    return { kind: type.kind, name: stringAt(object, ['metadata', 'name']), webhooks, rules };
  });

  const webhooksOf = (name: string): unknown => outline.find((each) => each.name === name)?.webhooks;

  for (const [kind, part, singular] of [
    ['mutate', 'jobs', 'job'],
    ['validate', 'jobs', 'job'],
    ['validate', 'podgroups', 'podgroup'],
    ['mutate', 'podgroups', 'podgroup'],
    ['mutate', 'queues', 'queue'],
    ['validate', 'queues', 'queue'],
    ['validate', 'pods', 'pod'],
    ['validate', 'cronjobs', 'cronjob'],
    ['validate', 'hypernodes', 'hypernode'],
    // Volcano calls it so.
    ['validate', 'jobflows', 'job'],
  ] as const) {
    it(`have an object for /${part}/${kind}`, () => {
      expect(webhooksOf(`volcano-admission-service-${part}-${kind}`)).to.deep.equal([
        [`${kind}${singular}.volcano.sh`, `/${part}/${kind}`],
      ]);
    });
  }

  it('give pods their nodes and scheduler before anything else is decided on them', () => {
    expect(webhooksOf('volcano-admission-service-pods-mutate')).to.deep.equal([
      ['mutatepod.volcano.sh', '/pods/mutate'],
      ['mutate-pods.sluice.dev', '/mutate/mutate-pods'],
      ['mutate-pods-elsewhere.sluice.dev', '/mutate/mutate-pods-elsewhere'],
    ]);
  });

  it('have every row once, and what Volcano has no path for where it always is', () => {
    expect(outline.flatMap(({ rules }) => rules)).to.have.length(ROWS.length);
    const own = outline.filter(({ name }) => name === 'sluice').map(({ kind }) => kind);
    expect(own).to.deep.equal(['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration']);
  });

  it('close the door behind before they open the one in front', () => {
    const kinds = outline.map(({ kind }) => kind);
    expect(kinds.lastIndexOf('ValidatingWebhookConfiguration')).to.be.below(
      kinds.indexOf('MutatingWebhookConfiguration'),
    );
  });

  it('are all known to whoever takes them away', () => {
    const known = VOLCANO_CONFIGURATIONS.map(({ type, name }) => `${type.kind} ${name}`);
    const made = outline.filter(({ name }) => name !== 'sluice').map(({ kind, name }) => `${kind} ${name}`);
    expect(known).to.include.members(made);
  });

  it('point at the Service of the release', () => {
    for (const { object } of objects)
      for (const each of arrayAt(object, 'webhooks'))
        expect(memberAt(each, 'clientConfig', 'service', 'name')).to.equal('r-admission-service');
  });
});
