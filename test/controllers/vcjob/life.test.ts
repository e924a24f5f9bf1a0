import { expect } from 'chai';
import { PODS, VOLUME_CLAIMS } from '../../../src/api/resources.ts';
import { numberAt, objectAt, stringAt } from '../../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../../src/lib/json.ts';
import { annotationsOf, JobModel, mountsOf, policy, task } from './job-model.ts';

const TWO = { minAvailable: 4, tasks: [task('a', 2), task('b', 2)] };
const NAMES = ['job-a-0', 'job-a-1', 'job-b-0', 'job-b-1'];

function running(spec: JsonObject = TWO): JobModel {
  const model = new JobModel(spec);
  model.run();
  expect(model.phase).to.equal('Running');
  return model.later();
}

/** Everything ends that is on its way out, and what follows is done. */
function ended(model: JobModel): JobModel {
  model.converge();
  model.end();
  model.converge();
  return model;
}

function phases(model: JobModel): string {
  return model.phases.map(({ phase }) => phase).join(' ');
}

describe('a Job of Volcano', () => {
  it('has a group first, and pods once that is let in', () => {
    const model = new JobModel({ ...TWO, queue: 'blue', priorityClassName: 'high', schedulerName: 'sluice' });
    model.converge();
    expect(model.pods()).to.deep.equal([]);
    expect(objectAt(model.group(), 'spec')).to.deep.equal({
      minMember: 4,
      minTaskMember: { a: 2, b: 2 },
      queue: 'blue',
      priorityClassName: 'high',
      minResources: { cpu: '4' },
    });
    const annotations = objectAt(model.group(), 'metadata', 'annotations');
    expect(annotations['sluice.dev/origin']).to.equal('Job.batch.volcano.sh/job');
    model.setGroup('Pending');
    model.converge();
    expect(model.pods()).to.deep.equal([]);
    model.setGroup('Inqueue');
    model.converge();
    expect(model.pods()).to.deep.equal(NAMES);
    expect(objectAt(model.pod('job-b-1'), 'metadata', 'labels')).to.deep.include({
      'volcano.sh/job-name': 'job',
      'volcano.sh/job-namespace': 'ns',
      'volcano.sh/queue-name': 'blue',
      'volcano.sh/task-index': '1',
      'volcano.sh/task-spec': 'b',
    });
    expect(annotationsOf(model.pod('job-b-1'))).to.deep.equal({
      'scheduling.k8s.io/group-name': 'job-j-1',
      'scheduling.volcano.sh/group-name': 'job-j-1',
      'scheduling.volcano.sh/queue-name': 'blue',
      'volcano.sh/queue-name': 'blue',
      'volcano.sh/job-name': 'job',
      'volcano.sh/task-spec': 'b',
      'volcano.sh/task-index': '1',
      'volcano.sh/job-version': '0',
      'volcano.sh/job-retry-count': '0',
      'volcano.sh/template-uid': 'job-b',
    });
    expect(objectAt(model.pod('job-b-1'), 'spec')).to.deep.include({ schedulerName: 'sluice' });
  });

  it('is seen to be pending before anything is made for its plugins, which may be refused', () => {
    const model = new JobModel({ ...TWO, plugins: { svc: [] } });
    model.converge();
    expect(model.done.map(({ verb, kind }) => `${verb} ${kind}`).slice(0, 2)).to.deep.equal([
      'patchStatus jobs',
      'keepOwned configmaps',
    ]);
  });

  it('runs once it has as many pods as it needs, and is completed once all have succeeded', () => {
    const model = running();
    for (const pod of NAMES) model.setPod(pod, 'Succeeded');
    ended(model);
    expect(phases(model)).to.equal('Pending Running Completed');
    expect(model.job.status).to.deep.include({ succeeded: 4, minAvailable: 4, runningDuration: '1m0s' });
    expect(model.job.status.conditions?.map(({ status }) => status)).to.deep.equal(['Pending', 'Running', 'Completed']);
    expect(model.group()).to.equal(undefined);
    expect(model.pods()).to.deep.equal(NAMES);
  });

  it('asks for room for the pods that come first by priority where it needs fewer than its tasks do', () => {
    const model = new JobModel({ minAvailable: 3, tasks: [task('a', 2), task('b', 2)] });
    model.converge();
    expect(objectAt(model.group(), 'spec', 'minResources')).to.deep.equal({ cpu: '3' });
  });

  const outcomes = {
    'is completed when enough pods succeeded': [
      { minAvailable: 1, tasks: [task('a', 2, { minAvailable: 0 })] },
      'Completed',
    ],
    'has failed when too few pods succeeded': [{ minAvailable: 2, tasks: [task('a', 2)] }, 'Failed'],
    'has failed when a task has too few': [
      { minAvailable: 1, tasks: [task('a', 2, { minAvailable: 2 })] },
      'Completed',
    ],
    'has failed when fewer than minSuccess succeeded': [
      { minAvailable: 1, minSuccess: 2, tasks: [task('a', 2)] },
      'Failed',
    ],
  } as const;
  for (const [name, [spec, want]] of Object.entries(outcomes)) {
    it(name, () => {
      const model = running(spec);
      model.setPod('job-a-0', 'Succeeded');
      model.setPod('job-a-1', 'Failed');
      expect(ended(model).phase).to.equal(want);
    });
  }

  it('is completed with minSuccess, and takes away what still runs', () => {
    const model = running({ minAvailable: 2, minSuccess: 1, tasks: [task('a', 2)] });
    model.setPod('job-a-0', 'Succeeded');
    expect(ended(model).phase).to.equal('Completed');
    expect(model.pods()).to.deep.equal(['job-a-0']);
  });

  it('waits again when too few of its pods are left', () => {
    const model = running();
    model.evict('job-a-0');
    ended(model);
    expect(model.phase).to.equal('Pending');
    model.setPod('job-a-0', 'Running');
    model.converge();
    expect(phases(model)).to.equal('Pending Running Pending Running');
    expect(model.job.status.retryCount).to.equal(undefined);
  });

  it('has pods of its earlier life replaced, and not those that ended in the last one', () => {
    const model = running({ ...TWO, maxRetry: 2, policies: [policy('PodFailed', 'RestartJob')] });
    for (const round of [1, 2]) {
      model.setPod('job-b-1', 'Succeeded');
      model.setPod('job-a-0', 'Failed');
      model.converge();
      expect(model.phases).to.deep.include({ phase: 'Restarting', terminating: round === 1 ? 4 : 2 });
      ended(model);
      if (round === 1) model.run();
    }
    expect(phases(model)).to.equal('Pending Running Restarting Pending Running Restarting Failed');
    expect(model.pods()).to.deep.equal(['job-a-0', 'job-b-1']);
    expect(model.job.status).to.deep.include({ retryCount: 2, version: 2 });
    expect(model.job.status.state?.message).to.equal('The job was restarted 2 times, and maxRetry is 2.');
    expect(model.group()).to.equal(undefined);
  });

  for (const isSlow of [false, true]) {
    it(`restarts a task once for one eviction, ${isSlow ? 'while the pod is going' : 'of a pod that is gone'}`, () => {
      const policies = [policy('PodEvicted', 'RestartTask')];
      const model = running({ ...TWO, tasks: [task('a', 2, { policies }), task('b', 2)] });
      const before = NAMES.map((name) => model.uidOf(name));
      const group = model.group();
      model.evict('job-a-0', isSlow);
      ended(model);
      model.run();
      const after = NAMES.map((name) => model.uidOf(name));
      expect(after.map((uid, at) => uid === before[at])).to.deep.equal([false, false, true, true]);
      expect(phases(model)).to.equal('Pending Running Restarting Pending Running');
      expect(model.job.status.retryCount).to.equal(1);
      expect(objectAt(model.group(), 'metadata')['uid']).to.equal(objectAt(group, 'metadata')['uid']);
    });
  }

  it('restarts one pod, and one part', () => {
    const partitionPolicy = { totalPartitions: 2, partitionSize: 2 };
    for (const [action, fresh] of [
      ['RestartPod', ['job-a-0']],
      ['RestartPartition', ['job-a-0', 'job-a-1']],
    ] as const) {
      const model = running({
        minAvailable: 4,
        tasks: [task('a', 4, { partitionPolicy })],
        policies: [policy('PodFailed', action)],
      });
      const before = new Map(model.pods().map((name) => [name, model.uidOf(name)]));
      model.setPod('job-a-0', 'Failed');
      ended(model);
      model.run();
      expect(model.pods().filter((name) => model.uidOf(name) !== before.get(name))).to.deep.equal(fresh);
    }
  });

  for (const action of ['RestartJob', 'RestartTask', 'RestartPod'] as const) {
    it(`keeps the pods that failed last when ${action} is out of tries, for who looks at their logs (volcano#1651)`, () => {
      const model = running({ ...TWO, maxRetry: 1, policies: [policy('PodFailed', action)] });
      model.setPod('job-b-0', 'Failed');
      ended(model);
      expect(model.phase).to.equal('Failed');
      expect(model.pods()).to.deep.equal(['job-b-0']);
    });
  }

  for (const action of ['RestartTask', 'Restart']) {
    it(`says of a Command ${action} that it cannot be carried out`, () => {
      const model = running();
      model.command(action);
      model.converge();
      expect(model.phase).to.equal('Running');
      expect(model.events.at(-1)).to.deep.equal({
        reason: 'CommandRefused',
        note: `Command ${action} is not carried out: for a Job there are AbortJob, RestartJob, TerminateJob, CompleteJob, ResumeJob.`,
      });
      expect(model.events.some(({ reason }) => reason === 'CommandIssued')).to.equal(false);
    });
  }

  it('says which tasks wait for others that cannot become ready any more', () => {
    const model = new JobModel({ tasks: [task('a', 2), task('b', 2, { dependsOn: { name: ['a'] } })] });
    model.converge();
    model.setGroup('Inqueue');
    model.converge();
    expect(model.job.status.state?.message).to.equal(undefined);
    model.setPod('job-a-0', 'Failed');
    model.converge();
    expect([model.phase, model.job.status.state?.message]).to.deep.equal([
      'Pending',
      'Task b waits for task a, of whose pods 1 failed: it needs 2 that are ready or have succeeded.',
    ]);
    model.evict('job-a-0');
    model.converge();
    model.setPod('job-a-0', 'Running');
    model.converge();
    expect(model.job.status.state?.message).to.equal(undefined);
  });

  it('says of no task that it waits once its pods are there, whatever became of those that it waited for', () => {
    const model = new JobModel({ tasks: [task('a', 1), task('b', 2, { dependsOn: { name: ['a'] } })] });
    model.run();
    model.run();
    model.setPod('job-a-0', 'Failed');
    model.converge();
    expect([model.phase, model.job.status.state?.message]).to.deep.equal(['Running', undefined]);
    model.evict('job-b-1');
    model.converge();
    expect(model.job.status.state?.message).to.match(/^Task b waits for task a/u);
  });

  it('is suspended and resumed by Commands, which are gone first', () => {
    const model = running();
    model.command('AbortJob');
    model.converge();
    expect(model.phases.at(-1)).to.deep.equal({ phase: 'Aborting', terminating: 4 });
    const names = model.done.map(({ verb, kind }) => `${verb} ${kind}`);
    expect(names.indexOf('delete commands')).to.be.below(names.indexOf('delete pods'));
    ended(model);
    expect(model.phase).to.equal('Aborted');
    expect(model.pods()).to.deep.equal([]);
    model.command('ResumeJob');
    ended(model);
    model.run();
    expect(phases(model)).to.equal('Pending Running Aborting Aborted Restarting Pending Running');
    expect(model.events.map(({ reason }) => reason)).to.include.members(['CommandIssued', 'ExecuteAction']);
    expect(model.events.map(({ note }) => note)).to.include(
      'Start to execute command AbortJob, and clean it up to make sure executed not more than once.',
    );
  });

  for (const [action, during, after] of [
    ['CompleteJob', 'Completing', 'Completed'],
    ['TerminateJob', 'Terminating', 'Terminated'],
  ] as const) {
    it(`keeps pods that are finished with ${action}`, () => {
      const model = running({ ...TWO, policies: [policy('PodFailed', action)] });
      model.setPod('job-a-0', 'Failed');
      model.converge();
      expect(model.phases.at(-1)).to.deep.equal({ phase: during, terminating: 3 });
      expect(ended(model).phase).to.equal(after);
      expect(model.pods()).to.deep.equal(['job-a-0']);
    });
  }

  it('loses the pods with the highest indexes when it is made smaller, and that is no eviction', () => {
    const model = running({
      minAvailable: 1,
      tasks: [task('a', 3, { minAvailable: 1 })],
      policies: [policy('PodEvicted', 'TerminateJob')],
    });
    model.edit((spec) => ({ ...spec, tasks: [task('a', 1, { minAvailable: 1 })] }));
    const deletes = (): readonly string[] => model.done.filter(({ verb }) => verb === 'delete').map(({ name }) => name);
    ended(model);
    expect(deletes()).to.deep.equal(['job-a-2', 'job-a-1']);
    expect([model.phase, ...model.pods()]).to.deep.equal(['Running', 'job-a-0']);
    model.edit((spec) => ({ ...spec, tasks: [task('a', 2, { minAvailable: 1 })] }));
    ended(model);
    expect(model.pods()).to.deep.equal(['job-a-0', 'job-a-1']);
    expect(objectAt(model.group(), 'spec', 'minTaskMember')).to.deep.equal({ a: 1 });
  });

  it('makes pods of a task once those that it waits for are ready', () => {
    const dependsOn = (iteration: string): JsonObject => ({ dependsOn: { name: ['a', 'b'], iteration } });
    for (const [iteration, needed] of [
      ['any', 1],
      ['all', 2],
    ] as const) {
      const model = new JobModel({
        minAvailable: 1,
        tasks: [task('a', 1), task('b', 1), task('c', 1, dependsOn(iteration))],
      });
      model.converge();
      model.setGroup('Inqueue');
      model.converge();
      expect(model.pods()).to.deep.equal(['job-a-0', 'job-b-0']);
      for (const pod of ['job-a-0', 'job-b-0'].slice(0, needed)) {
        expect(model.pods()).to.not.include('job-c-0');
        model.setPod(pod, 'Running');
        model.converge();
      }
      expect(model.pods()).to.include('job-c-0');
    }
  });

  it('waits for no pods of a task that waits for others itself', () => {
    const model = new JobModel({
      minAvailable: 3,
      tasks: [task('a', 1), task('b', 2, { dependsOn: { name: ['a'], iteration: 'all' } })],
    });
    model.converge();
    const demand = (): readonly JsonValue[] => [
      numberAt(model.group(), ['spec', 'minMember'], 0),
      objectAt(model.group(), 'spec', 'minTaskMember'),
    ];
    expect(demand()).to.deep.equal([1, { a: 1, b: 0 }]);
    model.setGroup('Inqueue');
    model.converge();
    model.setPod('job-a-0', 'Running');
    model.converge();
    expect(demand()).to.deep.equal([3, { a: 1, b: 2 }]);
    model.setPod('job-a-0', 'Succeeded');
    model.converge();
    expect(demand()).to.deep.equal([3, { a: 1, b: 2 }]);
  });

  for (const writes of [0, 1, 2, 3]) {
    it(`does what a Command asks for although only ${writes} of its writes came through at first`, () => {
      const model = running();
      model.command('AbortJob');
      model.reconcile(writes);
      expect(ended(model).phase).to.equal('Aborted');
      model.command('ResumeJob');
      model.reconcile(writes);
      ended(model);
      model.run();
      expect(phases(model)).to.equal('Pending Running Aborting Aborted Restarting Pending Running');
    });
  }

  it('is suspended and resumed as often as anybody likes: that takes none of its retries', () => {
    const model = running({ ...TWO, maxRetry: 3 });
    for (const action of Array.from({ length: 5 }, () => ['AbortJob', 'ResumeJob']).flat()) {
      model.command(action);
      ended(model);
      if (action === 'ResumeJob') model.run();
      expect(model.phase).to.equal(action === 'AbortJob' ? 'Aborted' : 'Running');
    }
    expect(model.job.status.retryCount ?? 0).to.equal(0);
  });

  it('waits for claims that it names, and says so once', () => {
    const volumes = [{ mountPath: '/own', volumeClaimName: 'own' }];
    const model = new JobModel({ minAvailable: 1, tasks: [task('a', 1)], volumes });
    model.converge();
    model.later().converge();
    expect(model.events).to.deep.equal([
      {
        reason: 'PVCError',
        note: 'Failed to create PVC, err: pvc own is not found, the job will be in the Pending state until the PVC is created',
      },
    ]);
    expect([model.phase, model.group()]).to.deep.equal(['Pending', undefined]);
    model.make(VOLUME_CLAIMS, 'own');
    model.run();
    expect(model.phase).to.equal('Running');
  });

  it('says that a pod of somebody else has the name of one of its own, and makes it later', () => {
    const model = new JobModel({ minAvailable: 1, tasks: [task('a', 2)] });
    model.make(PODS, 'job-a-1');
    model.run();
    model.later().converge();
    expect(model.events.map(({ reason }) => reason)).to.deep.equal(['PodNameTaken']);
    expect(model.events[0]?.note).to.include('Pod job-a-1 exists already');
    model.evict('job-a-1', true);
    expect(model.look().map(({ kind }) => kind)).to.include('requeueAfter');
    model.evict('job-a-1');
    model.converge();
    expect(model.job.status.taskStatusCount).to.deep.equal({ a: { phase: { Pending: 1, Running: 1 } } });
  });

  it('says after a while which pod of an earlier job of its name does not go (volcano#2284)', () => {
    const model = new JobModel({ minAvailable: 1, tasks: [task('a', 2)] });
    model.make(PODS, 'job-a-1', { name: 'job', uid: 'j-0' });
    model.evict('job-a-1', true);
    model.run();
    expect(model.events).to.deep.equal([]);
    model.later().converge();
    expect(model.events).to.deep.equal([
      {
        reason: 'PodNameTaken',
        note: 'Pod job-a-1 is still on its way out and is not of this Job: its place stays empty until that pod is gone.',
      },
    ]);
    model.end();
    model.converge();
    expect(model.pods()).to.deep.equal(['job-a-0', 'job-a-1']);
  });

  for (const [action, during, after] of [
    ['AbortJob', 'Aborting', 'Aborted'],
    ['TerminateJob', 'Terminating', 'Terminated'],
  ] as const) {
    it(`comes to a halt after a restart that was under way when ${action} was asked for`, () => {
      const model = running({ ...TWO, policies: [policy('PodFailed', 'RestartJob')] });
      model.setPod('job-a-0', 'Failed');
      model.converge();
      expect(model.phase).to.equal('Restarting');
      model.command(action);
      ended(model);
      expect(phases(model)).to.equal(`Pending Running Restarting Pending ${during} ${after}`);
      expect(model.pods()).to.deep.equal([]);
    });
  }

  it('has claims made for it once, and mounts them in each container', () => {
    const volumes = [
      { mountPath: '/data', volumeClaim: { accessModes: ['ReadWriteOnce'] } },
      { mountPath: '/own', volumeClaimName: 'own' },
    ];
    const policies = [policy('JobUpdated', 'RestartJob')];
    const model = new JobModel({ minAvailable: 1, tasks: [task('a', 1)], volumes, policies });
    model.make(VOLUME_CLAIMS, 'own');
    model.run();
    const [claim, ...others] = model.claims().filter((each) => stringAt(each, ['metadata', 'name']) !== 'own');
    expect(others).to.deep.equal([]);
    const name = stringAt(claim, ['metadata', 'name']);
    expect(name).to.match(/^job-pvc-[0-9a-z]{12}$/);
    expect(model.job.status.controlledResources).to.deep.equal({ [`volume-pvc-${name}`]: name });
    const [made, own] = volumes;
    expect(model.job.spec.volumes).to.deep.equal([{ ...made, volumeClaimName: name }, own]);
    // The name in its spec is no change by its owner.
    expect([model.job.generation, model.events]).to.deep.equal([2, []]);
    expect(mountsOf(model.pod('job-a-0'))).to.deep.equal([
      { name: 'job-volume-0', mountPath: '/data' },
      { name: 'job-volume-1', mountPath: '/own' },
    ]);
  });

  it('is deleted some time after its end', () => {
    const model = running({ ...TWO, ttlSecondsAfterFinished: 60 });
    for (const pod of NAMES) model.setPod(pod, 'Succeeded');
    ended(model);
    expect(model.look()).to.deep.equal([{ kind: 'requeueAfter', requeueAfterMs: 60_000 }]);
    model.passes(60_000);
    const [last] = model.look();
    expect(last).to.deep.include({ kind: 'delete', name: 'job', propagation: 'Foreground' });
    expect(last).to.have.deep.property('precondition', { uid: 'j-1', resourceVersion: '' });
  });
});
