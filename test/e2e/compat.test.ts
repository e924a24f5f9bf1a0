import { expect } from 'chai';
import { readFile, writeFile } from 'node:fs/promises';
import {
  EVENTS,
  HYPER_NODES,
  LEASES,
  MUTATING_WEBHOOKS,
  NODE_SHARDS,
  POD_GROUPS,
  PODS,
  QUEUES,
  VALIDATING_WEBHOOKS,
} from '../../src/api/resources.ts';
import { isSame } from '../../src/lib/same.ts';
import { arrayAt, memberAt, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { restorable } from '../../src/cli/migrate/backup.ts';
import { volcanoObjects } from '../../examples/quickstart/volcano-objects.ts';
import { freePort } from '../control-plane/free-port.ts';
import type { KubectlResult } from '../control-plane/kubectl.ts';
import { needsOneProcess } from './support/accounts/one-process.ts';
import { startControlPlane } from '../control-plane/launch.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import { volcanoInstallation } from '../support/volcano-install.ts';
import { History } from './support/history.ts';
import { applied } from './support/manifest.ts';
import { itServesWorkloads } from './support/compat-workloads.ts';
import { groupOf, pod } from './support/ordinary-workloads.ts';
import { racks } from './support/racks.ts';
import { grantInPlaceOfVolcano } from './support/rights.ts';
import { runSluice, SluiceProcess } from './support/sluice-process.ts';

const HOME = 'volcano-system';
const RELEASE = 'integration';
/** Nobody has labelled it. */
const TEAM = 'team';
/** A change is to show within one second; a machine that does much else gets more. */
const PATIENCE_MS = 5000;

describe('in the place of Volcano', function () {
  this.timeout(120_000);
  let plane: ControlPlane;
  let history: History;
  let sluice: SluiceProcess;
  let webhookPort: number;
  const args = ['--compat', 'volcano', '--release', RELEASE];

  before(async () => {
    plane = await startControlPlane();
    await applied(plane, ...volcanoObjects(RELEASE), { apiVersion: 'v1', kind: 'Namespace', metadata: { name: TEAM } });
    webhookPort = await freePort();
    sluice = SluiceProcess.launch({ kubeconfig: plane.kubeconfigPath, install: true, webhookPort, args });
    await Promise.all([sluice.ready(), plane.applyNodes([{ count: 2, cpu: '9', memory: '32Gi', gpus: 0 }])]);
    history = await History.start(plane, [
      PODS,
      POD_GROUPS,
      QUEUES,
      EVENTS,
      MUTATING_WEBHOOKS,
      VALIDATING_WEBHOOKS,
      LEASES,
      HYPER_NODES,
      NODE_SHARDS,
    ]);
  });

  after(async () => {
    await history?.stop();
    await sluice?.stop();
    await plane?.stop();
  });

  it('installs the webhook configurations under the names of its chart', () => {
    const names = [MUTATING_WEBHOOKS, VALIDATING_WEBHOOKS].flatMap((type) =>
      history.all(type).map((each) => stringAt(each, ['metadata', 'name'])),
    );
    const paths = ['jobs-mutate', 'pods-mutate', 'podgroups-mutate', 'queues-mutate', 'jobs-validate', 'pods-validate'];
    expect(names).to.include.members(
      [...paths, 'podgroups-validate', 'queues-validate'].map((path) => `volcano-admission-service-${path}`),
    );
  });

  it('keeps its own objects in its namespace', () => {
    expect(history.get(LEASES, `${HOME}/sluice`)).to.not.equal(undefined);
  });

  it('applies what it can of the scheduler configuration, and says on the ConfigMap what not', async () => {
    const name = `${RELEASE}-scheduler-configmap`;
    // Whatever the chart says is supported.
    await untilChanges(1);
    expect(await changes()).to.be.within(1, sluice.count);
    expect(history.all(EVENTS).some((each) => stringAt(each, ['regarding', 'name']) === name)).to.equal(false);
    const plugins = ['priority', 'gang', 'conformance', 'predicates', 'proportion', 'nodeorder', 'pdb-of-ours'];
    const tiers = `tiers: [{plugins: [${plugins.map((plugin) => `{name: ${plugin}}`).join(', ')}]}]`;
    await changed(name, 'volcano-scheduler-ci.conf', `actions: "enqueue, allocate, backfill"\n${tiers}\n`);
    const told = await event('ConfigurationTrimmed', name);
    expect(stringAt(told, ['note'])).to.include('"pdb-of-ours"');
    expect(await sluice.metric('sluice_scheduler_configuration_current')).to.be.within(1, sluice.count);
  });

  for (const [namespace, name] of [
    [TEAM, 'bare'],
    ['default', 'bare'],
    ['kube-public', 'bare'],
    // No webhook is asked there: who places it is the controller that adopts what slipped past.
    ['kube-system', 'bare'],
  ] as const) {
    it(`places a pod that names volcano in ${namespace}, which nobody opted in`, async () => {
      await applied(plane, pod(namespace, name, { schedulerName: 'volcano' }));
      const bound = await until(`${namespace}/${name} is placed`, () => boundPod(namespace, name));
      expect(groupOf(bound)).to.equal(`podgroup-${stringAt(bound, ['metadata', 'uid'])}`);
      const told = await until('it is told', () => history.all(EVENTS).find((each) => isOf(each, 'Scheduled', bound)));
      const node = stringAt(bound, ['spec', 'nodeName']);
      expect(stringAt(told, ['note'])).to.equal(`Successfully assigned ${namespace}/${name} to ${node}`);
    });
  }

  itServesWorkloads(TEAM, () => ({ plane, history }));

  it('leaves alone who names another scheduler, or none', async () => {
    await applied(plane, pod(TEAM, 'other', {}));
    const other = await until('it is there', () => history.get(PODS, `${TEAM}/other`));
    expect([stringAt(other, ['spec', 'schedulerName']), groupOf(other)]).to.deep.equal(['default-scheduler', '']);
  });

  it('follows the scheduler configuration in its ConfigMap', async () => {
    const name = `${RELEASE}-scheduler-configmap`;
    const key = 'volcano-scheduler-ci.conf';
    const tiers = 'tiers: [{plugins: [{name: priority}, {name: gang}, {name: predicates}, {name: proportion}]}]';
    const before = await changes();
    await changed(name, key, `actions: "enqueue"\n${tiers}\n`);
    await untilChanges(before + 1);
    await applied(plane, pod(TEAM, 'waits', { schedulerName: 'volcano' }));
    await until('its group is let in', () => {
      const group = groupOf(history.get(PODS, `${TEAM}/waits`));
      return stringAt(history.get(POD_GROUPS, `${TEAM}/${group}`), ['status', 'phase']) === 'Inqueue' || undefined;
    });
    expect(boundPod(TEAM, 'waits')).to.equal(undefined);
    const changedMs = performance.now();
    await changed(name, key, `actions: "enqueue, allocate, backfill"\n${tiers}\n`);
    await until('it is placed', () => boundPod(TEAM, 'waits'));
    expect(performance.now() - changedMs).to.be.below(PATIENCE_MS);
  });

  it('gives pods the nodes and the scheduler of their resource group, as soon as the ConfigMap says so', async () => {
    const groups = [
      'resourceGroups:',
      '- resourceGroup: team',
      `  object: {key: namespace, value: [${TEAM}]}`,
      '  schedulerName: volcano',
      '  labels: {kubernetes.io/hostname: node-1}',
      '  tolerations: [{key: dedicated, operator: Exists}]',
      '',
    ].join('\n');
    const said = sluice.printed('"groups":"team"');
    await changed(`${RELEASE}-admission-configmap`, 'volcano-admission-ci.conf', groups);
    await sluice.during(said);
    await applied(plane, pod(TEAM, 'grouped', {}));
    const bound = await until('it is placed', () => boundPod(TEAM, 'grouped'));
    expect(stringAt(bound, ['spec', 'schedulerName'])).to.equal('volcano');
    expect(stringAt(bound, ['spec', 'nodeName'])).to.equal('node-1');
    expect(objectAt(bound, 'spec', 'nodeSelector')).to.deep.equal({ 'kubernetes.io/hostname': 'node-1' });
    expect(JSON.stringify(arrayAt(bound, 'spec', 'tolerations'))).to.include('"dedicated"');
    // Its webhook comes first, so that ours knows the pod for one of its own.
    expect(groupOf(bound)).to.not.equal('');
  });

  it('makes NodeShards as the sharding configuration says, and follows it', async () => {
    const all = ['node-0', 'node-1'];
    await until('the shards of the chart are there', () => nodesOf('agent-scheduler') && nodesOf('volcano'));
    const name = `${RELEASE}-sharding-configmap`;
    await changed(
      name,
      'sharding.yaml',
      'schedulerConfigs: [{name: one, type: x, minNodes: 1, maxNodes: 1}, {name: volcano}]',
    );
    await until('one has a node, and the other one the rest', () => {
      const [first] = nodesOf('one') ?? [];
      return (
        first !== undefined &&
        isShard(
          'volcano',
          all.filter((node) => node !== first),
        ) &&
        isShard('agent-scheduler', undefined)
      );
    });
    await changed(name, 'sharding.yaml', 'schedulerConfigs: []');
    expect(stringAt(await event('ConfigurationRefused', name), ['note'])).to.include(
      'must have at least one scheduler',
    );
    expect(nodesOf('one')).to.have.length(1);
  });

  it('finds HyperNodes by labels of nodes as the controller configuration says, and follows both', async () => {
    const label = (node: string, rack: string) => plane.kubectl(['label', 'node', node, '--overwrite', `rack=${rack}`]);
    const byHand = { members: [{ type: 'Node', selector: { exactMatch: { name: 'node-0' } } }], tier: 1 };
    const apiVersion = 'topology.volcano.sh/v1alpha1';
    await Promise.all([
      label('node-0', 'a'),
      label('node-1', 'b'),
      applied(plane, { apiVersion, kind: 'HyperNode', metadata: { name: 'by-hand' }, spec: byHand }),
    ]);
    const topologies = '{ib: [{nodeLabel: rack}, {nodeLabel: kubernetes.io/hostname}]}';
    const source = `{source: label, enabled: true, config: {networkTopologyTypes: ${topologies}}}`;
    const name = `${RELEASE}-controller-configmap`;
    const text = `networkTopologyDiscovery: [${source}, {source: ufm, enabled: true, config: {endpoint: x}}]`;
    await changed(name, 'volcano-controller.conf', text);
    await until('each rack is a HyperNode', () => isSame(racks(history), ['a: node-0', 'b: node-1']) || undefined);
    expect(stringAt(await event('ConfigurationTrimmed', name), ['note'])).to.include('"ufm": is not supported');
    await label('node-1', 'a');
    await until('both nodes are in one', () => isSame(racks(history), ['a: node-0,node-1']) || undefined);
    expect(history.get(HYPER_NODES, 'by-hand')).to.not.equal(undefined);
  });

  it('holds pods that ask for it back until their queue has room for them', async () => {
    const apiVersion = 'scheduling.volcano.sh/v1beta1';
    const gate = 'scheduling.volcano.sh/queue-allocation-gate';
    const asks = { [gate]: 'true', 'scheduling.volcano.sh/queue-name': 'narrow' };
    const gates = (name: string) => arrayAt(history.get(PODS, `${TEAM}/${name}`), 'spec', 'schedulingGates');
    const spec = { capability: { cpu: '100m' } };
    await applied(plane, { apiVersion, kind: 'Queue', metadata: { name: 'narrow' }, spec });
    await applied(plane, pod(TEAM, 'fits', { schedulerName: 'volcano' }, asks, '100m'));
    await until('the first is placed', () => boundPod(TEAM, 'fits'));
    await applied(plane, pod(TEAM, 'waits-for-queue', { schedulerName: 'volcano' }, asks, '100m'));
    await until('the second waits behind its gate', () => gates('waits-for-queue').length === 1 || undefined);
    await plane.kubectl(['delete', 'pod', '-n', TEAM, 'fits', '--wait=false']);
    await until('and is placed once there is room', () => boundPod(TEAM, 'waits-for-queue'));
    expect(gates('waits-for-queue')).to.deep.equal([]);
  });

  for (const [value, message] of [
    ['0', 'invalid value <"0"> for volcano.sh/jdb-min-available, it must be a positive integer'],
    ['100%', 'it must be a valid percentage which between 1% ~ 99%'],
  ] as const) {
    it(`refuses that ${value} pods of a group have to stay`, async () => {
      const refused = pod(TEAM, 'budget', { schedulerName: 'volcano' }, { 'volcano.sh/jdb-min-available': value });
      const { code, stderr } = await create(refused);
      expect([code, stderr.includes(message)], stderr).to.deep.equal([1, true]);
    });
  }

  it('completes new queues, and lets one go with work in it', async () => {
    const apiVersion = 'scheduling.volcano.sh/v1beta1';
    await applied(plane, { apiVersion, kind: 'Queue', metadata: { name: 'busy' }, spec: { weight: 0 } });
    const { stdout } = await plane.kubectl(['get', 'queue', 'busy', '-o', 'jsonpath={.spec}']);
    expect(JSON.parse(stdout)).to.deep.include({ weight: 1, reclaimable: true });
    const group = { metadata: { name: 'queued', namespace: TEAM }, spec: { minMember: 1, queue: 'busy' } };
    await applied(plane, { apiVersion, kind: 'PodGroup', ...group });
    await until('the group is there', () => history.get(POD_GROUPS, `${TEAM}/queued`));
    const deleted = await plane.kubectl(['delete', 'queue', 'busy']);
    expect(deleted.code, deleted.stderr).to.equal(0);
  });

  it('lets no first queue come below one that has pods', async () => {
    const apiVersion = 'scheduling.volcano.sh/v1beta1';
    await applied(plane, { apiVersion, kind: 'Queue', metadata: { name: 'used' } });
    await applied(
      plane,
      pod(TEAM, 'user', { schedulerName: 'volcano' }, { 'scheduling.volcano.sh/queue-name': 'used' }),
    );
    await until('its queue says so', () => memberAt(history.get(QUEUES, 'used'), 'status', 'allocated', 'pods'));
    const child = { apiVersion, kind: 'Queue', metadata: { name: 'below' }, spec: { parent: 'used' } };
    const { code, stderr } = await create(child);
    const words = 'queue used cannot be the parent queue of queue below because it has allocated Pods: 1';
    expect([code, stderr.includes(words)], stderr).to.deep.equal([1, true]);
  });

  it('closes and opens queues as Commands say', async () => {
    const apiVersion = 'scheduling.volcano.sh/v1beta1';
    await applied(plane, { apiVersion, kind: 'Queue', metadata: { name: 'shut' } });
    const shut = await until('the queue is there', () => history.get(QUEUES, 'shut'));
    const command = (action: string): object => ({
      apiVersion: 'bus.volcano.sh/v1alpha1',
      kind: 'Command',
      metadata: { name: action.toLowerCase(), namespace: 'default' },
      action,
      target: { apiVersion, kind: 'Queue', name: 'shut', uid: stringAt(shut, ['metadata', 'uid']) },
    });
    for (const [action, state] of [
      ['CloseQueue', 'Closed'],
      ['OpenQueue', 'Open'],
    ] as const) {
      await applied(plane, command(action));
      await until(
        `the queue is ${state}`,
        () => stringAt(history.get(QUEUES, 'shut'), ['status', 'state']) === state || undefined,
      );
    }
  });

  it('says on group and pods why a gang waits, with the reasons of Volcano', async () => {
    const group = {
      apiVersion: 'scheduling.volcano.sh/v1beta1',
      kind: 'PodGroup',
      metadata: { name: 'large', namespace: 'default' },
      spec: { minMember: 2 },
    };
    const member = (at: number): object =>
      pod('default', `large-${at}`, { schedulerName: 'volcano' }, { 'scheduling.k8s.io/group-name': 'large' }, '5');
    await applied(plane, pod('default', 'busy', { schedulerName: 'volcano' }, {}, '5'));
    await until('a node is busy', () => boundPod('default', 'busy'));
    await applied(plane, group, member(0));
    expect(await reasonOf('large', 'NotEnoughTasks')).to.equal(true);
    await applied(plane, member(1));
    expect(await reasonOf('large', 'NotEnoughResources')).to.equal(true);
    const told = await event('Unschedulable', 'large');
    expect(stringAt(told, ['note'])).to.match(/^Not enough valid tasks for gang-scheduling, valid: 1, min: 2\. /);
    await event('FailedScheduling', 'large-0');
    expect(waits('large').message).to.match(
      /^2\/2 tasks in gang unschedulable: pod group is not ready, 2 Pending, 2 minAvailable\. /,
    );
  });

  it('works with the rights that are declared for it, and no others', async function () {
    needsOneProcess(this, 'it goes on with one process as a user of its own');
    const metadata = { name: 'sluice-system' };
    await Promise.all([sluice.stop(), applied(plane, { apiVersion: 'v1', kind: 'Namespace', metadata })]);
    await grantInPlaceOfVolcano(plane, 'sluice', RELEASE);
    sluice = await SluiceProcess.start({ kubeconfig: await plane.kubeconfigFor('sluice'), webhookPort, args });
    await changed(`${RELEASE}-sharding-configmap`, 'sharding.yaml', 'schedulerConfigs: [{name: last}]');
    await until('it follows its ConfigMaps', () => nodesOf('last') && isShard('one', undefined));
    await applied(plane, pod(TEAM, 'last', { schedulerName: 'volcano' }, {}, '100m'));
    await until('it places pods', () => boundPod(TEAM, 'last'));
  });

  it('is taken away whole', async () => {
    await sluice.stop();
    const end = await runSluice(['uninstall', '--kubeconfig', plane.kubeconfigPath, '--compat', 'volcano']);
    expect(end.code, end.stderr).to.equal(0);
    await until('all are gone', () => {
      const left = [MUTATING_WEBHOOKS, VALIDATING_WEBHOOKS].flatMap((type) => history.all(type));
      return left.length === 0 || undefined;
    });
  });

  describe('with a Volcano that is installed', () => {
    const command = (...words: string[]) => runSluice(['migrate', '--kubeconfig', plane.kubeconfigPath, ...words]);

    /** Deployments, webhook configurations and what Volcano keeps, without what the server adds. */
    async function seen(): Promise<unknown> {
      const admission = ['mutating', 'validating'].map(
        (verb) => `${verb}webhookconfigurations,${verb}admissionpolicybindings`,
      );
      const kinds = ['deployments', ...admission, 'configmaps'];
      const { stdout } = await plane.kubectl(['-n', HOME, 'get', [...kinds, 'queues'].join(','), '-o', 'json']);
      return arrayAt(JSON.parse(stdout), 'items').map((each) => {
        const { annotations: _, ...metadata } = objectAt(restorable({ kind: '', object: objectAt(each) }), 'metadata');
        return { metadata, spec: memberAt(each, 'spec') ?? null, webhooks: memberAt(each, 'webhooks') ?? null };
      });
    }

    before(async () => {
      await changed(`${RELEASE}-sharding-configmap`, 'sharding.yaml', 'schedulerConfigs: [{name: last}]');
      await applied(plane, ...volcanoInstallation(RELEASE, HOME));
    });

    it('says what a migration would do, does it once, and undoes it', async () => {
      const before = await seen();
      const check = await command('--check');
      expect([check.code, check.stderr], check.stdout).to.deep.equal([0, '']);
      expect(check.stdout).to.match(/^ok +webhooks +2 webhook configurations ask Volcano/m);
      expect(await seen()).to.deep.equal(before);
      const moved = await command();
      expect(moved.code, moved.stderr).to.equal(0);
      expect(moved.stdout).to.include(`sluice serve --install --compat volcano --release ${RELEASE}`);
      const asking = 'mutatingwebhookconfigurations,validatingadmissionpolicybindings';
      const { stdout: left } = await plane.kubectl(['get', asking, '-o', 'name']);
      expect(left.split('\n').filter((line) => !line.endsWith('/sluice-own-writes'))).to.deep.equal(['']);
      expect((await command()).stdout).to.include('nothing is left to be done');
      const spec = { holderIdentity: 'another', leaseDurationSeconds: 600, renewTime: '2099-01-01T00:00:00.000000Z' };
      await plane.kubectl(['-n', HOME, 'patch', 'lease', 'sluice', '--type=merge', '-p', JSON.stringify({ spec })]);
      expect((await command('--undo')).stderr).to.include('another leads as Sluice');
      await plane.kubectl(['-n', HOME, 'delete', 'lease', 'sluice']);
      const back = await command('--undo');
      expect(back.code, back.stderr).to.equal(0);
      expect(await seen()).to.deep.equal(before);
    });

    it('goes on where it was cut off, also when the Deployments are gone by then, and says what is kept', async () => {
      const rules = [
        { apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list'] },
        { apiGroups: ['apps'], resources: ['deployments'], verbs: ['patch'] },
        { apiGroups: [''], resources: ['configmaps'], verbs: ['create'] },
      ];
      const [api, name] = ['rbac.authorization.k8s.io', 'half'];
      const role = { apiVersion: `${api}/v1`, kind: 'ClusterRole', metadata: { name }, rules };
      const roleRef = { apiGroup: api, kind: 'ClusterRole', name };
      const subjects = [{ apiGroup: api, kind: 'User', name }];
      await applied(plane, role, { ...role, kind: 'ClusterRoleBinding', rules: undefined, roleRef, subjects });
      const kubeconfig = `${plane.kubeconfigPath}.${name}`;
      const admins = await readFile(plane.kubeconfigPath, 'utf8');
      await writeFile(kubeconfig, admins.replace(/^( +)token: /m, `$1as: ${name}\n$1token: `));
      const half = await runSluice(['migrate', '--kubeconfig', kubeconfig]);
      expect(half.code).to.equal(1);
      expect(half.stderr).to.match(/cannot remove MutatingWebhookConfiguration .*forbidden.*; run this again to go on/);
      await plane.kubectl(['-n', HOME, 'delete', 'deployments', '--all']);
      const check = await command('--check');
      expect([check.code, check.stderr], check.stdout).to.deep.equal([0, '']);
      expect(check.stdout).to.match(/^note +volcano +there is no Deployment volcano-system\/integration-scheduler/m);
      expect(check.stdout).to.match(
        /^note +webhooks +Service volcano-system\/integration-admission-service is not there/m,
      );
      expect((await command()).stdout.match(/^done: remove /gm)).to.have.length(4);
      expect((await command()).stdout).to.match(/^note +volcano +no Volcano is installed/m);
      const { stdout: kept } = await plane.kubectl(['-n', HOME, 'get', 'configmap', 'sluice-migration', '-o', 'json']);
      expect(Object.keys(objectAt(JSON.parse(kept), 'data'))).to.have.length(4);
      expect((await command('--undo')).stderr).to.include(
        'no Volcano is installed; what was set aside stays in ConfigMap volcano-system/sluice-migration',
      );
    });
  });

  function until<T>(what: string, find: () => T | undefined): Promise<T> {
    return history.until(what, find);
  }

  function boundPod(namespace: string, name: string): JsonObject | undefined {
    const found = history.get(PODS, `${namespace}/${name}`);
    return stringAt(found, ['spec', 'nodeName']) === '' ? undefined : found;
  }

  function nodesOf(shard: string): readonly unknown[] | undefined {
    const found = history.get(NODE_SHARDS, shard);
    return found && arrayAt(found, 'spec', 'nodesDesired');
  }

  function isShard(shard: string, nodes: readonly string[] | undefined): true | undefined {
    return isSame(nodesOf(shard), nodes) || undefined;
  }

  function event(reason: string, name: string): Promise<JsonObject> {
    return until(`${reason} of ${name}`, () =>
      history
        .all(EVENTS)
        .find((each) => stringAt(each, ['reason']) === reason && stringAt(each, ['regarding', 'name']) === name),
    );
  }

  function reasonOf(group: string, reason: string): Promise<true> {
    return until(`${group}: ${reason}`, () => waits(group).reason === reason || undefined);
  }

  /** What a group of the default namespace waits for. */
  function waits(group: string): { readonly reason: string; readonly message: string } {
    const conditions = arrayAt(history.get(POD_GROUPS, `default/${group}`), 'status', 'conditions');
    const found = conditions.find((each) => stringAt(each, ['type']) === 'Unschedulable');
    return { reason: stringAt(found, ['reason']), message: stringAt(found, ['message']) };
  }

  function isOf(told: JsonObject, reason: string, subject: JsonObject): boolean {
    const isSubject = stringAt(told, ['regarding', 'uid']) === stringAt(subject, ['metadata', 'uid']);
    return isSubject && stringAt(told, ['reason']) === reason;
  }

  function changes(): Promise<number> {
    return sluice.metric('sluice_scheduler_configuration_changes_total');
  }

  async function untilChanges(count: number): Promise<void> {
    while ((await changes()) < count) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  async function changed(name: string, key: string, text: string): Promise<void> {
    const patch = JSON.stringify({ data: { [key]: text } });
    const { code, stderr } = await plane.kubectl(['-n', HOME, 'patch', 'configmap', name, '-p', patch]);
    expect(code, stderr).to.equal(0);
  }

  function create(object: object): Promise<KubectlResult> {
    return plane.kubectl(['create', '-f', '-'], JSON.stringify(object));
  }
});
