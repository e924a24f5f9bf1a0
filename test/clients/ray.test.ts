import { RAY_OPERATOR } from './support/controllers/ray-operator.ts';
import { describeClient } from './support/describe-client.ts';
import { ofObject } from './support/object-trial.ts';
import type { Submission } from './support/object-trial.ts';
import { podTemplate } from './support/pod-template.ts';

const API = 'ray.io/v1';

function cluster(workers: number): object {
  const sizes = { replicas: workers, minReplicas: workers, maxReplicas: 4 };
  return {
    rayVersion: '2.46.0',
    headGroupSpec: { rayStartParams: {}, template: podTemplate('ray-head') },
    workerGroupSpecs: [{ groupName: 'big', ...sizes, rayStartParams: {}, template: podTemplate('ray-worker') }],
  };
}

function rayCluster(workers: number): Submission {
  return { apiVersion: API, kind: 'RayCluster', spec: cluster(workers) };
}

const whole = (workers: number) => [{ minima: { head: 1, big: workers }, pods: { head: 1, big: workers } }];

describeClient({
  name: 'KubeRay v1.5.0',
  controllers: [RAY_OPERATOR],
  apiGroups: ['ray.io'],
  trials: [
    ofObject({
      client: 'RayCluster',
      cpus: 5,
      object: rayCluster(2),
      groups: whole(2),
      changes: [{ object: rayCluster(3), groups: whole(3) }],
    }),
    ofObject({
      client: 'RayJob',
      cpus: 5,
      object: {
        apiVersion: API,
        kind: 'RayJob',
        spec: {
          entrypoint: 'python train.py',
          rayClusterSpec: cluster(2),
          submitterPodTemplate: podTemplate('submitter', { restartPolicy: 'Never' }),
        },
      },
      groups: [{ minima: { head: 1, big: 2, submitter: 1 }, pods: { head: 1, big: 2, submitter: 1 } }],
    }),
  ],
});
