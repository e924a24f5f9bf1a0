import type { JsonObject } from '../../../src/lib/json.ts';
import { policy, task } from './job-model.ts';
import type { JobModel } from './job-model.ts';

/** Two specs that differ in one field, and what happens to jobs of both. */
export interface FieldRow {
  readonly one: JsonObject;
  readonly other: JsonObject;
  readonly happens?: (model: JobModel) => void;
}

const TASK = task('a', 2);
const BASE = { minAvailable: 2, tasks: [TASK] };

/** A field of the job itself. */
function field(name: string, one: unknown, other: unknown, happens?: FieldRow['happens']): FieldRow {
  const specOf = (value: unknown): JsonObject => ({ ...BASE, [name]: value as string });
  return { one: specOf(one), other: specOf(other), ...(happens === undefined ? {} : { happens }) };
}

/** A field of a task. */
function ofTask(one: JsonObject, other: JsonObject, happens?: FieldRow['happens'], more: JsonObject = {}): FieldRow {
  const specOf = (change: JsonObject): JsonObject => ({ ...BASE, ...more, tasks: [{ ...TASK, ...change }] });
  return { one: specOf(one), other: specOf(other), ...(happens === undefined ? {} : { happens }) };
}

function fails(model: JobModel): void {
  model.run();
  model.later().setPod('job-a-0', 'Failed', { exitCode: 3 });
  settle(model);
}

function settle(model: JobModel): void {
  for (let round = 0; round < 5 && !model.isGone; round += 1) {
    model.converge();
    model.end();
    model.converge();
    if (!model.isGone) model.run();
  }
}

function waits(model: JobModel): void {
  fails(model);
  model.passes(3_600_000);
  settle(model);
}

function ends(model: JobModel): void {
  model.run();
  for (const pod of model.pods()) model.later().setPod(pod, 'Succeeded');
  settle(model);
  model.passes(3_600_000);
  settle(model);
}

const parts = (change: JsonObject): JsonObject => {
  return { replicas: 4, partitionPolicy: { totalPartitions: 2, partitionSize: 2, minPartitions: 1, ...change } };
};
/** Two for each field of `networkTopology`. */
const NETWORKS: Readonly<Record<string, readonly [JsonObject, JsonObject]>> = {
  mode: [{ mode: 'hard' }, { mode: 'soft' }],
  highestTierAllowed: [{ highestTierAllowed: 1 }, { highestTierAllowed: 2 }],
  highestTierName: [{ highestTierName: 'rack' }, { highestTierName: 'spine' }],
};
const claim = (mode: string): JsonObject => ({ accessModes: [mode] });
const waiting = (dependsOn: JsonObject): JsonObject => {
  return { minAvailable: 1, tasks: [task('a', 1), task('b', 1), task('c', 1, { dependsOn })] };
};
/** The first of three tasks runs, so that `any` is content and `all` is not. */
function firstRuns(model: JobModel): void {
  model.converge();
  model.setGroup('Inqueue');
  model.converge();
  model.setPod('job-a-0', 'Running');
  model.converge();
}

const policies = {
  action: [policy('PodFailed', 'AbortJob'), policy('PodFailed', 'TerminateJob'), fails],
  event: [policy('PodFailed', 'AbortJob'), policy('PodEvicted', 'AbortJob'), fails],
  events: [{ events: ['PodFailed'], action: 'AbortJob' }, { events: ['PodEvicted'], action: 'AbortJob' }, fails],
  exitCode: [{ exitCode: 3, action: 'AbortJob' }, { exitCode: 4, action: 'AbortJob' }, fails],
  timeout: [
    policy('PodFailed', 'AbortJob', { timeout: '1h' }),
    policy('PodFailed', 'AbortJob', { timeout: '9h' }),
    waits,
  ],
} as const;

/** Each field that is acted on, with two jobs whose lives differ by it. */
export const ACTED_ON: Readonly<Record<string, FieldRow>> = {
  'spec.schedulerName': field('schedulerName', 'volcano', 'sluice'),
  'spec.minAvailable': field('minAvailable', 1, 2),
  'spec.volumes.mountPath': field(
    'volumes',
    [{ mountPath: '/a', volumeClaimName: 'c' }],
    [{ mountPath: '/b', volumeClaimName: 'c' }],
  ),
  'spec.volumes.volumeClaimName': field(
    'volumes',
    [{ mountPath: '/a', volumeClaimName: 'c' }],
    [{ mountPath: '/a', volumeClaimName: 'd' }],
  ),
  'spec.volumes.volumeClaim': field(
    'volumes',
    [{ mountPath: '/a', volumeClaim: claim('ReadWriteOnce') }],
    [{ mountPath: '/a', volumeClaim: claim('ReadWriteMany') }],
  ),
  'spec.plugins': field('plugins', { env: [] }, {}),
  'spec.runningEstimate': field('runningEstimate', '1h', '2h'),
  'spec.queue': field('queue', 'a', 'b'),
  'spec.maxRetry': {
    ...field('maxRetry', 1, 2, fails),
    one: { ...BASE, maxRetry: 1, policies: [policy('PodFailed', 'RestartJob')] },
    other: { ...BASE, maxRetry: 2, policies: [policy('PodFailed', 'RestartJob')] },
  },
  'spec.ttlSecondsAfterFinished': field('ttlSecondsAfterFinished', 60, 36_000, ends),
  'spec.priorityClassName': field('priorityClassName', 'a', 'b'),
  'spec.minSuccess': field('minSuccess', 1, 2, (model) => {
    model.run();
    model.later().setPod('job-a-0', 'Succeeded');
    settle(model);
  }),
  'spec.tasks.name': ofTask({ name: 'a' }, { name: 'b' }),
  'spec.tasks.replicas': ofTask({ replicas: 2 }, { replicas: 3 }),
  'spec.tasks.minAvailable': ofTask({ minAvailable: 1 }, { minAvailable: 2 }),
  'spec.tasks.template': ofTask(TASK, task('a', 2, { template: { spec: { containers: [{ name: 'd' }] } } })),
  'spec.tasks.topologyPolicy': ofTask({ topologyPolicy: 'none' }, { topologyPolicy: 'restricted' }),
  'spec.tasks.maxRetry': ofTask(
    { maxRetry: 1 },
    { maxRetry: 5 },
    (model) => {
      model.run();
      model.later().setPod('job-a-0', 'Running', { restarts: 2 });
      settle(model);
    },
    { policies: [policy('TaskFailed', 'AbortJob')] },
  ),
  'spec.tasks.dependsOn.name': { one: waiting({ name: ['a'] }), other: waiting({ name: ['b'] }), happens: firstRuns },
  'spec.tasks.dependsOn.iteration': {
    one: waiting({ name: ['a', 'b'], iteration: 'any' }),
    other: waiting({ name: ['a', 'b'], iteration: 'all' }),
    happens: firstRuns,
  },
  'spec.tasks.partitionPolicy.totalPartitions': ofTask(parts({}), { ...parts({ totalPartitions: 3 }), replicas: 6 }),
  'spec.tasks.partitionPolicy.partitionSize': ofTask(parts({}), parts({ totalPartitions: 4, partitionSize: 1 })),
  'spec.tasks.partitionPolicy.minPartitions': ofTask(parts({}), parts({ minPartitions: 2 })),
  ...Object.fromEntries(
    Object.entries(NETWORKS).flatMap(([key, [one, other]]) => [
      [`spec.networkTopology.${key}`, field('networkTopology', one, other)],
      [
        `spec.tasks.partitionPolicy.networkTopology.${key}`,
        ofTask(parts({ networkTopology: one }), parts({ networkTopology: other })),
      ],
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(policies).flatMap(([key, [one, other, happens]]) => [
      [`spec.policies.${key}`, field('policies', [one], [other], happens)],
      [`spec.tasks.policies.${key}`, ofTask({ policies: [one] }, { policies: [other] }, happens)],
    ]),
  ),
};
