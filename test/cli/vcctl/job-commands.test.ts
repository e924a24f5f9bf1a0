import { expect } from 'chai';
import { memberAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { face, found, listed } from './face-fixture.ts';

const TRAIN: JsonObject = {
  apiVersion: 'batch.volcano.sh/v1alpha1',
  kind: 'Job',
  metadata: {
    name: 'train-a-large-model',
    namespace: 'team-a',
    uid: 'u1',
    resourceVersion: '7',
    creationTimestamp: '2026-02-03T10:20:30Z',
    labels: { team: 'a' },
  },
  spec: {
    schedulerName: 'volcano',
    queue: 'blue',
    minAvailable: 2,
    plugins: { env: [], ssh: ['--no-root'] },
    tasks: [
      {
        name: 'worker',
        replicas: 3,
        template: {
          spec: {
            restartPolicy: 'Never',
            containers: [
              {
                name: 'c',
                image: 'busybox',
                command: ['sleep', '1'],
                resources: { requests: { cpu: '1' }, limits: { 'nvidia.com/gpu': '2' } },
              },
            ],
          },
        },
      },
      { name: 'master', replicas: 1, template: { spec: { containers: [] } } },
    ],
  },
  status: {
    state: { phase: 'Running' },
    minAvailable: 2,
    running: 3,
    pending: 1,
    retryCount: 1,
    version: 4,
    controlledResources: { 'plugin-env': 'env' },
    conditions: [{ status: 'Running', lastTransitionTime: '2026-02-03T10:21:00Z' }],
  },
};
const SMALL: JsonObject = {
  metadata: {
    name: 'small',
    namespace: 'team-bravo',
    creationTimestamp: '2026-02-04T00:00:00Z',
    labels: { 'volcano.sh/job-type': 'MPI' },
  },
  spec: { schedulerName: 'sluice', queue: 'red', tasks: [{ replicas: 1 }] },
};
const EVENT: JsonObject = {
  type: 'Warning',
  reason: 'PodGroupPending',
  note: ' waits for room ',
  regarding: { uid: 'u1' },
  reportingController: 'sluice',
  eventTime: '2026-03-01T11:58:00Z',
  series: { count: 3, lastObservedTime: '2026-03-01T11:59:30Z' },
};

describe('vcctl job', () => {
  it('lists jobs in columns that scripts can cut', async () => {
    const { printed, requests } = await face('vcctl job list -n team-a', [listed(TRAIN, SMALL)]);
    expect(printed.split('\n')).to.deep.equal([
      'Name                  Creation       Phase       JobType     Replicas    Min   Pending   Running   Succeeded   Failed    Unknown     RetryCount',
      'train-a-large-model   2026-02-03     Running     Batch       4           2     1         3         0           0         0           1         ',
      'small                 2026-02-04                 MPI         1           0     0         0         0           0         0           0         ',
    ]);
    expect(requests.map(({ namespace, type }) => `${namespace} ${type.group}`)).to.deep.equal([
      'team-a batch.volcano.sh',
    ]);
  });

  it('lists jobs of all namespaces with the namespace in front', async () => {
    const { printed, requests } = await face('vcctl job list --all-namespaces', [listed(TRAIN, SMALL)]);
    expect(printed.split('\n').map((line) => line.slice(0, 24))).to.deep.equal([
      'Namespace    Name       ',
      'team-a       train-a-lar',
      'team-bravo   small      ',
    ]);
    expect(requests[0]?.namespace).to.equal('');
  });

  const filters: readonly (readonly [string, string])[] = [
    ['-S volcano', 'train-a-large-model'],
    ['--scheduler=sluice', 'small'],
    ['-q red', 'small'],
    ['--selector large', 'train-a-large-model'],
    ['--selector nothing', ''],
  ];
  for (const [flags, wanted] of filters) {
    it(`lists only what ${flags} chooses`, async () => {
      const { printed } = await face(`vcctl job list ${flags}`, [listed(TRAIN, SMALL)]);
      const names = printed.split('\n').slice(1);
      expect(names.map((line) => line.split(' ')[0]).join()).to.equal(wanted);
    });
  }

  it('says so when there is no job', async () => {
    expect((await face('vcctl job list', [listed()])).printed).to.equal('No resources found');
  });

  it('shows all of a job, and its events', async () => {
    const { printed, requests } = await face('vcctl job view -n team-a -N train-a-large-model', [
      found(TRAIN),
      listed(EVENT, { ...EVENT, regarding: { uid: 'other' } }),
    ]);
    const lines = printed.split('\n');
    expect(requests.map(({ name, type }) => `${type.plural} ${name}`)).to.deep.equal([
      'jobs train-a-large-model',
      'events ',
    ]);
    for (const wanted of [
      'Name:       \ttrain-a-large-model',
      'Labels:     \t{"team":"a"}',
      'Annotations:\t<none>',
      '  Creation Timestamp:\t2026-02-03 10:20:30 +0000 UTC',
      '    Ssh:\t[--no-root]',
      '              nvidia.com/gpu:\t2',
      '  Running:      \t3',
      '    Phase:\tRunning',
      '    plugin-env: \tenv',
      '    Running \t2026-02-03 10:21:00 +0000 UTC ',
    ]) {
      expect(lines).to.include(wanted);
    }
    expect(
      lines
        .at(-1)
        ?.split('\t')
        .map((cell) => cell.trim()),
    ).to.deep.equal(['Warning', 'PodGroupPending', '30s (x3 over 2m)', 'sluice', 'waits for room']);
  });

  for (const [verb, action] of [
    ['suspend', 'AbortJob'],
    ['resume', 'ResumeJob'],
  ] as const) {
    it(`${verb}s a job by a Command that belongs to it`, async () => {
      const { requests, printed, code } = await face(`vcctl job ${verb} -n team-a -N train`, [found(TRAIN)]);
      const [, command] = requests;
      expect([printed, code, command?.verb, command?.type.kind, command?.namespace]).to.deep.equal([
        '',
        0,
        'create',
        'Command',
        'team-a',
      ]);
      const owner = {
        apiVersion: 'batch.volcano.sh/v1alpha1',
        kind: 'Job',
        name: 'train',
        uid: 'u1',
        controller: true,
        blockOwnerDeletion: true,
      };
      expect(command?.body).to.deep.include({ action, target: owner });
      expect(memberAt(command?.body, 'metadata', 'generateName')).to.equal(`train-${action.toLowerCase()}-`);
      expect(memberAt(command?.body, 'metadata', 'ownerReferences')).to.deep.equal([owner]);
    });
  }

  it('deletes a job', async () => {
    const { requests, printed } = await face('vcctl job delete -n team-a -N train');
    expect(printed).to.equal('delete job train successfully');
    expect(requests.map(({ verb, name, namespace }) => [verb, name, namespace])).to.deep.equal([
      ['delete', 'train', 'team-a'],
    ]);
  });

  it('runs a job that flags describe', async () => {
    const { requests, printed } = await face(
      'vcctl job run -N train -n team-a -i img -m 2 -r 4 -R cpu=2,nvidia.com/gpu=1 -L memory=1Gi -S volcano',
      [found({ metadata: { name: 'train' } })],
    );
    expect(printed).to.equal('run job train successfully');
    const container = {
      name: 'train',
      image: 'img',
      imagePullPolicy: 'IfNotPresent',
      resources: { requests: { cpu: '2', 'nvidia.com/gpu': '1' }, limits: { memory: '1Gi' } },
    };
    expect(memberAt(requests[0]?.body, 'spec')).to.deep.equal({
      schedulerName: 'volcano',
      minAvailable: 2,
      tasks: [
        {
          replicas: 4,
          template: {
            metadata: { name: 'train', labels: { 'job.volcano.sh': 'train' } },
            spec: { restartPolicy: 'Never', containers: [container] },
          },
        },
      ],
    });
  });

  it('runs the jobs of a file in the namespaces that they name', async () => {
    const document = (name: string, namespace: string): string =>
      `apiVersion: batch.volcano.sh/v1alpha1\nkind: Job\nmetadata: { name: ${name}${namespace} }\nspec: {}\n`;
    const files = { 'jobs.yaml': `${document('a', ', namespace: team-b')}---\n${document('b', '')}---\n` };
    const { requests, printed } = await face(
      'vcctl job run -n team-a -f jobs.yaml',
      [found({ metadata: { name: 'a' } }), found({ metadata: { name: 'b' } })],
      { files },
    );
    expect(printed).to.equal('run job a successfully\nrun job b successfully');
    expect(requests.map(({ namespace }) => namespace)).to.deep.equal(['team-b', 'team-a']);
  });

  const refused: readonly (readonly [string, string])[] = [
    [
      'vcctl job view',
      'Failed to view job: job name (specified by --name or -N) is mandatory to view a particular job',
    ],
    ['vcctl job delete', 'Failed to delete job: job name is mandatory to delete a particular job'],
    ['vcctl job suspend', 'Failed to suspend job: job name is mandatory to suspend a particular job'],
    ['vcctl job run', 'Failed to run job: job name cannot be left blank'],
    ['vcctl job run -N a -R cpu', 'Failed to run job: invalid argument syntax cpu, expected <resource>=<value>'],
    ['vcctl job run -N a -R cpu=lots', 'Failed to run job: cpu=lots: lots is not a quantity'],
    ['vcctl job run -f gone.yaml', 'Failed to run job: failed to read file, err: gone.yaml is not there'],
    [
      'vcctl job run -f pod.yaml',
      'Failed to run job: pod.yaml, document 1: a v1 Pod, not a batch.volcano.sh/v1alpha1 Job',
    ],
    ['vcctl job run -f broken.yaml', 'Failed to run job: broken.yaml: '],
    ['vcctl job run -f empty.yaml', 'Failed to run job: empty.yaml holds no Job'],
  ];
  for (const [line, wanted] of refused) {
    it(`tells what is wrong with ${line}, and asks nothing`, async () => {
      const files = { 'pod.yaml': 'apiVersion: v1\nkind: Pod\n', 'broken.yaml': 'a: [', 'empty.yaml': '---\n' };
      const { printed, code, requests } = await face(line, [], { files });
      expect([printed.slice(0, wanted.length), code, requests.length]).to.deep.equal([wanted, 255, 0]);
    });
  }

  it('tells what the API server says', async () => {
    const message = 'jobs.batch.volcano.sh "train" not found';
    const { printed, code } = await face('vcctl job view -N train', [{ kind: 'notFound', message }]);
    expect([printed, code]).to.deep.equal([`Failed to view job: ${message}`, 255]);
  });

  it('tells when the cluster does not know Jobs of Volcano at all', async () => {
    const { printed } = await face('vcctl job list', [{ kind: 'notFound', message: '404 page not found\n' }]);
    expect(printed).to.equal(
      'Failed to list job: the server does not serve jobs.batch.volcano.sh: is Sluice installed there?',
    );
  });

  it('goes to the cluster that its flags name', async () => {
    const { targets } = await face('vcctl job list -s https://10.0.0.1:6443 -k /tmp/config', [listed()]);
    expect(targets).to.deep.equal([{ server: 'https://10.0.0.1:6443', kubeconfig: '/tmp/config' }]);
  });
});
