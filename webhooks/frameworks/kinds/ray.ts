import type { RoleRule, WorkloadKindSpec } from '../../../src/api/kinds/workload-kind.ts';

/** KubeRay. Source: the CRDs and labels of kuberay v1.4. */
const GROUP = 'ray.io';
const VERSIONS = ['v1', 'v1alpha1'];
const HEAD_GROUP = 'headgroup';
const PODS: WorkloadKindSpec['pods'] = { roleLabels: ['ray.io/group'], roles: { [HEAD_GROUP]: 'head' } };
const PRIORITY_CLASS = ['metadata.labels["ray.io/priority-class-name"]'];

/** The roles of a cluster whose spec is there. */
function clusterRoles(at: string): readonly RoleRule[] {
  return [
    { at: `${at}.headGroupSpec`, name: 'head', template: 'template' },
    {
      at: `${at}.workerGroupSpecs[]`,
      nameFrom: 'groupName',
      template: 'template',
      count: [{ path: 'replicas', default: 0 }, { path: 'numOfHosts' }],
      lowerBounds: [{ path: 'minReplicas' }],
      suspended: 'suspend',
    },
  ];
}

export const RAY: readonly WorkloadKindSpec[] = [
  {
    group: GROUP,
    versions: VERSIONS,
    kind: 'RayCluster',
    resource: 'rayclusters',
    grouping: 'Workload',
    roles: clusterRoles('spec'),
    priorityClass: PRIORITY_CLASS,
    suspend: 'spec.suspend',
    pods: PODS,
  },
  {
    group: GROUP,
    versions: VERSIONS,
    kind: 'RayJob',
    resource: 'rayjobs',
    grouping: 'Workload',
    roles: [
      ...clusterRoles('spec.rayClusterSpec'),
      {
        // Made once the cluster is ready: a stage behind it, or each would wait for the other.
        name: 'submitter',
        template: 'spec.submitterPodTemplate',
        unless: { path: 'spec.submissionMode', values: ['HTTPMode', 'SidecarMode', 'InteractiveMode'] },
        stage: { number: 1 },
      },
    ],
    priorityClass: PRIORITY_CLASS,
    suspend: 'spec.suspend',
    pods: PODS,
    children: [{ group: 'batch', kind: 'Job', role: 'submitter' }],
  },
  {
    // An upgrade has two clusters at a time: each is a gang.
    group: GROUP,
    versions: VERSIONS,
    kind: 'RayService',
    resource: 'rayservices',
    grouping: 'Children',
  },
];
