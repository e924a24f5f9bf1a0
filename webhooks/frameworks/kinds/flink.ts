import type { SizeRule, WorkloadKindSpec } from '../../../src/api/kinds/workload-kind.ts';

/**
 * Flink's operator. What it makes is named after the FlinkDeployment, in a label, and not controlled by it. A FlinkSessionJob has no pods of
 * its own: it runs in those of a FlinkDeployment. Source: the CRDs of flink-kubernetes-operator 1.x and the labels of Flink's Kubernetes mode.
 */
const SLOTS = '$.spec.flinkConfiguration["taskmanager.numberOfTaskSlots"]';

export const FLINK: readonly WorkloadKindSpec[] = [
  {
    group: 'flink.apache.org',
    versions: ['v1beta1'],
    kind: 'FlinkDeployment',
    resource: 'flinkdeployments',
    grouping: 'Workload',
    roles: [
      { at: 'spec.jobManager', name: 'jobmanager', size: size() },
      {
        // As many as the slots of the job take; the JobManager asks for them once it runs. A cluster for sessions has none to begin with.
        at: 'spec.taskManager',
        name: 'taskmanager',
        size: size(),
        count: [{ path: '$.spec.job.parallelism', default: 0, per: SLOTS }],
        unless: { path: '$.spec.mode', values: ['standalone'] },
        stage: { number: 1 },
      },
      {
        at: 'spec.taskManager',
        name: 'taskmanager',
        size: size(),
        count: [{ path: 'replicas' }],
        unless: { path: '$.spec.mode', values: ['', 'native'] },
        stage: { number: 1 },
      },
    ],
    suspendWhen: { path: 'spec.job.state', values: ['suspended'] },
    pods: {
      roleLabels: ['component'],
      named: {
        path: 'metadata.labels.app',
        when: { path: 'metadata.labels.type', values: ['flink-native-kubernetes', 'flink-standalone-kubernetes'] },
      },
    },
  },
];

function size(): readonly SizeRule[] {
  return [
    { resource: 'cpu', paths: ['resource.cpu'], default: '1' },
    { resource: 'memory', paths: ['resource.memory'], format: 'Jvm' },
  ];
}
