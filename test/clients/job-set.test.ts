import { JOB_SET_CONTROLLER } from './support/controllers/job-set.ts';
import { describeClient } from './support/describe-client.ts';
import { ofObject } from './support/object-trial.ts';
import type { Submission } from './support/object-trial.ts';
import { podTemplate } from './support/pod-template.ts';

const template = podTemplate('main', { restartPolicy: 'Never' });
// The mode is JobSet's own default, which it fills in on CREATE only: an `apply` without it is refused as immutable.
const jobs = (size: number): object => ({
  spec: { parallelism: size, completions: size, completionMode: 'Indexed', template },
});

function jobSet(spec: object): Submission {
  const replicatedJobs = [
    { name: 'leader', replicas: 1, template: jobs(1) },
    { name: 'workers', replicas: 2, template: jobs(2) },
  ];
  return { apiVersion: 'jobset.x-k8s.io/v1alpha2', kind: 'JobSet', spec: { replicatedJobs, ...spec } };
}

const WHOLE = [{ minima: { leader: 1, workers: 4 }, pods: { leader: 1, workers: 4 } }];

describeClient({
  name: 'JobSet v0.12.0: its controller and webhooks',
  controllers: [JOB_SET_CONTROLLER],
  apiGroups: ['jobset.x-k8s.io'],
  trials: [
    ofObject({
      client: 'JobSet',
      cpus: 6,
      object: jobSet({}),
      groups: WHOLE,
      changes: [
        { object: jobSet({ suspend: true }), groups: [{ minima: { leader: 1, workers: 4 }, pods: {} }] },
        { object: jobSet({ suspend: false }), groups: WHOLE },
      ],
    }),
    ofObject({
      client: 'JobSet in order',
      cpus: 6,
      object: jobSet({ startupPolicy: { startupPolicyOrder: 'InOrder' } }),
      groups: WHOLE,
    }),
  ],
});
