import type { WorkloadKindSpec } from '../../../src/api/kinds/workload-kind.ts';

/**
 * Kubernetes' own gangs: pods name a PodGroup of scheduling.k8s.io in spec.schedulingGroup, and its policy says how many start together. Only
 * clusters that serve that API have them. Source: the OpenAPI of Kubernetes 1.37 with the feature gate GenericWorkload.
 */
export const NATIVE: readonly WorkloadKindSpec[] = [
  {
    group: 'scheduling.k8s.io',
    versions: ['v1beta1', 'v1alpha3', 'v1alpha2'],
    kind: 'PodGroup',
    resource: 'podgroups',
    grouping: 'Workload',
    roles: [{ name: 'member', count: [{ path: 'spec.schedulingPolicy.gang.minCount' }] }],
    priorityClass: ['spec.priorityClassName'],
    pods: {
      roleLabels: ['volcano.sh/task-spec'],
      otherwise: 'member',
      named: { path: 'spec.schedulingGroup.podGroupName' },
    },
  },
];
