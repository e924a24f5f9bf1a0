import type { RoleRule, WorkloadKindSpec } from '../../../src/api/kinds/workload-kind.ts';

/** Kinds of Kubeflow's training operator, MPI operator and notebooks. Source: the CRDs of kubeflow/trainer v1, mpi-operator v0.6, kubeflow. */

const GROUP = 'kubeflow.org';
const JOB_LABELS = ['training.kubeflow.org/replica-type', 'training.kubeflow.org/job-role'];
const POLICY = 'spec.runPolicy.schedulingPolicy';

const REPLICAS: RoleRule = { template: 'template', count: [{ path: 'replicas' }] };

/** All training jobs of version 1 are alike: replica specs by role, and a policy above them. */
function trainingJob(kind: string, resource: string, roles: readonly RoleRule[]): WorkloadKindSpec {
  return {
    group: GROUP,
    versions: ['v1'],
    kind,
    resource,
    grouping: 'Workload',
    roles,
    minAvailable: `${POLICY}.minAvailable`,
    queue: [`${POLICY}.queue`],
    priorityClass: [`${POLICY}.priorityClass`],
    suspend: 'spec.runPolicy.suspend',
    pods: { roleLabels: JOB_LABELS },
  };
}

function replicaSpecs(field: string, ...keys: readonly string[]): RoleRule {
  return { ...REPLICAS, at: `spec.${field}.*`, keys };
}

const MPI_ROLES: readonly RoleRule[] = [
  {
    ...replicaSpecs('mpiReplicaSpecs', 'Launcher'),
    // Made once all workers are ready: waiting for it would be for ever.
    stage: { number: 1, when: { path: '$.spec.launcherCreationPolicy', values: ['WaitForWorkersReady'] } },
  },
  replicaSpecs('mpiReplicaSpecs', 'Worker'),
];

export const KUBEFLOW: readonly WorkloadKindSpec[] = [
  trainingJob('TFJob', 'tfjobs', [replicaSpecs('tfReplicaSpecs', 'Chief', 'Master', 'PS', 'Worker', 'Evaluator')]),
  trainingJob('PyTorchJob', 'pytorchjobs', [
    replicaSpecs('pytorchReplicaSpecs', 'Master'),
    {
      ...replicaSpecs('pytorchReplicaSpecs', 'Worker'),
      lowerBounds: [{ path: '$.spec.elasticPolicy.minReplicas' }],
    },
  ]),
  trainingJob('XGBoostJob', 'xgboostjobs', [replicaSpecs('xgbReplicaSpecs', 'Master', 'Worker')]),
  trainingJob('PaddleJob', 'paddlejobs', [
    replicaSpecs('paddleReplicaSpecs', 'Master'),
    { ...replicaSpecs('paddleReplicaSpecs', 'Worker'), lowerBounds: [{ path: '$.spec.elasticPolicy.minReplicas' }] },
  ]),
  trainingJob('JAXJob', 'jaxjobs', [replicaSpecs('jaxReplicaSpecs', 'Worker')]),
  { ...trainingJob('MPIJob', 'mpijobs', MPI_ROLES), versions: ['v2beta1', 'v1'] },
  {
    group: GROUP,
    versions: ['v1', 'v1beta1'],
    kind: 'Notebook',
    resource: 'notebooks',
    grouping: 'Workload',
    roles: [{ name: 'notebook', template: 'spec.template' }],
    pods: { roleLabels: ['notebook-name'], roles: {}, otherwise: 'notebook' },
  },
];
