import { expect } from 'chai';
import { parse } from 'yaml';
import {
  ADMISSION_LABEL,
  GROUP_NAME_ANNOTATION,
  GROUP_ORIGIN_ANNOTATION,
  GROUP_PLAN_ANNOTATION,
  QUEUE_NAME_LABEL,
  SUBMITTER_ANNOTATION,
  SUBMITTER_SIGNATURE_ANNOTATION,
} from '../../src/api/keys.ts';
import { JOBS, NAMESPACES, POD_GROUPS, PODS } from '../../src/api/resources.ts';
import { stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { freePort } from '../control-plane/free-port.ts';
import type { KubectlResult } from '../control-plane/kubectl.ts';
import { startControlPlane } from '../control-plane/launch.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import { History } from './support/history.ts';
import { applied, inNamespace, job, optedInNamespace, pod, queue } from './support/manifest.ts';
import type { Manifest } from './support/manifest.ts';
import { NamespaceView } from './support/namespace-view.ts';
import { runSluice, SluiceProcess } from './support/sluice-process.ts';

const TEAM = 'team';
const PLAIN = 'plain';
/** May do everything in both namespaces, and nothing outside of them. */
const TENANT = 'mallory';
const GOLD = { labels: { [QUEUE_NAME_LABEL]: 'gold' } };

describe('who may use a queue, and who may pass them', function () {
  this.timeout(120_000);
  let plane: ControlPlane;
  let sluice: SluiceProcess;
  let history: History;
  let team: NamespaceView;
  let group: string;

  before(async () => {
    plane = await startControlPlane();
    history = await History.start(plane, [PODS, JOBS, NAMESPACES]);
    team = new NamespaceView(history, TEAM);
    const kubeconfig = plane.kubeconfigPath;
    [sluice] = await Promise.all([
      SluiceProcess.start({ kubeconfig, install: true, webhookPort: await freePort() }),
      plane.applyNodes([{ count: 2, cpu: '16', memory: '64Gi' }]),
    ]);
    await history.follow([POD_GROUPS]);
    await applied(
      plane,
      optedInNamespace(TEAM),
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: PLAIN } },
      queue('gold'),
      queue('silver'),
      ...[TEAM, PLAIN].flatMap(everythingIn),
    );
    await applied(plane, inNamespace(TEAM, job('rich', 1, GOLD)));
    group = (await team.groupOf('rich')).name;
    await team.bindingsOf('rich', 1);
  });

  after(async () => {
    await history?.stop();
    await sluice?.stop();
    await plane?.stop();
  });

  const refused: readonly (readonly [string, Manifest, string?])[] = [
    ['a Job', job('x', 1, GOLD)],
    ['a pod', pod('x', GOLD)],
    ['a pod elsewhere that names a scheduler of ours', pod('x', GOLD, 'volcano'), PLAIN],
    ['a Deployment', workload('apps/v1', 'Deployment')],
    ['a Deployment elsewhere that names a scheduler of ours', workload('apps/v1', 'Deployment', 'sluice'), PLAIN],
    ['a StatefulSet', workload('apps/v1', 'StatefulSet')],
    ['a ReplicaSet', workload('apps/v1', 'ReplicaSet')],
    ['a ReplicationController', workload('v1', 'ReplicationController')],
    ['a ReplicationController elsewhere', workload('v1', 'ReplicationController', 'volcano'), PLAIN],
    ['a CronJob', cronJob()],
    ['a PodGroup', podGroup('gold')],
  ];
  for (const [name, object, namespace = TEAM] of refused) {
    it(`${name} in a queue of others: refused, with what gives the right`, async () => {
      const { code, stderr } = await asTenant(['create', '-f', '-'], inNamespace(namespace, object));
      expect(code, stderr).to.equal(1);
      expect(stderr).to.match(
        /mallory has no right to use queue gold; an administrator gives it by .* to User mallory/,
      );
      expect(stderr).to.include('(QueueUseDenied)');
    });
  }

  it('a pod that names a group of others, or an owner of others: refused', async () => {
    const job = history.get(JOBS, `${TEAM}/rich`);
    const owner = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      name: 'rich',
      uid: stringAt(job, ['metadata', 'uid']),
      controller: true,
    };
    const bare = pod('x');
    for (const metadata of [{ annotations: { [GROUP_NAME_ANNOTATION]: group } }, { ownerReferences: [owner] }]) {
      const object = { ...bare, metadata: { ...bare.metadata, ...metadata } };
      const { code, stderr } = await asTenant(['create', '-f', '-'], inNamespace(TEAM, object));
      expect(code, stderr).to.equal(1);
      expect(stderr).to.include('(QueueUseDenied)');
    }
  });

  it('a Deployment that moves to a queue of others: refused; that is scaled: allowed', async () => {
    await applied(plane, inNamespace(TEAM, { ...workload('apps/v1', 'Deployment'), metadata: { name: 'moves' } }));
    const { stderr } = await asTenant(['label', 'deployment', 'moves', `${QUEUE_NAME_LABEL}=gold`]);
    expect(stderr).to.include('(QueueUseDenied)');
    const scaled = await asTenant(['scale', 'deployment', 'moves', '--replicas=0']);
    expect(scaled.code, scaled.stderr).to.equal(0);
  });

  it('the queue for everybody, and the one of the namespace: allowed', async () => {
    await applied(plane, optedInNamespace(TEAM, { 'scheduling.volcano.sh/queue-name': 'silver' }));
    for (const name of ['default', 'silver']) {
      const object = inNamespace(TEAM, job(`in-${name}`, 1, { labels: { [QUEUE_NAME_LABEL]: name } }));
      await untilAllowed(object);
    }
    await untilAllowed(inNamespace(TEAM, job('in-none', 1)));
    expect(stringAt((await team.groupOf('in-none')).object, ['spec', 'queue'])).to.equal('silver');
  });

  it('work of the one who has the right goes on being controlled: its pods are made by others', async () => {
    await applied(
      plane,
      inNamespace(TEAM, { ...workload('apps/v1', 'Deployment'), metadata: { name: 'web', ...GOLD } }),
    );
    const made = await history.until('the pod of the Deployment', () =>
      history.all(PODS).find((one) => stringAt(one, ['metadata', 'name']).startsWith('web-')),
    );
    await team.bindingOf(stringAt(made, ['metadata', 'name']));
  });

  const past: readonly (readonly [string, Manifest])[] = [
    ['a pod for another scheduler', pod('y', {}, 'other')],
    ['a pod that brings its node', withSpec(pod('y'), { nodeName: 'node-0' })],
    ['a Deployment for another scheduler', { ...workload('apps/v1', 'Deployment', 'other'), metadata: { name: 'y' } }],
    ['a DaemonSet', daemonSet()],
    ['a Job of Volcano for another scheduler', vcjob({ schedulerName: 'other' })],
    ['a Job of Volcano whose pods bring their node', vcjob({}, { nodeName: 'node-0' })],
  ];
  for (const [name, object] of past) {
    it(`${name}: refused without the right to pass the queues`, async () => {
      const { code, stderr } = await asTenant(['create', '-f', '-'], inNamespace(TEAM, object));
      expect(code, stderr).to.equal(1);
      expect(stderr).to.match(
        /mallory has no right to run work outside of the queues of namespace team;.*\(BypassDenied\)/,
      );
    });
  }

  it('elsewhere there are no queues to pass', async () => {
    const { code, stderr } = await asTenant(['create', '-f', '-'], inNamespace(PLAIN, pod('y', {}, 'other')));
    expect(code, stderr).to.equal(0);
  });

  it('taking the namespace out, or giving it a queue of others: refused', async () => {
    const out = await asTenant(['label', 'namespace', TEAM, 'sluice.dev/admission-']);
    expect(out.stderr).to.include('(BypassDenied)');
    const patch = JSON.stringify({ metadata: { labels: { [ADMISSION_LABEL]: null } } });
    const along = await asTenant(['patch', 'namespace', TEAM, '--subresource=status', '--type=merge', '-p', patch]);
    expect(along.stderr).to.include('(BypassDenied)');
    const moved = await asTenant([
      'annotate',
      '--overwrite',
      'namespace',
      TEAM,
      'scheduling.volcano.sh/queue-name=gold',
    ]);
    expect(moved.stderr).to.include('(QueueUseDenied)');
    const other = await asTenant(['label', 'namespace', TEAM, 'app=mine']);
    expect(other.code, other.stderr).to.equal(0);
  });

  it('bindings of Sluice are not even sent to it', async () => {
    const told = await sluice.metrics();
    const isReviewed = (line: string): boolean =>
      ['sluice_admission_reviews_total{', 'phase="validate"', 'resource="pods"', 'operation="CREATE"'].every((part) =>
        line.includes(part),
      );
    expect(told.filter(isReviewed)).to.deep.equal([]);
    expect(told.some((line) => line.startsWith('sluice_admission_reviews_total{'))).to.equal(true);
  });

  it('binding a pod that waits, in either way: refused; a pod of another scheduler: allowed', async () => {
    await applied(plane, inNamespace(TEAM, withSpec(pod('waits'), { nodeSelector: { no: 'where' } })));
    for (const path of ['pods/waits/binding', 'bindings']) {
      const { code, stderr } = await bind(TEAM, path, 'waits');
      expect(code, stderr).to.equal(1);
      expect(stderr).to.include('(BypassDenied)');
    }
    await applied(plane, inNamespace(PLAIN, pod('others', {}, 'other')));
    const allowed = await bind(PLAIN, 'pods/others/binding', 'others');
    expect(allowed.code, allowed.stderr).to.equal(0);
  });

  it('the name of another user, forged on a PodGroup, a Job or its plan: refused, or not believed', async () => {
    const forged = await asTenant([
      'annotate',
      '--overwrite',
      'podgroups.scheduling.volcano.sh',
      group,
      'sluice.dev/submitter=mallory',
    ]);
    expect(forged.stderr).to.include('OwnedGroup');
    const plan = JSON.stringify({ version: 1, submitter: 'root' });
    const marks = { annotations: { 'sluice.dev/submitter': 'root', 'sluice.dev/group-plan': plan } };
    await untilAllowed(inNamespace(TEAM, job('forged', 1, marks)));
    const made = (await team.groupOf('forged')).object;
    expect(stringAt(made, ['metadata', 'annotations', SUBMITTER_ANNOTATION])).to.equal(TENANT);
  });

  it('pods of a Deployment are of who made that, whatever its template says', async () => {
    const { metadata: _, ...rest } = workload('apps/v1', 'Deployment');
    const { template } = rest.spec as { readonly template: { readonly metadata: object } };
    const forged = { ...template.metadata, annotations: { 'sluice.dev/submitter': 'root' } };
    const serving = { ...rest, metadata: { name: 'serves' } };
    await untilAllowed(inNamespace(TEAM, withSpec(serving, { template: { ...template, metadata: forged } })));
    const made = await history.until('the group of its pods', () =>
      history.all(POD_GROUPS).find((one) => annotation(one, GROUP_ORIGIN_ANNOTATION).startsWith('ReplicaSet/serves-')),
    );
    expect(annotation(made, SUBMITTER_ANNOTATION)).to.equal(TENANT);
  });

  function bind(namespace: string, path: string, name: string): Promise<KubectlResult> {
    const target = { apiVersion: 'v1', kind: 'Node', name: 'node-0' };
    const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name, namespace }, target };
    return asTenant(['create', '--raw', `/api/v1/namespaces/${namespace}/${path}`, '-f', '-'], binding);
  }

  it('the rule that a refusal names gives the right', async () => {
    const object = inNamespace(TEAM, job('granted', 1, GOLD));
    const { stderr } = await asTenant(['create', '-f', '-'], object);
    const [, rule = ''] = /with the rule (\{.*\}), and a ClusterRoleBinding of it to User mallory/.exec(stderr) ?? [];
    const rbac = { apiVersion: 'rbac.authorization.k8s.io/v1', metadata: { name: 'use-gold' } };
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'use-gold' };
    await applied(
      plane,
      { ...rbac, kind: 'ClusterRole', rules: [parse(rule)] },
      { ...rbac, kind: 'ClusterRoleBinding', roleRef, subjects: [{ kind: 'User', name: TENANT }] },
    );
    await untilAllowed(object);
    const made = (await team.groupOf('granted')).object;
    expect(stringAt(made, ['spec', 'queue'])).to.equal('gold');
    expect(stringAt(made, ['metadata', 'annotations', SUBMITTER_ANNOTATION])).to.equal(TENANT);
  });

  it('a name that is forged while nobody reviews is not verified; one that was signed is, to the next process too', async () => {
    const granted = history.all(JOBS).find((one) => stringAt(one, ['metadata', 'name']) === 'granted');
    const plan = JSON.parse(annotation(granted ?? {}, GROUP_PLAN_ANNOTATION)) as JsonObject;
    await sluice.stop();
    for (const kind of ['mutatingwebhookconfiguration', 'validatingwebhookconfiguration'])
      expect((await plane.kubectl(['delete', kind, 'sluice'])).code).to.equal(0);
    const forged = JSON.stringify({ ...plan, root: 'stolen', group: 'stolen-0', queue: 'default', submitter: 'ann' });
    const stolen = job('stolen', 1, { annotations: { [GROUP_PLAN_ANNOTATION]: forged } });
    const { code, stderr } = await asTenant(['create', '-f', '-'], inNamespace(TEAM, withGroup(stolen, 'stolen-0')));
    expect(code, stderr).to.equal(0);
    sluice = await SluiceProcess.start({
      kubeconfig: plane.kubeconfigPath,
      install: true,
      webhookPort: await freePort(),
    });
    const made = (await team.groupOf('stolen')).object;
    expect(annotation(made, SUBMITTER_ANNOTATION)).to.equal('ann');
    expect(annotation(made, SUBMITTER_SIGNATURE_ANNOTATION)).to.equal('');
    const told = await Promise.all(['stolen', 'granted'].map(submitterTold));
    expect(told).to.deep.equal(['ann (not verified)', TENANT]);
  });

  async function submitterTold(name: string): Promise<string | undefined> {
    const { stdout, stderr } = await runSluice([
      'explain',
      '--kubeconfig',
      plane.kubeconfigPath,
      '-n',
      TEAM,
      `job/${name}`,
    ]);
    return /^  submitted by (.*)$/m.exec(stdout)?.[1] ?? stderr;
  }

  /** A right and a default queue are known everywhere within some seconds. */
  async function untilAllowed(object: object): Promise<void> {
    for (;;) {
      const { code, stderr } = await asTenant(['create', '-f', '-'], object);
      if (code === 0) return;
      expect(stderr).to.include('(QueueUseDenied)');
    }
  }

  function asTenant(args: readonly string[], object?: object): Promise<KubectlResult> {
    return plane.kubectl(['--as', TENANT, ...(object ? [] : ['-n', TEAM]), ...args], object && JSON.stringify(object));
  }
});

function everythingIn(namespace: string): readonly object[] {
  const metadata = { name: 'everything', namespace };
  const rbac = { apiVersion: 'rbac.authorization.k8s.io/v1', metadata };
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: metadata.name };
  return [
    { ...rbac, kind: 'Role', rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] },
    { ...rbac, kind: 'RoleBinding', roleRef, subjects: [{ kind: 'User', name: TENANT }] },
  ];
}

function workload(apiVersion: string, kind: string, schedulerName?: string): Manifest {
  const { spec } = pod('x', {}, schedulerName);
  const labels = { app: 'x' };
  const selector = kind === 'ReplicationController' ? labels : { matchLabels: labels };
  const template = { metadata: { labels }, spec: { ...spec, restartPolicy: 'Always' } };
  return { apiVersion, kind, metadata: { name: 'x', ...GOLD }, spec: { replicas: 1, selector, template } };
}

function cronJob(): Manifest {
  const { spec } = job('x', 1);
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'x', ...GOLD },
    spec: { schedule: '0 0 * * *', jobTemplate: { spec } },
  };
}

function vcjob(spec: object, podSpec: object = {}): Manifest {
  const { spec: own } = pod('x');
  const tasks = [{ name: 'worker', replicas: 1, template: { spec: { ...own, ...podSpec } } }];
  return { apiVersion: 'batch.volcano.sh/v1alpha1', kind: 'Job', metadata: { name: 'past' }, spec: { ...spec, tasks } };
}

function podGroup(name: string): Manifest {
  return {
    apiVersion: 'scheduling.volcano.sh/v1beta1',
    kind: 'PodGroup',
    metadata: { name: 'x' },
    spec: { minMember: 1, queue: name },
  };
}

function annotation(object: JsonObject, key: string): string {
  return stringAt(object, ['metadata', 'annotations', key]);
}

function withSpec(object: Manifest, more: object): Manifest {
  return { ...object, spec: { ...object.spec, ...more } };
}

/** A Job as if Sluice had stamped it. */
function withGroup(object: Manifest, group: string): Manifest {
  const { template } = object.spec as { readonly template: { readonly spec: object } };
  const metadata = { annotations: { [GROUP_NAME_ANNOTATION]: group } };
  return withSpec(object, { template: { metadata, spec: { ...template.spec, schedulerName: 'sluice' } } });
}

function daemonSet(): Manifest {
  const { apiVersion, spec } = workload('apps/v1', 'DaemonSet');
  const { selector, template } = spec as { readonly selector: object; readonly template: object };
  return { apiVersion, kind: 'DaemonSet', metadata: { name: 'y' }, spec: { selector, template } };
}
