import type { WorkloadKindSpec } from '../../../src/api/kinds/workload-kind.ts';

/** LeaderWorkerSet: each leader with its workers is a gang. Source: the CRD and the labels of lws v0.6. */
const TEMPLATE = 'spec.leaderWorkerTemplate';

export const LEADER_WORKER_SETS: readonly WorkloadKindSpec[] = [
  {
    group: 'leaderworkerset.x-k8s.io',
    versions: ['v1'],
    kind: 'LeaderWorkerSet',
    resource: 'leaderworkersets',
    grouping: 'Replica',
    replicaLabel: 'leaderworkerset.sigs.k8s.io/group-index',
    roles: [
      { name: 'leader', template: `${TEMPLATE}.leaderTemplate`, sizeFrom: `${TEMPLATE}.workerTemplate` },
      {
        name: 'worker',
        template: `${TEMPLATE}.workerTemplate`,
        count: [{ path: `${TEMPLATE}.size`, minus: 1 }],
        // Workers are made once the leader is ready.
        stage: { number: 1, when: { path: 'spec.startupPolicy', values: ['LeaderReady'] } },
      },
    ],
    pods: { roleLabels: ['leaderworkerset.sigs.k8s.io/worker-index'], roles: { '0': 'leader' }, otherwise: 'worker' },
  },
];
