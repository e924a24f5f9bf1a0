import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { NODES, POD_GROUPS, PODS, QUEUES } from '../../src/api/resources.ts';
import { stringAt } from '../../src/lib/json.ts';
import { readBaselines } from '../../tools/compatibility/baselines.ts';
import { ROOT } from '../../tools/run-node.ts';
import { installOrSkip } from '../clients/support/no-answer.ts';
import { KubeClient } from '../control-plane/kube-client.ts';
import { startControlPlane } from '../control-plane/launch.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import { objectList } from '../e2e/support/deploy/object-list.ts';
import { untilServed } from '../e2e/support/deploy/served.ts';
import { settingOf } from '../e2e/support/gang-cluster.ts';
import { GangLoad } from '../e2e/support/gang-load.ts';
import { History } from '../e2e/support/history.ts';
import { applied, optedInNamespace } from '../e2e/support/manifest.ts';
import { judge } from '../e2e/support/oracle/judge.ts';
import { ActedFleet } from './support/acted-fleet.ts';
import { buildEarlier, revisionOf, whyNoEarlier } from './support/earlier-package.ts';
import { Helm } from './support/helm.ts';
import { LeadHistory } from './support/lead-history.ts';
import { PersistentClient } from './support/persistent-client.ts';
import { ReviewLoad, underReviews } from './support/review-load.ts';

const NAMESPACE = 'sluice-system';
const TEAM = 'team';
const REPLICAS = 2;
const SEED = settingOf('SLUICE_E2E_SEED', 5);
const GANGS = settingOf('SLUICE_E2E_GANGS', 12);
/** Plans are given up after a minute, and here none may be. */
const PATIENCE_MS = 50_000;
const [BEFORE = ''] = readBaselines()
  .map(({ name }) => name)
  .slice(-1);
const EARLIER = 'earlier';
const ROLLOUT = ['-n', NAMESPACE, '--timeout=240s'];
/** What answers reviews keeps the right to ask who may use a queue while pods of both releases are there. */
const BOTH_MAY_ASK = [
  'create',
  'clusterrolebinding',
  'sluice-both',
  '--clusterrole=sluice-webhook',
  `--serviceaccount=${NAMESPACE}:sluice`,
  `--serviceaccount=${NAMESPACE}:sluice-webhook`,
];
/** What only an installation of two Deployments has. */
const OF_TWO = [
  'deployment/sluice-scheduler',
  'poddisruptionbudget/sluice-scheduler',
  'serviceaccount/sluice-webhook',
  ...['read-only', 'serving', 'authority', 'registrar', 'submitters'].flatMap((name) => [
    `role/sluice-${name}`,
    `rolebinding/sluice-${name}`,
  ]),
];

/** How one comes from release to release. */
interface Way {
  readonly name: string;
  readonly install: () => Promise<void>;
  readonly upgrade: () => Promise<void>;
  readonly back: () => Promise<void>;
  readonly uninstall: () => Promise<void>;
}

describe(`from ${BEFORE}, which is one Deployment, to this version with two, and back, under load`, function () {
  this.timeout(600_000);
  const told: Record<string, unknown> = { replicas: REPLICAS, gangs: GANGS };
  let helm: Helm;
  let folder: string;
  let plane: ControlPlane;
  let history: History;
  let fleet: ActedFleet;
  let leads: LeadHistory;
  let tenant: KubeClient;

  before(async function () {
    this.timeout(1_800_000);
    const revision = revisionOf(BEFORE);
    const why = await whyNoEarlier(revision);
    if (why !== undefined) {
      console.log(`      not tried here: ${why}`);
      this.skip();
    }
    await installOrSkip(this, async () => {
      helm = await Helm.install();
    });
    folder = await mkdtemp(join(tmpdir(), 'sluice-earlier-'));
    await buildEarlier(revision, folder);
    plane = await startControlPlane({ extraArgs: { 'kube-apiserver': ['--enable-aggregator-routing=true'] } });
    history = await History.start(plane, [PODS, NODES]);
    const [node = ''] = await plane.applyNodes([
      { count: 1, namePrefix: 'own', cpu: '64', memory: '64Gi' },
      // More than the gangs ever hold together: nobody waits for room.
      { count: 20, namePrefix: 'gpu', cpu: '16', memory: '64Gi', gpus: 8 },
      { count: 20, namePrefix: 'cpu', cpu: '16', memory: '48Gi' },
    ]);
    await plane.kubectl(['create', 'namespace', NAMESPACE]);
    const contentOf = (image: string): string => (image.endsWith(`:${EARLIER}`) ? join(folder, 'dist') : ROOT);
    fleet = await ActedFleet.start({ plane, namespace: NAMESPACE, node, contentOf });
    leads = new LeadHistory(plane, fleet);
    tenant = await tenantOf(plane);
  });

  after(async () => {
    console.log(`      ${JSON.stringify(told)}`);
    await history?.stop();
    await fleet?.stop();
    await tenant?.close();
    await plane?.stop();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  const replicas = `replicas=${REPLICAS}`;
  const wait = ['--wait', '--timeout', '240s', '-n', NAMESPACE];
  const ways: readonly Way[] = [
    {
      name: 'helm',
      install: async () => {
        const chart = join(folder, 'manifests/chart');
        await helm.run(['install', 'sluice', chart, '--set', `${replicas},image.tag=${EARLIER}`, ...wait], plane);
      },
      upgrade: async () => {
        const set = `${replicas},schedulerReplicas=${REPLICAS},image.tag=now`;
        await helm.ofChart(['upgrade', 'sluice'], ['--set', set, ...wait], plane);
      },
      back: async () => {
        await said(BOTH_MAY_ASK);
        await helm.run(['rollback', 'sluice', '1', ...wait], plane);
        await said(['delete', 'clusterrolebinding', 'sluice-both']);
      },
      uninstall: async () => void (await helm.run(['uninstall', 'sluice', ...wait], plane)),
    },
    {
      name: 'kubectl apply',
      install: () => applyFile(join(folder, 'manifests/install.yaml'), EARLIER),
      upgrade: async () => {
        await applyFile(join(ROOT, 'manifests/install.yaml'), 'now');
        await said(['rollout', 'status', 'deployment/sluice-scheduler', ...ROLLOUT]);
        await said(['delete', '-n', NAMESPACE, 'role/sluice-certificates', 'rolebinding/sluice-certificates']);
      },
      back: async () => {
        await said(BOTH_MAY_ASK);
        await applyFile(join(folder, 'manifests/install.yaml'), EARLIER);
        await said(['delete', '-n', NAMESPACE, ...OF_TWO]);
        const everywhere = ['clusterrolebinding/sluice-both', 'clusterrolebinding/sluice-read-only'];
        await said(['delete', ...everywhere, 'clusterrole/sluice-read-only']);
      },
      uninstall: async () => {
        await said(['delete', '-f', join(folder, 'manifests/install.yaml'), '--timeout=120s']);
      },
    },
  ];

  for (const way of ways)
    describe(`by ${way.name}`, () => {
      let ofOne: readonly string[];

      it('starts with one Deployment', async () => {
        await way.install();
        await untilServed(plane);
        await history.follow(
          [POD_GROUPS, QUEUES].filter(({ plural }) => history.events.every(({ kind }) => kind !== plural)),
        );
        await applied(plane, ...queueOfTenant());
        ofOne = await ownObjects();
        leads.taken();
      });

      it('goes on with every gang and loses no review, and the lead goes over to a scheduler that keeps it', async () => {
        await underLoad(`${way.name.slice(0, 4)}-up`, way.upgrade);
        const leaders = leads.taken();
        told[`${way.name}: leaders`] = leaders;
        const [last = ''] = leaders.slice(-1);
        expect(last).to.match(/^sluice-scheduler-/);
        expect(leaders.filter((one) => one.startsWith('sluice-scheduler-'))).to.deep.equal([last]);
      });

      it('goes back in the same way, and leaves nothing of the second Deployment', async () => {
        await underLoad(`${way.name.slice(0, 4)}-back`, way.back);
        const leaders = leads.taken();
        told[`${way.name}: leaders back`] = leaders;
        expect(leaders.at(-1)).to.not.match(/^sluice-scheduler-/);
        expect(await ownObjects()).to.deep.equal(ofOne);
      });

      it('is taken away', async () => {
        await way.uninstall();
        await plane.kubectl(['wait', '--for=delete', 'pods', '--all', '-n', NAMESPACE, '--timeout=60s']);
      });
    });

  describe('all the while', () => {
    it('no gang was partly bound, and no other rule broken', () => {
      const { violations, figures } = judge(
        history.events.filter(({ key }) => !key.startsWith(`${NAMESPACE}/`)),
        PATIENCE_MS,
      );
      told['judged'] = figures;
      expect(violations).to.deep.equal([]);
      expect(fleet.troubles).to.deep.equal([]);
    });
  });

  /** Gangs come, and both an admin and somebody whose right is asked for have pods reviewed, until all is done. */
  async function underLoad(what: string, change: () => Promise<void>): Promise<void> {
    const team = `${TEAM}-${what}`;
    await applied(plane, optedInNamespace(team), optedInNamespace(TEAM));
    const asking = new ReviewLoad(new PersistentClient(tenant), TEAM, TEAM);
    const reviews = await underReviews(plane.client, team, async (client) => {
      const shape = { seed: SEED, gangs: GANGS, overMs: GANGS * 2500, queues: ['default'] } as const;
      const load = new GangLoad({ client }, history, team, shape);
      await Promise.all([load.run(), change()]);
      await load.finished(120_000);
    });
    const ofTenant = await asking.end();
    told[what] = { reviews, ofTenant };
    expect({ broken: [reviews.broken, ofTenant.broken], wrong: asking.wrong.slice(0, 3) }).to.deep.equal({
      broken: [0, 0],
      wrong: [],
    });
  }

  /** The static manifests with an image of that tag, and as few pods as the chart has here; resolves once they run. */
  async function applyFile(file: string, tag: string): Promise<void> {
    const text = (await readFile(file, 'utf8'))
      .replaceAll(/image: sluice:\S+/g, `image: sluice:${tag}`)
      .replaceAll('replicas: 3', `replicas: ${REPLICAS}`);
    await said(['apply', '--server-side', '--force-conflicts', '-f', '-'], text);
    await said(['rollout', 'status', 'deployment/sluice', ...ROLLOUT]);
  }

  async function said(args: readonly string[], input?: string): Promise<void> {
    const { code, stderr } = await plane.kubectl(args, input);
    expect(code, stderr).to.equal(0);
  }

  /** What belongs to an installation, without pods and what follows from them. */
  async function ownObjects(): Promise<readonly string[]> {
    const all = await objectList(plane);
    return all.filter(
      (one) =>
        one.includes('sluice') &&
        !/^(Pod|ReplicaSet|EndpointSlice|PodMetrics|ControllerRevision|Secret|Lease) /.test(one),
    );
  }
});

/** Its name has a right of its own. */
function queueOfTenant(): readonly object[] {
  return [
    { apiVersion: 'scheduling.volcano.sh/v1beta1', kind: 'Queue', metadata: { name: TEAM }, spec: { weight: 1 } },
  ];
}

/** Somebody who may do everything in one namespace, and use one queue. */
async function tenantOf(plane: ControlPlane): Promise<KubeClient> {
  await applied(plane, optedInNamespace(TEAM));
  await plane.kubectl(['wait', '--for=create', '-n', TEAM, 'serviceaccount/default', '--timeout=30s']);
  const rbac = { apiVersion: 'rbac.authorization.k8s.io/v1' };
  const subjects = [{ kind: 'ServiceAccount', name: 'default', namespace: TEAM }];
  const roleRef = (kind: string, name: string): object => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name });
  await applied(
    plane,
    {
      ...rbac,
      kind: 'RoleBinding',
      metadata: { name: 'tenant', namespace: TEAM },
      roleRef: roleRef('ClusterRole', 'admin'),
      subjects,
    },
    {
      ...rbac,
      kind: 'ClusterRole',
      metadata: { name: 'use-team' },
      rules: [{ apiGroups: ['scheduling.volcano.sh'], resources: ['queues'], resourceNames: [TEAM], verbs: ['use'] }],
    },
    {
      ...rbac,
      kind: 'ClusterRoleBinding',
      metadata: { name: 'use-team' },
      roleRef: roleRef('ClusterRole', 'use-team'),
      subjects,
    },
  );
  const path = `/api/v1/namespaces/${TEAM}/serviceaccounts/default/token`;
  const { body } = await plane.client.request('POST', path, { spec: { expirationSeconds: 3600 } });
  return new KubeClient({ ...plane, token: stringAt(body, ['status', 'token']) });
}
