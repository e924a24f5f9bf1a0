import { join } from 'node:path';
import { expect } from 'chai';
import { clientCommand } from './support/client-command.ts';
import { JOB_SET_CONTROLLER } from './support/controllers/job-set.ts';
import { TRAINER } from './support/controllers/trainer.ts';
import { describeClient } from './support/describe-client.ts';
import { moduleFolder } from './support/go-module.ts';
import { ofObject } from './support/object-trial.ts';
import type { Submission } from './support/object-trial.ts';
import type { Lab } from './support/lab.ts';
import { pythonEnvironment } from './support/python-environment.ts';
import type { Place } from './support/trial.ts';

const RUNTIME = 'manifests/base/runtimes/torch_distributed.yaml';

function trainJob(spec: object): Submission {
  const trainer = { numNodes: 3, resourcesPerNode: { requests: { cpu: '1' } } };
  const runtimeRef = { name: 'torch-distributed' };
  return { apiVersion: 'trainer.kubeflow.org/v1alpha1', kind: 'TrainJob', spec: { runtimeRef, trainer, ...spec } };
}

const SCRIPT = join(import.meta.dirname, 'kubeflow-sdk/client.py');
const sdk = (): Promise<string> => pythonEnvironment('kubeflow-0.5.0', ['kubeflow==0.5.0']);
/** What the SDK called its jobs, by namespace. */
const jobs = new Map<string, string>();

async function withSdk(lab: Lab, ...args: readonly string[]): Promise<string> {
  return clientCommand(lab, join(await sdk(), 'bin/python'), [SCRIPT, ...args]);
}

async function train(lab: Lab, { namespace, queue }: Place): Promise<void> {
  jobs.set(namespace, (await withSdk(lab, 'train', namespace, queue)).trim().split('\n')[0] ?? '');
}

const WHOLE = [{ minima: { node: 3 }, pods: { node: 3 } }];

describeClient({
  name: 'Kubeflow Trainer v2.3.0 and JobSet v0.12.0, with their webhooks',
  controllers: [JOB_SET_CONTROLLER, TRAINER],
  apiGroups: ['trainer.kubeflow.org', 'jobset.x-k8s.io'],
  prepare: async (lab) => {
    await lab.kubectl(['apply', '--server-side', '-f', join(await moduleFolder(TRAINER.module), RUNTIME)]);
  },
  install: sdk,
  trials: [
    {
      client: 'Kubeflow SDK 0.5.0',
      cpus: 4,
      groups: WHOLE,
      changes: [],
      submit: train,
      remove: async (lab, { namespace }) => {
        const name = jobs.get(namespace) ?? '';
        expect(await withSdk(lab, 'status', namespace, name)).to.include(name);
        await withSdk(lab, 'delete', namespace, name);
      },
    },
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
