import { expect } from 'chai';
import { GROUP_NAME_ANNOTATION, QUEUE_NAME_ANNOTATION } from '../../src/api/keys.ts';
import { JOBS, NAMESPACES, POD_GROUPS, PODS, resourcePath } from '../../src/api/resources.ts';
import { arrayAt, memberAt, stringAt } from '../../src/lib/json.ts';
import { freePort } from '../control-plane/free-port.ts';
import { startControlPlane } from '../control-plane/launch.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import { History } from './support/history.ts';
import { applied, inNamespace, job, optedInNamespace, pod, queue } from './support/manifest.ts';
import type { Manifest } from './support/manifest.ts';
import { NamespaceView } from './support/namespace-view.ts';
import { SluiceProcess } from './support/sluice-process.ts';

const TEAM = 'team';
const JOB_NAME_LABEL = 'batch.kubernetes.io/job-name';

/** What people reported of batch systems, each as a story with its rightful end. */
describe('public reports', function () {
  this.timeout(60_000);
  let plane: ControlPlane;
  let sluice: SluiceProcess;
  let history: History;
  let team: NamespaceView;

  before(async () => {
    plane = await startControlPlane();
    history = await History.start(plane, [PODS, JOBS, NAMESPACES]);
    team = new NamespaceView(history, TEAM);
    const kubeconfig = plane.kubeconfigPath;
    [sluice] = await Promise.all([
      SluiceProcess.start({ kubeconfig, install: true, webhookPort: await freePort() }),
      plane.applyNodes([
        { count: 4, cpu: '16', memory: '64Gi', gpus: 8, cards: { scheme: 'share', count: 4, memory: 8 } },
      ]),
    ]);
    await history.follow([POD_GROUPS]);
    await applied(plane, optedInNamespace(TEAM));
  });

  after(async () => {
    await history?.stop();
    await sluice?.stop();
    await plane?.stop();
  });

  it('drivers leave the room that their executors need: one application runs, the other waits', async () => {
    await applied(plane, queue('spark', { capability: { cpu: '3500m' } }));
    await applied(plane, inNamespace(TEAM, driver('a')), inNamespace(TEAM, driver('b')));
    const first = await history.until('a driver', () =>
      ['a', 'b'].find((app) => stringAt(history.get(PODS, `${TEAM}/driver-${app}`), ['spec', 'nodeName']) !== ''),
    );
    await applied(plane, inNamespace(TEAM, executor(first)));
    await team.bindingOf(`executor-${first}`);
    const other = first === 'a' ? 'b' : 'a';
    expect(stringAt(history.get(PODS, `${TEAM}/driver-${other}`), ['spec', 'nodeName'])).to.equal('');
  });

  it('the queue that is written on a Deployment is the one that its pods are charged to', async () => {
    await applied(plane, queue('services'), inNamespace(TEAM, deployment('web')));
    const made = await history.until('the pod of the Deployment', () =>
      history.all(PODS).find((one) => stringAt(one, ['metadata', 'labels', 'app']) === 'web'),
    );
    await team.bindingOf(stringAt(made, ['metadata', 'name']));
    const group = history.get(
      POD_GROUPS,
      `${TEAM}/${stringAt(made, ['metadata', 'annotations', GROUP_NAME_ANNOTATION])}`,
    );
    expect(stringAt(group, ['spec', 'queue'])).to.equal('services');
    const [owner] = arrayAt(group, 'metadata', 'ownerReferences');
    expect(memberAt(owner, 'kind')).to.equal('ReplicaSet');
  });

  it('pods that keep their like away get a node each, together', async () => {
    await applied(plane, inNamespace(TEAM, jobWith('apart', 3, { affinity: keepsAway('apart') })));
    const pods = await history.until('the pods of the Job', () => {
      const made = history.all(PODS).filter((one) => stringAt(one, ['metadata', 'labels', 'app']) === 'apart');
      return made.length === 3 ? made.map((one) => stringAt(one, ['metadata', 'name'])) : undefined;
    });
    const bindings = await Promise.all(pods.map((name) => team.bindingOf(name)));
    expect(new Set(bindings.map(({ object }) => stringAt(object, ['spec', 'nodeName']))).size).to.equal(3);
  });

  it('a need that is not looked at is told when the Job is submitted, and is not broken', async () => {
    const limits = { 'volcano.sh/gpu-memory': '1', 'volcano.sh/gpu-number': '1' };
    const containers = [{ name: 'main', image: 'none', resources: { limits } }];
    const object = inNamespace(TEAM, jobWith('spread', 3, { containers }));
    const { code, stderr } = await plane.kubectl(['apply', '-f', '-'], JSON.stringify(object));
    expect(code, stderr).to.equal(0);
    expect(stderr).to.match(/Warning: spec\.template\.spec: parts of cards that are asked for in several ways/);
    const told = await history.until('the word on the group', () =>
      history
        .all(POD_GROUPS)
        .find((one) => arrayAt(one, 'status', 'conditions').some((c) => memberAt(c, 'reason') === 'NeedsNotSupported')),
    );
    expect(memberAt(arrayAt(told, 'metadata', 'ownerReferences')[0], 'name')).to.equal('spread');
    const pods = history.all(PODS).filter((one) => stringAt(one, ['metadata', 'labels', 'app']) === 'spread');
    expect(pods.map((one) => stringAt(one, ['spec', 'nodeName']))).to.deep.equal(['', '', '']);
  });

  it('the room of a pod that was shrunk goes to others once its node has shrunk it, and not before', async () => {
    await applied(plane, inNamespace(TEAM, large('shrinks')));
    await history.until('the pod to run', () =>
      stringAt(history.get(PODS, `${TEAM}/shrinks`), ['status', 'phase']) === 'Running' ? true : undefined,
    );
    await patched('shrinks', 'status', { status: statusOf('40Gi') });
    await applied(plane, inNamespace(TEAM, large('waits')));
    await patched('shrinks', 'resize', { spec: { containers: [container('10Gi')] } });
    // Whoever is bound came later: the shrinking was seen before it.
    await applied(plane, inNamespace(TEAM, large('small', '1Gi')));
    await team.bindingOf('small');
    expect(stringAt(history.get(PODS, `${TEAM}/waits`), ['spec', 'nodeName'])).to.equal('');
    const done = await patched('shrinks', 'status', { status: statusOf('10Gi') });
    expect((await team.bindingOf('waits')).revision).to.be.greaterThan(done);
  });

  it('a gang that loses a pod gets its place back, though others wait for it', async () => {
    await applied(plane, queue('narrow', { capability: { cpu: '200m' } }));
    await applied(plane, inNamespace(TEAM, pairIn('narrow')));
    const running = (): readonly string[] =>
      ['pair-a-0', 'pair-a-1'].flatMap((name) => {
        const found = history.get(PODS, `${TEAM}/${name}`);
        return stringAt(found, ['status', 'phase']) === 'Running' ? [stringAt(found, ['metadata', 'uid'])] : [];
      });
    const before = await history.until('the pair', () => (running().length === 2 ? running() : undefined));
    await applied(plane, inNamespace(TEAM, job('fresh', 1, { labels: { 'volcano.sh/queue-name': 'narrow' } })));
    const [fresh] = await podsOf('fresh', 1);
    await kubectl('delete', 'pod', 'pair-a-0', '--wait=false');
    await history.until('the next pod of the pair', () => {
      const after = running();
      return after.length === 2 && after.some((uid) => !before.includes(uid)) ? true : undefined;
    });
    expect(stringAt(history.get(PODS, `${TEAM}/${fresh}`), ['spec', 'nodeName'])).to.equal('');
  });

  async function kubectl(...args: readonly string[]): Promise<void> {
    const { code, stderr } = await plane.kubectl(['-n', TEAM, ...args]);
    expect(code, stderr).to.equal(0);
  }

  /** Names of the pods of a Job, once there are so many. */
  function podsOf(name: string, count: number): Promise<readonly string[]> {
    return history.until(`pods of ${name}`, () => {
      const made = history.all(PODS).filter((one) => stringAt(one, ['metadata', 'labels', JOB_NAME_LABEL]) === name);
      return made.length === count ? made.map((one) => stringAt(one, ['metadata', 'name'])) : undefined;
    });
  }

  /** The revision at which a part of a pod was changed: its size, or what its node tells of it. */
  async function patched(name: string, part: 'resize' | 'status', patch: object): Promise<number> {
    const path = `${resourcePath(PODS, TEAM, name)}/${part}`;
    const { status, body } = await plane.client.request('PATCH', path, patch, 'application/strategic-merge-patch+json');
    expect(status, JSON.stringify(body)).to.equal(200);
    return Number(stringAt(body, ['metadata', 'resourceVersion']));
  }
});

/** A Job of Volcano of two pods that start together. */
function pairIn(queueName: string): Manifest {
  const containers = [
    { name: 'main', image: 'none', command: ['sleep', '600'], resources: { requests: { cpu: '100m' } } },
  ];
  const template = { spec: { restartPolicy: 'Never', containers } };
  return {
    apiVersion: 'batch.volcano.sh/v1alpha1',
    kind: 'Job',
    metadata: { name: 'pair' },
    spec: { queue: queueName, minAvailable: 2, tasks: [{ name: 'a', replicas: 2, template }] },
  };
}

/** A pod for the first node, which has no room for two of them. */
function large(name: string, memory = '40Gi'): Manifest {
  const bare = pod(name);
  return {
    ...bare,
    spec: { ...bare.spec, containers: [container(memory)], nodeSelector: { 'kubernetes.io/hostname': 'node-0' } },
  };
}

function container(memory: string): object {
  return { name: 'main', image: 'none', resources: { requests: { memory } } };
}

/** What a kubelet tells of a container that has so much, as kwok does not. */
function statusOf(memory: string): object {
  return { containerStatuses: [{ name: 'main', allocatedResources: { memory }, resources: { requests: { memory } } }] };
}

function sparkPod(
  name: string,
  app: string,
  role: string,
  cpu: string,
  annotations: Readonly<Record<string, string>>,
): Manifest {
  const labels = { 'spark-role': role, 'spark-app-selector': `spark-${app}`, 'volcano.sh/queue-name': 'spark' };
  const containers = [{ name: 'main', image: 'none', resources: { requests: { cpu } } }];
  const bare = pod(name, { labels, annotations });
  return { ...bare, spec: { ...bare.spec, containers } };
}

/** Says that it needs one executor, and not how large that is. */
function driver(app: string): Manifest {
  return sparkPod(`driver-${app}`, app, 'driver', '1', { 'sluice.dev/spark-min-executors': '1' });
}

function executor(app: string): Manifest {
  return sparkPod(`executor-${app}`, app, 'executor', '2', {});
}

/** A Job of so many pods at once, labelled with its name, with more in their spec. */
function jobWith(name: string, pods: number, more: object): Manifest {
  const object = job(name, pods);
  const { template, ...rest } = object.spec;
  const labelled = { metadata: { labels: { app: name } }, spec: { ...template.spec, ...more } };
  return { ...object, spec: { ...rest, template: labelled } };
}

/** No two pods of the application on one node. */
function keepsAway(app: string): object {
  const term = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app } } };
  return { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
}

function deployment(name: string): Manifest {
  const containers = [{ name: 'main', image: 'none', resources: { requests: { cpu: '100m' } } }];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, annotations: { [QUEUE_NAME_ANNOTATION]: 'services' } },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers } },
    },
  };
}
