import type { WorkloadKindSpec } from '../../../src/api/kinds/workload-kind.ts';

/**
 * Azure Machine Learning on Kubernetes: a job has as many nodes as an option of it says. Its definition is not published; the field is the one
 * that KAI-Scheduler reads.
 */
export const AZURE: readonly WorkloadKindSpec[] = [
  {
    group: 'amlarc.azureml.com',
    versions: ['v1alpha1'],
    kind: 'AmlJob',
    resource: 'amljobs',
    grouping: 'Workload',
    roles: [{ name: 'worker', count: [{ path: 'spec.job.options.envs.AZUREML_NODE_COUNT' }] }],
  },
];
