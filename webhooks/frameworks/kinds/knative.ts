import type { WorkloadKindSpec } from '../../../src/api/kinds/workload-kind.ts';

/** Knative Serving: a revision starts with the scale that it never goes below. Fields as its users know them, not held against the CRDs and annotations of serving v1. */
const GROUP = 'serving.knative.dev';

export const KNATIVE: readonly WorkloadKindSpec[] = [
  { group: GROUP, versions: ['v1'], kind: 'Service', resource: 'services', grouping: 'Children' },
  { group: GROUP, versions: ['v1'], kind: 'Configuration', resource: 'configurations', grouping: 'Children' },
  {
    group: GROUP,
    versions: ['v1'],
    kind: 'Revision',
    resource: 'revisions',
    grouping: 'Workload',
    roles: [
      {
        name: 'revision',
        podSpec: 'spec',
        count: [{ path: 'metadata.annotations["autoscaling.knative.dev/min-scale"]' }],
      },
    ],
  },
];
