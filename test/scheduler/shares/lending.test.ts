import { expect } from 'chai';
import { makeShape } from '../../support/records.ts';
import { amounts, GPU, SchedulerWorld } from '../../support/scheduler-world.ts';

function cpus(count: number): ReadonlyMap<string, number> {
  return new Map([['cpu', count * 1000]]);
}

/** How many pods of each group hold a node. */
function held(world: SchedulerWorld): Record<string, number> {
  const ready = [...world.snapshot.jobs.values()].map((job) => [job.record.name, job.ready()] as const);
  return Object.fromEntries(ready.filter(([, count]) => count > 0));
}

function settle(world: SchedulerWorld, cycles = 8): Record<string, number> {
  for (let cycle = 0; cycle < cycles; cycle += 1) world.cycle();
  return held(world);
}

/** The group's pods end. */
function end(world: SchedulerWorld, group: string): void {
  for (const { uid } of world.snapshot.jobs.get(`ns/${group}`)?.tasks.values() ?? []) world.snapshot.removeTask(uid);
  world.snapshot.removeJob(`ns/${group}`);
}

describe('two queues whose gangs are each larger than their shares', () => {
  function rivals(): SchedulerWorld {
    const world = new SchedulerWorld().nodes(3, amounts(4)).queue('a').queue('b');
    world.gang('a', { count: 8, requests: amounts(1) }, { queue: 'a', createdMs: 2 });
    return world.gang('b', { count: 8, requests: amounts(1) }, { queue: 'b', createdMs: 1 });
  }

  it('do not block each other: the older gang is lent what nobody can use', () => {
    expect(settle(rivals())).to.deep.equal({ b: 8 });
  });

  it('do not, either, when the first pods of one ask for little: its members are added up', () => {
    const world = new SchedulerWorld().nodes(3, amounts(4)).queue('a').queue('b');
    world.group('a', 5, { queue: 'a', createdMs: 1 }).pods('a', { count: 1, requests: {}, prefix: 'driver' });
    world.pods('a', { count: 4, requests: amounts(2) });
    world.gang('b', { count: 3, requests: amounts(4) }, { queue: 'b', createdMs: 2, minMember: 3 });
    expect(settle(world)).to.deep.equal({ a: 5 });
  });

  it('take turns', () => {
    const world = rivals();
    world.gang('b-next', { count: 8, requests: amounts(1) }, { queue: 'b', createdMs: 3 });
    settle(world);
    end(world, 'b');
    expect(settle(world)).to.deep.equal({ a: 8 });
    end(world, 'a');
    expect(settle(world)).to.deep.equal({ 'b-next': 8 });
  });

  it('get nothing that a third one can use of its share', () => {
    const world = rivals()
      .queue('c')
      .gang('c', { count: 12, requests: amounts(1) }, { queue: 'c', minMember: 1 });
    expect(settle(world)).to.deep.equal({ b: 8, c: 4 });
  });

  it('get nothing of an idle guarantee', () => {
    expect(settle(rivals().queue('kept', { guarantee: cpus(5) }))).to.deep.equal({});
  });

  it('are lent room, too, when a small group of one of them waits behind the promise to the large one', () => {
    const world = rivals();
    end(world, 'b');
    world.gang('b', { count: 12, requests: amounts(1) }, { queue: 'b', createdMs: 1, minResources: cpus(12) });
    world.gang('b-small', { count: 1, requests: amounts(1) }, { queue: 'b', createdMs: 3, minResources: cpus(1) });
    expect(settle(world)).to.deep.equal({ b: 12 });
  });

  it('stay within their capability', () => {
    const world = rivals().queue('b', { capability: cpus(7) });
    expect(settle(world)).to.deep.equal({ a: 8 });
  });
});

describe('a queue whose next pod no node could hold', () => {
  const nowhere = makeShape(amounts(1), { nodeSelector: new Map([['zone', 'nowhere']]) });

  it('has no use for its share: a gang of another queue is lent what is left', () => {
    const world = new SchedulerWorld().node('n1', amounts(8)).node('n2', amounts(4)).queue('a').queue('b');
    world.group('a', 1, { queue: 'a' }).running('a-0', 'a', 'n2', { requests: amounts(1) });
    world.pods('a', { count: 1, shape: nowhere, prefix: 'a-stray', priority: 1 });
    world.pods('a', { count: 1, requests: amounts(7), prefix: 'a-large' });
    world.gang('b', { count: 8, requests: amounts(1) }, { queue: 'b' });
    expect(settle(world)['b']).to.equal(8);
  });

  it('uses it for the pod behind that', () => {
    const world = new SchedulerWorld().nodes(3, amounts(4)).queue('a').queue('b');
    world.group('a', 1, { queue: 'a' }).running('a-0', 'a', 'n1', { requests: amounts(1) });
    world.pods('a', { count: 1, requests: { cpu: Number.MAX_SAFE_INTEGER }, prefix: 'a-stray', priority: 1 });
    world.pods('a', { count: 4, requests: amounts(1), prefix: 'a-small' });
    world.gang('b', { count: 8, requests: amounts(1) }, { queue: 'b' });
    expect(settle(world)).to.deep.equal({ a: 5 });
  });
});

describe('what shares leave over', () => {
  it('goes out as whole devices, one after the other', () => {
    const world = new SchedulerWorld().nodes(1, amounts(32, 0, 8));
    for (const name of ['a', 'b', 'c']) {
      world.queue(name);
      for (let i = 0; i < 4; i += 1) {
        world.gang(`${name}${i}`, { count: 1, requests: { [GPU]: 1 } }, { queue: name, createdMs: i });
      }
    }
    const count = (name: string): number => Object.keys(held(world)).filter((group) => group.startsWith(name)).length;
    settle(world);
    expect(['a', 'b', 'c'].map(count)).to.have.members([2, 3, 3]);
  });

  it('goes to jobs that run when none waits to start', () => {
    const world = new SchedulerWorld().nodes(1, amounts(7)).queue('a').queue('b');
    for (const name of ['a', 'b']) world.gang(name, { count: 7, requests: amounts(1) }, { queue: name, minMember: 1 });
    expect(Object.values(settle(world))).to.have.members([3, 4]);
  });

  it('stays free while a gang of another queue waits for more than its share: it may start when others end', () => {
    const world = new SchedulerWorld().nodes(2, amounts(4)).queue('a').queue('b');
    world.gang('a', { count: 6, requests: amounts(1) }, { queue: 'a' });
    world.gang('b', { count: 8, requests: amounts(1) }, { queue: 'b', minMember: 1 });
    expect(settle(world)).to.deep.equal({ b: 4 });
  });
});
