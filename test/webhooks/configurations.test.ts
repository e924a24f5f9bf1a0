import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { arrayAt, memberAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../src/lib/json.ts';
import { outputs } from '../../tools/generators/webhooks.ts';
import { CONFIGURATION_DEFAULTS, configurations, isOwnConfiguration } from '../../webhooks/configurations.ts';
import { REGISTRY } from '../../webhooks/registry.ts';
import { admissionRow } from '../../webhooks/row.ts';
import type { AdmissionRow } from '../../webhooks/row.ts';
import { PODS } from '../../src/api/resources.ts';
import { UNCHANGED } from '../../webhooks/verdict.ts';

const OPTIONS = {
  ...CONFIGURATION_DEFAULTS,
  address: { kind: 'url', base: 'https://127.0.0.1:9443/' },
  caBundle: 'Q0E=',
} as const;

/** Kinds that are Volcano's or ours alone: there is no scheduler in them to ask for. */
const FOR_ALL: ReadonlySet<string> = new Set([
  'commands',
  'podgroups',
  'pods/binding',
  'jobs/status',
  'bindings',
  'namespacedworkloadpolicies',
  'configmaps',
  'jobflows',
  'jobtemplates',
  'colocationconfigurations',
]);

describe('the registry table', () => {
  it('asks for one review a new pod unless its seal is broken, and for one when somebody changes what makes it a member', () => {
    const rows = REGISTRY.filter((row) => row.resource === 'pods').map(({ phase, operations, selector, when }) => [
      `${phase} ${operations.join(',')} ${selector}`,
      ...when.slice(0, 2).map(({ name }) => name),
    ]);
    expect(rows).to.deep.equal([
      ['mutate CREATE optedIn', 'not-stamped-yet', 'not-from-a-node'],
      ['mutate CREATE others', 'names-a-scheduler-of-ours', 'not-stamped-yet'],
      ['validate CREATE optedIn', 'seal-is-broken', 'not-from-a-node'],
      ['validate UPDATE everywhere', 'names-a-scheduler-of-ours', 'membership-changed'],
    ]);
  });

  it('reaches work elsewhere only where they name a scheduler of ours', () => {
    const elsewhere = REGISTRY.filter((row) => row.scope === 'Namespaced' && row.selector !== 'optedIn');
    expect(elsewhere.map(({ id }) => id)).to.deep.equal([
      'mutate-jobs-elsewhere',
      'mutate-pods-elsewhere',
      'mutate-deployments-elsewhere',
      'mutate-statefulsets-elsewhere',
      'mutate-replicationcontrollers-elsewhere',
      'mutate-replicasets-elsewhere',
      'mutate-cronjobs-elsewhere',
      'mutate-podgroups',
      'mutate-vcjobs',
      'mutate-jobflows',
      'mutate-cronvcjobs',
      'validate-pods',
      'validate-pod-status',
      'validate-pod-resize',
      'validate-job-status',
      'validate-commands',
      'validate-policy-configmaps',
      'validate-namespacedworkloadpolicies',
      'validate-podgroups',
      'validate-vcjobs',
      'validate-cronvcjobs',
      'validate-colocationconfigurations',
      'validate-jobtemplates',
      'validate-jobflows',
      'validate-pod-bindings',
      'validate-bindings',
    ]);
    for (const { id, resource, when } of elsewhere) {
      const isForAll = FOR_ALL.has(resource) || id.endsWith('vcjobs');
      if (!isForAll) expect(when[0]?.name, id).to.equal('names-a-scheduler-of-ours');
    }
  });
});

describe('webhook configurations', () => {
  const { mutating, validating } = configurations(REGISTRY, OPTIONS);
  const objects = [mutating, validating] as const;

  it('hold no empty list: an API server drops those, and the configuration would be put back for ever', () => {
    expect(JSON.stringify(objects)).not.to.include('[]');
  });

  const entries = objects.flatMap((object) => arrayAt(object, 'webhooks'));
  const membersOf = (webhook: JsonValue): readonly AdmissionRow[] =>
    REGISTRY.filter(({ entry }) => `${entry}.sluice.dev` === stringAt(webhook, ['name']));

  it('have an entry a row but for rows that share one, in the order of the table', () => {
    const names = entries.map((webhook) => stringAt(webhook, ['name']));
    expect(names).to.deep.equal([...new Set(REGISTRY.map(({ entry }) => `${entry}.sluice.dev`))]);
    const shared = entries.filter((webhook) => membersOf(webhook).length > 1);
    expect(shared.map((webhook) => `${stringAt(webhook, ['name'])} ${membersOf(webhook).length}`)).to.deep.equal([
      'mutate-submitted.sluice.dev 2',
      'validate-pods.sluice.dev 3',
      'validate-specs.sluice.dev 7',
      'validate-stored-only.sluice.dev 2',
      'validate-bindings.sluice.dev 2',
      'validate-namespaces.sluice.dev 3',
    ]);
    expect(objects.map((object) => stringAt(object, ['metadata', 'name']))).to.deep.equal(['sluice', 'sluice']);
  });

  for (const webhook of entries) {
    const members = membersOf(webhook);
    const [row] = members;
    it(`are narrow, quick and lawful: ${row?.entry}`, () => {
      expect(webhook).to.deep.include({
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: row?.failureMode === 'allow' ? 'Ignore' : 'Fail',
        matchPolicy: 'Equivalent',
      });
      const isMutating = row?.phase === 'mutate';
      expect(memberAt(webhook, 'timeoutSeconds'))
        .to.equal(row?.timeoutSeconds)
        .and.to.be.at.most(isMutating ? 3 : 5);
      expect(memberAt(webhook, 'reinvocationPolicy')).to.equal(isMutating ? 'IfNeeded' : undefined);
      const expressions = arrayAt(webhook, 'namespaceSelector', 'matchExpressions');
      if (row?.selector === 'optedIn')
        expect(expressions).to.deep.include({ key: 'sluice.dev/admission', operator: 'In', values: ['enabled'] });
      expect(expressions.at(-1)).to.deep.include({ key: 'kubernetes.io/metadata.name', operator: 'NotIn' });
      expect(arrayAt(expressions.at(-1), 'values')).to.include.members(['kube-system', 'sluice-system']);
      expect(JSON.stringify(arrayAt(webhook, 'rules'))).to.not.include('*');
      expect(arrayAt(webhook, 'rules').map((rule) => arrayAt(rule, 'resources'))).to.deep.equal(
        members.map(({ resource }) => [resource]),
      );
      expect(arrayAt(webhook, 'matchConditions').length).to.be.at.most(1);
    });
  }

  it('point at a URL for a local run and at a Service in a cluster', () => {
    expect(memberAt(arrayAt(objects[0], 'webhooks')[0], 'clientConfig')).to.deep.equal({
      url: 'https://127.0.0.1:9443/mutate/mutate-jobs',
      caBundle: 'Q0E=',
    });
    const address = { kind: 'service', namespace: 'n', name: 's', port: 443 } as const;
    const served = configurations(REGISTRY, { ...OPTIONS, address }).validating;
    expect(memberAt(arrayAt(served, 'webhooks')[0], 'clientConfig', 'service')).to.deep.equal({
      namespace: 'n',
      name: 's',
      port: 443,
      path: '/validate/seal-jobs',
    });
  });

  it('know their own by their conditions, and those of earlier releases, which wrote each by itself', () => {
    const named = (...names: readonly string[]): JsonObject => ({
      webhooks: [{ name: 'x', matchConditions: names.map((name) => ({ name, expression: 'true' })) }],
    });
    expect(objects.map(isOwnConfiguration)).to.deep.equal([true, true]);
    expect(isOwnConfiguration(named('spec-may-have-changed', 'not-from-sluice'))).to.equal(true);
    expect(isOwnConfiguration(named('somebody-elses'))).to.equal(false);
  });

  it('keep what Sluice does most from being sent, whoever it is to this API server', () => {
    const { validating: local } = configurations(REGISTRY, { ...OPTIONS, worker: 'admin' });
    const excepted = arrayAt(local, 'webhooks').map((webhook) => [
      stringAt(webhook, ['name']),
      stringAt(arrayAt(webhook, 'matchConditions')[0], ['expression']).includes('"admin"'),
    ]);
    expect(excepted.filter(([, isExcepted]) => isExcepted).map(([name]) => name)).to.deep.equal([
      'validate-bindings.sluice.dev',
    ]);
  });

  const selectors = (selector: 'optedIn' | 'others' | 'everywhere'): unknown => {
    const row = admissionRow({
      id: 'x',
      phase: 'mutate',
      type: PODS,
      operations: ['CREATE'],
      selector,
      admit: () => UNCHANGED,
    });
    const [webhook] = arrayAt(configurations([row], OPTIONS).mutating, 'webhooks');
    return arrayAt(webhook, 'namespaceSelector', 'matchExpressions').map((one) =>
      ['key', 'operator'].map((key) => stringAt(one, [key])).join(' '),
    );
  };

  for (const [selector, want] of [
    ['optedIn', ['sluice.dev/admission In', 'kubernetes.io/metadata.name NotIn']],
    ['others', ['sluice.dev/admission NotIn', 'kubernetes.io/metadata.name NotIn']],
    ['everywhere', ['kubernetes.io/metadata.name NotIn']],
  ] as const) {
    it(`reach ${selector} by their selectors`, () => expect(selectors(selector)).to.deep.equal(want));
  }

  it('say nothing of conditions where a row has none, as the API server does when it is asked for them', () => {
    const row = admissionRow({
      id: 'all',
      phase: 'mutate',
      type: PODS,
      operations: ['CREATE'],
      admit: () => UNCHANGED,
    });
    const [webhook] = arrayAt(configurations([row], OPTIONS).mutating, 'webhooks');
    expect(webhook).to.not.have.property('matchConditions');
  });

  it('let pass what a row is not to stand in the way of, whatever was declared', () => {
    const row = admissionRow({
      id: 'x',
      phase: 'validate',
      type: PODS,
      operations: ['UPDATE'],
      failureMode: 'allow',
      timeoutSeconds: 1,
      admit: () => UNCHANGED,
    });
    const [webhook] = arrayAt(configurations([row], OPTIONS).validating, 'webhooks');
    expect(webhook).to.deep.include({ failurePolicy: 'Ignore', timeoutSeconds: 1 });
  });

  it('are written to the manifests as they are generated', async () => {
    for (const [path, text] of await outputs()) {
      expect(await readFile(new URL(`../../${path}`, import.meta.url), 'utf8'), path).to.equal(text);
    }
  });
});
