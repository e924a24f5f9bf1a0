import { expect } from 'chai';
import { VALIDATING_WEBHOOKS } from '../../src/api/resources.ts';
import type { ResourceType } from '../../src/api/resources.ts';
import { freePort } from '../control-plane/free-port.ts';
import type { KubectlResult } from '../control-plane/kubectl.ts';
import { startControlPlane } from '../control-plane/launch.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import { History } from './support/history.ts';
import { applied, inNamespace, job, optedInNamespace, pod, stampOf } from './support/manifest.ts';
import type { Manifest } from './support/manifest.ts';
import { definitionOf } from './support/definition.ts';
import { OtherWebhook } from './support/other-webhook.ts';
import { SluiceProcess } from './support/sluice-process.ts';

const TEAM = 'team';
const TRAINING: ResourceType = {
  group: 'kubeflow.org',
  version: 'v1',
  plural: 'pytorchjobs',
  kind: 'PyTorchJob',
  namespaced: true,
};
const PODS = { group: '', resource: 'pods' };
const JOBS = { group: 'batch', resource: 'jobs' };

describe('another webhook that comes after ours', function () {
  this.timeout(60_000);
  let plane: ControlPlane;
  let sluice: SluiceProcess;
  let others: readonly OtherWebhook[];
  let history: History;

  before(async () => {
    plane = await startControlPlane();
    sluice = await SluiceProcess.start({
      kubeconfig: plane.kubeconfigPath,
      install: true,
      webhookPort: await freePort(),
    });
    const taken = [{ op: 'replace', path: '/spec/schedulerName', value: 'default-scheduler' }] as const;
    const forged = [
      { op: 'add', path: '/metadata/annotations/sluice.dev~1group-plan', value: '{"version":1}' },
    ] as const;
    others = await Promise.all([
      OtherWebhook.start([PODS], taken, 'Never'),
      OtherWebhook.start([PODS], taken, 'IfNeeded'),
      OtherWebhook.start([JOBS, { group: TRAINING.group, resource: TRAINING.plural }], forged, 'IfNeeded'),
    ]);
    const [never, ifNeeded, plans] = others.map(({ configuration }) => configuration);
    await applied(plane, definitionOf(TRAINING), optedInNamespace(TEAM), never ?? {}, ifNeeded ?? {}, {
      ...plans,
      metadata: { name: 'z-plans' },
    });
    history = await History.start(plane, [VALIDATING_WEBHOOKS]);
    await history.until('the kind is hooked', () =>
      JSON.stringify(history.all(VALIDATING_WEBHOOKS)).includes('pytorchjobs') ? true : undefined,
    );
  });

  after(async () => {
    await history?.stop();
    await Promise.all((others ?? []).map((other) => other.stop()));
    await sluice?.stop();
    await plane?.stop();
  });

  it('and changes a pod once: Sluice is asked again and puts it right', async () => {
    const { stdout, stderr, code } = await dryRun(pod('once', { labels: { tamper: 'Never' } }));
    expect(code, stderr).to.equal(0);
    expect(stampOf(JSON.parse(stdout))).to.include({ scheduler: 'sluice', queue: 'default' });
  });

  it('and has the last word on a pod: the seal is broken, and the pod refused', async () => {
    const { stderr, code } = await dryRun(pod('twice', { labels: { tamper: 'IfNeeded' } }));
    expect(code).to.equal(1);
    expect(stderr).to.match(/seal-pods\.sluice\.dev.*spec\.schedulerName.*\(SealBroken\)/);
  });

  it('and has the last word on the plan of a Job: refused', async () => {
    const { stderr, code } = await dryRun(
      job('forged', 1, { labels: { tamper: 'IfNeeded' }, annotations: { 'example.com/own': 'x' } }),
    );
    expect(code).to.equal(1);
    expect(stderr).to.match(/seal-jobs\.sluice\.dev.*\(SealBroken\)/);
  });

  it("and has the last word on the plan of an operator's object: refused", async () => {
    const { stderr, code } = await dryRun(training({ tamper: 'IfNeeded' }));
    expect(code).to.equal(1);
    expect(stderr).to.match(/seal-roots\.sluice\.dev.*group-plan.*\(SealBroken\)/);
  });

  it('and is not there for others: they pass', async () => {
    for (const object of [job('plain', 1), pod('plain'), training({})]) {
      const { code, stderr } = await dryRun(object);
      expect(code, stderr).to.equal(0);
    }
  });

  function training(labels: object): Manifest {
    const template = { spec: { containers: [{ name: 'main', image: 'main' }] } };
    const spec = { pytorchReplicaSpecs: { Worker: { replicas: 2, template } } };
    return { apiVersion: 'kubeflow.org/v1', kind: 'PyTorchJob', metadata: { name: 'mnist', labels }, spec };
  }

  function dryRun(object: Manifest): Promise<KubectlResult> {
    const args = ['create', '--dry-run=server', '-o', 'json', '-f', '-'];
    return plane.kubectl(args, JSON.stringify(inNamespace(TEAM, object)));
  }
});
