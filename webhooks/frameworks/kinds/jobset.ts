import type { WorkloadKindSpec } from '../../../src/api/kinds/workload-kind.ts';

/** JobSet of the batch working group, and what is built on it. Source: the CRDs of jobset v0.8 and kubeflow/trainer v2. */
export const JOB_SETS: readonly WorkloadKindSpec[] = [
  {
    group: 'jobset.x-k8s.io',
    versions: ['v1alpha2'],
    kind: 'JobSet',
    resource: 'jobsets',
    grouping: 'Workload',
    roles: [
      {
        at: 'spec.replicatedJobs[]',
        nameFrom: 'name',
        template: 'template.spec.template',
        count: [{ path: 'replicas' }, { path: 'template.spec.parallelism', atMost: ['template.spec.completions'] }],
        stage: {
          inOrderWhen: { path: '$.spec.startupPolicy.startupPolicyOrder', values: ['InOrder'] },
          after: 'dependsOn[].name',
        },
      },
    ],
    suspend: 'spec.suspend',
    pods: { roleLabels: ['jobset.sigs.k8s.io/replicatedjob-name'] },
  },
  {
    // Its JobSet has the pods; the TrainJob names a runtime that says how many.
    group: 'trainer.kubeflow.org',
    versions: ['v1alpha1'],
    kind: 'TrainJob',
    resource: 'trainjobs',
    grouping: 'Children',
  },
];
