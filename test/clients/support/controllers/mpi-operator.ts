import type { RealController } from '../real-controller.ts';

/** The operator of MPIJob v2beta1, without gang scheduling of its own. It has no webhooks. */
export const MPI_OPERATOR: RealController = {
  name: 'mpi-operator',
  module: { path: 'github.com/kubeflow/mpi-operator', version: 'v0.8.0' },
  source: './cmd/mpi-operator',
  manifests: ['manifests/overlays/standalone'],
  args: ({ kubeconfig }) => [`-kubeConfig=${kubeconfig}`, '-kube-api-qps=100', '-kube-api-burst=200'],
  ready: ':8080/healthz',
};
