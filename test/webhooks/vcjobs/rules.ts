import type { Row } from './row.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { TEMPLATE_ROWS } from './template-rules.ts';
import { container, task, vcjob } from './vcjob-fixture.ts';

/** One rule about new Jobs of Volcano. */
export interface VcjobRule {
  readonly rule: string;
  readonly passes: JsonObject;
  readonly refused: JsonObject;
  /** Where it is told. */
  readonly path: string;
  /** Part of what is told; the texts of Volcano's own rules are those that its users look for. */
  readonly text: string;
}

const policies = (...list: readonly JsonObject[]): JsonObject => vcjob({ policies: [...list] });
const react = (event: string, action = 'RestartJob'): JsonObject => ({ event, action });
const parts = (over: JsonObject, replicas = 4): JsonObject =>
  task({ replicas, partitionPolicy: { totalPartitions: 2, partitionSize: 2, ...over } });
const cpus = (requests: string, limits: string): JsonObject =>
  vcjob({
    tasks: [
      task({
        topologyPolicy: 'single-numa-node',
        template: {
          spec: { containers: [container({ resources: { requests: { cpu: requests }, limits: { cpu: limits } } })] },
        },
      }),
    ],
  });
const needs = (...name: readonly string[]): JsonObject => ({ dependsOn: { name: [...name] } });
const WORKER = 'spec.tasks[0]';
const MAIN = `${WORKER}.template.spec.containers[0]`;

const JOB_ROWS: readonly Row[] = [
  [
    'a name is a qualified name',
    vcjob(),
    vcjob({}, `${'a'.repeat(64)}`),
    'metadata.name',
    'no more than 63 characters',
  ],
  [
    'names of pods are qualified names',
    vcjob({}, 'a'.repeat(40)),
    vcjob({}, 'a'.repeat(60)),
    `${WORKER}.name`,
    'validate failed [',
  ],
  [
    'names of tasks are unique',
    vcjob({ tasks: [task(), task({ name: 'master' })] }),
    vcjob({ tasks: [task(), task()] }),
    'spec.tasks[1].name',
    'duplicated task name worker',
  ],
  [
    'a task needs no more pods than it has',
    vcjob({ tasks: [task({ minAvailable: 2 })] }),
    vcjob({ tasks: [task({ minAvailable: 3 })] }),
    `${WORKER}.minAvailable`,
    "'minAvailable' is greater than 'replicas' in task: worker, job: train",
  ],
  [
    'a job needs no more pods than it has',
    vcjob({ minAvailable: 2 }),
    vcjob({ minAvailable: 3 }),
    'spec.minAvailable',
    "job 'minAvailable' should not be greater than total replicas in tasks",
  ],
  [
    'a tier is named in one way',
    vcjob({ networkTopology: { highestTierAllowed: 1 } }),
    vcjob({ networkTopology: { highestTierAllowed: 1, highestTierName: 'rack' } }),
    'spec.networkTopology',
    'must not specify highestTierAllowed and highestTierName simultaneously',
  ],
  [
    'a plugin exists',
    vcjob({ plugins: { env: [] } }),
    vcjob({ plugins: { magic: [] } }),
    'spec.plugins[magic]',
    'unable to find job plugin: magic',
  ],
  [
    'a launcher of MPI has its task',
    vcjob({ plugins: { mpi: ['--master=worker'] } }),
    vcjob({ plugins: { mpi: [] } }),
    'spec.plugins[mpi]',
    'The specified mpi master task was not found',
  ],
  [
    'mount paths are unique',
    vcjob({
      volumes: [
        { mountPath: '/a', volumeClaimName: 'c' },
        { mountPath: '/b', volumeClaimName: 'c' },
      ],
    }),
    vcjob({
      volumes: [
        { mountPath: '/a', volumeClaimName: 'c' },
        { mountPath: '/a', volumeClaimName: 'd' },
      ],
    }),
    'spec.volumes[1].mountPath',
    'duplicated mountPath: /a',
  ],
  [
    'a volume has a mount path',
    vcjob({ volumes: [{ mountPath: '/a', volumeClaimName: 'c' }] }),
    vcjob({ volumes: [{ mountPath: '', volumeClaimName: 'c' }] }),
    'spec.volumes[0].mountPath',
    'mountPath is required',
  ],
  [
    'a volume has a claim',
    vcjob({ volumes: [{ mountPath: '/a', volumeClaim: { accessModes: ['ReadWriteOnce'] } }] }),
    vcjob({ volumes: [{ mountPath: '/a' }] }),
    'spec.volumes[0]',
    'either VolumeClaim or VolumeClaimName must be specified',
  ],
  [
    'a volume has one claim',
    vcjob({ volumes: [{ mountPath: '/a', volumeClaimName: 'c' }] }),
    vcjob({ volumes: [{ mountPath: '/a', volumeClaimName: 'c', volumeClaim: {} }] }),
    'spec.volumes[0].volumeClaimName',
    'conflict: If you want to use an existing PVC, just specify VolumeClaimName.',
  ],
  [
    'a claim has a name that can be',
    vcjob({ volumes: [{ mountPath: '/a', volumeClaimName: 'c' }] }),
    vcjob({ volumes: [{ mountPath: '/a', volumeClaimName: 'C_1' }] }),
    'spec.volumes[0].volumeClaimName',
    'invalid VolumeClaimName C_1 :',
  ],
  [
    'tasks wait for tasks that exist',
    vcjob({ tasks: [task(), task({ name: 'b', ...needs('worker') })] }),
    vcjob({ tasks: [task({ ...needs('ghost') })] }),
    `${WORKER}.dependsOn.name[0]`,
    "doesn't form a directed acyclic graph",
  ],
  [
    'tasks do not wait for each other',
    vcjob({ tasks: [task(), task({ name: 'b', ...needs('worker') }), task({ name: 'c', ...needs('worker', 'b') })] }),
    vcjob({ tasks: [task({ ...needs('b') }), task({ name: 'b', ...needs('worker') })] }),
    `${WORKER}.dependsOn`,
    "job has dependencies between tasks, but doesn't form a directed acyclic graph(DAG)",
  ],
  [
    'parts make up their task',
    vcjob({ tasks: [parts({})] }),
    vcjob({ tasks: [parts({}, 5)] }),
    `${WORKER}.replicas`,
    'must equal totalPartitions*partitionSize (4)',
  ],
  [
    'the least parts make up the least pods',
    vcjob({ tasks: [{ ...parts({ minPartitions: 1 }), minAvailable: 2 }] }),
    vcjob({ tasks: [{ ...parts({ minPartitions: 1 }), minAvailable: 3 }] }),
    `${WORKER}.minAvailable`,
    'must equal minPartitions*partitionSize (2)',
  ],
  [
    'a tier of parts is named in one way',
    vcjob({ tasks: [parts({ networkTopology: { highestTierName: 'rack' } })] }),
    vcjob({ tasks: [parts({ networkTopology: { highestTierAllowed: 1, highestTierName: 'rack' } })] }),
    `${WORKER}.partitionPolicy.networkTopology`,
    'must not specify highestTierAllowed and highestTierName simultaneously',
  ],
  [
    'CPUs to be aligned are whole',
    cpus('2', '2'),
    cpus('1500m', '1500m'),
    `${MAIN}.resources.requests[cpu]`,
    "the cpu request isn't  an integer in spec.task[0] container[0].",
  ],
  [
    'CPUs to be aligned are nobody else’s',
    cpus('2', '2'),
    cpus('1', '2'),
    `${MAIN}.resources.limits[cpu]`,
    "spec.task[0] isn't Guaranteed pod",
  ],
];

const POLICY_ROWS: readonly Row[] = [
  [
    'a policy has an event',
    policies(react('PodFailed')),
    policies({ action: 'RestartJob' }),
    'spec.policies[0]',
    'either event and exitCode should be specified',
  ],
  [
    'a policy has an event or an exit code',
    policies({ exitCode: 3, action: 'AbortJob' }),
    policies({ exitCode: 3, event: 'PodFailed', action: 'AbortJob' }),
    'spec.policies[0]',
    'must not specify event and exitCode simultaneously',
  ],
  [
    'an event exists',
    policies(react('TaskCompleted')),
    policies(react('Weather')),
    'spec.policies[0].event',
    'invalid policy event',
  ],
  [
    'an event is not one of the inside',
    policies(react('Unknown')),
    policies(react('OutOfSync')),
    'spec.policies[0].event',
    'invalid policy event',
  ],
  [
    'each of several events exists',
    policies({ events: ['PodFailed', 'PodEvicted'], action: 'AbortJob' }),
    policies({ events: ['PodFailed', 'Rain'], action: 'AbortJob' }),
    'spec.policies[0].events[1]',
    'invalid policy event',
  ],
  [
    'an action exists',
    policies(react('PodFailed', 'RestartPartition')),
    policies(react('PodFailed', 'SyncJob')),
    'spec.policies[0].action',
    'invalid policy action',
  ],
  [
    'an action for an exit code exists, too',
    policies({ exitCode: 3, action: 'RestartTask' }),
    policies({ exitCode: 3, action: 'Dance' }),
    'spec.policies[0].action',
    'invalid policy action',
  ],
  [
    'an event has one policy',
    policies(react('PodFailed'), react('PodEvicted')),
    policies(react('PodFailed'), react('PodFailed', 'AbortJob')),
    'spec.policies[1].event',
    'duplicate event PodFailed  across different policy',
  ],
  [
    'an exit code has one policy',
    policies({ exitCode: 1, action: 'AbortJob' }, { exitCode: 2, action: 'AbortJob' }),
    policies({ exitCode: 1, action: 'AbortJob' }, { exitCode: 1, action: 'RestartJob' }),
    'spec.policies[1].exitCode',
    'duplicate exitCode 1',
  ],
  [
    'an exit code tells a failure',
    policies({ exitCode: 1, action: 'AbortJob' }),
    policies({ exitCode: 0, action: 'AbortJob' }),
    'spec.policies[0].exitCode',
    '0 is not a valid error code',
  ],
  [
    'any event stands alone',
    policies(react('*')),
    policies(react('*'), react('PodFailed')),
    'spec.policies',
    "if there's * here, no other policy should be here",
  ],
  [
    'a timeout is a duration',
    policies({ ...react('PodPending'), timeout: '10m' }),
    policies({ ...react('PodPending'), timeout: 'soon' }),
    'spec.policies[0].timeout',
    'must be a duration',
  ],
  [
    'a task’s policies are looked at, too',
    vcjob({ tasks: [task({ policies: [react('TaskCompleted', 'CompleteJob')] })] }),
    vcjob({ tasks: [task({ policies: [react('Weather')] })] }),
    `${WORKER}.policies[0].event`,
    'invalid policy event',
  ],
];

/** Each rule about new Jobs that is not about the cluster. */
export const VCJOB_RULES: readonly VcjobRule[] = [...JOB_ROWS, ...POLICY_ROWS, ...TEMPLATE_ROWS].map(
  ([rule, passes, refused, path, text]) => ({ rule, passes, refused, path, text }),
);
