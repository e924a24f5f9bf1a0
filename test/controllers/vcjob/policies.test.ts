import { expect } from 'chai';
import type { JsonObject } from '../../../src/lib/json.ts';
import { JobModel, policy, task } from './job-model.ts';

/** Each thing that can happen, brought about in a job of two tasks of two that runs. */
const HAPPENINGS: Readonly<Record<string, (model: JobModel) => void>> = {
  PodFailed: (model) => model.setPod('job-a-1', 'Failed'),
  PodEvicted: (model) => model.evict('job-a-1'),
  Unknown: (model) => model.setGroup('Unknown'),
  TaskCompleted: (model) => {
    model.setPod('job-a-0', 'Succeeded');
    model.setPod('job-a-1', 'Succeeded');
  },
  TaskFailed: (model) => model.setPod('job-a-1', 'Running', { restarts: 3 }),
  JobUpdated: (model) => model.edit((spec) => ({ ...spec, minAvailable: 3 })),
};

/** What becomes of the job with each action, and where the action needs a place that the happening does not have. */
const ACTIONS = {
  RestartJob: 'Restarting',
  AbortJob: 'Aborting',
  TerminateJob: 'Terminating',
  CompleteJob: 'Completing',
  RestartTask: 'Restarting',
  RestartPod: 'Restarting',
  ResumeJob: '',
} as const;

const NEEDS_TASK = new Set(['RestartTask', 'RestartPod']);
const NEEDS_POD = new Set(['RestartPod']);
const OF_TASK = new Set(['PodFailed', 'PodEvicted', 'TaskCompleted', 'TaskFailed']);
const OF_POD = new Set(['PodFailed', 'PodEvicted']);

function running(spec: JsonObject): JobModel {
  const model = new JobModel({ minAvailable: 4, tasks: [task('a', 2), task('b', 2)], ...spec });
  model.run();
  return model.later();
}

/** The phases after Running, but for those that a job takes by itself. */
function answer(model: JobModel): string {
  const at = model.phases.findIndex(({ phase }) => phase === 'Running');
  return model.phases.slice(at + 1).find(({ phase }) => phase.endsWith('ing') && phase !== 'Pending')?.phase ?? '';
}

describe("a policy of Volcano's Jobs", () => {
  for (const [event, happens] of Object.entries(HAPPENINGS)) {
    for (const [action, phase] of Object.entries(ACTIONS)) {
      const isPlaced = (!NEEDS_TASK.has(action) || OF_TASK.has(event)) && (!NEEDS_POD.has(action) || OF_POD.has(event));
      const want = isPlaced ? phase : '';
      it(`${event} with ${action} ${want === '' ? 'changes nothing' : `leads to ${want}`}`, () => {
        for (const named of [policy(event, action), policy('*', action), { events: ['PodPending', event], action }]) {
          const model = running({ policies: [named] });
          happens(model);
          model.converge();
          expect(answer(model)).to.equal(want);
        }
      });
    }
  }

  for (const event of Object.keys(HAPPENINGS)) {
    it(`is not for ${event} when it names something else`, () => {
      const others = Object.keys(HAPPENINGS).filter((other) => other !== event);
      const model = running({ policies: [{ events: others, action: 'AbortJob' }] });
      HAPPENINGS[event]?.(model);
      model.converge();
      expect(answer(model)).to.equal('');
    });
  }

  it('of a task comes before those of the job', () => {
    const own = { policies: [policy('PodFailed', 'TerminateJob')] };
    const model = running({ tasks: [task('a', 2, own), task('b', 2)], policies: [policy('*', 'CompleteJob')] });
    model.setPod('job-a-0', 'Failed');
    model.converge();
    expect(answer(model)).to.equal('Terminating');
    const other = running({ tasks: [task('a', 2, own), task('b', 2)], policies: [policy('*', 'CompleteJob')] });
    other.setPod('job-b-0', 'Failed');
    other.converge();
    expect(answer(other)).to.equal('Completing');
  });

  it('may be for an exit code', () => {
    const policies = [
      { exitCode: 3, action: 'AbortJob' },
      { exitCode: 4, action: 'TerminateJob' },
    ];
    for (const [exitCode, want] of [
      [3, 'Aborting'],
      [4, 'Terminating'],
      [5, ''],
    ] as const) {
      const model = running({ policies });
      model.setPod('job-a-0', 'Failed', { exitCode });
      model.converge();
      expect(answer(model)).to.equal(want);
    }
  });

  it('is for as many restarts as the task may have, of all its pods together', () => {
    const model = running({
      tasks: [task('a', 2, { maxRetry: 4 }), task('b', 2)],
      policies: [policy('TaskFailed', 'AbortJob')],
    });
    model.setPod('job-a-0', 'Running', { restarts: 3 });
    model.converge();
    expect(answer(model)).to.equal('');
    model.setPod('job-a-1', 'Running', { restarts: 1 });
    model.converge();
    expect(answer(model)).to.equal('Aborting');
  });

  it('acts once for two pods that fail at once', () => {
    const model = running({ policies: [policy('PodFailed', 'RestartPod')] });
    for (const pod of ['job-a-0', 'job-b-0']) model.setPod(pod, 'Failed');
    model.converge();
    expect(model.job.status).to.deep.include({ retryCount: 1 });
    expect(model.phases).to.deep.include({ phase: 'Restarting', terminating: 2 });
  });

  describe('with a timeout', () => {
    const after = { timeout: '30s' };

    it('waits as long after the pod failed', () => {
      const model = running({ policies: [policy('PodFailed', 'AbortJob', after)] });
      model.setPod('job-a-0', 'Failed');
      model.converge();
      expect(model.look()).to.deep.equal([{ kind: 'requeueAfter', requeueAfterMs: 30_000 }]);
      model.passes(29_999);
      model.converge();
      expect(model.phase).to.equal('Running');
      model.passes(1);
      model.converge();
      expect(answer(model)).to.equal('Aborting');
    });

    it('is forgotten when the job takes another phase meanwhile', () => {
      const model = running({ policies: [policy('PodFailed', 'AbortJob', after)] });
      model.setPod('job-a-0', 'Failed');
      model.converge();
      model.passes(10_000);
      for (const pod of ['job-b-0', 'job-b-1']) model.evict(pod);
      model.converge();
      expect(model.phase).to.equal('Pending');
      model.passes(60_000);
      model.converge();
      expect(answer(model)).to.equal('');
    });

    it('is forgotten when the pod is another one meanwhile', () => {
      const model = running({ policies: [policy('PodFailed', 'AbortJob', after)], minAvailable: 2 });
      model.setPod('job-a-0', 'Failed');
      model.converge();
      model.evict('job-a-0');
      model.converge();
      model.setPod('job-a-0', 'Running');
      model.passes(60_000);
      model.converge();
      expect(answer(model)).to.equal('');
    });

    it('waits for the pod that comes in the place of an evicted one', () => {
      for (const comes of [true, false]) {
        const model = running({ policies: [policy('PodEvicted', 'AbortJob', after)], minAvailable: 2 });
        model.evict('job-a-0');
        model.converge();
        expect(answer(model)).to.equal('');
        if (comes) model.setPod('job-a-0', 'Running');
        model.passes(30_000);
        model.converge();
        expect(answer(model)).to.equal(comes ? '' : 'Aborting');
      }
    });

    it('is how long a pod may be pending', () => {
      const model = new JobModel({
        minAvailable: 1,
        tasks: [task('a', 1)],
        policies: [policy('PodPending', 'AbortJob', after)],
      });
      model.converge();
      model.setGroup('Inqueue');
      model.converge();
      model.passes(30_000);
      model.converge();
      expect(model.phase).to.equal('Aborting');
    });

    it('is counted from when the spec was changed', () => {
      const model = running({ policies: [policy('JobUpdated', 'AbortJob', after)], minAvailable: 3 });
      model.edit((spec) => ({ ...spec, minAvailable: 2 }));
      model.converge();
      expect(answer(model)).to.equal('');
      model.passes(30_000);
      model.converge();
      expect(answer(model)).to.equal('Aborting');
    });
  });

  it('needs a timeout for pods that are pending', () => {
    const model = new JobModel({
      minAvailable: 1,
      tasks: [task('a', 1)],
      policies: [policy('PodPending', 'AbortJob')],
    });
    model.converge();
    model.setGroup('Inqueue');
    model.converge();
    model.later().converge();
    expect(model.phase).to.equal('Pending');
  });
});
