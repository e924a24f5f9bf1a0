import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { arrayAt, memberAt } from '../../src/lib/json.ts';
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

  it('have no expression that the API server warns of', async () => {
    const { stdout } = await plane.kubectl(['get', 'validatingadmissionpolicies', '-o', 'json']);
    const warnings = arrayAt(JSON.parse(stdout), 'items').map((policy) =>
      memberAt(policy, 'status', 'typeChecking', 'expressionWarnings'),
    );
    expect(warnings.length).to.be.above(3);
    expect(warnings.filter((warning) => warning !== undefined)).to.deep.equal([]);
  });
});
