import { expect } from 'chai';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

describe('the share of a closed queue', () => {
  it('holds what runs in it, and keeps nothing for pods that it will not let in', () => {
    const world = new SchedulerWorld().nodes(2, amounts(4)).queue('shut', { state: 'Closed' });
    world.group('old', 1, { queue: 'shut' }).running('old-0', 'old', 'n1', { requests: amounts(1) });
    world.gang('late', { count: 8, requests: amounts(1) }, { queue: 'shut' });
    world.gang('a', { count: 8, requests: amounts(1) }, { minMember: 1 });
    expect(Object.keys(world.cycle().placed)).to.have.length(7);
  });

  it('is divided again once the queue opens', () => {
    const world = new SchedulerWorld().nodes(2, amounts(4)).queue('shut', { state: 'Closed' });
    world.cycle();
    world.queue('shut').gang('late', { count: 8, requests: amounts(1) }, { queue: 'shut', minMember: 1 });
    world.gang('a', { count: 8, requests: amounts(1) }, { minMember: 1 });
    const placed = Object.keys(world.cycle().placed);
    expect(placed.filter((pod) => pod.startsWith('late'))).to.have.length(4);
  });
});

describe('a guarantee', () => {
  it('is left free by a queue that comes later, although an earlier one holds more than it deserves by now', () => {
    const world = new SchedulerWorld().nodes(2, amounts(4)).queue('early').queue('late');
    world.queue('kept', { guarantee: new Map(Object.entries(amounts(2))) });
    world.gang('early', { count: 8, requests: amounts(1) }, { queue: 'early', minMember: 1 });
    expect(Object.keys(world.cycle().placed)).to.have.length(6);
    world.gang('late', { count: 2, requests: amounts(1) }, { queue: 'late', minMember: 1 });
    const { placed, refused } = world.cycle();
    expect(placed).to.deep.equal({});
    expect(refused['late']).to.equal(
      'QueueLimit: queue late leaves cpu that is guaranteed to others: 1 asked, 2 kept free.',
    );
    world.gang('kept', { count: 2, requests: amounts(1) }, { queue: 'kept' });
    expect(Object.keys(world.cycle().placed)).to.deep.equal(['kept-0', 'kept-1']);
  });
});

describe('a guarantee of a branch', () => {
  const guarantee = new Map(Object.entries(amounts(4)));
  const others = { count: 8, requests: amounts(1) };
  const team = () => new SchedulerWorld().nodes(2, amounts(4)).queue('team', { guarantee });

  it('is kept once where a queue below has it by name, and is there for that one', () => {
    const world = team().queue('below', { parent: 'team', guarantee });
    world.gang('others', others, { minMember: 1 });
    expect(Object.keys(world.cycle().placed)).to.have.length(4);
    world.gang('below', { count: 4, requests: amounts(1) }, { queue: 'below' });
    expect(Object.keys(world.cycle().placed)).to.deep.equal(['below-0', 'below-1', 'below-2', 'below-3']);
  });

  it('goes to those below that ask, two levels down, whoever else is idle', () => {
    const world = team().queue('idle', { parent: 'team', weight: 9 }).queue('part', { parent: 'team' });
    world.queue('below', { parent: 'part' });
    world.gang('others', others, { minMember: 1 });
    expect(Object.keys(world.cycle().placed)).to.have.length(4);
    world.gang('below', { count: 4, requests: amounts(1) }, { queue: 'below' });
    expect(Object.keys(world.cycle().placed)).to.have.length(4);
  });

  it('is divided by weight among those below that ask, beside what they have by name', () => {
    const world = team().queue('a', { parent: 'team', guarantee: new Map(Object.entries(amounts(1))) });
    world.queue('b', { parent: 'team', weight: 2 }).queue('heavy', { weight: 9 });
    for (const queue of ['a', 'b', 'heavy']) world.gang(queue, others, { queue, minMember: 1 });
    const placed = Object.keys(world.cycle().placed);
    const countOf = (queue: string) => placed.filter((pod) => pod.startsWith(`${queue}-`)).length;
    expect(['a', 'b', 'heavy'].map(countOf)).to.deep.equal([2, 2, 4]);
  });

  it('is not taken by a group that can never start', () => {
    const world = team().queue('a', { parent: 'team' }).queue('b', { parent: 'team' });
    world.gang('others', others, { minMember: 1 });
    expect(Object.keys(world.cycle().placed)).to.have.length(4);
    world.gang('huge', { count: 40, requests: amounts(1) }, { queue: 'a' });
    world.gang('b', { count: 4, requests: amounts(1) }, { queue: 'b' });
    expect(Object.keys(world.cycle().placed)).to.have.length(4);
  });

  it('that fits is not told to be too large because of those below', () => {
    const world = team().queue('below', { parent: 'team', guarantee });
    world.gang('others', others, { minMember: 1 });
    world.cycle();
    expect(world.snapshot.queues.get('below')?.problems.guarantee).to.equal('');
  });
});

describe('the order of queues', () => {
  it('goes by name where shares are equal but for the rounding of what is deserved', () => {
    const world = new SchedulerWorld();
    for (const [name, pods] of [
      ['n1', 3],
      ['n2', 4],
      ['n3', 4],
      ['n4', 1],
    ] as const) {
      world.node(name, { ...amounts(4, 4), pods });
    }
    world.queue('a', { deserved: new Map([['cpu', 3000]]) }).queue('b', { weight: 2 });
    world.group('old-a', 1, { queue: 'a' }).group('old-b', 1, { queue: 'b' });
    for (const i of [0, 1, 2]) world.running(`old-a-${i}`, 'old-a', 'n1', { requests: amounts(1, 1) });
    for (const i of [0, 1, 2, 3]) {
      for (const node of ['n2', 'n3']) world.running(`old-b-${node}-${i}`, 'old-b', node, { requests: amounts(1) });
    }
    // Of the 16 CPUs queue a deserves 16/3, and b twice as much: each holds three quarters of its part of something.
    world.gang('a', { count: 1, requests: amounts(2, 1) }, { queue: 'a', createdMs: 1 });
    world.gang('more-a', { count: 1, requests: amounts(2) }, { queue: 'a', createdMs: 2 });
    world.gang('b', { count: 1, requests: amounts(2) }, { queue: 'b', createdMs: 0 });
    world.gang('more-b', { count: 1, requests: amounts(2) }, { queue: 'b', createdMs: 2 });
    expect(world.cycle().placed).to.deep.equal({ 'a-0': 'n4' });
  });
});
