import { DEFAULT_MAX_RETRY } from '../defaults.ts';
import type { Static } from 'typebox';
import type { KindDefinition, PrinterColumn } from './crd.ts';
import { DEFAULT_QUEUE } from '../keys.ts';
import { networkTopology } from './network-topology.ts';
import { NUMA_POLICIES } from '../records/numa-records.ts';
import { VCJOBS } from '../resources.ts';
import { Enum, Fields, Int32, List, MapOf, OBJECT_HEAD, OpenObject, Optional, Text } from './schema-helper.ts';
import { LABEL_PATTERN, NO_COLON_PATTERN, SUBDOMAIN_PATTERN } from '../patterns.ts';
import type { Readable } from './schema-helper.ts';
import { vcjobPolicies } from './vcjob-policy.ts';
import { vcjobStatus } from './vcjob-status.ts';

const LABEL_LENGTH = 63;
const volume = Fields(
  {
    mountPath: Text('Where each container of each task mounts it.', { pattern: NO_COLON_PATTERN, maxLength: 4096 }),
    volumeClaimName: Optional(
      Text('A PersistentVolumeClaim that exists, or the name for the one that is made from volumeClaim.'),
    ),
    volumeClaim: Optional(
      OpenObject('Spec of a PersistentVolumeClaim that is made for the job. Not together with volumeClaimName.'),
    ),
  },
  'A volume that every container of the job mounts.',
);

const dependsOn = Fields(
  {
    name: Optional(List(Text('Name of a task of the job.'), 'Tasks that have to be there first.', { maxItems: 1024 })),
    iteration: Optional(Enum(['any', 'all'], 'Whether one of those tasks is enough, or all are needed.')),
  },
  'Pods of this task are made once enough pods of other tasks are ready or have succeeded.',
);

const partitionPolicy = Fields(
  {
    totalPartitions: Int32('Parts that the pods of the task are split into.', { minimum: 1 }),
    partitionSize: Int32('Pods of one part.', { minimum: 1 }),
    minPartitions: Optional(Int32('Parts that have to be placed for the job to start.', { default: 0, minimum: 0 })),
    networkTopology: Optional(networkTopology),
  },
  'Splits the pods of the task into parts that are each placed as a whole: totalPartitions times partitionSize has to be replicas.',
);

const task = Fields(
  {
    name: Optional(
      Text('Name of the task: pods are called <job>-<task>-<index>. Without one, default and the place of the task.', {
        maxLength: LABEL_LENGTH,
        pattern: LABEL_PATTERN,
      }),
    ),
    replicas: Optional(Int32('Pods of the task.', { minimum: 0 })),
    minAvailable: Optional(
      Int32('Pods of the task that have to be placed for the job to start; without it, all of them.', { minimum: 0 }),
    ),
    template: Optional(
      OpenObject('The pods of the task, as in a Deployment or a Job of Kubernetes (`kubectl explain pod.spec`).'),
    ),
    policies: Optional(vcjobPolicies('of the task; they come before those of the job')),
    topologyPolicy: Optional(
      Enum(
        NUMA_POLICIES,
        'How strictly CPUs and memory of a container come from few NUMA nodes: its pods go to nodes whose kubelets have this policy and room for it, where nodes tell of their NUMA nodes (Numatopology) and the scheduler has the plugin numa-aware.',
      ),
    ),
    maxRetry: Optional(
      Int32(
        'How often containers of the task are restarted, all its pods together, before the task counts as failed.',
        { minimum: 0 },
      ),
    ),
    dependsOn: Optional(dependsOn),
    partitionPolicy: Optional(partitionPolicy),
  },
  'Pods that are alike.',
);

/** What a Job of Volcano consists of; CronJobs and JobTemplates hold the same. */
export const vcjobSpec = Fields(
  {
    schedulerName: Optional(Text('Scheduler that places the pods: sluice or volcano.', { maxLength: LABEL_LENGTH })),
    minAvailable: Optional(
      Int32('Pods that have to be placed together for the job to start; without it, what the tasks say.', {
        minimum: 0,
      }),
    ),
    volumes: Optional(List(volume, 'Volumes that every container of the job mounts.', { maxItems: 1024 })),
    tasks: Optional(List(task, 'The kinds of pods that the job consists of.', { minItems: 1, maxItems: 4096 })),
    policies: Optional(vcjobPolicies('of all tasks')),
    plugins: Optional(
      MapOf(
        List(Text('One argument, such as --port=2222.', { maxLength: 4096 }), 'Arguments of the plugin.', {
          maxItems: 64,
        }),
        'What helps the pods to find each other, by name of the plugin: env, svc, ssh, tensorflow, pytorch, mpi, ray, hcclrank (docs/reference/job-plugins.md).',
      ),
    ),
    runningEstimate: Optional(Text('How long the job is thought to run, such as 2h30m.', { maxLength: 64 })),
    // No default of the schema: it would come before the webhook, which knows the namespace's own.
    queue: Optional(
      Text(`Queue that the job waits in; without one, its namespace's default queue, else ${DEFAULT_QUEUE}.`, {
        pattern: SUBDOMAIN_PATTERN,
      }),
    ),
    maxRetry: Optional(
      Int32('How often the job is restarted before it has failed.', { default: DEFAULT_MAX_RETRY, minimum: 0 }),
    ),
    ttlSecondsAfterFinished: Optional(
      Int32('Seconds after which a job that has come to its end is deleted; without it, never.', { minimum: 0 }),
    ),
    priorityClassName: Optional(Text('PriorityClass of the job; empty takes the global default.')),
    minSuccess: Optional(
      Int32('Pods that have to succeed for the job to be completed; the others are not waited for.', { minimum: 1 }),
    ),
    networkTopology: Optional(networkTopology),
  },
  'What the job consists of, and what becomes of it when something happens to its pods.',
);

const schema = Fields(
  { ...OBJECT_HEAD, spec: Optional(vcjobSpec), status: Optional(vcjobStatus) },
  'A Job of Volcano: tasks of pods that are placed together, restarted and ended by policies.',
);

/** A Job of batch.volcano.sh as it travels; defaults are there once an API server has filled them in. */
export type Vcjob = Readable<Static<typeof schema>>;

/** Volcano's columns: scripts read them. */
const columns: readonly PrinterColumn[] = [
  { name: 'STATUS', type: 'string', jsonPath: '.status.state.phase', description: 'Where the job stands' },
  { name: 'minAvailable', type: 'integer', jsonPath: '.status.minAvailable', description: 'Pods placed together' },
  { name: 'RUNNINGS', type: 'integer', jsonPath: '.status.running', description: 'Pods that run' },
  { name: 'AGE', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Time since creation' },
  { name: 'QUEUE', type: 'string', jsonPath: '.spec.queue', description: 'Queue that the job waits in', wide: true },
  { name: 'RETRIES', type: 'integer', jsonPath: '.status.retryCount', description: 'Restarts so far', wide: true },
];

/** Job of batch.volcano.sh/v1alpha1. */
export const VCJOB_KIND: KindDefinition = {
  type: VCJOBS,
  file: 'vcjob',
  shortNames: ['vcjob', 'vj'],
  hasStatusSubresource: true,
  columns,
  schema,
};
