import { expect } from 'chai';
import fc from 'fast-check';
import { isWrite, JobModel, policy, task } from './job-model.ts';

const POLICIES = fc.uniqueArray(
  fc.record({
    event: fc.constantFrom('PodFailed', 'PodEvicted', 'TaskCompleted', 'TaskFailed', 'Unknown'),
    action: fc.constantFrom('RestartJob', 'RestartTask', 'RestartPod', 'AbortJob', 'TerminateJob', 'CompleteJob'),
  }),
  { maxLength: 3, selector: ({ event }) => event },
);

/** What comes next in a life; `at` chooses the pod. `crash` carries out that many writes of a look and no more. */
const STEP = fc.oneof(
  fc.record({ what: fc.constant('crash' as const), writes: fc.nat(6) }),
  fc.record({
    what: fc.constantFrom('run', 'fail', 'succeed', 'evict', 'go', 'end', 'unknown', 'inqueue', 'look'),
    at: fc.nat(9),
  }),
  fc.record({ what: fc.constant('command' as const), action: fc.constantFrom('AbortJob', 'ResumeJob', 'RestartJob') }),
);

type Step = typeof STEP extends fc.Arbitrary<infer T> ? T : never;

const FINAL = ['Completed', 'Failed', 'Terminated', 'Aborted'];
const TRANSITIONS: Readonly<Record<string, readonly string[]>> = {
  Pending: ['Running', 'Restarting', 'Aborting', 'Terminating', 'Completing'],
  Running: ['Pending', 'Completed', 'Failed', 'Restarting', 'Aborting', 'Terminating', 'Completing'],
  Restarting: ['Pending', 'Failed'],
  Aborting: ['Aborted', 'Restarting'],
  Aborted: ['Restarting'],
  Completing: ['Completed'],
  Terminating: ['Terminated'],
};

function live(model: JobModel, step: Step): void {
  model.passes(1000);
  if (step.what === 'crash') {
    model.reconcile(step.writes);
    return;
  }
  if (step.what === 'command') {
    model.command(step.action);
    return;
  }
  const pods = model.pods();
  const pod = pods[step.at % Math.max(1, pods.length)];
  if (step.what === 'end') model.end();
  else if (step.what === 'look') model.reconcile();
  else if (step.what === 'unknown' || step.what === 'inqueue')
    model.setGroup(step.what === 'unknown' ? 'Unknown' : 'Inqueue');
  else if (pod !== undefined) change(model, pod, step.what);
}

function change(model: JobModel, pod: string, what: string): void {
  if (what === 'evict' || what === 'go') model.evict(pod, what === 'go');
  else if (!model.isFinished(pod))
    model.setPod(pod, what === 'fail' ? 'Failed' : what === 'succeed' ? 'Succeeded' : 'Running');
}

describe("random lives of Volcano's Jobs, with crashes at random points", () => {
  it('have every phase follow one that leads to it, retries that grow with restarts that nobody asked back from a pause, and an end', () => {
    fc.assert(
      fc.property(POLICIES, fc.array(STEP, { maxLength: 60 }), (policies, steps) => {
        const model = new JobModel({
          minAvailable: 3,
          maxRetry: 3,
          tasks: [task('a', 2), task('b', 2)],
          policies: policies.map(({ event, action }) => policy(event, action)),
        });
        for (const step of steps) live(model, step);

        // A look after which everything was done finds nothing left to write.
        model.converge();
        expect(model.look().filter(isWrite)).to.deep.equal([]);

        const phases = model.phases.map(({ phase }) => phase);
        phases.forEach((phase, at) => {
          const before = phases[at - 1];
          if (before !== undefined) expect(TRANSITIONS[before], `${before} to ${phase}`).to.include(phase);
        });
        const restarts = phases.filter((phase) => phase === 'Restarting').length;
        const resumed = phases.filter(
          (phase, at) => phase === 'Restarting' && phases[at - 1]?.startsWith('Abort') === true,
        ).length;
        expect(model.job.status.retryCount ?? 0).to.equal(restarts - resumed);
        expect(model.job.status.version ?? 0).to.be.at.least(restarts);

        // From wherever it is, it comes to an end, and then nothing of it runs.
        for (let round = 0; round < 20 && !FINAL.includes(model.phase); round += 1) finish(model);
        expect(FINAL).to.include(model.phase);
        model.converge();
        model.end();
        model.converge();
        expect(model.pods().filter((pod) => !model.isFinished(pod))).to.deep.equal([]);
        expect(model.group()).to.equal(undefined);
      }),
      { numRuns: 2000 },
    );
  });
});

function finish(model: JobModel): void {
  model.later().converge();
  model.end();
  model.converge();
  model.setGroup('Inqueue');
  model.converge();
  for (const pod of model.pods()) if (!model.isFinished(pod)) model.setPod(pod, 'Running');
  model.converge();
  for (const pod of model.pods()) if (!model.isFinished(pod)) model.setPod(pod, 'Succeeded');
  model.converge();
}
