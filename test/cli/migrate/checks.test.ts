import { expect } from 'chai';
import { customResourceDefinition } from '../../../src/api/kinds/crd.ts';
import { KINDS } from '../../../src/api/kinds/kinds.ts';
import { volcanoObjects } from '../../../examples/quickstart/volcano-objects.ts';
import type { ConfigurationFact, Read } from '../../../src/cli/doctor/facts.ts';
import { exitCode } from '../../../src/cli/doctor/finding.ts';
import { checkMigration } from '../../../src/cli/migrate/checks.ts';
import type { MigrationFacts } from '../../../src/cli/migrate/facts.ts';
import { arrayAt, isJsonObject, objectAt, stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { volcanoDeployments, volcanoPolicies, volcanoWebhooks } from '../../support/volcano-install.ts';

const HOME = 'volcano-system';
const NOW = '2026-01-01T00:00:00Z';
const UNREAD: Read<never> = { kind: 'unread', why: 'forbidden' };

/** An installation as the chart makes it, with some work. */
function installed(): MigrationFacts {
  return {
    deployments: read(volcanoDeployments('v', HOME)),
    configurations: read(facts(volcanoWebhooks('v', HOME))),
    bindings: read([]),
    backup: read(undefined),
    namespace: read({ metadata: { name: HOME } }),
    service: read({}),
    secret: read({}),
    configMaps: read(configMaps({})),
    definitions: read(definitions({})),
    queues: read([{ metadata: { name: 'default' } }]),
    groups: read([
      { status: { phase: 'Running' } },
      { status: { phase: 'Pending' } },
      { status: { phase: 'Running' } },
    ]),
    jobs: read([{ status: { state: { phase: 'Completed' } } }]),
    pods: read(['Running', 'Failed'].map((phase) => ({ spec: { schedulerName: 'volcano' }, status: { phase } }))),
  };
}

const NOTHING = { deployments: read([]), configurations: read([]) };

function told(facts: Partial<MigrationFacts>): readonly string[] {
  return checkMigration({ ...installed(), ...facts }).map(
    ({ level, check, message }) => `${level} ${check}: ${message}`,
  );
}

describe('the check before a migration from Volcano', () => {
  it('says what is there, and that nothing stands in the way', () => {
    expect(told({})).to.deep.equal([
      'well volcano: volcano-system/v-scheduler has 1 replicas: it is scaled to 0',
      'well volcano: volcano-system/v-controllers has 2 replicas: it is scaled to 0',
      'well volcano: volcano-system/v-admission has 1 replicas: it is scaled to 0',
      'well names: pods that name the scheduler volcano are placed by Sluice',
      ...['scheduler', 'admission', 'controller', 'sharding'].map(
        (one) => `well settings: ConfigMap volcano-system/v-${one}-configmap: all of it is taken`,
      ),
      'well webhooks: 2 webhook configurations ask Volcano: they are set aside',
      `well kinds: ${volcanosKinds().length} kinds of Volcano stay, with their objects`,
      'well work: 1 queues',
      'well work: 3 groups (1 Pending, 2 Running)',
      'well work: 1 Jobs of Volcano (1 Completed)',
      'well work: 1 pods of volcano (1 Running)',
      'well lost: nothing: objects stay, and what is changed is kept for --undo',
    ]);
  });

  it('names the bindings that put policies of Volcano in force, and no others', () => {
    const others = [
      { metadata: { name: 'ours' }, spec: { policyName: 'ours' } },
      {
        metadata: { name: 'w', annotations: { 'meta.helm.sh/release-name': 'w' } },
        spec: { policyName: 'volcano-job-mutation-policy' },
      },
    ].map((object) => ({ kind: 'ValidatingAdmissionPolicyBinding', object }));
    const helms = {
      kind: 'ValidatingAdmissionPolicyBinding',
      object: {
        metadata: {
          name: 'any',
          annotations: { 'meta.helm.sh/release-name': 'v', 'meta.helm.sh/release-namespace': HOME },
        },
        spec: { policyName: 'p' },
      },
    };
    const theirs = volcanoPolicies()
      .map((object) => ({ kind: stringAt(object, ['kind']), object }))
      .filter(({ kind }) => kind.endsWith('Binding'));
    const lines = told({ bindings: read([...others, helms, ...theirs]) }).filter((line) =>
      line.includes(' policies: '),
    );
    expect(lines.map((line) => line.split(' puts ')[0])).to.deep.equal([
      'well policies: MutatingAdmissionPolicyBinding volcano-job-mutation-binding',
      'well policies: ValidatingAdmissionPolicyBinding any',
      'well policies: ValidatingAdmissionPolicyBinding job-validation-policy-binding',
    ]);
  });

  const rows: readonly (readonly [name: string, facts: Partial<MigrationFacts>, exit: number, want: RegExp])[] = [
    ['no Volcano', { ...NOTHING, definitions: read([]) }, 0, /^note volcano: no Volcano is installed/],
    [
      'a Deployment of others',
      { ...NOTHING, deployments: read([foreign('x-scheduler')]) },
      0,
      /^note volcano: no Volcano/,
    ],
    [
      'two of them',
      { deployments: read([...volcanoDeployments('v', HOME), ...volcanoDeployments('w', 'other')]) },
      1,
      /^wrong volcano: it is installed more than once: volcano-system\/v, other\/w/,
    ],
    [
      'one without controllers',
      { deployments: read(volcanoDeployments('v', HOME).toSpliced(1, 1)) },
      0,
      /^note volcano: there is no Deployment volcano-system\/v-controllers/,
    ],
    [
      'a scheduler of agents',
      { deployments: read([...volcanoDeployments('v', HOME), foreign('v-agent-scheduler', 'vc-agent-scheduler:1')]) },
      0,
      /^note volcano: a\/v-agent-scheduler is left as it is/,
    ],
    [
      'another name of its scheduler',
      { deployments: read(volcanoDeployments('v', HOME, ['--scheduler-name=volcano', '--scheduler-name=special'])) },
      1,
      /^wrong names: Volcano places pods that name the scheduler special/,
    ],
    [
      'a flag that Sluice does not have',
      {
        deployments: read(volcanoDeployments('v', HOME, ['--default-queue=default', '--node-selector', 'pool:batch'])),
      },
      0,
      /^note flags: --node-selector=pool:batch of the scheduler is not read/,
    ],
    [
      'a plugin that is not supported',
      { configMaps: read(configMaps({ scheduler: 'actions: "allocate"\ntiers: [{plugins: [{name: nodelock}]}]' })) },
      0,
      /^note settings: .*v-scheduler-configmap, not taken as it is: .*"nodelock"/,
    ],
    [
      'an action that nobody knows',
      { configMaps: read(configMaps({ scheduler: 'actions: "dance"' })) },
      1,
      /^wrong settings: .*v-scheduler-configmap is refused: actions.*"dance"/,
    ],
    [
      'resource groups with mistakes',
      { configMaps: read(configMaps({ admission: 'resourceGroups: [{object: {key: namespace}}]' })) },
      1,
      /^wrong settings: .*v-admission-configmap is refused: resourceGroups\[0\]\.resourceGroup/,
    ],
    [
      'topologies from elsewhere',
      {
        configMaps: read(
          configMaps({ controller: 'networkTopologyDiscovery: [{source: ufm, enabled: true, config: {endpoint: x}}]' }),
        ),
      },
      0,
      /^note settings: .*v-controller-configmap, not taken as it is: .*"ufm"/,
    ],
    [
      'sharding without schedulers',
      { configMaps: read(configMaps({ sharding: 'schedulerConfigs: []' })) },
      1,
      /^wrong settings: .*v-sharding-configmap is refused/,
    ],
    ['no ConfigMaps', { configMaps: read([]) }, 0, /^note settings: there is no ConfigMap .*v-scheduler-configmap/],
    [
      'objects in a version that Sluice does not have',
      { definitions: read(definitions({ stored: 'v1alpha1' })) },
      1,
      /^wrong kinds: queues\.\S+ has objects in the version v1alpha1/,
    ],
    [
      'a kind that Sluice does not know',
      {
        definitions: read([
          ...definitions({}),
          { metadata: { name: 'x.new.volcano.sh' }, spec: { group: 'new.volcano.sh' } },
        ]),
      },
      0,
      /^note kinds: x\.new\.volcano\.sh stays/,
    ],
    [
      'a namespace that is being deleted',
      { namespace: read({ metadata: { name: HOME, deletionTimestamp: NOW } }) },
      1,
      /^wrong namespace: volcano-system is being deleted: what is set aside cannot be kept there/,
    ],
    ['a namespace that is gone', { namespace: read(undefined) }, 1, /^wrong namespace: volcano-system is gone/],
    [
      'kinds without an installation',
      { ...NOTHING, queues: read([queue('bad', { weight: 0 })]) },
      0,
      /^note volcano: no Volcano is installed\nnote queues: queue bad stays as it is/,
    ],
    [
      'policies that a Volcano which is gone has left in force',
      {
        ...NOTHING,
        bindings: read(facts(volcanoPolicies().filter((one) => stringAt(one, ['kind']).endsWith('Binding')))),
      },
      0,
      /^note policies: MutatingAdmissionPolicyBinding \S+ still puts volcano-job-mutation-policy of Volcano in force/m,
    ],
    [
      'webhooks whose Deployments are gone',
      { deployments: read([]) },
      0,
      /^note volcano: there is no Deployment volcano-system\/v-scheduler/,
    ],
    [
      'webhooks whose Service is gone',
      { service: read(undefined) },
      0,
      /^note webhooks: Service volcano-system\/v-admission-service is not there: what Volcano is asked about is refused/,
    ],
    [
      'a server of webhooks without its Secret',
      { secret: read(undefined) },
      0,
      /^note webhooks: Secret volcano-system\/v-admission-secret is not there: Volcano's webhooks cannot start/,
    ],
    [
      'webhooks of an installation before',
      { configurations: read(facts(volcanoWebhooks('old', 'elsewhere'))) },
      1,
      /^wrong webhooks: MutatingWebhookConfiguration \S+ asks elsewhere\/old-admission-service, of another installation/,
    ],
    [
      'a Deployment that is being deleted',
      { deployments: read(volcanoDeployments('v', HOME).map(going)) },
      0,
      /^note volcano: volcano-system\/v-scheduler is being deleted: --undo cannot bring it back/,
    ],
    [
      'kinds that are being deleted',
      { definitions: read(definitions({}).map(going)) },
      1,
      /^wrong kinds: \S+\.volcano\.sh is being deleted, with all its objects/,
    ],
    [
      'queues with fields that Sluice refuses',
      { queues: read([queue('bad', { weight: 0 })]) },
      0,
      /^note queues: queue bad stays as it is, and is refused when it is changed: spec\.weight: /,
    ],
    [
      'queues below one that is not there',
      { queues: read([queue('lost', { parent: 'nowhere' })]) },
      0,
      /^note queues: queue lost stays as it is, .*spec\.parent: "nowhere"/,
    ],
    [
      'Jobs that wait for finalizers of others',
      {
        jobs: read(
          ['a', 'b', 'c', 'd', 'e'].map((name) =>
            going({ metadata: { name, namespace: 'team', finalizers: ['example.org/keep', 'foregroundDeletion'] } }),
          ),
        ),
      },
      0,
      /^note work: 5 Jobs of Volcano are being deleted and wait for example.org\/keep: team\/a, team\/b, team\/c, and 2 more/,
    ],
    ['a namespace that may not be read', { namespace: UNREAD }, 3, /^unknown namespace: cannot be looked at/],
    ['a Secret that may not be read', { secret: UNREAD }, 3, /^unknown webhooks: cannot be looked at/],
    [
      'Deployments that may not be read',
      { deployments: UNREAD },
      3,
      /^unknown volcano: cannot be looked at: forbidden/,
    ],
    ['webhooks that may not be read', { configurations: UNREAD }, 3, /^unknown webhooks: cannot be looked at/],
    ['a copy that may not be read', { backup: UNREAD }, 3, /^unknown webhooks: cannot be looked at/],
    ['ConfigMaps that may not be read', { configMaps: UNREAD }, 3, /^unknown settings: cannot be looked at/],
    ['pods that may not be read', { pods: UNREAD }, 3, /^unknown work: cannot be looked at/],
  ];
  for (const [name, facts, exit, want] of rows) {
    it(`tells of ${name}`, () => {
      const changed = told(facts).filter((line) => !line.startsWith('well'));
      expect(changed.join('\n')).to.match(want);
      expect(exitCode(checkMigration({ ...installed(), ...facts }))).to.equal(exit);
    });
  }
});

function queue(name: string, spec: JsonObject): JsonObject {
  return { metadata: { name }, spec };
}

function going(object: JsonObject): JsonObject {
  return { ...object, metadata: { ...objectAt(object, 'metadata'), deletionTimestamp: NOW } };
}

function facts(objects: readonly JsonObject[]): readonly ConfigurationFact[] {
  return objects.map((object) => ({ kind: stringAt(object, ['kind']), object }));
}

function read<T>(value: T): Read<T> {
  return { kind: 'read', value };
}

function configMaps(texts: Readonly<Record<string, string>>): readonly JsonObject[] {
  const all = volcanoObjects('v').filter((one): one is JsonObject => isJsonObject(one) && one['kind'] === 'ConfigMap');
  return all.map((object) => {
    const text = Object.entries(texts).find(([part]) => stringAt(object, ['metadata', 'name']).includes(part))?.[1];
    const data = Object.entries(objectAt(object, 'data')).map(([key, value]) => [key, text ?? value] as const);
    return { ...object, data: Object.fromEntries(data) };
  });
}

function volcanosKinds(): readonly JsonObject[] {
  return KINDS.map((kind) => customResourceDefinition(kind)).filter((one) =>
    stringAt(one, ['spec', 'group']).endsWith('.volcano.sh'),
  );
}

/** As this release has them, the queues' stored in a version more. */
function definitions({ stored }: { readonly stored?: string }): readonly JsonObject[] {
  return volcanosKinds().map((found) => {
    const served = arrayAt(found, 'spec', 'versions').map((one) => stringAt(one, ['name']));
    const more = stored !== undefined && stringAt(found, ['metadata', 'name']).startsWith('queues.') ? [stored] : [];
    return { ...found, status: { storedVersions: [...served, ...more] } };
  });
}

function foreign(name: string, image = 'other:1'): JsonObject {
  const template = { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'main', image }] } };
  return { metadata: { name, namespace: 'a' }, spec: { replicas: 1, template } };
}
