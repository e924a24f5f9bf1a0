import type { RoleRule, WorkloadKindSpec } from '../../../src/api/kinds/workload-kind.ts';

/** Dask's operator: a worker group of a cluster is a part of it. Fields as its users know them, not held against the CRDs of dask-kubernetes. */
const GROUP = 'kubernetes.dask.org';
const PODS: WorkloadKindSpec['pods'] = { roleLabels: ['dask.org/component'] };

function workers(at: string): RoleRule {
  return { at, name: 'worker', podSpec: 'spec', count: [{ path: 'replicas' }] };
}

export const DASK: readonly WorkloadKindSpec[] = [
  {
    group: GROUP,
    versions: ['v1'],
    kind: 'DaskCluster',
    resource: 'daskclusters',
    grouping: 'Workload',
    roles: [{ at: 'spec.scheduler', name: 'scheduler', podSpec: 'spec' }, workers('spec.worker')],
    pods: PODS,
  },
  {
    group: GROUP,
    versions: ['v1'],
    kind: 'DaskWorkerGroup',
    resource: 'daskworkergroups',
    grouping: 'Workload',
    roles: [workers('spec.worker')],
    pods: PODS,
  },
  // Its runner is a pod for itself beside the cluster.
  { group: GROUP, versions: ['v1'], kind: 'DaskJob', resource: 'daskjobs', grouping: 'Children' },
];
