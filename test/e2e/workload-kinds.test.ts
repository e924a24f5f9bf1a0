import { expect } from 'chai';
import { GROUP_ORIGIN_ANNOTATION, WORKLOADS_ROLE_LABEL } from '../../src/api/keys.ts';
import { projectPodGroup } from '../../src/api/projections/pod-group.ts';
import { MUTATING_WEBHOOKS, POD_GROUPS, PODS, qualifiedName } from '../../src/api/resources.ts';
import type { ResourceType } from '../../src/api/resources.ts';
import { arrayAt, numberAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { freePort } from '../control-plane/free-port.ts';
import { needsOneProcess } from './support/accounts/one-process.ts';
import { startControlPlane } from '../control-plane/launch.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import { kindOf } from '../support/workload-kinds.ts';
import { definitionOf } from './support/definition.ts';
import { History } from './support/history.ts';
import { applied, inNamespace, job, optedInNamespace } from './support/manifest.ts';
import { grantTo } from './support/rights.ts';
import { SluiceProcess } from './support/sluice-process.ts';

const TEAM = 'team';
/** The garbage collector looks for new kinds every half minute. */
const COLLECTED_MS = 90_000;
const STUDY: ResourceType = { group: 'example.org', version: 'v1', plural: 'studies', kind: 'Study', namespaced: true };
const TEMPLATE = { spec: { containers: [{ name: 'main', image: 'none', resources: { requests: { cpu: '100m' } } }] } };
/** As who installs a kind of their own lets Sluice read it; in an installation nobody else does. */
const READERS_OF_STUDIES = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'sluice-workloads-example', labels: { [WORKLOADS_ROLE_LABEL]: 'true' } },
  rules: [{ apiGroups: [STUDY.group], resources: [STUDY.plural], verbs: ['get', 'list', 'watch'] }],
};
const TORCH = kindOf('kubeflow.org', 'v1', 'PyTorchJob');

function torch(name: string, size: number): object {
  const spec = { pytorchReplicaSpecs: { Worker: { replicas: size, template: TEMPLATE } } };
  return inNamespace(TEAM, { apiVersion: 'kubeflow.org/v1', kind: 'PyTorchJob', metadata: { name }, spec });
}

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
    history = await History.start(plane, [PODS, POD_GROUPS, MUTATING_WEBHOOKS]);
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

  async function kubectl(...args: readonly string[]): Promise<void> {
    const { code, stderr } = await plane.kubectl(args);
    expect(code, stderr).to.equal(0);
  }

  /** Lets a kind be served, and waits until new objects of it are sent to Sluice. */
  async function define(type: ResourceType): Promise<void> {
    await applied(plane, definitionOf(type));
    await history.until(`${type.plural} are hooked`, () => (isHooked(type) ? true : undefined));
    await kubectl('wait', '--for=condition=Established', `crd/${qualifiedName(type)}`, '--timeout=30s');
  }

  function isHooked({ group, plural }: ResourceType): boolean {
    const webhooks = history.all(MUTATING_WEBHOOKS).flatMap((object) => arrayAt(object, 'webhooks'));
    return webhooks
      .flatMap((webhook) => arrayAt(webhook, 'rules'))
      .some((rule) => arrayAt(rule, 'apiGroups').includes(group) && arrayAt(rule, 'resources').includes(plural));
  }

  it('are hooked when they come, and their groups are there before any pod and follow their objects', async () => {
    expect(isHooked(TORCH)).to.equal(false);
    await define(TORCH);
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
    await kubectl('-n', TEAM, 'delete', 'pytorchjobs', 'train');
    await history.until('no group any more', () => (groupOf('train') === undefined ? true : undefined), COLLECTED_MS);
  });

  it('are unhooked when they go, and nobody complains', async () => {
    await applied(plane, torch('left', 2));
    await groupOfSize('left', 2);
    await kubectl('delete', 'crd', qualifiedName(TORCH));
    await history.until('no hook any more', () => (isHooked(TORCH) ? undefined : true));
    await sluice.printed('a workload kind is followed no more');
    // Whose CRD was made a moment ago, of that a server may ask for patience.
    const complaints = sluice
      .log()
      .split('\n')
      .filter((line) => /cannot be read|broke off|put back/.test(line) && !line.includes('"cause":"status429"'));
    expect(complaints).to.deep.equal([]);
    expect(await sluice.metric('sluice_workload_kind_troubles_total')).to.equal(0);
    expect(sluice.isRunning).to.equal(true);
  });

  it('are followed again when they come back', async () => {
    await define(TORCH);
    await applied(plane, torch('again', 4));
    await groupOfSize('again', 4);
  });

  it('may be described by a manifest, which counts from then on', async () => {
    await applied(plane, definitionOf(STUDY), READERS_OF_STUDIES, {
      apiVersion: 'sluice.dev/v1alpha1',
      kind: 'WorkloadKind',
      metadata: { name: qualifiedName(STUDY) },
      spec: {
        group: STUDY.group,
        versions: [STUDY.version],
        kind: STUDY.kind,
        resource: STUDY.plural,
        grouping: 'Workload',
        roles: [{ name: 'trial', template: 'spec.template', count: [{ path: 'spec.parallelism' }] }],
      },
    });
    await history.until('studies are hooked', () => (isHooked(STUDY) ? true : undefined));
    await kubectl('wait', '--for=condition=Established', `crd/${qualifiedName(STUDY)}`, '--timeout=30s');
    const spec = { parallelism: 7, template: TEMPLATE };
    await applied(
      plane,
      inNamespace(TEAM, { apiVersion: 'example.org/v1', kind: 'Study', metadata: { name: 'one' }, spec }),
    );
    await history.until('the group of the study', () => {
      return history
        .all(POD_GROUPS)
        .find((group) => projectPodGroup(group)?.origin === 'Study/one' && projectPodGroup(group)?.minMember === 7);
    });
    await kubectl('delete', 'workloadkind', qualifiedName(STUDY));
    await history.until('studies are unhooked', () => (isHooked(STUDY) ? undefined : true));
    expect(isHooked(TORCH)).to.equal(true);
  });

  it('of others that Sluice may not read stop nothing, are told once, and are followed once it may', async function () {
    needsOneProcess(this, 'it goes on with one process as a user of its own, whose webhooks are reached at an address');
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
