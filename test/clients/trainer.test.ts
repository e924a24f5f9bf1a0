import { join } from 'node:path';
import { JOB_SET_CONTROLLER } from './support/controllers/job-set.ts';
import { TRAINER } from './support/controllers/trainer.ts';
import { describeClient } from './support/describe-client.ts';
import { moduleFolder } from './support/go-module.ts';
import { ofObject } from './support/object-trial.ts';
import type { Submission } from './support/object-trial.ts';

const RUNTIME = 'manifests/base/runtimes/torch_distributed.yaml';

function trainJob(spec: object): Submission {
  const trainer = { numNodes: 3, resourcesPerNode: { requests: { cpu: '1' } } };
  const runtimeRef = { name: 'torch-distributed' };
  return { apiVersion: 'trainer.kubeflow.org/v1alpha1', kind: 'TrainJob', spec: { runtimeRef, trainer, ...spec } };
}

const WHOLE = [{ minima: { node: 3 }, pods: { node: 3 } }];

describeClient({
  name: 'Kubeflow Trainer v2.3.0 and JobSet v0.12.0, with their webhooks',
  controllers: [JOB_SET_CONTROLLER, TRAINER],
  apiGroups: ['trainer.kubeflow.org', 'jobset.x-k8s.io'],
  prepare: async (lab) => {
    await lab.kubectl(['apply', '--server-side', '-f', join(await moduleFolder(TRAINER.module), RUNTIME)]);
  },
  trials: [
    ofObject({
      client: 'TrainJob',
      cpus: 4,
      object: trainJob({}),
      groups: WHOLE,
      changes: [
        { object: trainJob({ suspend: true }), groups: [{ minima: { node: 3 }, pods: {} }] },
        { object: trainJob({ suspend: false }), groups: WHOLE },
      ],
    }),
  ],
});
