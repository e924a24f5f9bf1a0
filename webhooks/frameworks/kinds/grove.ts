import type { WorkloadKindSpec } from '../../../src/api/kinds/workload-kind.ts';

/**
 * Grove: each replica of a PodCliqueSet is a gang of the minima of its cliques, whatever order they begin in: Grove has their pods made at once.
 * Replicas of a scaling group beyond its minimum are members without one. Source: the API types and labels of ai-dynamo/grove.
 */
const GROUP = 'grove.io';
const VERSIONS = ['v1alpha1'];
const CLIQUE = { roleLabels: ['grove.io/podclique'], isEnd: true };
const KEPT = [{ path: 'metadata.labels["kai.scheduler/preemptibility"]', values: ['non-preemptible'] }];

export const GROVE: readonly WorkloadKindSpec[] = [
  {
    group: GROUP,
    versions: VERSIONS,
    kind: 'PodCliqueSet',
    resource: 'podcliquesets',
    grouping: 'Replica',
    replicaLabel: 'grove.io/podcliqueset-replica-index',
    roles: [
      {
        at: 'spec.template.cliques[]',
        nameFrom: 'name',
        podSpec: 'spec.podSpec',
        count: [
          { path: 'spec.replicas' },
          {
            path: 'minAvailable',
            of: { list: '$.spec.template.podCliqueScalingGroups[]', names: 'cliqueNames[]' },
          },
        ],
        lowerBounds: [{ path: 'spec.minAvailable' }],
      },
    ],
    priorityClass: ['spec.template.priorityClassName'],
    notPreemptible: KEPT,
    pods: CLIQUE,
  },
  // What a PodCliqueSet makes hands its plan on; neither is made by hand.
  {
    group: GROUP,
    versions: VERSIONS,
    kind: 'PodCliqueScalingGroup',
    resource: 'podcliquescalinggroups',
    grouping: 'Children',
  },
  {
    group: GROUP,
    versions: VERSIONS,
    kind: 'PodClique',
    resource: 'podcliques',
    grouping: 'Workload',
    roles: [
      {
        nameFrom: 'spec.roleName',
        podSpec: 'spec.podSpec',
        count: [{ path: 'spec.replicas' }],
        lowerBounds: [{ path: 'spec.minAvailable' }],
      },
    ],
    pods: CLIQUE,
  },
];
