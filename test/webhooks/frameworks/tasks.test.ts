import { expect } from 'chai';
import type { JsonObject } from '../../../src/lib/json.ts';
import { policy } from '../../support/policies.ts';
import { mutateJob } from '../../../webhooks/jobs/mutate.ts';
import { compile } from '../../../webhooks/policies/policy-set.ts';
import { created, planOn, view } from '../fixture.ts';
import { job } from '../jobs/job-fixture.ts';

const SERVICE = 'system:serviceaccount:tes:server';

/** Labels of the Jobs that programs make for tasks of TES, by program. */
const PROGRAMS: Readonly<Record<string, JsonObject>> = {
  'Funnel, a task': { app: 'funnel-executor' },
  'TESK, what looks after a task': { 'job-type': 'taskmaster' },
  'TESK, a step of a task': { 'job-type': 'executor', 'taskmaster-name': 'task-1', 'executor-no': '0' },
};

describe('tasks of workflows that come as Jobs (Cromwell through TES)', () => {
  for (const [name, labels] of Object.entries(PROGRAMS)) {
    it(`are a gang each, in the queue that a policy gives to their labels: ${name}`, () => {
      const [[key, value] = ['', '']] = Object.entries(labels);
      const byLabel = { match: { selector: { matchLabels: { [key]: value } } }, set: { queue: { name: 'blue' } } };
      const cluster = view({ policies: compile([policy('tasks', byLabel)]) });
      const task = job({ name: 'task-1', labels, spec: {} });
      const plan = planOn(created(mutateJob, task, cluster, { username: SERVICE, resource: 'jobs', group: 'batch' }));
      expect(plan).to.deep.include({
        queue: 'blue',
        tasks: [{ name: 'worker', min: 1, stage: 0 }],
        submitter: SERVICE,
      });
    });
  }

  it('have groups of their own, so that no shard waits for another', () => {
    const groups = ['0', '1'].map((shard) => {
      const labels = { 'job-type': 'executor', 'taskmaster-name': `task-${shard}` };
      return planOn(created(mutateJob, job({ name: `task-${shard}`, labels, spec: {} }), view(), { uid: shard })).group;
    });
    expect(new Set(groups).size).to.equal(2);
  });
});
