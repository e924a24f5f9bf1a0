import { expect } from 'chai';
import { projectRuntimeClass } from '../../src/api/projections/runtime-class.ts';
import { RUNTIME_CLASSES } from '../../src/api/resources.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { mutateWorkload } from '../../webhooks/apps/mutate.ts';
import { mutateCronJob } from '../../webhooks/cron-jobs/mutate.ts';
import { validateCronVcjobReview } from '../../webhooks/cron-vcjobs/validate.ts';
import { mutateJob } from '../../webhooks/jobs/mutate.ts';
import type { Verdict } from '../../webhooks/verdict.ts';
import { validateVcjobReview } from '../../webhooks/vcjobs/validate.ts';
import { request, view } from './fixture.ts';
import { vcjobOf } from './vcjobs/vcjob-fixture.ts';

const CLUSTER = view({
  unknownPriorityClasses: ['gone'],
  records: new Map([
    [RUNTIME_CLASSES, [projectRuntimeClass({ metadata: { name: 'kata', uid: 'u1' }, handler: 'kata' })]],
  ]),
});

/** A Job or a Deployment. */
function workload(spec: JsonObject): JsonObject {
  const pod = { containers: [{ name: 'main' }], restartPolicy: 'Never', ...spec };
  return { metadata: { name: 'a' }, spec: { template: { spec: pod } } };
}

function cronJob(spec: JsonObject): JsonObject {
  return { metadata: { name: 'a' }, spec: { jobTemplate: { spec: workload(spec)['spec'] ?? {} } } };
}

function cronVcjob(spec: JsonObject): JsonObject {
  const schedule = '@daily';
  return { metadata: { name: 'a' }, spec: { schedule, jobTemplate: { spec: vcjobOf(spec)['spec'] ?? {} } } };
}

const job = (spec: JsonObject, cluster = CLUSTER): Verdict => mutateJob(request({ object: workload(spec) }), cluster);

describe('a class that a template names and nobody has made', () => {
  const rows: Readonly<Record<string, readonly [verdict: Verdict, want: readonly string[]]>> = {
    'is told on a Job': [
      job({ priorityClassName: 'gone', runtimeClassName: 'lost' }),
      [
        'spec.template.spec.priorityClassName: there is no PriorityClass gone: pods are refused until there is',
        'spec.template.spec.runtimeClassName: there is no RuntimeClass lost: pods are refused until there is',
      ],
    ],
    'is told on a Deployment': [
      mutateWorkload(request({ resource: 'deployments', object: workload({ runtimeClassName: 'lost' }) }), CLUSTER),
      ['spec.template.spec.runtimeClassName: there is no RuntimeClass lost: pods are refused until there is'],
    ],
    'is told on a Job of Volcano': [
      validateVcjobReview(request({ object: vcjobOf({ priorityClassName: 'gone' }) }), CLUSTER),
      [
        'spec.tasks[0].template.spec.priorityClassName: there is no PriorityClass gone: pods are refused until there is',
      ],
    ],
    'is told on a CronJob, with the path that it has there': [
      mutateCronJob(request({ object: cronJob({ runtimeClassName: 'lost' }) }), CLUSTER),
      [
        'spec.jobTemplate.spec.template.spec.runtimeClassName: there is no RuntimeClass lost: pods are refused until there is',
      ],
    ],
    'is told on a CronJob of Volcano': [
      validateCronVcjobReview(request({ object: cronVcjob({ runtimeClassName: 'lost' }) }), CLUSTER),
      [
        'spec.jobTemplate.spec.tasks[0].template.spec.runtimeClassName: there is no RuntimeClass lost: pods are refused until ...',
      ],
    ],
    'is none where it is there': [job({ priorityClassName: 'high', runtimeClassName: 'kata' }), []],
    'is not told before all classes are known': [
      job({ priorityClassName: 'gone' }, view({ unknownPriorityClasses: ['gone'], synced: false })),
      [],
    ],
  };
  for (const [name, [verdict, want]] of Object.entries(rows)) {
    it(name, () => {
      const told = verdict.kind === 'allow' ? verdict.warnings.filter((text) => text.includes('there is no')) : verdict;
      expect(told).to.deep.equal(want);
    });
  }
});
