import { expect } from 'chai';
import fc from 'fast-check';
import { compileExpression } from '../../../src/cel/expression.ts';
import type { Bindings } from '../../../src/cel/expression.ts';
import { exportVap } from '../../../src/cli/policy/vap/export-vap.ts';
import { offlineCluster } from '../../../src/cli/policy/offline-cluster.ts';
import { reviewedType } from '../../../src/cli/policy/reviewed-types.ts';
import { arrayAt, isJsonObject, memberAt, stringAt } from '../../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../../src/lib/json.ts';
import { jobText, policyText, QUEUE_TEXT, scene } from './fixture.ts';
import type { Scene } from './fixture.ts';

const CLASS_TEXT = '---\napiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: high}\nvalue: 1\n';
const VARIABLES = ['object', 'oldObject', 'request', 'namespaceObject', 'variables'];

function evaluated(text: string, bindings: Bindings): boolean {
  const expression = compileExpression(text, VARIABLES);
  if (expression.kind === 'errors') throw new Error(`${text}: ${JSON.stringify(expression.errors)}`);
  const answer = expression.evaluate(bindings);
  if (typeof answer !== 'boolean') throw new Error(`${text}: ${answer.error}`);
  return answer;
}

/** The messages of all exported policies that would refuse the object, as the API server asks them. */
function refusals(policies: readonly JsonObject[], object: JsonObject, { world }: Scene): readonly string[] {
  const type = reviewedType(object);
  const namespace = stringAt(object, ['metadata', 'namespace']);
  const labels = offlineCluster(world.context, [namespace]).labelsOf(namespace);
  const { name: username, groups } = world.user;
  const bindings: Bindings = {
    object,
    oldObject: null,
    namespaceObject: { metadata: { name: namespace, labels } },
    request: { namespace, operation: 'CREATE', userInfo: { username, groups: [...groups] } },
  };
  return policies.flatMap((policy) => {
    const rules = arrayAt(policy, 'spec', 'matchConstraints', 'resourceRules');
    const isAsked = rules.some(
      (rule) => arrayAt(rule, 'resources')[0] === type?.plural && arrayAt(rule, 'apiGroups')[0] === type?.group,
    );
    if (!isAsked) return [];
    const meant = evaluated(stringAt(arrayAt(policy, 'spec', 'variables')[0], ['expression']), bindings);
    return arrayAt(policy, 'spec', 'validations')
      .filter((one) => !evaluated(stringAt(one, ['expression']), { ...bindings, variables: { meant } }))
      .map((one) => stringAt(one, ['message']));
  });
}

function policiesOf({ book }: Scene): readonly JsonObject[] {
  return exportVap(book.entries).objects.filter((object) => object['kind'] === 'ValidatingAdmissionPolicy');
}

/** A pod as YAML. */
function podText(name: string, labels: string, spec = ''): string {
  return `---\napiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: team-a, labels: ${labels}}\nspec: {${spec}containers: [{name: c, image: i}]}\n`;
}

function cronJobText(name: string, labels: string): string {
  return `---\napiVersion: batch/v1\nkind: CronJob\nmetadata: {name: ${name}, namespace: team-a}\nspec: {schedule: "0 0 * * *", jobTemplate: {spec: {template: {metadata: {labels: ${labels}}, spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}}}}\n`;
}

describe('an exported policy', () => {
  const cases: readonly (readonly [set: string, message: string])[] = [
    ['queue: {name: blue, onConflict: Override}', 'the queue has to be blue'],
    ['queue: {name: blue}', 'a queue has to be named'],
    ['priorityClass: {name: high, onConflict: Override}', 'priorityClassName has to be high'],
    ['priorityClass: {name: high}', 'priorityClassName has to be set'],
    ['labels: {values: {colour: red}}', 'colour has to be among the labels'],
    ['annotations: {values: {note: x}, onConflict: Override}', 'the annotation note has to be x'],
    [
      'tolerations: {ensure: [{key: gpu, operator: Exists, effect: NoSchedule}]}',
      'the taint gpu:NoSchedule has to be tolerated',
    ],
    [
      'nodeRequirements: {all: [{key: gpu, operator: In, values: [A100, H100]}]}',
      'each term of the node affinity has to require gpu In A100 H100',
    ],
    ['schedulingGate: {name: example.com/g}', 'the scheduling gate example.com/g has to be there'],
  ];
  for (const [set, message] of cases) {
    const text = `${QUEUE_TEXT}${CLASS_TEXT}${policyText('p', `{match: {selector: {matchLabels: {app: x}}}, set: {${set}}, onMissingReference: Deny}`)}`;
    for (const [kind, object] of [
      ['a pod', podText('a', '{app: x}')],
      ['a Job', jobText('a', '{app: x}')],
      ['a CronJob', cronJobText('a', '{app: x}')],
    ] as const) {
      it(`refuses ${kind} that no webhook has seen, and lets it pass as they leave it: ${set}`, async () => {
        const all = scene(text + object);
        const [report] = await all.reports();
        const policies = policiesOf(all);
        expect(refusals(policies, all.objects[0] ?? {}, all)).to.deep.equal([`policy p: ${message}`]);
        expect(refusals(policies, report?.result ?? {}, all)).to.deep.equal([]);
      });
    }
    it(`is not about objects that the policy is not for: ${set}`, () => {
      const all = scene(text + jobText('a', '{app: y}') + podText('b', '{app: x}', 'schedulerName: other, '));
      for (const object of all.objects) expect(refusals(policiesOf(all), object, all)).to.deep.equal([]);
    });
  }

  const unsaid: readonly (readonly [spec: string, leftOut: string])[] = [
    ['{enforcement: DryRun, set: {queue: {name: blue}}}', 'p: spec.enforcement: a dry run writes nothing'],
    [
      '{match: {when: has(object.spec)}, set: {labels: {values: {a: b}}}}',
      'p: spec.match.when: it was asked about the object as it came, and the API server sees it as it became',
    ],
    [
      '{set: {gang: {minMembers: 2}}}',
      'p: spec.set.gang: how many start together is known from the plan that Sluice makes',
    ],
    [
      '{set: {runtimeClass: {name: kata}}, onMissingReference: Warn}',
      'p: spec.set.runtimeClass: what it names is left out where it does not exist; with onMissingReference: Deny it could be exported',
    ],
  ];
  for (const [spec, leftOut] of unsaid) {
    it(`is told not to be there: ${spec}`, () => {
      expect(exportVap(scene(policyText('p', spec)).book.entries)).to.deep.equal({ objects: [], leftOut: [leftOut] });
    });
  }

  it('warns where the policy only warns', () => {
    const { objects } = exportVap(
      scene(policyText('p', '{enforcement: Warn, set: {labels: {values: {a: b}}}}')).book.entries,
    );
    expect(memberAt(objects[1], 'spec', 'validationActions')).to.deep.equal(['Warn']);
  });

  const yaml = (value: JsonValue): string => JSON.stringify(value);
  const onConflict = fc.constantFrom('IfAbsent', 'Override', 'RejectOnConflict');
  const labels = fc.dictionary(fc.constantFrom('app', 'tier', 'colour'), fc.constantFrom('x', 'y', ''), { maxKeys: 3 });
  const requirement = fc.oneof(
    fc.record({
      key: fc.constantFrom('app', 'tier'),
      operator: fc.constantFrom('In', 'NotIn'),
      values: fc.constantFrom(['x'], ['x', 'y']),
    }),
    fc.record({ key: fc.constantFrom('app', 'tier'), operator: fc.constantFrom('Exists', 'DoesNotExist') }),
  );
  const clause = fc.record(
    {
      namespaces: fc.oneof(
        fc.record({ names: fc.constantFrom(['team-a'], ['team-b'], ['team-a', 'team-b']) }),
        fc.record({ selector: fc.constant({ matchLabels: { gold: 'yes' } }) }),
      ),
      selector: fc.record({ matchExpressions: fc.array(requirement, { minLength: 1, maxLength: 2 }) }),
      users: fc.constantFrom(['bob'], ['ann']),
      groups: fc.constantFrom(['dev'], ['ops']),
      objects: fc.constantFrom([{ group: 'batch', resource: '*' }], [{ group: '', resource: 'pods' }]),
    },
    { requiredKeys: [] },
  );
  const set = fc.record(
    {
      queue: fc.record({ name: fc.constantFrom('blue', 'default', 'none'), onConflict }),
      priorityClass: fc.record({ name: fc.constantFrom('high', 'none'), onConflict }),
      labels: fc.record({
        values: fc.dictionary(fc.constantFrom('colour', 'size'), fc.constantFrom('a', 'b'), { minKeys: 1 }),
        onConflict,
      }),
      annotations: fc.record({
        values: fc.dictionary(fc.constantFrom('note'), fc.constantFrom('a', 'b'), { minKeys: 1 }),
        onConflict,
      }),
      tolerations: fc.record({
        ensure: fc.array(
          fc.constantFrom<JsonObject>(
            { key: 'gpu', operator: 'Exists' },
            { key: 'gpu', operator: 'Equal', value: 'a', effect: 'NoSchedule' },
            { operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 60 },
          ),
          { minLength: 1, maxLength: 2 },
        ),
      }),
      nodeRequirements: fc.record({
        all: fc.array(
          fc.constantFrom<JsonObject>(
            { key: 'zone', operator: 'In', values: ['a', 'b'] },
            { key: 'gpu', operator: 'Exists' },
          ),
          { minLength: 1, maxLength: 2 },
        ),
      }),
      schedulingGate: fc.constant({ name: 'example.com/g' }),
    },
    { requiredKeys: [] },
  );
  const policy = fc
    .record({
      priority: fc.nat(3),
      match: clause,
      exclude: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: clause }),
      set: set.filter((one) => Object.keys(one).length > 0),
      onMissingReference: fc.constantFrom('Deny', 'Deny', 'Warn', 'Ignore'),
      enforcement: fc.constantFrom('Enforce', 'Enforce', 'Warn', 'DryRun'),
    })
    .map((spec) => yaml(spec as unknown as JsonValue));
  const podSpec = fc.record(
    {
      priorityClassName: fc.constantFrom('high', 'low'),
      tolerations: fc.constant([{ key: 'gpu', operator: 'Exists' }]),
      schedulerName: fc.constantFrom('sluice', 'other', 'default-scheduler'),
      affinity: fc.constant({
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: 'zone', operator: 'In', values: ['b', 'a'] }] },
              {},
              { matchExpressions: [] },
            ],
          },
        },
      }),
    },
    { requiredKeys: [] },
  );
  const metadata = fc.record({
    labels,
    annotations: fc.dictionary(fc.constantFrom('note', 'scheduling.k8s.io/group-name'), fc.constantFrom('a', 'mine'), {
      maxKeys: 2,
    }),
    queue: fc.constantFrom('', 'blue', 'default'),
  });
  const object = fc.record({
    kind: fc.constantFrom('Pod', 'Job', 'CronJob', 'Deployment'),
    own: metadata,
    pod: metadata,
    spec: podSpec,
  });

  it('never refuses what the webhooks let through, whatever the policies and the objects are', async function () {
    this.timeout(120_000);
    let checked = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(policy, { minLength: 1, maxLength: 4 }), object, async (specs, one) => {
        const all = scene(
          QUEUE_TEXT +
            CLASS_TEXT +
            '---\napiVersion: v1\nkind: Namespace\nmetadata: {name: team-a, labels: {gold: "yes", sluice.dev/admission: enabled}}\n' +
            specs.map((spec, index) => policyText(`p${index}`, spec)).join('') +
            `---\n${yaml(objectOf(one as unknown as ObjectParts))}\n`,
        );
        const [report] = await all.reports();
        if (report === undefined || report.outcome === 'fail' || report.outcome === 'error') return;
        checked += 1;
        expect(refusals(policiesOf(all), report.result, all)).to.deep.equal([]);
      }),
      { numRuns: 150 },
    );
    expect(checked).to.be.above(30);
  });
});

interface Parts {
  readonly labels: JsonObject;
  readonly annotations: JsonObject;
  readonly queue: string;
}

interface ObjectParts {
  readonly kind: string;
  readonly own: Parts;
  readonly pod: Parts;
  readonly spec: JsonObject;
}

function objectOf({ kind, own, pod, spec }: ObjectParts): JsonObject {
  const podSpec = { ...spec, restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] };
  const template = { metadata: metadataOf(pod), spec: podSpec };
  const metadata = { ...metadataOf(own), name: 'one', namespace: 'team-a' };
  switch (kind) {
    case 'Pod':
      return {
        apiVersion: 'v1',
        kind,
        metadata: { ...metadataOf(pod), name: 'one', namespace: 'team-a' },
        spec: podSpec,
      };
    case 'Job':
      return { apiVersion: 'batch/v1', kind, metadata, spec: { template } };
    case 'CronJob':
      return {
        apiVersion: 'batch/v1',
        kind,
        metadata,
        spec: { schedule: '0 0 * * *', jobTemplate: { spec: { template } } },
      };
    default:
      return { apiVersion: 'apps/v1', kind, metadata, spec: { selector: { matchLabels: { app: 'x' } }, template } };
  }
}

function metadataOf({ labels, annotations, queue }: Parts): JsonObject {
  if (!isJsonObject(labels)) throw new Error('labels are a map');
  return { labels: { ...labels, ...(queue === '' ? {} : { 'volcano.sh/queue-name': queue }) }, annotations };
}
