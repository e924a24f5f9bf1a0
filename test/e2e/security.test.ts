import { expect } from 'chai';
import {
  GROUP_NAME_ANNOTATION,
  GROUP_PLAN_ANNOTATION,
  POLICIES_LABEL,
  QUEUE_NAME_ANNOTATION,
  QUEUE_NAME_LABEL,
} from '../../src/api/keys.ts';
import { JOBS, NAMESPACES, POD_GROUPS, PODS, QUEUES } from '../../src/api/resources.ts';
import { stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { freePort } from '../control-plane/free-port.ts';
import type { KubectlResult } from '../control-plane/kubectl.ts';
import { startControlPlane } from '../control-plane/launch.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import { History } from './support/history.ts';
import { applied, inNamespace, job, optedInNamespace, pod, queue, stampOf } from './support/manifest.ts';
import type { Manifest } from './support/manifest.ts';
import { NamespaceView } from './support/namespace-view.ts';
import { SluiceProcess } from './support/sluice-process.ts';

const TEAM = 'team';
const PLAIN = 'plain';
/** May do everything with the objects of her namespaces, and nothing more. */
const TENANT = 'mallory';
const PLAN = JSON.stringify({
  version: 1,
  group: 'forged',
  root: 'x',
  queue: 'shut',
  priorityClassName: 'system-node-critical',
  tasks: [{ name: 'worker', min: 1, stage: 0 }],
  minResources: {},
});

/** Metadata that come along with a status. */
const MOVED = JSON.stringify({ metadata: { annotations: { [GROUP_NAME_ANNOTATION]: 'other' } } });
const MOVED_BY_STATUS = ['patch', '--subresource=status', '--type=merge', '-p', MOVED];

describe('what a tenant tries', function () {
  this.timeout(60_000);
  let plane: ControlPlane;
  let sluice: SluiceProcess;
  let history: History;
  let team: NamespaceView;
  let group: string;
  let member: string;

  before(async () => {
    plane = await startControlPlane();
    history = await History.start(plane, [PODS, JOBS, NAMESPACES]);
    team = new NamespaceView(history, TEAM);
    const kubeconfig = plane.kubeconfigPath;
    [sluice] = await Promise.all([
      SluiceProcess.start({ kubeconfig, install: true, webhookPort: await freePort() }),
      plane.applyNodes([{ count: 2, cpu: '16', memory: '64Gi', gpus: 8 }]),
    ]);
    await history.follow([POD_GROUPS, QUEUES]);
    await applied(plane, optedInNamespace(TEAM), { apiVersion: 'v1', kind: 'Namespace', metadata: { name: PLAIN } });
    await applied(plane, queue('shut'), ...tenantRights());
    const closed = JSON.stringify({ status: { state: 'Closed', allocated: {} } });
    expect(
      (await plane.kubectl(['patch', 'queues', 'shut', '--subresource=status', '--type=merge', '-p', closed])).code,
    ).to.equal(0);
    await applied(plane, inNamespace(TEAM, job('train', 2)));
    group = (await team.groupOf('train')).name;
    await team.bindingsOf('train', 2);
    member = stringAt((await team.podsOf('train', 2))[0], ['metadata', 'name']);
  });

  after(async () => {
    await history?.stop();
    await sluice?.stop();
    await plane?.stop();
  });

  const onMember: readonly (readonly [string, readonly string[]])[] = [
    ['strips a running pod of its group', ['annotate', `${GROUP_NAME_ANNOTATION}-`]],
    ['moves a running pod to another group', ['annotate', '--overwrite', `${GROUP_NAME_ANNOTATION}=other`]],
    ['moves a running pod to another queue', ['label', '--overwrite', 'volcano.sh/queue-name=other']],
    ['writes a plan on a running pod', ['annotate', `${GROUP_PLAN_ANNOTATION}=${PLAN}`]],
    ['moves it with its status', MOVED_BY_STATUS],
  ];
  for (const [name, [verb = '', ...change]] of onMember) {
    it(`${name}: refused`, async () => {
      const { code, stderr } = await asTenant([verb, 'pod', member, ...change]);
      expect(code, stderr).to.equal(1);
      expect(stderr).to.include('(FixedMembership)');
      expect(stampOf(history.get(PODS, `${TEAM}/${member}`) ?? {})).to.include({ group, queue: 'default' });
    });
  }

  it('labels her pod otherwise: allowed', async () => {
    const { code, stderr } = await asTenant(['label', 'pod', member, 'app=mine']);
    expect(code, stderr).to.equal(0);
  });

  it('writes another plan on her Job: undone', async () => {
    const before = stringAt(history.get(JOBS, `${TEAM}/train`), ['metadata', 'annotations', GROUP_PLAN_ANNOTATION]);
    const { code, stderr } = await asTenant([
      'annotate',
      '--overwrite',
      'job',
      'train',
      `${GROUP_PLAN_ANNOTATION}=${PLAN}`,
    ]);
    expect(code, stderr).to.equal(0);
    const { stdout } = await asTenant(['get', 'job', 'train', '-o', 'json']);
    expect(stringAt(JSON.parse(stdout), ['metadata', 'annotations', GROUP_PLAN_ANNOTATION])).to.equal(before);
  });

  it('writes another plan on her Job with its status: refused', async () => {
    const patch = JSON.stringify({ metadata: { annotations: { [GROUP_PLAN_ANNOTATION]: PLAN } } });
    const { stderr } = await asTenant(['patch', 'job', 'train', '--subresource=status', '--type=merge', '-p', patch]);
    expect(stderr).to.include('(FixedMembership)');
  });

  it('writes plans on objects of a namespace that did not opt in: no PodGroup comes of them', async () => {
    const marks = { annotations: { [GROUP_PLAN_ANNOTATION]: PLAN } };
    await applied(plane, inNamespace(PLAIN, job('forged', 1, marks)), inNamespace(PLAIN, pod('forged', marks)));
    const later = await asTenant(
      ['annotate', '--overwrite', 'job', 'forged', `${GROUP_PLAN_ANNOTATION}=${PLAN} `],
      PLAIN,
    );
    expect(later.code, later.stderr).to.equal(0);
    // A later Job has come all the way through the same controllers.
    await applied(plane, inNamespace(TEAM, job('after-forged', 1)));
    await team.bindingsOf('after-forged', 1);
    expect(history.all(POD_GROUPS).filter((made) => stringAt(made, ['metadata', 'name']) === 'forged')).to.deep.equal(
      [],
    );
  });

  const onGroup: readonly (readonly [string, readonly string[]])[] = [
    ['moves the PodGroup of her Job', ['patch', '--type=merge', '-p', '{"spec":{"queue":"shut"}}']],
    [
      'raises the priority of the PodGroup of her Job',
      ['patch', '--type=merge', '-p', '{"spec":{"priorityClassName":"system-node-critical"}}'],
    ],
    [
      'makes the PodGroup of her Job ask for nothing',
      ['patch', '--type=merge', '-p', '{"spec":{"minResources":null}}'],
    ],
    ['calls the root of her PodGroup ended', ['annotate', 'sluice.dev/root-state=Ended']],
    ['calls her PodGroup her own', ['annotate', 'sluice.dev/origin-']],
    ['tells who leads next where its pods go', ['annotate', '--overwrite', 'sluice.dev/bind-plan={"version":1}']],
  ];
  for (const [name, [verb = '', ...change]] of onGroup) {
    it(`${name}: refused`, async () => {
      const { code, stderr } = await asTenant([verb, 'podgroups.scheduling.volcano.sh', group, ...change]);
      expect(code, stderr).to.equal(1);
      expect(stderr).to.match(/OwnedGroup/);
    });
  }

  const made: readonly (readonly [string, Manifest, RegExp])[] = [
    ['makes a PodGroup in a closed queue', podGroup({ queue: 'shut' }), /\(QueueNotOpen\)/],
    [
      "makes a PodGroup with a priority of the cluster's own",
      podGroup({ priorityClassName: 'system-cluster-critical' }),
      /\(PriorityNotAllowed\)/,
    ],
    [
      'makes a pod with a whole stamp, for a closed queue, and calls it one of a Job',
      stamped('shut'),
      /\(QueueNotOpen\)/,
    ],
  ];
  for (const [name, object, want] of made) {
    it(`${name}: refused`, async () => {
      const { code, stderr } = await asTenant(['create', '-f', '-'], TEAM, inNamespace(TEAM, object));
      expect(code, stderr).to.equal(1);
      expect(stderr).to.match(want);
    });
  }

  it('makes a pod that she calls one of a DaemonSet, or a mirror: enrolled all the same', async () => {
    const owner = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'd', uid: 'd-uid', controller: true };
    const bare = pod('pretender');
    const ofDaemonSet = { ...bare, metadata: { name: 'pretender', ownerReferences: [owner] } };
    // A mirror has a node, or it is none to the API server either.
    const mirror = {
      ...pod('pretender', { annotations: { 'kubernetes.io/config.mirror': 'x' } }),
      spec: { ...bare.spec, nodeName: 'node-0' },
    };
    for (const object of [ofDaemonSet, mirror]) {
      const { code, stdout, stderr } = await asTenant(DRY_RUN, TEAM, inNamespace(TEAM, object));
      expect(code, stderr).to.equal(0);
      expect(stampOf(JSON.parse(stdout))).to.include({ scheduler: 'sluice', queue: 'default' });
    }
  });

  it('makes a pod that brings its node: enrolled and charged, with a warning', async () => {
    const bare = pod('placed');
    const object = { ...bare, spec: { ...bare.spec, nodeName: 'node-0' } };
    const { stdout, stderr } = await asTenant(DRY_RUN, TEAM, inNamespace(TEAM, object));
    expect(stderr).to.include('spec.nodeName is set: the pod waits for no room, and queue default is charged for it');
    expect(stampOf(JSON.parse(stdout))).to.include({ scheduler: 'sluice', queue: 'default' });
  });

  it('names a scheduler of ours in a namespace that did not opt in: served by the same rules', async () => {
    await applied(plane, inNamespace(PLAIN, pod('served', {}, 'volcano')));
    await new NamespaceView(history, PLAIN).bindingOf('served');
    const refused = pod('refused', { annotations: { [QUEUE_NAME_ANNOTATION]: 'shut' } }, 'volcano');
    const { stderr } = await asTenant(['create', '-f', '-'], PLAIN, inNamespace(PLAIN, refused));
    expect(stderr).to.include('(QueueNotOpen)');
  });

  it('writes policies into a ConfigMap, though she may make none: refused, however it gets its label', async () => {
    const told = /has no right to create namespacedworkloadpolicies in namespace team.*\(PolicyWriteDenied\)/;
    const labelled = await asTenant(['create', '-f', '-'], TEAM, policyMap('hers', true));
    expect(labelled.stderr).to.match(told);
    await applied(plane, policyMap('hers', false), policyMap('theirs', true));
    expect((await asTenant(['label', 'configmap', 'hers', `${POLICIES_LABEL}=enabled`])).stderr).to.match(told);
    const patch = JSON.stringify({ data: { more: policyMap('x', true).data.policy.replace('gold', 'silver') } });
    expect((await asTenant(['patch', 'configmap', 'theirs', '--type=merge', '-p', patch])).stderr).to.match(told);
    const touched = await asTenant(['annotate', 'configmap', 'theirs', 'app=hers']);
    expect(touched.code, touched.stderr).to.equal(0);
  });

  it('makes a queue go away under the work in it: refused', async () => {
    await applied(
      plane,
      queue('busy'),
      inNamespace(TEAM, job('held', 1, { labels: { 'volcano.sh/queue-name': 'busy' } })),
    );
    const held = await team.groupOf('held');
    const { code, stderr } = await plane.kubectl(['delete', 'queues.scheduling.volcano.sh', 'busy']);
    expect(code).to.equal(1);
    expect(stderr).to.include(held.key);
  });

  it('calls her PodGroup let in, in a queue that is full: it is called as it was, and nothing of it runs', async () => {
    const ofFull = { labels: { [QUEUE_NAME_LABEL]: 'full' } };
    await applied(plane, queue('full', { capability: { cpu: '100m' } }), inNamespace(TEAM, job('first', 1, ofFull)));
    await team.bindingsOf('first', 1);
    await applied(plane, inNamespace(TEAM, job('second', 1, ofFull)));
    const { key, name } = await team.groupOf('second');
    const phaseOf = (object: JsonObject | undefined): string => stringAt(object, ['status', 'phase']);
    const isCalled = (phase: string): Promise<true> =>
      history.until(`${phase} on ${name}`, () => phaseOf(history.get(POD_GROUPS, key)) === phase || undefined);
    await isCalled('Pending');
    const forged = JSON.stringify({ status: { phase: 'Inqueue' } });
    const resource = 'podgroups.scheduling.volcano.sh';
    const { code, stderr } = await asTenant(['patch', resource, name, '--type=merge', '-p', forged]);
    expect(code, stderr).to.equal(0);
    await history.until(
      'the phase that she wrote',
      () => history.of(POD_GROUPS, key).some(({ object }) => phaseOf(object) === 'Inqueue') || undefined,
    );
    await isCalled('Pending');
    const [waiting] = await team.podsOf('second', 1);
    expect(stringAt(waiting, ['spec', 'nodeName'])).to.equal('');
  });

  const DRY_RUN = ['create', '--dry-run=server', '-o', 'json', '-f', '-'];

  function asTenant(args: readonly string[], namespace = TEAM, object?: object): Promise<KubectlResult> {
    return plane.kubectl(['--as', TENANT, '-n', namespace, ...args], object && JSON.stringify(object));
  }
});

function tenantRights(): readonly object[] {
  const name = TENANT;
  const apiGroups = ['', 'apps', 'batch', 'scheduling.volcano.sh'];
  const rbac = { apiVersion: 'rbac.authorization.k8s.io/v1', metadata: { name } };
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name };
  return [
    { ...rbac, kind: 'ClusterRole', rules: [{ apiGroups, resources: ['*'], verbs: ['*'] }] },
    { ...rbac, kind: 'ClusterRoleBinding', roleRef, subjects: [{ kind: 'User', name }] },
  ];
}

/** A ConfigMap that holds a policy, as far as its label says so. */
function policyMap(name: string, isLabelled: boolean) {
  const policy = {
    apiVersion: 'sluice.dev/v1alpha1',
    kind: 'NamespacedWorkloadPolicy',
    metadata: { name: 'gold' },
    spec: { match: { selector: { matchLabels: { no: 'pod' } } }, set: { queue: { name: 'default' } } },
  };
  const labels = isLabelled ? { [POLICIES_LABEL]: 'enabled' } : {};
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: TEAM, labels },
    data: { policy: JSON.stringify(policy) },
  };
}

function podGroup(spec: object): Manifest {
  return {
    apiVersion: 'scheduling.volcano.sh/v1beta1',
    kind: 'PodGroup',
    metadata: { name: 'by-hand' },
    spec: { minMember: 1, ...spec },
  };
}

/** All that a controller's pod carries, and an owner that nobody made. */
function stamped(queueName: string): Manifest {
  const owner = { apiVersion: 'batch/v1', kind: 'Job', name: 'no-job', uid: 'no-uid', controller: true };
  const labels = { 'volcano.sh/queue-name': queueName, 'volcano.sh/task-spec': 'worker' };
  const annotations = {
    [GROUP_NAME_ANNOTATION]: 'no-group',
    [QUEUE_NAME_ANNOTATION]: queueName,
    'volcano.sh/task-spec': 'worker',
  };
  const bare = pod('stamped', {}, 'sluice');
  return { ...bare, metadata: { name: 'stamped', labels, annotations, ownerReferences: [owner] } };
}
