import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { arrayAt, memberAt, stringAt } from '../../src/lib/json.ts';
import { outputs } from '../../tools/generators/webhooks.ts';
import {
  CONFIGURATION_DEFAULTS,
  mutatingConfiguration,
  validatingConfiguration,
} from '../../webhooks/configurations.ts';
import { REGISTRY } from '../../webhooks/registry.ts';
import { UNCHANGED } from '../../webhooks/verdict.ts';

const OPTIONS = {
  ...CONFIGURATION_DEFAULTS,
  address: { kind: 'url', base: 'https://127.0.0.1:9443/' },
  caBundle: 'Q0E=',
} as const;

describe('the registry table', () => {
  it('asks for one review a pod: the mutating one', () => {
    const rows = REGISTRY.filter((row) => row.resource === 'pods').map(({ phase, operations }) => [
      phase,
      [...operations],
    ]);
    expect(rows).to.deep.equal([['mutate', ['CREATE']]]);
  });

  it('reaches into namespaces only where they opted in', () => {
    for (const row of REGISTRY) expect(row.optedInOnly, row.resource).to.equal(row.scope === 'Namespaced');
  });
});

describe('webhook configurations', () => {
  const objects = [mutatingConfiguration(REGISTRY, OPTIONS), validatingConfiguration(REGISTRY, OPTIONS)] as const;

  it('have one entry each, for all rows of their phase', () => {
    const rules = objects.map((object) =>
      arrayAt(object, 'webhooks').map((webhook) => arrayAt(webhook, 'rules').length),
    );
    expect(rules).to.deep.equal([[2], [2]]);
    expect(objects.map((object) => stringAt(object, ['metadata', 'name']))).to.deep.equal(['sluice', 'sluice']);
  });

  for (const object of objects) {
    const [webhook] = arrayAt(object, 'webhooks');
    it(`${stringAt(object, ['kind'])} is narrow, quick and lawful`, () => {
      expect(webhook).to.deep.include({
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: 'Fail',
        matchPolicy: 'Equivalent',
      });
      const isMutating = stringAt(object, ['kind']).startsWith('Mutating');
      expect(memberAt(webhook, 'timeoutSeconds')).to.equal(isMutating ? 3 : 5);
      expect(memberAt(webhook, 'reinvocationPolicy')).to.equal(isMutating ? 'IfNeeded' : undefined);
      expect(stringAt(webhook, ['name']).split('.').length).to.be.at.least(3);
      const expressions = arrayAt(webhook, 'namespaceSelector', 'matchExpressions');
      expect(expressions).to.deep.include({ key: 'sluice.dev/admission', operator: 'In', values: ['enabled'] });
      expect(expressions[1]).to.deep.include({ key: 'kubernetes.io/metadata.name', operator: 'NotIn' });
      expect(arrayAt(expressions[1], 'values')).to.include.members(['kube-system', 'sluice-system']);
      for (const rule of arrayAt(webhook, 'rules')) expect(JSON.stringify(rule)).to.not.include('*');
    });
  }

  it('point at a URL for a local run and at a Service in a cluster', () => {
    expect(memberAt(arrayAt(objects[0], 'webhooks')[0], 'clientConfig')).to.deep.equal({
      url: 'https://127.0.0.1:9443/mutate',
      caBundle: 'Q0E=',
    });
    const address = { kind: 'service', namespace: 'n', name: 's', port: 443 } as const;
    const served = validatingConfiguration(REGISTRY, { ...OPTIONS, address });
    expect(memberAt(arrayAt(served, 'webhooks')[0], 'clientConfig', 'service')).to.deep.equal({
      namespace: 'n',
      name: 's',
      port: 443,
      path: '/validate',
    });
  });

  it('put rows for all namespaces into an entry of their own, without the opt-in', () => {
    const row = {
      phase: 'validate',
      group: 'x.dev',
      version: 'v1',
      resource: 'things',
      operations: ['CREATE'],
      scope: 'Namespaced',
      optedInOnly: false,
      admit: () => UNCHANGED,
    } as const;
    const webhooks = arrayAt(validatingConfiguration([...REGISTRY, row], OPTIONS), 'webhooks');
    expect(webhooks.map((webhook) => stringAt(webhook, ['name']))).to.deep.equal([
      'validate.sluice.dev',
      'validate-everywhere.sluice.dev',
    ]);
    expect(JSON.stringify(memberAt(webhooks[1], 'namespaceSelector'))).to.not.include('sluice.dev/admission');
  });

  it('are written to the manifests as they are generated', async () => {
    for (const [path, text] of await outputs()) {
      expect(await readFile(new URL(`../../${path}`, import.meta.url), 'utf8'), path).to.equal(text);
    }
  });
});
