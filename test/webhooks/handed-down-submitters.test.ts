import { expect } from 'chai';
import { projectCronVcjob } from '../../src/api/projections/cron-vcjob.ts';
import { projectJobflow, projectJobtemplate } from '../../src/api/projections/jobflow.ts';
import { projectPodGroup } from '../../src/api/projections/pod-group.ts';
import { projectPod } from '../../src/api/projections/pod.ts';
import { projectVcjob } from '../../src/api/projections/vcjob.ts';
import { jobBody as jobOfFlow } from '../../src/controllers/jobflow/job-body.ts';
import { reconcileLoosePod } from '../../src/controllers/repair/reconcile.ts';
import { jobBody as jobOfCron } from '../../src/controllers/vc-cron-job/job-body.ts';
import { groupBody } from '../../src/controllers/vcjob/group-body.ts';
import { jobPlan } from '../../src/controllers/vcjob/job-plan.ts';
import { UTC } from '../../src/lib/cron/zone.ts';
import { objectAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { mutateWorkload } from '../../webhooks/apps/mutate.ts';
import { mutateJob } from '../../webhooks/jobs/mutate.ts';
import { mutatePod } from '../../webhooks/pods/mutate.ts';
import { makeNamespace } from '../support/controller-records.ts';
import { makeQueue } from '../support/records.ts';
import { OWN_USER, patched, request, view } from './fixture.ts';
import { job } from './jobs/job-fixture.ts';
import {
  annotated,
  CONTAINERS,
  LATER_MS,
  MANAGER,
  pod,
  SignedWorld,
  some,
  withMetadata,
  workload,
} from './signed-world.ts';
import { vcjob } from './vcjobs/vcjob-fixture.ts';

const SUBMITTER = 'sluice.dev/submitter';
const OPERATOR = 'system:serviceaccount:operators:controller';
const VOLCANO = 'batch.volcano.sh/v1alpha1';
const COMPAT = { groupsAsVolcano: true, optedIn: false };

let world = new SignedWorld();

beforeEach(() => {
  world = new SignedWorld();
});

function object(apiVersion: string, kind: string, name: string, spec: JsonObject = {}): JsonObject {
  return { apiVersion, kind, metadata: { name }, spec };
}

const trainJob = (): JsonObject => object('trainer.kubeflow.org/v1alpha1', 'TrainJob', 'bert');
const workflow = (): JsonObject => object('argoproj.io/v1alpha1', 'Workflow', 'etl');
const pipelineRun = (): JsonObject => object('tekton.dev/v1', 'PipelineRun', 'build');

function jobSet(): JsonObject {
  const template = { spec: { parallelism: 2, template: { spec: { containers: CONTAINERS } } } };
  return object('jobset.x-k8s.io/v1alpha2', 'JobSet', 'bert', {
    replicatedJobs: [{ name: 'node', replicas: 1, template }],
  });
}

function cronVcjob(): JsonObject {
  return object(VOLCANO, 'CronJob', 'nightly', { schedule: '0 0 * * *', jobTemplate: { spec: vcjob()['spec'] ?? {} } });
}

/** Whose the group of a Job of Volcano is. */
function userOfVcjob(made: JsonObject): string {
  const record = some(projectVcjob(made));
  const facts = {
    job: record,
    plan: jobPlan(record),
    jobPods: [],
    done: new Map(),
    priorityOf: () => 0,
    submitterKeys: world.keys,
  };
  return world.believed(some(projectPodGroup(withMetadata(groupBody(facts), { uid: 'uid-of-group' }))));
}

function ofCron(cron: JsonObject): JsonObject {
  return world.chain.slip(jobOfCron(some(projectCronVcjob(cron)), world.clock.nowMs(), UTC, world.keys));
}

function ofFlow(flow: JsonObject): JsonObject {
  const template = some(
    projectJobtemplate({
      ...object(VOLCANO, 'JobTemplate', 'a'),
      metadata: { name: 'a', namespace: 'team-a', uid: 't' },
    }),
  );
  return world.chain.slip(jobOfFlow(some(projectJobflow(flow)), { name: 'a' }, template, world.keys));
}

/** A pod without owner in the place of Volcano, as it is stored. */
function lonePod(name = 'one'): JsonObject {
  const asked = { ...pod(name), spec: { containers: CONTAINERS, schedulerName: 'volcano' } };
  const about = request({ object: asked, username: 'alice' });
  return world.chain.slip(patched(asked, mutatePod(about, view({ ...COMPAT, submitterKeys: world.keys }))));
}

/** Whose the group is that such a pod is given. */
function userOfLone(made: JsonObject): string {
  const effects = reconcileLoosePod({
    nowMs: world.clock.nowMs(),
    pod: some(projectPod(made, new Map())),
    namespace: makeNamespace('team-a'),
    job: undefined,
    workload: undefined,
    group: undefined,
    queue: (name) => makeQueue(name),
    reported: new Set(),
    submitterKeys: world.keys,
  });
  const group = effects.find((effect) => effect.kind === 'create');
  return world.believed(some(projectPodGroup(withMetadata(some(group).body, { uid: 'uid-of-group' }))));
}

/** A Job whose pods start one by one in the place of Volcano. */
function looseJob(): JsonObject {
  const asked = { ...job(), apiVersion: 'batch/v1', kind: 'Job' };
  const spec = objectAt(asked, 'spec');
  const template = objectAt(spec, 'template');
  const served = { ...template, spec: { ...objectAt(template, 'spec'), schedulerName: 'volcano' } };
  const whole = { ...asked, spec: { ...spec, template: served } };
  const about = request({ object: whole, username: 'alice' });
  return world.chain.slip(patched(whole, mutateJob(about, view({ ...COMPAT, submitterKeys: world.keys }))));
}

const flow = (): JsonObject => object('flow.volcano.sh/v1alpha1', 'JobFlow', 'flow', { flows: [{ name: 'a' }] });

/** What is made, and whose it is; in parentheses a name that nobody has verified. */
type Row = readonly [what: string, user: string, whose: () => string];

const appWrapper = (): JsonObject => ({
  ...object('workload.codeflare.dev/v1beta2', 'AppWrapper', 'wrapped'),
  metadata: { name: 'wrapped', labels: { 'volcano.sh/queue-name': 'research' } },
});

const ROWS: readonly Row[] = [
  [
    'the Job of Volcano of an AppWrapper',
    'alice',
    () => userOfVcjob(world.chain.make(vcjob(), world.chain.make(appWrapper(), undefined, 'alice'), OPERATOR)),
  ],
  [
    'a Job of Volcano that a person calls one of an AppWrapper',
    'eve',
    () => userOfVcjob(world.chain.make(vcjob(), world.chain.make(appWrapper(), undefined, 'alice'), 'eve')),
  ],
  [
    'a Job of Volcano that an account of its namespace calls one of an AppWrapper',
    'system:serviceaccount:team-a:default',
    () =>
      userOfVcjob(
        world.chain.make(
          vcjob(),
          world.chain.make(appWrapper(), undefined, 'alice'),
          'system:serviceaccount:team-a:default',
        ),
      ),
  ],
  [
    'the JobSet of a TrainJob',
    'alice',
    () => world.userOf(world.chain.make(jobSet(), world.chain.make(trainJob(), undefined, 'alice'), OPERATOR)),
  ],
  [
    'the JobSet of a TrainJob that is resumed much later',
    'alice',
    () => {
      const train = world.chain.make(trainJob(), undefined, 'alice');
      world.clock.advance(1000 * LATER_MS);
      return world.userOf(world.chain.make(jobSet(), train, OPERATOR));
    },
  ],
  [
    'a step of a workflow',
    'alice',
    () => world.userOf(world.chain.make(pod('step'), world.chain.make(workflow(), undefined, 'alice'), OPERATOR)),
  ],
  [
    'a pod two levels below',
    'alice',
    () => {
      const run = world.chain.make(pipelineRun(), undefined, 'alice');
      const task = world.chain.make(object('tekton.dev/v1', 'TaskRun', 'compile'), run, OPERATOR);
      return world.userOf(world.chain.make(pod('compile-pod'), task, OPERATOR));
    },
  ],
  [
    'a Job that an operator makes for such an object',
    'alice',
    () => world.userOf(world.chain.make(job(), world.chain.make(trainJob(), undefined, 'alice'), OPERATOR)),
  ],
  [
    'the pods of a Deployment that an operator makes for such an object',
    'alice',
    () => {
      const app = world.chain.make(workflow(), undefined, 'alice');
      return world.userOf(
        world.podOf(world.replicaSetOf(world.chain.make(workload('Deployment', 'web-a'), app, OPERATOR))),
      );
    },
  ],
  ['a Job of Volcano', 'alice', () => userOfVcjob(world.chain.make(vcjob(), undefined, 'alice'))],
  [
    'a Job of a CronJob of Volcano, however old that is',
    'alice',
    () => {
      const cron = world.chain.make(cronVcjob(), undefined, 'alice');
      world.clock.advance(1000 * LATER_MS);
      return userOfVcjob(ofCron(cron));
    },
  ],
  ['a Job of a JobFlow', 'alice', () => userOfVcjob(ofFlow(world.chain.make(flow(), undefined, 'alice')))],
  ['a pod without owner in the place of Volcano', 'alice', () => userOfLone(lonePod())],
  [
    'the pods of a Job that start one by one in the place of Volcano',
    'alice',
    () => world.userOf(world.podOf(looseJob())),
  ],
  [
    'the pods of a Deployment that was left to another scheduler, and then changed by bob',
    'bob',
    () => {
      const others = workload('Deployment', 'web-a');
      const template = { metadata: {}, spec: { containers: CONTAINERS, schedulerName: 'other' } };
      const stored = world.chain.slip({ ...others, spec: { template } });
      world.clock.advance(LATER_MS);
      const changed = { ...stored, spec: { template: { metadata: {}, spec: { containers: CONTAINERS } } } };
      const about = request({ operation: 'UPDATE', username: 'bob', object: changed, oldObject: stored });
      const now = patched(changed, mutateWorkload(about, view({ submitterKeys: world.keys })));
      return world.userOf(world.podOf(world.replicaSetOf(world.chain.update(stored, now))));
    },
  ],
  [
    'a JobSet that somebody makes who names a TrainJob as its owner',
    'eve',
    () => world.userOf(world.chain.make(jobSet(), world.chain.make(trainJob(), undefined, 'alice'), 'eve')),
  ],
  [
    'a JobSet that an account of the same namespace makes',
    'system:serviceaccount:team-a:default',
    () =>
      world.userOf(
        world.chain.make(
          jobSet(),
          world.chain.make(trainJob(), undefined, 'alice'),
          'system:serviceaccount:team-a:default',
        ),
      ),
  ],
  [
    'the JobSet of a TrainJob that nobody reviewed, and that names alice',
    '(alice)',
    () =>
      world.userOf(
        world.chain.make(jobSet(), world.chain.slip(annotated(trainJob(), { [SUBMITTER]: 'alice' })), OPERATOR),
      ),
  ],
  [
    'the JobSet of a TrainJob that was put under the name of hers later, with her signature',
    '(alice)',
    () => {
      const hers = world.chain.make(trainJob(), undefined, 'alice');
      world.clock.advance(LATER_MS);
      return world.userOf(world.chain.make(jobSet(), world.chain.replace(hers, hers), OPERATOR));
    },
  ],
  [
    'a Job of Volcano that nobody reviewed, under the name of hers',
    '(alice)',
    () => {
      const hers = world.chain.make(vcjob(), undefined, 'alice');
      world.clock.advance(LATER_MS);
      return userOfVcjob(world.chain.slip(hers));
    },
  ],
  [
    'a Job of Volcano with the signature of a JobFlow',
    '(alice)',
    () => {
      const hers = world.chain.make(flow(), undefined, 'alice');
      return userOfVcjob(world.chain.slip(annotated(vcjob(), annotationsOf(hers))));
    },
  ],
  [
    'a pod without owner that took the annotations of hers',
    '(alice)',
    () => userOfLone(world.chain.slip(withMetadata(lonePod(), { name: 'two' }))),
  ],
  [
    'pods of a Deployment that was put under the name of hers later, with her template',
    '(alice)',
    () => {
      const hers = world.chain.make(workload('Deployment', 'web-a'), undefined, 'alice');
      world.clock.advance(LATER_MS);
      return world.userOf(world.podOf(world.replicaSetOf(world.chain.replace(hers, hers))));
    },
  ],
  [
    'pods of a StatefulSet that was put under the name of hers later',
    '(alice)',
    () => {
      const hers = world.chain.make(workload('StatefulSet', 'db'), undefined, 'alice');
      world.clock.advance(LATER_MS);
      return world.userOf(world.podOf(world.chain.replace(hers, hers)));
    },
  ],
  [
    'pods of a ReplicaSet that has the name of one of her Deployment, and is not its',
    '(alice)',
    () => {
      const hers = world.chain.make(workload('Deployment', 'web-a'), undefined, 'alice');
      const own = world.chain.slip({ ...hers, kind: 'ReplicaSet', metadata: { name: 'web-a-evil' } });
      return world.userOf(world.podOf(own));
    },
  ],
  [
    'pods of a ReplicaSet that names her Deployment by the UID of another one',
    '(alice)',
    () => {
      const hers = world.chain.make(workload('Deployment', 'web-a'), undefined, 'alice');
      return world.userOf(world.podOf(world.replicaSetOf(withMetadata(hers, { uid: 'another' }))));
    },
  ],
  [
    'Jobs of a CronJob that was put under the name of hers later',
    '(alice)',
    () => {
      const hers = world.chain.make(batchCronJob(), undefined, 'alice');
      world.clock.advance(LATER_MS);
      return world.userOf(world.jobOf(world.chain.replace(hers, hers)));
    },
  ],
];

function annotationsOf(made: JsonObject): JsonObject {
  return objectAt(made, 'metadata', 'annotations');
}

function batchCronJob(): JsonObject {
  const template = { spec: { containers: CONTAINERS, restartPolicy: 'Never' } };
  return object('batch/v1', 'CronJob', 'nightly', { jobTemplate: { metadata: {}, spec: { template } } });
}

describe('whose the work is that is made for others', () => {
  for (const [what, user, whose] of ROWS) {
    it(`is of ${user}: ${what}`, () => {
      expect(whose()).to.equal(user);
    });
  }

  it('is not changed on an object that hands it down, whoever writes there', () => {
    for (const made of [trainJob(), vcjob(), cronVcjob(), flow()]) {
      const stored = world.chain.make(made, undefined, 'alice');
      world.clock.advance(LATER_MS);
      for (const annotations of [{ [SUBMITTER]: 'eve' }, {}]) {
        const edited = withMetadata(stored, { annotations });
        const kept = world.chain.review(edited, 'eve', stored);
        expect(annotationsOf(kept)).to.deep.include(annotationsOf(stored));
      }
    }
  });

  it('is written once in a review that is repeated', () => {
    for (const made of [trainJob(), vcjob(), cronVcjob(), flow()]) {
      const once = world.chain.review(made, 'alice');
      world.clock.advance(5000);
      expect(world.chain.review(once, 'alice')).to.deep.equal(once);
    }
  });

  it('stays as Sluice writes it itself on what it makes for others', () => {
    const made = ofFlow(world.chain.make(flow(), undefined, 'alice'));
    expect(annotationsOf(world.chain.review(made, OWN_USER))).to.deep.equal(annotationsOf(made));
  });

  it('is not asked for of pods that bring no signature', () => {
    const bare = world.chain.slip(workload('StatefulSet', 'db'));
    world.chain.asked.length = 0;
    world.chain.make(pod('db-0'), bare, MANAGER);
    expect(world.chain.asked).to.deep.equal([]);
  });
});
