import { join } from 'node:path';
import { expect } from 'chai';
import { OLDEST_RELEASE } from '../../src/api/kubernetes-release.ts';
import { JOBS, PODS } from '../../src/api/resources.ts';
import { stringAt } from '../../src/lib/json.ts';
import { ROOT } from '../../tools/run-node.ts';
import { freePort } from '../control-plane/free-port.ts';
import { startControlPlane } from '../control-plane/launch.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import { History } from './support/history.ts';
import { applied, inNamespace, job, optedInNamespace } from './support/manifest.ts';
import { reached } from './support/reached.ts';
import { runSluice, SluiceProcess } from './support/sluice-process.ts';

const TEAM = 'team';
/** An API server can act as one of an older release does: its kinds, fields and expressions are those of that. */
const AS_OLDEST = [
  `--emulated-version=kube=1.${OLDEST_RELEASE}`,
  // What a cluster may have switched off, and Sluice does without.
  '--runtime-config=resource.k8s.io/v1=false,autoscaling/v1=false,autoscaling/v2=false',
];

describe(`on an API server that acts as Kubernetes 1.${OLDEST_RELEASE}`, function () {
  this.timeout(120_000);
  let plane: ControlPlane;
  let sluice: SluiceProcess;
  let history: History;

  before(async () => {
    plane = await startControlPlane({ extraArgs: { 'kube-apiserver': AS_OLDEST } });
    const webhookPort = await freePort();
    const started = SluiceProcess.start({ kubeconfig: plane.kubeconfigPath, install: true, webhookPort });
    await plane.applyNodes([{ count: 1, cpu: '8', memory: '32Gi' }]);
    history = await History.start(plane, [JOBS, PODS]);
    sluice = await started;
  });

  after(async () => {
    await history?.stop();
    await sluice?.stop();
    await plane?.stop();
  });

  it('has every object of the installation accepted', async () => {
    const apply = ['apply', '--server-side', '--force-conflicts', '--dry-run=server'];
    const { code, stderr } = await plane.kubectl([...apply, '-f', join(ROOT, 'manifests/install.yaml')]);
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
  });

  it('reviews a Job and places its gang', async () => {
    await applied(plane, optedInNamespace(TEAM));
    await applied(plane, inNamespace(TEAM, job('train', 3)));
    const placed = (): number => history.all(PODS).filter((pod) => stringAt(pod, ['spec', 'nodeName']) !== '').length;
    await reached(() => placed() === 3);
  });

  it('is told by the doctor, who finds nothing wrong', async () => {
    const { code, stdout, stderr } = await runSluice(['doctor', '--kubeconfig', plane.kubeconfigPath]);
    expect(code, `${stdout}${stderr}`).to.equal(0);
    expect(stdout).to.include(`the API server is of 1.${OLDEST_RELEASE}, which Sluice is made for`);
  });
});
