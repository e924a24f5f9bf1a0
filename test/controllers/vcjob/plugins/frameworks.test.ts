import { expect } from 'chai';
import { SERVICES } from '../../../../src/api/resources.ts';
import { pluginsOf } from '../../../../src/controllers/vcjob/plugins/table.ts';
import { arrayAt, memberAt, stringAt } from '../../../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../../../src/lib/json.ts';
import { dressed, jobOf, podOf, taskOf } from './dressed.ts';

function envOf(pod: JsonObject, list = 'containers'): Readonly<Record<string, string>> {
  const [first] = arrayAt(pod, 'spec', list);
  return Object.fromEntries(arrayAt(first, 'env').map((one) => [stringAt(one, ['name']), stringAt(one, ['value'])]));
}

function portsOf(pod: JsonObject, list = 'containers'): readonly JsonValue[] {
  return arrayAt(arrayAt(pod, 'spec', list)[0], 'ports');
}

describe('plugin tensorflow', () => {
  const tasks = [taskOf('ps', 1), taskOf('worker', 2), taskOf('watcher', 1)];
  const cluster = { ps: ['train-ps-0.train:2222'], worker: ['train-worker-0.train:2222', 'train-worker-1.train:2222'] };
  const cases: readonly (readonly [
    name: string,
    args: readonly string[],
    task: string,
    index: number,
    want: JsonValue | undefined,
    tasks?: readonly JsonObject[],
  ])[] = [
    ['a worker', [], 'worker', 1, { cluster, task: { type: 'worker', index: 1 } }],
    ['a parameter server', [], 'ps', 0, { cluster, task: { type: 'ps', index: 0 } }],
    ['a task without a role is called by its name', [], 'watcher', 0, { cluster, task: { type: 'watcher', index: 0 } }],
    [
      'roles and port are arguments',
      ['--chief=ps', '--ps=none', '--evaluator', 'watcher', '--port=22'],
      'ps',
      0,
      {
        cluster: {
          worker: ['train-worker-0.train:22', 'train-worker-1.train:22'],
          chief: ['train-ps-0.train:22'],
          evaluator: ['train-watcher-0.train:22'],
        },
        task: { type: 'chief', index: 0 },
      },
    ],
    ['a pod alone is no cluster', [], 'worker', 0, undefined, [taskOf('worker', 1)]],
    [
      'more pods are more addresses',
      [],
      'worker',
      0,
      {
        cluster: { worker: [0, 1, 2].map((index) => `train-worker-${index}.train:2222`) },
        task: { type: 'worker', index: 0 },
      },
      [taskOf('worker', 3)],
    ],
  ];
  for (const [name, args, task, index, want, all = tasks] of cases) {
    it(`tells the cluster in TF_CONFIG: ${name}`, () => {
      const pod = dressed(jobOf({ plugins: { tensorflow: args }, tasks: all }), task, index);
      const said = envOf(pod)['TF_CONFIG'];
      expect(said === undefined ? undefined : JSON.parse(said)).to.deep.equal(want);
      expect(envOf(pod, 'initContainers')).to.deep.equal({});
    });
  }
});

describe('plugin pytorch', () => {
  const tasks = [taskOf('master', 1), taskOf('worker', 2), taskOf('watcher', 4)];
  const base = { MASTER_ADDR: 'train-master-0.train', MASTER_PORT: '23456', WORLD_SIZE: '3' };
  const cases: readonly (readonly [
    name: string,
    args: readonly string[],
    task: string,
    index: number,
    want: JsonObject,
  ])[] = [
    ['the master is the first', [], 'master', 0, { ...base, RANK: '0' }],
    ['workers follow', [], 'worker', 1, { ...base, RANK: '2' }],
    ['other tasks are no members', [], 'watcher', 1, base],
    [
      'names and port are arguments',
      ['--master=worker', '--worker=watcher', '--port=29500'],
      'watcher',
      3,
      { MASTER_ADDR: 'train-worker-0.train', MASTER_PORT: '29500', WORLD_SIZE: '6', RANK: '4' },
    ],
    ['without its master it adds nothing', ['--master=boss'], 'worker', 0, {}],
  ];
  for (const [name, args, task, index, want] of cases) {
    it(`tells who meets where: ${name}`, () => {
      const pod = dressed(jobOf({ plugins: { pytorch: args }, tasks }), task, index);
      expect(envOf(pod)).to.deep.equal(want);
      expect(envOf(pod, 'initContainers')).to.deep.equal({});
    });
  }

  it('opens its port in each container that does not have it', () => {
    const job = jobOf({ plugins: { pytorch: [] }, tasks });
    expect(portsOf(dressed(job, 'master', 0))).to.deep.equal([{ name: 'pytorchjob-port', containerPort: 23_456 }]);
    const own = [{ name: 'mine', containerPort: 23_456 }];
    expect(portsOf(dressed(job, 'master', 0, { containers: [{ name: 'main', ports: own }] }))).to.deep.equal(own);
  });

  it('lets workers wait for the master, and nobody else', () => {
    const args = ['--wait-master-enabled', '--wait-master-timeout=60', '--wait-master-image=busybox:latest'];
    const job = jobOf({ plugins: { pytorch: args }, tasks });
    const added = arrayAt(dressed(job, 'worker', 0), 'spec', 'initContainers')[1];
    expect(added).to.deep.include({ name: 'wait-for-master', image: 'busybox:latest' });
    expect(memberAt(added, 'env')).to.deep.equal([
      { name: 'MASTER_ADDR', value: 'train-master-0.train' },
      { name: 'MASTER_PORT', value: '23456' },
      { name: 'WAIT_SECONDS', value: '60' },
    ]);
    for (const task of ['master', 'watcher']) {
      expect(arrayAt(dressed(job, task, 0), 'spec', 'initContainers')).to.have.length(1);
    }
  });
});

describe('plugin mpi', () => {
  const tasks = [taskOf('master', 1), taskOf('worker', 2)];
  const hosts = 'train-worker-0.train,train-worker-1.train';

  for (const list of ['containers', 'initContainers']) {
    it(`tells the master its workers, and opens the port, in ${list}`, () => {
      const job = jobOf({ plugins: { mpi: [] }, tasks });
      expect(envOf(dressed(job, 'master', 0), list)).to.deep.equal({ MPI_HOST: hosts });
      expect(envOf(dressed(job, 'worker', 0), list)).to.deep.equal({});
      for (const task of ['master', 'worker']) {
        expect(portsOf(dressed(job, task, 0), list)).to.deep.equal([{ name: 'mpijob-port', containerPort: 22 }]);
      }
    });
  }

  it('names and port are arguments', () => {
    const pod = dressed(
      jobOf({ plugins: { mpi: ['--master=worker', '--worker=master', '--port=2022'] }, tasks }),
      'worker',
      0,
    );
    expect(envOf(pod)).to.deep.equal({ MPI_HOST: 'train-master-0.train' });
    expect(portsOf(pod)).to.deep.equal([{ name: 'mpijob-port', containerPort: 2022 }]);
  });

  it('tells a master without workers of none', () => {
    const pod = dressed(
      jobOf({ plugins: { mpi: [] }, tasks: [taskOf('master', 1), taskOf('worker', 0)] }),
      'master',
      0,
    );
    expect(envOf(pod)).to.deep.equal({ MPI_HOST: '' });
  });
});

describe('plugin ray', () => {
  const tasks = [taskOf('head', 1), taskOf('worker', 2)];
  const job = jobOf({ plugins: { ray: [] }, tasks });
  const containers = ['head', 'worker', 'main'].map((name) => ({ name, image: 'i', command: ['own'] }));
  const commands = (pod: JsonObject): readonly unknown[] =>
    arrayAt(pod, 'spec', 'containers').map((one) => arrayAt(one, 'command').at(-1));

  it('starts the head in its container, and opens its ports', () => {
    const pod = dressed(job, 'head', 0, { containers });
    expect(commands(pod)).to.deep.equal([
      'ray start --head --block --dashboard-host=0.0.0.0 --port=6379 --dashboard-port=8265 --ray-client-server-port=10001',
      'own',
      'own',
    ]);
    expect(portsOf(pod)).to.deep.equal([
      { name: 'gcs', containerPort: 6379 },
      { name: 'dashboard', containerPort: 8265 },
      { name: 'client-server', containerPort: 10_001 },
    ]);
  });

  it('starts a worker in its container, at the head', () => {
    const pod = dressed(job, 'worker', 1, { containers });
    expect(commands(pod)).to.deep.equal(['own', 'ray start --block --address=train-head-0.train:6379', 'own']);
    expect(portsOf(pod)).to.deep.equal([]);
  });

  it('names of tasks and containers and the ports are arguments', () => {
    const args = ['--head=worker', '--headContainer=main', '--worker=head', '--workerContainer=main'];
    const ports = ['--port=1', '--dashboardPort=2', '--clientPort=3'];
    const turned = jobOf({ plugins: { ray: [...args, ...ports] }, tasks });
    expect(commands(dressed(turned, 'worker', 0))).to.deep.equal([
      'ray start --head --block --dashboard-host=0.0.0.0 --port=1 --dashboard-port=2 --ray-client-server-port=3',
    ]);
    expect(commands(dressed(turned, 'head', 0))).to.deep.equal(['ray start --block --address=train-worker-0.train:1']);
  });

  it('has a Service for the head', () => {
    const port = (name: string, number: number): JsonObject => {
      return { name, port: number, targetPort: number, protocol: 'TCP' };
    };
    expect(pluginsOf(job).bound[0]?.objects()).to.deep.equal([
      {
        type: SERVICES,
        name: 'train-head-svc',
        body: {
          spec: {
            selector: {
              'volcano.sh/job-name': 'train',
              'volcano.sh/job-namespace': 'team',
              'volcano.sh/task-spec': 'head',
            },
            ports: [port('gcs', 6379), port('dashboard', 8265), port('client-server', 10_001)],
          },
        },
      },
    ]);
  });

  it('leaves pods of other containers', () => {
    expect(dressed(job, 'head', 0)).to.deep.equal(podOf('head', 0));
  });
});
