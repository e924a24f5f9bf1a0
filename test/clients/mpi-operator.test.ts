import { MPI_OPERATOR } from './support/controllers/mpi-operator.ts';
import { describeClient } from './support/describe-client.ts';
import { ofObject } from './support/object-trial.ts';
import type { Submission } from './support/object-trial.ts';
import { podTemplate } from './support/pod-template.ts';

function mpiJob(workers: number, spec: object = {}): Submission {
  const template = podTemplate();
  const mpiReplicaSpecs = { Launcher: { replicas: 1, template }, Worker: { replicas: workers, template } };
  return { apiVersion: 'kubeflow.org/v2beta1', kind: 'MPIJob', spec: { mpiReplicaSpecs, ...spec } };
}

const group = (workers: number) => ({
  minima: { launcher: 1, worker: workers },
  pods: { launcher: 1, worker: workers },
});

describeClient({
  name: 'MPI operator v0.8.0',
  controllers: [MPI_OPERATOR],
  apiGroups: ['kubeflow.org'],
  trials: [
    ofObject({
      client: 'MPIJob v2beta1',
      cpus: 5,
      object: mpiJob(2),
      groups: [group(2)],
      changes: [{ object: mpiJob(3), groups: [group(3)] }],
    }),
    ofObject({
      client: 'MPIJob v2beta1, launcher last',
      cpus: 4,
      object: mpiJob(2, { launcherCreationPolicy: 'WaitForWorkersReady' }),
      groups: [group(2)],
    }),
  ],
});
