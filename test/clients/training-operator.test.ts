import { TRAINING_OPERATOR } from './support/controllers/training-operator.ts';
import { describeClient } from './support/describe-client.ts';
import { ofObject } from './support/object-trial.ts';
import type { Submission } from './support/object-trial.ts';
import { podTemplate } from './support/pod-template.ts';
import type { Trial } from './support/trial.ts';

type Sizes = Readonly<Record<string, number>>;

/** What a kind calls its replica specs and the container that it looks for. */
interface Family {
  readonly kind: string;
  readonly field: string;
  readonly container: string;
}

function trainingJob({ kind, field, container }: Family, sizes: Sizes, spec: object = {}): Submission {
  const template = podTemplate(container);
  const specs = Object.entries(sizes).map(([role, replicas]) => [role, { replicas, restartPolicy: 'Never', template }]);
  return { apiVersion: 'kubeflow.org/v1', kind, spec: { ...spec, [field]: Object.fromEntries(specs) } };
}

/** A job of which every pod counts, and which gets one worker more. */
function whole(family: Family, sizes: Sizes, spec: object = {}): Trial {
  const more = { ...sizes, Worker: (sizes['Worker'] ?? 0) + 1 };
  const group = (of: Sizes) => ({ minima: lowered(of), pods: lowered(of) });
  return ofObject({
    client: family.kind,
    cpus: Object.values(more).reduce((a, b) => a + b, 0) + 1,
    object: trainingJob(family, sizes, spec),
    groups: [group(sizes)],
    changes: [{ object: trainingJob(family, more, spec), groups: [group(more)] }],
  });
}

function lowered(sizes: Sizes): Sizes {
  return Object.fromEntries(Object.entries(sizes).map(([role, size]) => [role.toLowerCase(), size]));
}

const PYTORCH: Family = { kind: 'PyTorchJob', field: 'pytorchReplicaSpecs', container: 'pytorch' };

describeClient({
  name: 'Kubeflow training-operator v1.9.4 with its webhooks',
  controllers: [TRAINING_OPERATOR],
  apiGroups: ['kubeflow.org'],
  trials: [
    whole(PYTORCH, { Master: 1, Worker: 2 }),
    ofObject({
      client: 'PyTorchJob, elastic',
      cpus: 4,
      object: trainingJob(
        PYTORCH,
        { Worker: 3 },
        { elasticPolicy: { minReplicas: 2, maxReplicas: 4, rdzvBackend: 'c10d' } },
      ),
      groups: [{ minima: { worker: 2 }, pods: { worker: 3 } }],
    }),
    whole(
      { kind: 'TFJob', field: 'tfReplicaSpecs', container: 'tensorflow' },
      { Chief: 1, PS: 1, Worker: 2 },
      { enableDynamicWorker: true },
    ),
    whole({ kind: 'XGBoostJob', field: 'xgbReplicaSpecs', container: 'xgboost' }, { Master: 1, Worker: 2 }),
    whole({ kind: 'PaddleJob', field: 'paddleReplicaSpecs', container: 'paddle' }, { Master: 1, Worker: 2 }),
    whole({ kind: 'JAXJob', field: 'jaxReplicaSpecs', container: 'jax' }, { Worker: 2 }),
    whole({ kind: 'MPIJob', field: 'mpiReplicaSpecs', container: 'mpi' }, { Launcher: 1, Worker: 2 }),
  ],
});
