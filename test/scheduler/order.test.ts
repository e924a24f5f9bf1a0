import { expect } from 'chai';
import { makePodGroup, makePriorityClass, makeShape } from '../support/records.ts';
import { amounts, SchedulerWorld } from '../support/scheduler-world.ts';

/** Room for one of the groups. */
function crowd(): SchedulerWorld {
  return new SchedulerWorld().nodes(1, amounts(1));
}

function winner(world: SchedulerWorld): string {
  return Object.keys(world.cycle().placed).join(' ');
}

describe('the order of groups', () => {
  it('is that of their priority classes, before age', () => {
    const world = crowd();
    world.snapshot.setPriorityClass(makePriorityClass('high', 100));
    world.gang('old', { count: 1, requests: amounts(1) }, { createdMs: 1 });
    world.gang('urgent', { count: 1, requests: amounts(1) }, { createdMs: 2, priorityClassName: 'high' });
    expect(winner(world)).to.equal('urgent-0');
  });

  it('counts groups without a class, or of an unknown one, as of the global default class', () => {
    for (const priorityClassName of ['', 'unheard-of']) {
      const world = crowd();
      world.snapshot.setPriorityClass(makePriorityClass('usual', 10, { isGlobalDefault: true }));
      world.snapshot.setPriorityClass(makePriorityClass('low', 5));
      world.gang('old', { count: 1, requests: amounts(1) }, { createdMs: 1, priorityClassName: 'low' });
      world.gang('young', { count: 1, requests: amounts(1) }, { createdMs: 2, priorityClassName });
      expect(winner(world)).to.equal('young-0');
    }
  });

  it('takes the lowest of several global defaults, in whatever order they came', () => {
    for (const values of [
      [10, 3],
      [3, 10],
    ]) {
      const world = crowd();
      world.snapshot.setPriorityClass(makePriorityClass('middle', 5));
      for (const value of values) {
        world.snapshot.setPriorityClass(makePriorityClass(`default-${value}`, value, { isGlobalDefault: true }));
      }
      world.gang('plain', { count: 1, requests: amounts(1) }, { createdMs: 1 });
      world.gang('middle', { count: 1, requests: amounts(1) }, { createdMs: 2, priorityClassName: 'middle' });
      expect(winner(world)).to.equal('middle-0');
    }
  });

  it('follows a class that comes, changes or goes after the groups', () => {
    const world = crowd();
    world.gang('a', { count: 1, requests: amounts(1) }, { createdMs: 1 });
    world.gang('b', { count: 1, requests: amounts(1) }, { createdMs: 2, priorityClassName: 'high' });
    const priorities = (): number[] => [...world.snapshot.jobs.values()].map((job) => job.priority);
    expect(priorities()).to.deep.equal([0, 0]);
    world.snapshot.setPriorityClass(makePriorityClass('high', 7));
    expect(priorities()).to.deep.equal([0, 7]);
    world.snapshot.setPriorityClass(makePriorityClass('high', 9));
    expect(priorities()).to.deep.equal([0, 9]);
    world.snapshot.removePriorityClass('high');
    expect(priorities()).to.deep.equal([0, 0]);
    expect(winner(world)).to.equal('a-0');
  });

  it('follows a group that names another class', () => {
    const world = crowd();
    world.snapshot.setPriorityClass(makePriorityClass('high', 7));
    world.gang('a', { count: 1, requests: amounts(1) }, { createdMs: 1 });
    world.gang('b', { count: 1, requests: amounts(1) }, { createdMs: 2 });
    world.snapshot.upsertJob(makePodGroup('b', 1, { createdMs: 2, priorityClassName: 'high' }));
    expect(winner(world)).to.equal('b-0');
  });

  it('is that of their UIDs among equals of one age', () => {
    const world = crowd();
    world.gang('a', { count: 1, requests: amounts(1) }, { uid: '2' });
    world.gang('b', { count: 1, requests: amounts(1) }, { uid: '1' });
    expect(winner(world)).to.equal('b-0');
  });
});

describe('the order of tasks', () => {
  it('is that of their priority, then age, then name', () => {
    const world = new SchedulerWorld().nodes(1, amounts(3)).group('a', 1);
    for (const [prefix, createdMs, priority] of [
      ['z', 0, 0],
      ['old', 1, 5],
      ['young', 2, 5],
      ['y', 0, 0],
    ] as const) {
      world.pods('a', { count: 1, requests: amounts(1), prefix, createdMs, priority });
    }
    expect(Object.keys(world.cycle().placed)).to.deep.equal(['old-0', 'young-0', 'y-0']);
  });

  it('follows the priority of a pod that waits when that is annotated anew', () => {
    const members = { count: 2, shape: makeShape(amounts(1)) };
    const world = crowd()
      .gang('a', { ...members, count: 1 })
      .gang('b', members, { minMember: 1 });
    for (const want of ['a-0', '', '']) expect(winner(world)).to.equal(want);
    world.pods('b', { ...members, count: 1, priority: -5 }).nodes(2, amounts(1));
    expect(winner(world)).to.equal('b-1');
  });
});

describe('the order of queues', () => {
  it('is that of their priority first', () => {
    const world = new SchedulerWorld().nodes(1, amounts(2)).queue('vip', { priority: 1 });
    world.gang('a', { count: 1, requests: amounts(1) }, { createdMs: 1 });
    world.gang('b', { count: 1, requests: amounts(1) }, { createdMs: 2, queue: 'vip' });
    expect(Object.keys(world.cycle().placed)).to.deep.equal(['b-0', 'a-0']);
  });

  it('puts the one first that holds the smaller part of its share', () => {
    const world = new SchedulerWorld().nodes(2, amounts(4)).queue('other');
    world.group('running', 1).running('running-0', 'running', 'n1', { requests: amounts(2) });
    world.gang('a', { count: 2, requests: amounts(1) }, { minMember: 1, createdMs: 1 });
    world.gang('b', { count: 4, requests: amounts(1) }, { minMember: 1, createdMs: 2, queue: 'other' });
    expect(Object.keys(world.cycle().placed)).to.deep.equal(['b-0', 'b-1', 'b-2', 'b-3', 'a-0', 'a-1']);
  });
});

describe('the choice among nodes', () => {
  it('goes to the lower name when all else is equal, in whatever order the nodes came', () => {
    const world = new SchedulerWorld();
    for (const name of ['n3', 'n1', 'n2']) world.node(name, amounts(4));
    expect(world.gang('a', { count: 1, requests: amounts(1) }).cycle().placed).to.deep.equal({ 'a-0': 'n1' });
  });

  it('is the same again after a better node came and went', () => {
    const world = new SchedulerWorld().nodes(2, amounts(4));
    world.node('n0', amounts(4));
    world.snapshot.settle();
    world.snapshot.removeNode('n0');
    expect(world.gang('a', { count: 1, requests: amounts(1) }).cycle().placed).to.deep.equal({ 'a-0': 'n1' });
  });
});
