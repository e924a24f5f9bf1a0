import type { RoleRule, WorkloadKindSpec } from '../../../src/api/workload-kind.ts';

/** The operator for Spark. Fields as its users know them, not held against the CRDs of kubeflow/spark-operator v2. */
const GROUP = 'sparkoperator.k8s.io';
const DYNAMIC: RoleRule['unless'] = { path: '$.spec.dynamicAllocation.enabled', values: ['true'] };

/** Without the overhead that Spark adds to memory by itself. */
const SIZE: RoleRule['size'] = [
  { resource: 'cpu', paths: ['coreRequest', 'cores'] },
  { resource: 'memory', paths: ['memory'], format: 'Jvm' },
  { resource: 'memory', paths: ['memoryOverhead'], format: 'Jvm' },
];

export const SPARK_OPERATOR: readonly WorkloadKindSpec[] = [
  {
    group: GROUP,
    versions: ['v1beta2'],
    kind: 'SparkApplication',
    resource: 'sparkapplications',
    grouping: 'Workload',
    roles: [
      { at: 'spec.driver', name: 'driver', size: SIZE },
      {
        // The driver asks for its executors once it runs.
        at: 'spec.executor',
        name: 'executor',
        size: SIZE,
        count: [{ path: 'instances' }],
        lowerBounds: [
          { path: '$.spec.dynamicAllocation.minExecutors', when: DYNAMIC, zeroCounts: true },
          { path: '$.spec.dynamicAllocation.initialExecutors', when: DYNAMIC, zeroCounts: true },
        ],
        stage: { number: 1 },
      },
    ],
    queue: ['spec.batchSchedulerOptions.queue'],
    priorityClass: ['spec.batchSchedulerOptions.priorityClassName'],
    suspend: 'spec.suspend',
    pods: { roleLabels: ['spark-role'] },
  },
  {
    group: GROUP,
    versions: ['v1beta2'],
    kind: 'ScheduledSparkApplication',
    resource: 'scheduledsparkapplications',
    grouping: 'Children',
  },
];
