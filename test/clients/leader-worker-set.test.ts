import { LEADER_WORKER_SET_CONTROLLER } from './support/controllers/leader-worker-set.ts';
import { describeClient } from './support/describe-client.ts';
import { ofObject } from './support/object-trial.ts';
import type { Submission } from './support/object-trial.ts';
import { podTemplate } from './support/pod-template.ts';

function leaderWorkerSet(replicas: number, spec: object = {}): Submission {
  const leaderWorkerTemplate = { size: 3, leaderTemplate: podTemplate(), workerTemplate: podTemplate() };
  const apiVersion = 'leaderworkerset.x-k8s.io/v1';
  return { apiVersion, kind: 'LeaderWorkerSet', spec: { replicas, leaderWorkerTemplate, ...spec } };
}

const REPLICA = { minima: { leader: 1, worker: 2 }, pods: { leader: 1, worker: 2 } };

describeClient({
  name: 'LeaderWorkerSet v0.8.0: its controller and webhooks',
  controllers: [LEADER_WORKER_SET_CONTROLLER],
  apiGroups: ['leaderworkerset.x-k8s.io'],
  trials: [
    ofObject({
      client: 'LeaderWorkerSet',
      cpus: 8,
      object: leaderWorkerSet(1),
      groups: [REPLICA],
      changes: [{ object: leaderWorkerSet(2), groups: [REPLICA, REPLICA] }],
    }),
    ofObject({
      client: 'LeaderWorkerSet, leader first',
      cpus: 5,
      object: leaderWorkerSet(1, { startupPolicy: 'LeaderReady' }),
      groups: [REPLICA],
    }),
  ],
});
