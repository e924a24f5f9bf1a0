import { expect } from 'chai';
import { objectAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { JobModel, policy, task } from './job-model.ts';

const RESTARTS = { policies: [policy('PodEvicted', 'RestartJob')] };

/** Three pods of `a` of which the first two succeeded, and two that run of `b`, which waits for nobody. */
function partlyDone(more: JsonObject = {}): JobModel {
  const model = new JobModel({ tasks: [task('a', 3), task('b', 2)], ...more });
  model.run();
  for (const pod of ['job-a-0', 'job-a-1']) model.setPod(pod, 'Succeeded');
  model.converge();
  return model.later();
}

/** A node goes, and with it the pods that are named; the job does what it has to. */
function without(model: JobModel, ...pods: readonly string[]): JobModel {
  for (const pod of pods) model.evict(pod);
  model.converge();
  return model;
}

describe('what a Job of Volcano has done', () => {
  it('is not done again when its pods go with their node, and restarts nothing (volcano#3296, #791)', () => {
    const model = without(partlyDone(RESTARTS), 'job-a-0', 'job-a-1');
    expect(model.pods()).to.deep.equal(['job-a-2', 'job-b-0', 'job-b-1']);
    expect(model.phase).to.equal('Running');
    expect(model.job.status).to.deep.include({ succeeded: 2, running: 3, completedIndexes: { a: '0-1' } });
  });

  it('is told from what ran on the same node, which starts anew', () => {
    const model = without(partlyDone(), 'job-a-1', 'job-a-2', 'job-b-0');
    expect(model.pods()).to.deep.equal(['job-a-0', 'job-a-2', 'job-b-0', 'job-b-1']);
    expect(model.job.status).to.deep.include({ succeeded: 2, pending: 2 });
  });

  it('counts for the end of the job', () => {
    const model = without(partlyDone(), 'job-a-0', 'job-a-1');
    for (const pod of model.pods()) model.setPod(pod, 'Succeeded');
    model.converge();
    expect(model.phase).to.equal('Completed');
    without(model, ...model.pods());
    expect(model.job.status).to.deep.include({ succeeded: 5, completedIndexes: { a: '0-2', b: '0-1' } });
  });

  it('leaves a gang that is so much smaller, so that what is made anew can start', () => {
    const model = without(partlyDone(), 'job-a-0', 'job-a-1');
    expect(objectAt(model.group(), 'spec')).to.deep.include({
      minMember: 3,
      minTaskMember: { a: 1, b: 2 },
      minResources: { cpu: '3' },
    });
  });

  it('has a task ended whose last pod succeeds', () => {
    const model = without(partlyDone({ policies: [policy('TaskCompleted', 'CompleteJob')] }), 'job-a-0');
    model.setPod('job-a-2', 'Succeeded');
    model.converge();
    expect(model.phase).to.equal('Completing');
  });

  it('opens tasks that wait for it', () => {
    const waits = task('b', 2, { dependsOn: { name: ['a'] } });
    const model = new JobModel({ minAvailable: 1, tasks: [task('a', 3), waits] });
    model.run();
    model.setPod('job-a-0', 'Succeeded');
    model.converge();
    without(model.later(), 'job-a-0');
    for (const pod of ['job-a-1', 'job-a-2']) model.setPod(pod, 'Succeeded');
    model.converge();
    expect(model.pods()).to.deep.equal(['job-a-1', 'job-a-2', 'job-b-0', 'job-b-1']);
  });

  it('is done again when the job is restarted as a whole', () => {
    const model = without(partlyDone({ policies: [policy('PodFailed', 'RestartJob')] }), 'job-a-0', 'job-a-1');
    model.setPod('job-b-0', 'Failed');
    model.converge();
    expect(model.job.status.completedIndexes).to.equal(undefined);
    model.end();
    model.converge();
    model.setGroup('Inqueue');
    model.converge();
    expect(model.pods()).to.deep.equal(['job-a-0', 'job-a-1', 'job-a-2', 'job-b-0', 'job-b-1']);
  });

  for (const [action, failing, want] of [
    ['RestartTask', 'job-a-2', undefined],
    ['RestartTask', 'job-b-0', { a: '0-1' }],
    ['RestartPod', 'job-a-2', { a: '0-1' }],
  ] as const) {
    it(`is forgotten by ${action} of ${failing} as far as that reaches`, () => {
      const model = without(partlyDone({ policies: [policy('PodFailed', action)] }), 'job-a-0', 'job-a-1');
      model.setPod(failing, 'Failed');
      model.converge();
      expect(model.job.status.completedIndexes).to.deep.equal(want);
      model.end();
      model.converge();
      expect(model.pods()).to.include(failing);
      expect(model.pods().includes('job-a-0')).to.equal(want === undefined);
    });
  }

  it('is forgotten with places that the job no longer has', () => {
    const model = without(partlyDone(), 'job-a-0', 'job-a-1');
    const resized = (replicas: number): void => {
      model.edit((spec) => ({ ...spec, tasks: [task('a', replicas), task('b', 2)], minAvailable: 1 }));
      model.converge();
      model.end();
      model.converge();
    };
    resized(1);
    expect(model.job.status.completedIndexes).to.deep.equal({ a: '0' });
    resized(3);
    expect(model.pods()).to.deep.equal(['job-a-1', 'job-a-2', 'job-b-0', 'job-b-1']);
  });
});
