import { expect } from 'chai';
import type { Command } from '../../src/api/kinds/command.ts';
import { validateCommand, validateVcjob } from '../../src/api/validate.ts';
import type { Vcjob } from '../../src/api/kinds/vcjob.ts';
import { formatFieldError } from '../../src/lib/field-error.ts';
import type { JsonObject } from '../../src/lib/json.ts';

const FULL: Vcjob = {
  apiVersion: 'batch.volcano.sh/v1alpha1',
  kind: 'Job',
  metadata: { name: 'train' },
  spec: {
    schedulerName: 'volcano',
    minAvailable: 3,
    volumes: [{ mountPath: '/data', volumeClaim: { accessModes: ['ReadWriteOnce'] } }],
    tasks: [
      {
        name: 'worker',
        replicas: 4,
        minAvailable: 2,
        template: { spec: { containers: [{ name: 'main', image: 'busybox' }] } },
        policies: [{ event: 'PodFailed', action: 'RestartTask', timeout: '10m' }],
        topologyPolicy: 'none',
        maxRetry: 5,
        dependsOn: { name: ['master'], iteration: 'any' },
        partitionPolicy: { totalPartitions: 2, partitionSize: 2, minPartitions: 1, networkTopology: { mode: 'soft' } },
      },
    ],
    policies: [
      { exitCode: 3, action: 'AbortJob' },
      { events: ['PodEvicted', 'PodFailed'], action: 'RestartJob' },
    ],
    plugins: { svc: ['--disable-network-policy=true'], env: [] },
    runningEstimate: '2h',
    queue: 'team.blue',
    maxRetry: 5,
    ttlSecondsAfterFinished: 100,
    priorityClassName: 'high',
    minSuccess: 1,
    networkTopology: { mode: 'hard', highestTierAllowed: 1 },
  },
  status: {
    state: { phase: 'Running', lastTransitionTime: '2030-01-31T12:00:00Z' },
    taskStatusCount: { worker: { phase: { Running: 4 } } },
    controlledResources: { 'plugin-env': 'env' },
    conditions: [{ status: 'Running' }],
  },
};

describe('validateVcjob', () => {
  it('takes a job with every field, and one with none', () => {
    expect(validateVcjob(FULL)).to.deep.equal([]);
    expect(validateVcjob({})).to.deep.equal([]);
  });

  const cases: readonly (readonly [name: string, spec: JsonObject, want: readonly string[]])[] = [
    [
      'has negative numbers',
      { minAvailable: -1, maxRetry: -1, ttlSecondsAfterFinished: -1 },
      [
        'spec.maxRetry: "-1": must be at least 0',
        'spec.minAvailable: "-1": must be at least 0',
        'spec.ttlSecondsAfterFinished: "-1": must be at least 0',
      ],
    ],
    ['needs no success', { minSuccess: 0 }, ['spec.minSuccess: "0": must be at least 1']],
    ['has no task', { tasks: [] }, ['spec.tasks: must have at least 1 items']],
    [
      'has a task with a bad name',
      { tasks: [{ name: 'Worker_1' }] },
      [
        'spec.tasks[0].name: "Worker_1": must consist of lower case letters, digits and -, and begin and end with a letter or digit',
      ],
    ],
    [
      'has fewer pods than none',
      { tasks: [{ replicas: -1, minAvailable: -2 }] },
      ['spec.tasks[0].minAvailable: "-2": must be at least 0', 'spec.tasks[0].replicas: "-1": must be at least 0'],
    ],
    [
      'asks for a topology that is none',
      { tasks: [{ topologyPolicy: 'best' }] },
      ['spec.tasks[0].topologyPolicy: "best": must be one of none, best-effort, restricted, single-numa-node'],
    ],
    [
      'depends on some',
      { tasks: [{ dependsOn: { name: ['a'], iteration: 'some' } }] },
      ['spec.tasks[0].dependsOn.iteration: "some": must be one of any, all'],
    ],
    [
      'has empty parts',
      { tasks: [{ partitionPolicy: { totalPartitions: 0, partitionSize: 0 } }] },
      [
        'spec.tasks[0].partitionPolicy.partitionSize: "0": must be at least 1',
        'spec.tasks[0].partitionPolicy.totalPartitions: "0": must be at least 1',
      ],
    ],
    [
      'mounts at a drive',
      { volumes: [{ mountPath: 'c:/data' }] },
      ['spec.volumes[0].mountPath: "c:/data": must not contain a colon'],
    ],
    ['mounts nowhere', { volumes: [{}] }, ['spec.volumes[0].mountPath: is required']],
    ['waits in a queue that cannot be', { queue: 'Blue' }, ['spec.queue: "Blue": must be a DNS name in lower case']],
  ];
  for (const [name, spec, want] of cases) {
    it(`tells a job that ${name}`, () => {
      expect(validateVcjob({ spec }).map(formatFieldError).toSorted()).to.deep.equal(want);
    });
  }
});

describe('validateCommand', () => {
  const target = { apiVersion: 'batch.volcano.sh/v1alpha1', kind: 'Job', name: 'train', uid: 'u' };

  it('takes a command, and tells one whose target has no UID', () => {
    const command: Command = { metadata: { name: 'c' }, action: 'AbortJob', target, reason: 'r', message: 'm' };
    expect(validateCommand(command)).to.deep.equal([]);
    const { uid: _, ...nameless } = target;
    expect(validateCommand({ action: 'AbortJob', target: nameless }).map(formatFieldError)).to.deep.equal([
      'target.uid: is required',
    ]);
  });
});
