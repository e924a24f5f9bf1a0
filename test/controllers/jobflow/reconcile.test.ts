import { expect } from 'chai';
import type { Effect } from '../../../src/controllers/effect.ts';
import { memberAt, objectAt, stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { withoutAmbient } from '../../support/pure.ts';
import { flow } from '../../webhooks/jobflows/jobflow-fixture.ts';
import { FlowWorld } from './flow-world.ts';

const DIAMOND = [flow('a'), flow('b', ['a']), flow('c', ['a']), flow('d', ['b', 'c'])];

/** What is done: `create daily-a`, `event Created`, `status Running`. */
function words(effects: readonly Effect[]): readonly string[] {
  return effects.flatMap((effect): readonly string[] => {
    switch (effect.kind) {
      case 'together':
        return effect.writes.map(({ kind, name }) => `${kind} ${name}`);
      case 'event':
        return [`event ${effect.reason}`];
      case 'patchStatus':
        return [`status ${stringAt(effect.body, ['status', 'state', 'phase'], '(same phase)')}`];
      case 'requeueAfter':
        return [`again in ${effect.requeueAfterMs} ms`];
      case 'askPods':
        return effect.questions.map(({ address, port }) => `ask ${address}:${port}`);
      default:
        return [effect.kind === 'delete' ? `delete ${effect.name}` : effect.kind];
    }
  });
}

function writes(effects: readonly Effect[]): readonly Effect[] {
  return effects.filter(({ kind }) => kind !== 'requeueAfter');
}

interface Row {
  readonly flows: readonly JsonObject[];
  readonly spec?: JsonObject;
  readonly status?: JsonObject;
  readonly prepare?: (world: FlowWorld) => void;
  readonly want: readonly string[];
}

const ROWS: Readonly<Record<string, Row>> = {
  'says where it stands, and makes what waits for nothing, which may be refused': {
    flows: DIAMOND,
    want: ['status Pending', 'create daily-a', 'event Created'],
  },
  'makes nothing while a target is pending': {
    flows: DIAMOND,
    status: { state: { phase: 'Pending' } },
    prepare: (world) => world.addJob('daily-a', 'Pending'),
    want: ['status (same phase)'],
  },
  'runs once a job runs': {
    flows: DIAMOND,
    status: { state: { phase: 'Pending' } },
    prepare: (world) => world.addJob('daily-a', 'Running'),
    want: ['status Running'],
  },
  'makes all that waited for what is completed': {
    flows: DIAMOND,
    status: { state: { phase: 'Running' } },
    prepare: (world) => world.addJob('daily-a', 'Completed'),
    want: ['status (same phase)', 'create daily-b', 'create daily-c', 'event Created', 'event Created'],
  },
  'waits until all targets are completed': {
    flows: DIAMOND,
    prepare: (world) => {
      world.addJob('daily-a', 'Completed');
      world.addJob('daily-b', 'Completed');
      world.addJob('daily-c', 'Running');
    },
    want: ['status Running'],
  },
  'succeeds with its last job': {
    flows: [flow('a'), flow('b', ['a'])],
    prepare: (world) => {
      world.addJob('daily-a', 'Completed');
      world.addJob('daily-b', 'Completed');
    },
    want: ['status Succeed'],
  },
  'of no jobs has succeeded': { flows: [], want: ['status Succeed'] },
  'fails with a job, and makes no more': {
    flows: [flow('a'), flow('b'), flow('c', ['b'])],
    prepare: (world) => {
      world.addJob('daily-a', 'Failed');
      world.addJob('daily-b', 'Completed');
    },
    want: ['status Failed'],
  },
  'fails with a job that was terminated': {
    flows: [flow('a')],
    prepare: (world) => world.addJob('daily-a', 'Terminated'),
    want: ['status Failed'],
  },
  'waits for a job that was aborted: it may be resumed': {
    flows: [flow('a'), flow('b', ['a'])],
    status: { state: { phase: 'Running' } },
    prepare: (world) => world.addJob('daily-a', 'Aborted'),
    want: ['status (same phase)'],
  },
  'that failed stays so, whatever becomes of its jobs': {
    flows: [flow('a'), flow('b')],
    status: { state: { phase: 'Failed' } },
    prepare: (world) => world.addJob('daily-b', 'Completed'),
    want: ['status (same phase)'],
  },
  'makes a job anew that somebody deleted before its end': {
    flows: [flow('a')],
    status: { state: { phase: 'Running' }, runningJobs: ['daily-a'] },
    want: ['status (same phase)', 'create daily-a', 'event Created'],
  },
  'does not make a job anew that was completed and is gone': {
    flows: [flow('a'), flow('b', ['a'])],
    status: {
      state: { phase: 'Running' },
      completedJobs: ['daily-a'],
      jobStatusList: [{ name: 'daily-a', state: 'Completed' }],
    },
    want: ['create daily-b', 'event Created'],
  },
  'goes on when a flow was added to one that had succeeded': {
    flows: [flow('a'), flow('b', ['a'])],
    status: {
      state: { phase: 'Succeed' },
      completedJobs: ['daily-a'],
      jobStatusList: [{ name: 'daily-a', state: 'Completed' }],
    },
    want: ['status Running', 'create daily-b', 'event Created'],
  },
  'keeps its jobs when it has succeeded': {
    flows: [flow('a')],
    spec: { jobRetainPolicy: 'retain' },
    prepare: (world) => {
      world.addJob('daily-a', 'Completed');
      world.step();
    },
    want: [],
  },
  'does not delete jobs before the status remembers them': {
    flows: [flow('a')],
    spec: { jobRetainPolicy: 'delete' },
    prepare: (world) => world.addJob('daily-a', 'Completed'),
    want: ['status Succeed'],
  },
  'deletes its jobs once it has succeeded, where it is told to': {
    flows: [flow('a')],
    spec: { jobRetainPolicy: 'delete' },
    prepare: (world) => {
      world.addJob('daily-a', 'Completed');
      world.step();
    },
    want: ['delete daily-a'],
  },
  'tells of a template that is missing, and makes the others': {
    flows: [flow('a'), flow('b')],
    prepare: (world) => world.templates.delete('a'),
    want: ['status Pending', 'create daily-b', 'event Created', 'event JobTemplateMissing'],
  },
  'takes no job of somebody else for its own': {
    flows: [flow('a'), flow('b', ['a'])],
    prepare: (world) => world.addJob('daily-a', 'Completed', {}, 'another-uid'),
    want: ['status Pending', 'event JobNameTaken', 'again in 30000 ms'],
  },
  'does nothing for a flow that goes, but says so': {
    flows: DIAMOND,
    prepare: (world) => {
      const metadata = { ...objectAt(world.flow, 'metadata'), deletionTimestamp: world.now() };
      world.flow = { ...world.flow, metadata };
    },
    want: ['status Terminating'],
  },
};

describe('the controller of JobFlows', () => {
  for (const [name, { flows, spec, status = {}, prepare, want }] of Object.entries(ROWS)) {
    it(name, () => {
      const world = new FlowWorld(flows, spec);
      world.flow = { ...world.flow, status };
      prepare?.(world);
      expect(withoutAmbient(() => words(world.look()))).to.deep.equal(want);
      world.step();
      expect(words(writes(world.look())), 'a second look').to.deep.equal(
        // Jobs are deleted only after the status that remembers them was written.
        world.phase === 'Succeed' && spec?.['jobRetainPolicy'] === 'delete' && !want[0]?.startsWith('delete')
          ? ['delete daily-a']
          : [],
      );
    });
  }

  it('makes a job from its template and its patch', () => {
    const patch = { jobSpec: { queue: 'blue', tasks: [{ name: 'worker', replicas: 5 }] } };
    const world = new FlowWorld([flow('a', [], { patch })]);
    world.step();
    const job = world.jobs.get('daily-a');
    expect(job).to.deep.include({
      apiVersion: 'batch.volcano.sh/v1alpha1',
      kind: 'Job',
      spec: { queue: 'blue', tasks: [{ name: 'worker', replicas: 5 }] },
    });
    const origin = { 'volcano.sh/createdByJobFlow': 'ns.daily', 'volcano.sh/createdByJobTemplate': 'ns.a' };
    expect(objectAt(job, 'metadata')).to.deep.include({
      labels: origin,
      annotations: origin,
      ownerReferences: [
        {
          apiVersion: 'flow.volcano.sh/v1alpha1',
          kind: 'JobFlow',
          name: 'daily',
          uid: 'flow-uid',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    });
  });

  it('leaves out a label that would be too long', () => {
    const name = 'a'.repeat(63);
    const world = new FlowWorld([flow(name)]);
    world.step();
    const metadata = objectAt(world.jobs.get(`daily-${name}`), 'metadata');
    expect(objectAt(metadata, 'labels')).to.deep.equal({ 'volcano.sh/createdByJobFlow': 'ns.daily' });
    expect(objectAt(metadata, 'annotations')['volcano.sh/createdByJobTemplate']).to.equal(`ns.${name}`);
  });

  it('keeps the life of a job in its status', () => {
    const world = new FlowWorld([flow('a')]);
    const at = (seconds: number): string => `2030-01-01T00:00:0${seconds}Z`;
    const phases = ['Pending', 'Running', 'Restarting', 'Pending', 'Completed'];
    world.step();
    for (const phase of phases) {
      world.nowMs += 1000;
      const isEnd = phase === 'Completed';
      const end = isEnd ? { runningDuration: '5s', taskStatusCount: { worker: { phase: { Succeeded: 2 } } } } : {};
      world.setPhase('daily-a', phase, { retryCount: 1, ...end });
      world.step();
      expect(words(world.look())).to.deep.equal([]);
    }
    expect(world.status).to.deep.equal({
      completedJobs: ['daily-a'],
      jobStatusList: [
        {
          name: 'daily-a',
          state: 'Completed',
          startTimestamp: at(0),
          endTimestamp: at(5),
          restartCount: 1,
          runningHistories: [
            { startTimestamp: at(1), endTimestamp: at(2), state: 'Pending' },
            { startTimestamp: at(2), endTimestamp: at(3), state: 'Running' },
            { startTimestamp: at(3), endTimestamp: at(4), state: 'Restarting' },
            { startTimestamp: at(4), endTimestamp: at(5), state: 'Pending' },
            { startTimestamp: at(5), state: 'Completed' },
          ],
        },
      ],
      conditions: {
        'daily-a': {
          phase: 'Completed',
          createTime: at(0),
          runningDuration: '5s',
          taskStatusCount: { worker: { phase: { Succeeded: 2 } } },
        },
      },
      state: { phase: 'Succeed' },
    });
    world.jobs.clear();
    expect(words(world.look()), 'once the job is gone').to.deep.equal([]);
  });

  it('lists jobs by their phases, and what has no list of its own as unknown', () => {
    const world = new FlowWorld(['a', 'b', 'c', 'd', 'e'].map((name) => flow(name)));
    const phases = { a: 'Pending', b: 'Running', c: 'Aborted', d: 'Completing', e: 'Completed' };
    for (const [name, phase] of Object.entries(phases)) world.addJob(`daily-${name}`, phase);
    world.step();
    expect(world.status).to.deep.include({
      pendingJobs: ['daily-a'],
      runningJobs: ['daily-b'],
      unKnowJobs: ['daily-c', 'daily-d'],
      completedJobs: ['daily-e'],
    });
    world.setPhase('daily-b', 'Failed');
    world.setPhase('daily-a', 'Terminated');
    world.step();
    expect(world.status).to.deep.include({ failedJobs: ['daily-b'], terminatedJobs: ['daily-a'] });
    expect(world.status).not.to.have.any.keys('pendingJobs', 'runningJobs');
  });

  it('begins anew with a job that is made anew', () => {
    const world = new FlowWorld([flow('a')]);
    world.addJob('daily-a', 'Running');
    world.step();
    world.nowMs += 60_000;
    world.addJob('daily-a', 'Pending');
    world.step();
    expect(memberAt(world.status, 'jobStatusList')).to.deep.include({
      name: 'daily-a',
      state: 'Pending',
      startTimestamp: '2030-01-01T00:01:00Z',
      runningHistories: [{ startTimestamp: '2030-01-01T00:01:00Z', state: 'Pending' }],
    });
  });
});
