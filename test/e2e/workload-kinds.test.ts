import { expect } from 'chai';
import { formatGroupPlan } from '../../src/api/group-plan.ts';
import { GROUP_ORIGIN_ANNOTATION, GROUP_PLAN_ANNOTATION } from '../../src/api/keys.ts';
import { projectPodGroup } from '../../src/api/projections/pod-group.ts';
import { CRDS, POD_GROUPS, PODS, qualifiedName } from '../../src/api/resources.ts';
import { numberAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { freePort } from '../control-plane/free-port.ts';
import { startControlPlane } from '../control-plane/launch.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import { makePlan } from '../support/controller-records.ts';
import { kindOf } from '../support/workload-kinds.ts';
import { definitionOf } from './support/definition.ts';
import { History } from './support/history.ts';
import { applied, inNamespace, job, optedInNamespace } from './support/manifest.ts';
import { grantTo } from './support/rights.ts';
import { SluiceProcess } from './support/sluice-process.ts';

const TEAM = 'team';
/** The garbage collector looks for new kinds every half minute. */
const COLLECTED_MS = 90_000;
const TORCH = kindOf('kubeflow.org', 'v1', 'PyTorchJob').type;

describe('workload kinds that come and go', function () {
  this.timeout(180_000);
  let plane: ControlPlane;
  let sluice: SluiceProcess;
  let history: History;
  let webhookPort: number;

  before(async () => {
    plane = await startControlPlane();
    webhookPort = await freePort();
    sluice = await SluiceProcess.start({
      kubeconfig: plane.kubeconfigPath,
      install: true,
      webhookPort,
    });
    history = await History.start(plane, [PODS, POD_GROUPS, CRDS]);
    await applied(plane, optedInNamespace(TEAM));
  });

  after(async () => {
    await history?.stop();
    await sluice?.stop();
    await plane?.stop();
  });

  function groupOf(name: string): JsonObject | undefined {
    return history
      .all(POD_GROUPS)
      .find((group) => stringAt(group, ['metadata', 'annotations', GROUP_ORIGIN_ANNOTATION]) === `PyTorchJob/${name}`);
  }

  function groupOfSize(name: string, size: number): Promise<JsonObject> {
    return history.until(`group of ${name} with ${size} members`, () => {
      const group = groupOf(name);
      return numberAt(group, ['spec', 'minMember'], 0) === size ? group : undefined;
    });
  }

  /** Lets the kind be served, and waits until objects of it are taken. */
  async function define(): Promise<void> {
    await applied(plane, definitionOf(TORCH));
    const { code, stderr } = await plane.kubectl([
      'wait',
      '--for=condition=Established',
      `crd/${qualifiedName(TORCH)}`,
      '--timeout=30s',
    ]);
    expect(code, stderr).to.equal(0);
  }

  async function undefine(): Promise<void> {
    const { code, stderr } = await plane.kubectl(['delete', 'crd', qualifiedName(TORCH)]);
    expect(code, stderr).to.equal(0);
  }

  function torch(name: string, size: number): object {
    const plan = makePlan({ group: `${name}-n0nce`, root: name, tasks: [{ name: 'worker', min: size, stage: 0 }] });
    return inNamespace(TEAM, {
      apiVersion: 'kubeflow.org/v1',
      kind: 'PyTorchJob',
      metadata: { name, annotations: { [GROUP_PLAN_ANNOTATION]: formatGroupPlan(plan) } },
      spec: {},
    });
  }

  it('have groups before any pod, that follow their objects and go with them', async () => {
    await define();
    await applied(plane, torch('train', 3));
    const group = await groupOfSize('train', 3);
    expect(projectPodGroup(group)?.owner).to.include({
      apiVersion: 'kubeflow.org/v1',
      kind: 'PyTorchJob',
      name: 'train',
    });
    expect(history.all(PODS)).to.deep.equal([]);
    await applied(plane, torch('train', 5));
    await groupOfSize('train', 5);
    const { code } = await plane.kubectl(['-n', TEAM, 'delete', 'pytorchjobs', 'train']);
    expect(code).to.equal(0);
    await history.until('no group any more', () => (groupOf('train') === undefined ? true : undefined), COLLECTED_MS);
  });

  it('take their objects with them, and nobody complains', async () => {
    await applied(plane, torch('left', 2));
    await groupOfSize('left', 2);
    await undefine();
    await sluice.printed('a workload kind is followed no more');
    expect(sluice.log()).to.not.match(/cannot be read|broke off/);
    expect(await sluice.metric('sluice_workload_kind_troubles_total')).to.equal(0);
    expect(sluice.isRunning).to.equal(true);
  });

  it('are followed again when they come back', async () => {
    await define();
    await applied(plane, torch('again', 4));
    await groupOfSize('again', 4);
  });

  it('of others that Sluice may not read stop nothing, are told once, and are followed once it may', async () => {
    const kubeconfig = await plane.kubeconfigFor('sluice');
    await sluice.stop();
    await grantTo(plane, 'sluice');
    const binding = await plane.kubectl(['get', 'clusterrolebinding', 'sluice-workloads', '-o', 'json']);
    await plane.kubectl(['delete', 'clusterrolebinding', 'sluice-workloads']);
    sluice = await SluiceProcess.start({ kubeconfig, webhookPort });
    await applied(plane, torch('hidden', 6), inNamespace(TEAM, job('seen', 1)));
    await history.until('the group of a Job', () =>
      history.all(POD_GROUPS).find((group) => projectPodGroup(group)?.owner?.kind === 'Job'),
    );
    await sluice.printed('a workload kind cannot be read');
    expect(groupOf('hidden')).to.equal(undefined);
    const { metadata, ...rest } = JSON.parse(binding.stdout) as { metadata: { name: string } };
    await applied(plane, { ...rest, metadata: { name: metadata.name } });
    await groupOfSize('hidden', 6);
    await sluice.printed('reads a workload kind again');
    const complaints = sluice
      .log()
      .split('\n')
      .filter((line) => line.includes('cannot be read'));
    // One a thread.
    expect(complaints).to.have.length(2);
  });
});
