import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { compileExpression } from '../../src/cel/expression.ts';
import { arrayAt, memberAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { exportVap } from '../../src/cli/policy/vap/export-vap.ts';
import { policyText, QUEUE_TEXT, scene } from '../cli/policy/fixture.ts';
import type { Scene } from '../cli/policy/fixture.ts';
import { startControlPlane } from '../control-plane/launch.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import type { KubectlResult } from '../control-plane/kubectl.ts';
import { applied, optedInNamespace } from './support/manifest.ts';

const POLICIES =
  QUEUE_TEXT +
  policyText(
    'gpus',
    `
  match: {selector: {matchLabels: {app: x}}, namespaces: {selector: {matchLabels: {sluice.dev/admission: enabled}}}}
  exclude: {users: [ann]}
  set:
    queue: {name: blue, onConflict: RejectOnConflict}
    tolerations: {ensure: [{key: gpu, operator: Equal, value: a, effect: NoSchedule}]}
    nodeRequirements: {all: [{key: gpu.product, operator: In, values: [A100, H100]}, {key: old, operator: DoesNotExist}]}
    annotations: {values: {example.com/note: y}}
  onMissingReference: Deny`,
  ) +
  policyText(
    'gate',
    '{match: {objects: [{group: "", resource: pods}]}, set: {schedulingGate: {name: example.com/ready}}}',
  );

const CONTAINERS = 'restartPolicy: Never, containers: [{name: c, image: none}]';
const OBJECTS: Readonly<Record<string, string>> = {
  Pod: `{apiVersion: v1, kind: Pod, metadata: {name: one, namespace: team-a, labels: {app: x}}, spec: {${CONTAINERS}}}`,
  Job: `{apiVersion: batch/v1, kind: Job, metadata: {name: one, namespace: team-a}, spec: {template: {metadata: {labels: {app: x}}, spec: {${CONTAINERS}}}}}`,
  CronJob: `{apiVersion: batch/v1, kind: CronJob, metadata: {name: one, namespace: team-a}, spec: {schedule: "0 0 * * *", jobTemplate: {spec: {template: {metadata: {labels: {app: x}}, spec: {${CONTAINERS}}}}}}}`,
  Deployment: `{apiVersion: apps/v1, kind: Deployment, metadata: {name: one, namespace: team-a}, spec: {selector: {matchLabels: {app: x}}, template: {metadata: {labels: {app: x}}, spec: {containers: [{name: c, image: none}]}}}}`,
};

const ASKED: JsonObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'train-0', namespace: 'other', labels: { 'app.kubernetes.io/name': 'train' } },
  spec: {
    priority: 0,
    containers: [
      {
        name: 'a',
        image: 'none',
        resources: { limits: { 'nvidia.com/gpu': '8' }, requests: { 'nvidia.com/gpu': '8' } },
      },
      { name: 'b', image: 'none', env: [{ name: 'E', value: 'x' }] },
    ],
  },
};

/** One for each part of the language that a review can meet. */
const EXPRESSIONS: readonly string[] = [
  'object.metadata.name == "train-0" && request.operation in ["CREATE", "UPDATE"]',
  'object.metadata.labels["app.kubernetes.io/name"].startsWith("tr")',
  '"app" in object.metadata.labels',
  'has(object.metadata.labels) && !has(object.metadata.generateName)',
  'object.spec.containers.exists(c, has(c.resources) && has(c.resources.limits) && "nvidia.com/gpu" in c.resources.limits)',
  'object.spec.containers.all(c, has(c.env))',
  'object.spec.containers.exists_one(c, has(c.env) && c.env.exists(e, e.name == "E"))',
  'object.spec.containers.map(c, c.name) == ["a", "b"]',
  'object.spec.containers.map(c, has(c.env), c.name)[0] == "b"',
  'object.spec.containers.filter(c, c.name != "a").size() == 1 && size(object.spec.containers) == 2',
  'object.metadata.name.matches("^t[a-z]+-[0-9]$") && !object.metadata.name.matches("^rain")',
  'object.metadata.name.contains("ain") && object.metadata.name.endsWith("-0")',
  'quantity(object.spec.containers[0].resources.limits["nvidia.com/gpu"]).isGreaterThan(quantity("4"))',
  'quantity("1Gi") == quantity("1024Mi") && quantity("500m").compareTo(quantity("0.5")) == 0',
  'isQuantity("1.5k") && !isQuantity("many") && quantity("1").isLessThan(quantity("1001m"))',
  '7 / 2 == 3 && -7 / 2 == -3 && -7 % 3 == -1 && 7.0 / 2.0 == 3.5',
  'int("12") + 3 == 15 && int(-1.9) == -1 && string(1.5) == "1.5" && double("1e3") == 1000.0 && bool("t")',
  'dyn(1) == 1.0 && dyn(1) != "1" && dyn(1) < 1.5',
  'object.spec.priority == 0 && object.spec.priority + 1 > 0',
  '!(false && 1 / 0 == 1) && (1 / 0 == 1 || true)',
  '[3, 2, 1].exists(x, 6 / (x - 2) == 6) && ![1, 2].all(x, x > 1)',
  '{"a": [1, 2]}.a[1] == 2 && {"a": 1} == {"a": 1} && {1: "x"}[1] == "x"',
  '"\\u00c4".size() == 1 && "\\U0001F600".size() == 1 && "\\uffff" < "\\U0001F600" && r"\\n".size() == 2',
  'object.metadata.name.startsWith("x") ? false : object.spec.containers[1].name == "b"',
  '0x1f == 31 && 1e3 == 1000.0 && "a" + \'b\' == """ab""" && [1] + [2] == [1, 2]',
];

/** A policy of the API server whose refusal tells what the expressions answer. */
function asked(expressions: readonly string[]): readonly object[] {
  const api = { apiVersion: 'admissionregistration.k8s.io/v1', metadata: { name: 'asked' } };
  const answers = expressions.map((expression) => `string(${expression})`).join(', ');
  const resourceRules = [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] }];
  const matchConstraints = {
    resourceRules,
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'other' } },
  };
  const validations = [{ expression: 'false', messageExpression: `"answers: " + [${answers}].join(",")` }];
  return [
    { ...api, kind: 'ValidatingAdmissionPolicy', spec: { failurePolicy: 'Fail', matchConstraints, validations } },
    { ...api, kind: 'ValidatingAdmissionPolicyBinding', spec: { policyName: 'asked', validationActions: ['Deny'] } },
  ];
}

describe('policies as the API server keeps them, with no webhook there', function () {
  this.timeout(120_000);
  let plane: ControlPlane;

  before(async () => {
    plane = await startControlPlane();
    await applied(plane, optedInNamespace('team-a'), {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'other' },
    });
    const { objects, leftOut } = exportVap(scene(POLICIES).book.entries);
    expect(leftOut).to.deep.equal([]);
    await applied(plane, ...objects);
    await untilKept();
  });

  after(() => plane?.stop());

  function worldOf(kind: string): Scene {
    return scene(`${POLICIES}---\n${OBJECTS[kind]}\n`);
  }

  function create(object: JsonObject, ...args: readonly string[]): Promise<KubectlResult> {
    return plane.kubectl(['create', '--dry-run=server', '-f', '-', ...args], JSON.stringify(object));
  }

  /** The API server follows its policies within about a second. */
  async function untilKept(): Promise<void> {
    const kinds = Object.keys(OBJECTS).flatMap((kind) => worldOf(kind).objects);
    for (const object of kinds) {
      for (let round = 0; round < 300 && (await create(object)).code === 0; round += 1) await sleep(100);
    }
  }

  for (const kind of Object.keys(OBJECTS)) {
    it(`are broken by a ${kind} that nobody has seen`, async () => {
      const { code, stderr } = await create(worldOf(kind).objects[0] ?? {});
      expect(code).to.equal(1);
      expect(stderr).to.match(/ValidatingAdmissionPolicy 'sluice\.(gpus|gate)\.\w+' .*policy (gpus|gate): /);
    });

    it(`are kept by a ${kind} as the webhooks leave it`, async () => {
      const [report] = await worldOf(kind).reports();
      expect(report?.outcome).to.equal('pass');
      const { code, stderr } = await create(report?.result ?? {});
      expect(code, stderr).to.equal(0);
    });
  }

  const elsewhere: readonly (readonly [
    what: string,
    change: (pod: JsonObject) => JsonObject,
    args: readonly string[],
  ])[] = [
    ['of a namespace that has not opted in', (job) => ({ ...job, metadata: { name: 'one', namespace: 'other' } }), []],
    ['of somebody who is excluded', (job) => job, ['--as', 'ann', '--as-group', 'system:masters']],
    [
      'with another label',
      (job) => JSON.parse(JSON.stringify(job).replaceAll('"app":"x"', '"app":"y"')) as JsonObject,
      [],
    ],
  ];
  for (const [what, change, args] of elsewhere) {
    it(`are not about a Job ${what}`, async () => {
      const { code, stderr } = await create(change(worldOf('Job').objects[0] ?? {}), ...args);
      expect(code, stderr).to.equal(0);
    });
  }

  it('leave the pods alone that controllers make', async () => {
    const [report] = await worldOf('Job').reports();
    await applied(plane, report?.result ?? {});
    const args = ['-n', 'team-a', 'get', 'pods', '-l', 'batch.kubernetes.io/job-name=one', '-o', 'name'];
    let names = '';
    for (let round = 0; round < 300 && names === ''; round += 1) {
      names = (await plane.kubectl(args)).stdout;
      if (names === '') await sleep(100);
    }
    expect(names).to.match(/^pod\/one-/);
  });

  it('are asked in a language that gives the same answers here and there', async () => {
    const ours = EXPRESSIONS.map((text) => {
      const expression = compileExpression(text, ['object', 'request']);
      if (expression.kind === 'errors') return `${text}: ${expression.errors[0]?.message}`;
      const answer = expression.evaluate({ object: ASKED, request: { operation: 'CREATE', namespace: 'other' } });
      return typeof answer === 'boolean' ? String(answer) : answer.error;
    });
    await applied(plane, ...asked(EXPRESSIONS));
    let told: readonly string[] = [];
    for (let round = 0; round < 300 && told.length === 0; round += 1) {
      const { stderr } = await create(ASKED);
      told = /answers: ([a-z,]+)/.exec(stderr)?.[1]?.split(',') ?? [];
      if (told.length === 0) await sleep(100);
    }
    const differing = EXPRESSIONS.filter((_, index) => told[index] !== ours[index]);
    expect(differing, JSON.stringify({ told, ours })).to.deep.equal([]);
  });

  it('have no expression that the API server warns of', async () => {
    const { stdout } = await plane.kubectl(['get', 'validatingadmissionpolicies', '-o', 'json']);
    const exported = arrayAt(JSON.parse(stdout), 'items').filter((policy) =>
      stringAt(policy, ['metadata', 'name']).startsWith('sluice.'),
    );
    const warnings = exported.map((policy) => memberAt(policy, 'status', 'typeChecking', 'expressionWarnings'));
    expect(warnings.length).to.be.above(3);
    expect(warnings.filter((warning) => warning !== undefined)).to.deep.equal([]);
  });
});
