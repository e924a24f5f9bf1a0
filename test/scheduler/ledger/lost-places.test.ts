import { expect } from 'chai';
import type { Task } from '../../../src/scheduler/model/task.ts';
import { makePod, makeShape } from '../../support/records.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

const OWNER = { apiVersion: 'batch/v1', kind: 'Job', name: 'g', uid: 'uid-g' };
const SHAPE = makeShape(amounts(1));

/** Node `n1` is full with the gang `g` of two; `fresh` waits for a CPU. */
function full(overrides: object = {}, fresh: object = {}): SchedulerWorld {
  const world = new SchedulerWorld().nodes(1, amounts(2)).group('g', 2, { owner: OWNER, ...overrides });
  for (const name of ['g-0', 'g-1']) world.running(name, 'g', 'n1', { shape: SHAPE });
  world.gang('fresh', { count: 1, shape: SHAPE }, { createdMs: 1, ...fresh });
  world.cycle();
  return world;
}

function lost(overrides: object = {}, fresh: object = {}): SchedulerWorld {
  const world = full(overrides, fresh);
  world.snapshot.removeTask('uid-g-0');
  return world;
}

describe('a place that a gang lost', () => {
  it('is kept for the pod that comes in its stead, though others wait', () => {
    for (const replaced of ['g-2', 'g-0']) {
      const world = lost();
      expect(world.cycle().placed).to.deep.equal({});
      world.nowMs = 10_000;
      world.snapshot.upsertTask(makePod(replaced, 'g', SHAPE, { uid: 'uid-next' }));
      expect(world.cycle().placed).to.deep.equal({ [replaced]: 'n1' });
      expect(world.snapshot.nominations.size).to.equal(0);
      expect(world.snapshot.nodes.pipelined[0]?.[0]).to.equal(0);
    }
  });

  it('is kept when the pod failed, and when its successor was there before it went', () => {
    const failed = full();
    failed.running('g-0', 'g', 'n1', { shape: SHAPE, phase: 'Failed' });
    expect(failed.cycle().placed).to.deep.equal({});
    const waited = full();
    waited.snapshot.upsertTask(makePod('g-2', 'g', SHAPE));
    waited.cycle();
    waited.snapshot.removeTask('uid-g-0');
    expect(waited.cycle().placed).to.deep.equal({ 'g-2': 'n1' });
  });

  it('counts in its queue, too', () => {
    const world = new SchedulerWorld().nodes(1, amounts(8)).queue('q', { capability: new Map([['cpu', 2000]]) });
    world.group('g', 2, { owner: OWNER, queue: 'q' });
    for (const name of ['g-0', 'g-1']) world.running(name, 'g', 'n1', { shape: SHAPE });
    world.gang('fresh', { count: 1, shape: SHAPE }, { queue: 'q', createdMs: 1, phase: 'Inqueue' });
    world.cycle();
    world.snapshot.removeTask('uid-g-0');
    expect(world.cycle().placed).to.deep.equal({});
    world.snapshot.upsertTask(makePod('g-2', 'g', SHAPE));
    expect(world.cycle().placed).to.deep.equal({ 'g-2': 'n1' });
  });

  it('keeps nobody of its queue from room that nobody else wants', () => {
    const world = new SchedulerWorld().nodes(2, amounts(8)).group('g', 2, { owner: OWNER });
    for (const name of ['g-0', 'g-1']) world.running(name, 'g', 'n1', { shape: SHAPE });
    world.cycle();
    world.snapshot.removeTask('uid-g-0');
    world.gang('fresh', { count: 1, requests: amounts(4) });
    expect(world.cycle().placed).to.deep.equal({ 'fresh-0': 'n1' });
    expect(world.snapshot.queues.get('default')?.pending[0]).to.equal(1000);
    world.nowMs = 20_000;
    world.cycle();
    expect(world.snapshot.queues.get('default')?.pending[0]).to.equal(0);
  });

  it('is free for all after a while', () => {
    const world = lost();
    world.cycle();
    world.nowMs = 15_000;
    expect(world.cycle().placed).to.deep.equal({ 'fresh-0': 'n1' });
    expect(world.snapshot.nodes.pipelined[0]?.[0]).to.equal(0);
  });

  it('is free for all at once where nobody is to come for it', () => {
    expect(lost({ minMember: 1 }).cycle().placed, 'no gang').to.deep.equal({ 'fresh-0': 'n1' });
    expect(lost({ owner: undefined }).cycle().placed, 'nobody makes pods').to.deep.equal({ 'fresh-0': 'n1' });
    const all = lost();
    all.snapshot.removeTask('uid-g-1');
    expect(all.cycle().placed, 'all of it went').to.deep.equal({ 'fresh-0': 'n1' });
    const smaller = lost();
    smaller.group('g', 1, { owner: OWNER });
    expect(smaller.cycle().placed, 'a smaller minimum').to.deep.equal({ 'fresh-0': 'n1' });
    const ended = lost();
    ended.group('g', 2, { owner: OWNER, rootState: 'Ended' });
    expect(ended.cycle().placed, 'the Job has ended').to.deep.equal({ 'fresh-0': 'n1' });
    const deleted = lost();
    deleted.snapshot.removeJob('ns/g');
    expect(deleted.cycle().placed, 'the group is gone').to.deep.equal({ 'fresh-0': 'n1' });
  });

  it('is no help to a successor that asks for something else, and not in its way', () => {
    const world = lost();
    world.cycle();
    world.snapshot.upsertTask(makePod('g-2', 'g', makeShape(amounts(1, 0))));
    world.pods('g', { count: 1, prefix: 'small', requests: { cpu: 500 } });
    expect(world.cycle().placed).to.include({ 'g-2': 'n1' });
  });

  it('is not kept against a higher priority, nor where the pod went for somebody else', () => {
    const world = full({}, { priorityClassName: 'high' });
    world.snapshot.setPriorityClass({ name: 'high', value: 5, isGlobalDefault: false, isPatient: false });
    world.snapshot.removeTask('uid-g-0');
    expect(world.cycle().placed).to.deep.equal({ 'fresh-0': 'n1' });
    const evicted = full();
    (evicted.snapshot.tasks.get('uid-g-0') as Task).isLeaving = true;
    evicted.snapshot.removeTask('uid-g-0');
    expect(evicted.cycle().placed).to.deep.equal({ 'fresh-0': 'n1' });
  });

  it('goes with its node, and is charged anew when others come and go', () => {
    const world = lost().node('n0', amounts(0));
    world.snapshot.settle();
    expect(world.snapshot.nodes.pipelined[0]?.[1]).to.equal(1000);
    world.snapshot.removeNode('n1');
    world.snapshot.settle();
    expect([...world.snapshot.lostPlaces.classes()]).to.deep.equal([]);
  });
});
