import type { RoleRule, SizeRule, WorkloadKindSpec } from '../../../src/api/kinds/workload-kind.ts';

/** The operator for Spark. Source: the CRDs of kubeflow/spark-operator v2, and Spark's rules for what is beside the heap. */
const GROUP = 'sparkoperator.k8s.io';
const DYNAMIC: RoleRule['unless'] = { path: '$.spec.dynamicAllocation.enabled', values: ['true'] };

/** Heap, and by Spark's own rule what is beside it: the larger of a part of the heap and 384 MiB, unless it is given. */
function size(role: 'driver' | 'executor'): readonly SizeRule[] {
  return [
    { resource: 'cpu', paths: ['coreRequest', 'cores'], default: '1' },
    {
      resource: 'memory',
      paths: ['memory', conf(`spark.${role}.memory`)],
      format: 'Jvm',
      default: '1g',
      overhead: {
        paths: ['memoryOverhead', conf(`spark.${role}.memoryOverhead`)],
        factors: [
          conf(`spark.${role}.memoryOverheadFactor`),
          '$.spec.memoryOverheadFactor',
          conf('spark.kubernetes.memoryOverheadFactor'),
        ],
        percent: 10,
        percentWhen: { when: { path: '$.spec.type', values: ['Python', 'R'] }, percent: 40 },
        least: '384Mi',
      },
    },
    ...(role === 'driver'
      ? []
      : [{ resource: 'memory', paths: [conf('spark.executor.pyspark.memory')], format: 'Jvm' } as const]),
  ];
}

function conf(key: string): string {
  return `$.spec.sparkConf["${key}"]`;
}

export const SPARK_OPERATOR: readonly WorkloadKindSpec[] = [
  {
    group: GROUP,
    versions: ['v1beta2'],
    kind: 'SparkApplication',
    resource: 'sparkapplications',
    grouping: 'Workload',
    roles: [
      { at: 'spec.driver', name: 'driver', size: size('driver') },
      {
        // The driver asks for its executors once it runs.
        at: 'spec.executor',
        name: 'executor',
        size: size('executor'),
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
