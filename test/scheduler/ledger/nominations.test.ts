import { expect } from 'chai';
import fc from 'fast-check';
import { DEFAULT_POLICY } from '../../../src/config/policy.ts';
import { Framework } from '../../../src/scheduler/framework/framework.ts';
import { PLUGINS } from '../../../src/scheduler/plugins/registry.ts';
import { TaskStatus } from '../../../src/scheduler/model/task-status.ts';
import type { Task } from '../../../src/scheduler/model/task.ts';
import { Session } from '../../../src/scheduler/session/session.ts';
import { OWN_LABELS, podRules, podTerm } from '../../support/pod-rules.ts';
import { makeShape } from '../../support/records.ts';
import { digest, SchedulerModel, steps } from '../../support/scheduler-model.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';
import type { Members } from '../../support/scheduler-world.ts';

function taskOf(world: SchedulerWorld, name: string): Task {
  const task = world.snapshot.tasks.get(`uid-${name}`);
  if (task === undefined) throw new Error(`no task ${name}`);
  return task;
}

const NEAR = {
  shape: makeShape(amounts(2), { rules: podRules({ affinity: [podTerm('zone')] }) }),
  labels: OWN_LABELS,
};

/** Node `n1` was full with `old-1`, which was evicted for `a-0`; both ask for 2 CPUs. */
function evicted(pod: Omit<Members, 'count'> = { requests: amounts(2) }): SchedulerWorld {
  const world = new SchedulerWorld().node('n1', amounts(2), { labels: new Map([['zone', 'a']]) }).group('old', 1);
  world.running('old-1', 'old', 'n1', { requests: amounts(2) });
  world.gang('a', { count: 1, ...pod }, { createdMs: 5 });
  world.cycle();
  world.snapshot.settle();
  const session = new Session(world.snapshot, new Framework(world.snapshot, DEFAULT_POLICY, PLUGINS), { nowMs: 0 });
  session.statement.evict(taskOf(world, 'old-1'), { code: 'QueueOverused', message: 'too much.' });
  session.statement.pipeline(taskOf(world, 'a-0'), 0);
  session.commitEvictions(0);
  session.close();
  return world;
}

/** A group that would come before `a`. */
function rival(world: SchedulerWorld): SchedulerWorld {
  return world.gang('rival', { count: 1, requests: amounts(1) }, { createdMs: 1 });
}

describe('a room that pods were evicted for', () => {
  it('is kept for its owner while the pods go, and when they are gone', () => {
    const world = rival(evicted());
    const { placed, pipelined, refused } = world.cycle();
    expect([placed, pipelined]).to.deep.equal([{}, { 'a-0': 'n1' }]);
    expect(refused['rival']).to.contain('1 Insufficient cpu');
    world.snapshot.removeTask('uid-old-1');
    expect(world.cycle().placed).to.deep.equal({ 'a-0': 'n1' });
    expect(world.snapshot.nominations.size).to.equal(0);
    expect(world.snapshot.nodes.pipelined[0]?.[0]).to.equal(0);
  });

  it('is kept while its owner looks in vain for another zone for the rest of its group', () => {
    const world = rival(evicted(NEAR)).node('n2', amounts(1), { labels: new Map([['zone', 'b']]) });
    world.running('busy', 'none', 'n2', { requests: amounts(1) }).pods('a', { count: 1, prefix: 'more', ...NEAR });
    for (let i = 0; i < 3; i += 1) expect(world.cycle().pipelined).to.deep.equal({ 'a-0': 'n1' });
  });

  it('is free for all once its owner is gone', () => {
    const world = rival(evicted());
    world.snapshot.removeTask('uid-old-1');
    world.snapshot.removeTask('uid-a-0');
    expect(world.cycle().placed).to.deep.equal({ 'rival-0': 'n1' });
  });

  it('is free for all once its owner found another place', () => {
    const world = rival(evicted()).node('n2', amounts(2));
    world.snapshot.removeTask('uid-old-1');
    world.cycle();
    expect(world.cycle().placed).to.deep.equal({});
    const nodes = ['a-0', 'rival-0'].map((name) => taskOf(world, name).nodeName).toSorted();
    expect(nodes).to.deep.equal(['n1', 'n2']);
    expect(world.snapshot.nominations.size).to.equal(0);
  });

  it('is no longer kept when its owner asks for something else, or its node goes', () => {
    const resized = evicted().pods('a', { count: 1, requests: amounts(1) });
    resized.snapshot.settle();
    const moved = evicted();
    moved.snapshot.removeNode('n1');
    moved.snapshot.settle();
    expect([resized.snapshot.nominations.size, moved.snapshot.nominations.size]).to.deep.equal([0, 0]);
  });

  it('is kept across changes of the other nodes', () => {
    const world = rival(evicted()).node('n0', amounts(0));
    expect(world.cycle().pipelined).to.deep.equal({ 'a-0': 'n1' });
    expect(world.snapshot.nodes.pipelined[0]?.[1]).to.equal(2000);
  });

  it('is no longer kept once a cycle gives its owner nothing: the pods stay after all', () => {
    const world = evicted();
    world.snapshot.forget('uid-old-1');
    expect(world.cycle().pipelined).to.deep.equal({});
    expect(world.snapshot.nominations.size).to.equal(0);
  });

  it('is no longer kept once a cycle gives its owner nothing: its gang lacks a pod', () => {
    const world = rival(evicted()).group('a', 2);
    world.snapshot.removeTask('uid-old-1');
    world.cycle();
    expect(world.cycle().placed).to.deep.equal({ 'rival-0': 'n1' });
  });

  it('is charged and given back exactly, whatever happens meanwhile', () => {
    let nominated = 0;
    fc.assert(
      fc.property(steps(80), fc.noBias(fc.nat(1000)), (script, salt) => {
        const model = SchedulerModel.started();
        const { snapshot } = model;
        for (const [at, step] of script.entries()) {
          model.apply(step);
          if (at % 4 !== salt % 4) continue;
          snapshot.settle();
          const waiting = [...snapshot.tasks.values()].filter(({ status }) => status === TaskStatus.Pending);
          const task = waiting[(salt + at) % Math.max(1, waiting.length)];
          if (task !== undefined) snapshot.nominations.set(task, (salt + at) % Math.max(1, snapshot.nodes.count));
          nominated = Math.max(nominated, snapshot.nominations.size);
        }
        for (const task of snapshot.tasks.values()) snapshot.nominations.drop(task);
        snapshot.settle();
        expect(snapshot.nominations.size).to.equal(0);
        expect(digest(snapshot)).to.deep.equal(digest(model.recounted()));
      }),
      { numRuns: 300, seed: 41 },
    );
    expect(nominated).to.be.greaterThan(2);
  });
});
