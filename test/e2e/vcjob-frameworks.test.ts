import { readFile, readdir } from 'node:fs/promises';
import { expect } from 'chai';
import { parse } from 'yaml';
import { CONFIG_MAPS, EVENTS, NETWORK_POLICIES, PODS, SECRETS, SERVICES, VCJOBS } from '../../src/api/resources.ts';
import type { ResourceType } from '../../src/api/resources.ts';
import { arrayAt, memberAt, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../src/lib/json.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import type { History } from './support/history.ts';
import { applied } from './support/manifest.ts';
import { Stage } from './support/stage.ts';

const FOLDER = new URL('../../examples/vcjobs/', import.meta.url);
const NS = 'team';
const OWNED_KINDS = [CONFIG_MAPS, NETWORK_POLICIES, SECRETS, SERVICES];

/** What a pod is told by its first container's variables, by its name. */
type Told = Readonly<Record<string, Readonly<Record<string, string>>>>;

const HOSTS = (key: string): string => `from mnist-ps-svc ${key}`;
const TF_CLUSTER = {
  ps: ['mnist-ps-ps-0.mnist-ps:2222'],
  worker: [0, 1].map((at) => `mnist-ps-worker-${at}.mnist-ps:2222`),
};
const TOLD: Readonly<Record<string, Told>> = {
  tensorflow: {
    'mnist-ps-worker-1': {
      VC_PS_HOSTS: HOSTS('VC_PS_HOSTS'),
      VC_WORKER_NUM: HOSTS('VC_WORKER_NUM'),
      TF_CONFIG: JSON.stringify({ cluster: TF_CLUSTER, task: { type: 'worker', index: 1 } }),
    },
  },
  pytorch: {
    'mnist-ddp-master-0': { MASTER_ADDR: 'mnist-ddp-master-0.mnist-ddp', WORLD_SIZE: '3', RANK: '0' },
    'mnist-ddp-worker-1': { MASTER_ADDR: 'mnist-ddp-master-0.mnist-ddp', MASTER_PORT: '23456', RANK: '2' },
  },
  mpi: {
    'horovod-master-0': { MPI_HOST: 'horovod-worker-0.horovod,horovod-worker-1.horovod' },
    'horovod-worker-0': {},
  },
  mindspore: {
    'resnet-scheduler-0': { VC_TASK_INDEX: '0', MS_ROLE: 'MS_SCHED' },
    'resnet-worker-1': { VC_TASK_INDEX: '1', VK_TASK_INDEX: '1', MS_ROLE: 'MS_WORKER' },
  },
  paddle: {
    'click-through-pserver-1': { VC_TASK_INDEX: '1', VC_TRAINER_HOSTS: 'from click-through-svc VC_TRAINER_HOSTS' },
  },
  spark: { 'spark-pi-driver-0': { VC_MASTER_HOSTS: 'from spark-pi-svc VC_MASTER_HOSTS' } },
  ray: { 'tune-submit-0': { VC_HEAD_HOSTS: 'from tune-svc VC_HEAD_HOSTS' } },
};

/** What each job owns while it runs. */
const OWNED: Readonly<Record<string, readonly string[]>> = {
  tensorflow: ['ConfigMap mnist-ps-svc', 'NetworkPolicy mnist-ps', 'Service mnist-ps'],
  pytorch: ['ConfigMap mnist-ddp-svc', 'NetworkPolicy mnist-ddp', 'Service mnist-ddp'],
  mpi: ['ConfigMap horovod-svc', 'NetworkPolicy horovod', 'Secret horovod-ssh', 'Service horovod'],
  mindspore: ['ConfigMap resnet-svc', 'NetworkPolicy resnet', 'Service resnet'],
  paddle: ['ConfigMap click-through-svc', 'NetworkPolicy click-through', 'Service click-through'],
  spark: ['ConfigMap spark-pi-svc', 'Service spark-pi'],
  ray: ['ConfigMap tune-svc', 'NetworkPolicy tune', 'Service tune', 'Service tune-head-svc'],
};

describe('framework jobs as Jobs of Volcano', function () {
  this.timeout(120_000);
  let stage: Stage;
  let plane: ControlPlane;
  let history: History;
  const names = new Map<string, string>();

  before(async () => {
    stage = await Stage.start({
      nodes: [{ count: 8, cpu: '16', memory: '64Gi' }],
      kinds: [PODS, VCJOBS, EVENTS, ...OWNED_KINDS],
    });
    ({ plane, history } = stage);
    await applied(plane, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NS } });
    await plane.kubectl(['wait', '--for=create', '-n', NS, 'serviceaccount/default', '--timeout=30s']);
    const files = await readdir(FOLDER);
    const jobs = await Promise.all(
      files.map(async (file) => parse(await readFile(new URL(file, FOLDER), 'utf8')) as JsonObject),
    );
    files.forEach((file, at) => names.set(file.replace('.yaml', ''), stringAt(jobs[at], ['metadata', 'name'])));
    await applied(plane, ...jobs.map(inTeam));
  });

  after(async () => {
    await stage?.stop();
  });

  function phaseOf(name: string): string {
    return stringAt(history.get(VCJOBS, `${NS}/${name}`), ['status', 'state', 'phase']);
  }

  function reaches(name: string, phase: string): Promise<true> {
    return history.until(`${name} is ${phase}`, () => (phaseOf(name) === phase ? true : undefined), 60_000);
  }

  /** The pod as it was first seen. */
  function podOf(name: string): JsonObject | undefined {
    return history.of(PODS, `${NS}/${name}`)[0]?.object;
  }

  /** Everything that was ever made for the job, as `Kind name`. */
  function ownedBy(name: string, type: ResourceType): readonly string[] {
    const made = history.inOrder().filter(({ kind, type: change }) => kind === type.plural && change === 'ADDED');
    return made
      .filter(({ object }) => isOwned(object, name))
      .map(({ object }) => `${type.kind} ${stringAt(object, ['metadata', 'name'])}`);
  }

  it('there is an example of each', () => {
    expect([...names.keys()].toSorted()).to.deep.equal(Object.keys(TOLD).toSorted());
  });

  for (const [framework, pods] of Object.entries(TOLD)) {
    it(`${framework}: runs to its end, with what its plugins make and tell`, async () => {
      const name = names.get(framework) ?? '';
      await reaches(name, 'Completed');
      for (const [pod, want] of Object.entries(pods)) expect(variablesOf(podOf(pod))).to.include(want);
      const owned = OWNED_KINDS.flatMap((type) => ownedBy(name, type));
      expect(owned).to.deep.equal(OWNED[framework]);
      await history.until(`${name} owns nothing`, () => (ownsSomething(name) ? undefined : true));
    });
  }

  function ownsSomething(name: string): boolean {
    return OWNED_KINDS.some((type) => history.all(type).some((one) => isOwned(one, name)));
  }

  it('pytorch: workers wait for the master in an init container', () => {
    const [waiter] = arrayAt(podOf('mnist-ddp-worker-0'), 'spec', 'initContainers');
    expect(stringAt(waiter, ['name'])).to.equal('wait-for-master');
    expect(arrayAt(podOf('mnist-ddp-master-0'), 'spec', 'initContainers')).to.deep.equal([]);
  });

  it('mindspore: pods have their ranks in an annotation', () => {
    const ranks = ['resnet-scheduler-0', 'resnet-worker-0', 'resnet-worker-1'].map((pod) => {
      return memberAt(podOf(pod), 'metadata', 'annotations', 'hccl/rankIndex');
    });
    expect(ranks).to.deep.equal(['0', '1', '2']);
  });

  it('ray: head and workers start Ray', () => {
    const commands = ['tune-head-0', 'tune-worker-0'].map((pod) => {
      return arrayAt(arrayAt(podOf(pod), 'spec', 'containers')[0], 'command').at(-1);
    });
    expect(commands[0]).to.include('ray start --head --block').and.to.include('--port=6379');
    expect(commands[1]).to.equal('ray start --block --address=tune-head-0.tune:6379');
  });

  it('mpi: pods have keys that nobody else has, and are found by name', () => {
    const pod = podOf('horovod-worker-0');
    expect(objectAt(pod, 'spec')).to.deep.include({ hostname: 'horovod-worker-0', subdomain: 'horovod' });
    const mounts = arrayAt(arrayAt(pod, 'spec', 'containers')[0], 'volumeMounts').map((one) =>
      stringAt(one, ['mountPath']),
    );
    expect(mounts).to.include.members(['/root/.ssh', '/etc/volcano']);
    const data = objectAt(history.of(SECRETS, `${NS}/horovod-ssh`)[0]?.object, 'data');
    expect(plain(data['id_rsa'])).to.match(/^-----BEGIN RSA PRIVATE KEY-----/u);
    expect(data['authorized_keys']).to.equal(data['id_rsa.pub']);
    expect(plain(data['config'])).to.include('Host horovod-worker-1\n  HostName horovod-worker-1.horovod\n');
  });

  it('hosts are told anew when a job grows', async () => {
    await applied(plane, sleeper('grows', { svc: [], ssh: [] }, 1));
    await reaches('grows', 'Running');
    const key = `${NS}/grows-ssh`;
    const before = objectAt(history.get(SECRETS, key), 'data')['id_rsa'];
    const patch = [
      { op: 'replace', path: '/spec/tasks/0/replicas', value: 3 },
      { op: 'replace', path: '/spec/tasks/0/minAvailable', value: 3 },
      { op: 'replace', path: '/spec/minAvailable', value: 3 },
    ];
    await plane.kubectl(['patch', '-n', NS, 'vcjob', 'grows', '--type=json', '-p', JSON.stringify(patch)]);
    await history.until('three hosts', () => {
      const data = objectAt(history.get(CONFIG_MAPS, `${NS}/grows-svc`), 'data');
      return data['VC_MAIN_NUM'] === '3' ? true : undefined;
    });
    await history.until('ssh knows them', () => {
      const config = plain(objectAt(history.get(SECRETS, key), 'data')['config']);
      return config.includes('Host grows-main-2') ? true : undefined;
    });
    expect(objectAt(history.get(SECRETS, key), 'data')['id_rsa']).to.equal(before);
    await history.until('three pods', () => (podOf('grows-main-2') === undefined ? undefined : true));
  });

  it('what somebody else owns stays, and the job is told', async () => {
    const owner = await plane.kubectl(['get', 'namespace', NS, '-o', 'jsonpath={.metadata.uid}']);
    const ownerReferences = [{ apiVersion: 'v1', kind: 'Namespace', name: NS, uid: owner.stdout }];
    const taken = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'late-svc', namespace: NS, ownerReferences },
    };
    await applied(plane, { ...taken, data: { mine: '1' } }, sleeper('late', { svc: ['--disable-network-policy'] }, 1));
    const note = await history.until('it is told', () => {
      const told = history.all(EVENTS).find((event) => stringAt(event, ['reason']) === 'PluginError');
      return told === undefined ? undefined : stringAt(told, ['note']);
    });
    expect(note).to.equal(`ConfigMap late-svc belongs to Namespace ${NS}: it stays as it is`);
    expect(objectAt(history.get(CONFIG_MAPS, `${NS}/late-svc`), 'data')).to.deep.equal({ mine: '1' });
  });

  it('who asks for a claim gets one, which the job names and its pods mount', async () => {
    const volumeClaim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
    const job = sleeper('stored', {}, 1);
    const spec = { ...objectAt(job, 'spec'), volumes: [{ mountPath: '/data', volumeClaim }] };
    await applied(plane, { ...job, spec });
    const pod = await history.until('its pod', () => history.get(PODS, `${NS}/stored-main-0`));
    const claim = stringAt(arrayAt(history.get(VCJOBS, `${NS}/stored`), 'spec', 'volumes')[0], ['volumeClaimName']);
    const mounted = arrayAt(pod, 'spec', 'volumes').map((one) => stringAt(one, ['persistentVolumeClaim', 'claimName']));
    expect(mounted).to.include(claim);
    const made = await plane.client.request('GET', `/api/v1/namespaces/${NS}/persistentvolumeclaims/${claim}`);
    expect(isOwned(made.body as JsonObject, 'stored')).to.equal(true);
  });

  const refusals: readonly (readonly [name: string, plugins: JsonObject, says: string])[] = [
    ['a plugin that nobody knows', { magic: [] }, 'unable to find job plugin: magic'],
    ['a port that is none', { pytorch: ['--port=high'] }, 'spec.plugins[pytorch][0]'],
    ['an MPI job without its master', { mpi: [] }, 'The specified mpi master task was not found'],
  ];
  for (const [name, plugins, says] of refusals) {
    it(`${name} is refused when it is submitted`, async () => {
      const { code, stderr } = await plane.kubectl(['create', '-f', '-'], JSON.stringify(sleeper('wrong', plugins, 1)));
      expect(code).not.to.equal(0);
      expect(stderr).to.include(says);
    });
  }

  it('an argument that nobody knows is told in a warning', async () => {
    const job = sleeper('odd', { svc: ['--loud'] }, 1);
    const { code, stderr } = await plane.kubectl(['create', '-f', '-'], JSON.stringify(job));
    expect(code, stderr).to.equal(0);
    expect(stderr).to.include('Warning: spec.plugins[svc][0]: "--loud": flag provided but not defined: -loud');
    await reaches('odd', 'Running');
  });
});

function inTeam(job: JsonObject): JsonObject {
  return { ...job, metadata: { ...objectAt(job, 'metadata'), namespace: NS } };
}

/** A job of one task whose pods sleep. */
function sleeper(name: string, plugins: JsonObject, replicas: number): JsonObject {
  const containers = [{ name: 'main', image: 'busybox', command: ['sleep', '600'] }];
  const tasks = [{ name: 'main', replicas, template: { spec: { restartPolicy: 'Never', containers } } }];
  return {
    apiVersion: 'batch.volcano.sh/v1alpha1',
    kind: 'Job',
    metadata: { name, namespace: NS },
    spec: { plugins, tasks },
  };
}

/** Variables of the first container: their values, or where those come from. */
function variablesOf(pod: JsonObject | undefined): Readonly<Record<string, string>> {
  const [first] = arrayAt(pod, 'spec', 'containers');
  return Object.fromEntries(arrayAt(first, 'env').map((one) => [stringAt(one, ['name']), valueOf(one)]));
}

function valueOf(variable: JsonValue): string {
  const from = objectAt(variable, 'valueFrom', 'configMapKeyRef');
  return stringAt(variable, ['value'], `from ${stringAt(from, ['name'])} ${stringAt(from, ['key'])}`);
}

function isOwned(object: JsonObject, name: string): boolean {
  return stringAt(arrayAt(object, 'metadata', 'ownerReferences')[0], ['name']) === name;
}

function plain(data: JsonValue | undefined): string {
  return Buffer.from(typeof data === 'string' ? data : '', 'base64').toString();
}
