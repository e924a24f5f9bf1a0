import { expect } from 'chai';
import { amounts, GPU } from '../../support/scheduler-world.ts';
import { asks, evicted, leave, policy, runs, world } from '../../support/evicting-world.ts';

describe('preemption by a queue that holds more than it may', () => {
  it('looks again at a node that was too little for what its queue may have, once pods go from another one', () => {
    const on = world(policy('preempt'), 2).queue('q', { capability: new Map([['cpu', 4500]]) });
    runs(on, 'b', { n1: 2, n2: 1 });
    on.group('a', 1, { queue: 'q', priorityClassName: 'low', phase: 'Running' });
    on.running('a-0', 'a', 'n1', { requests: amounts(2) });
    on.running('a-1', 'a', 'n2', { requests: amounts(3) });
    // For the first of c nobody would be enough on n1, since its queue holds 5 CPUs.
    asks(on, 'c', 2, { queue: 'q' }, amounts(2));
    expect(evicted(on.cycle())).to.deep.equal(['a-0', 'a-1']);
  });

  it('takes fewer from a node than it would have before pods went from another one', () => {
    const on = world(policy('preempt'), 3).queue('q', { capability: new Map([['cpu', 4000]]) });
    runs(on, 'b', { n1: 3, n2: 2, n3: 2 });
    on.group('a', 1, { queue: 'q', priorityClassName: 'low', phase: 'Running' });
    for (const [createdMs, [node, cpus]] of (
      [
        ['n1', 1],
        ['n2', 2],
        ['n3', 1],
        ['n3', 1],
      ] as const
    ).entries()) {
      on.running(`a-${createdMs}`, 'a', node, { requests: amounts(cpus), createdMs });
    }
    asks(on, 'c', 2, { queue: 'q' });
    // For the first of c two pods would have to go from n3, for the second one is enough, and younger than that on n1.
    expect(evicted(on.cycle())).to.deep.equal(['a-1', 'a-3']);
  });

  it('lets pods go for what the first of a gang asks for, though the last asks for less', () => {
    const limits = { capability: new Map([[GPU, 1]]) };
    const on = world(policy('preempt'), 0)
      .node('n1', amounts(4, 0, 2))
      .queue('q', limits);
    on.group('low', 1, { queue: 'q', priorityClassName: 'low', phase: 'Running' });
    on.running('low-0', 'low', 'n1', { requests: amounts(1, 0, 1) });
    on.group('gang', 2, { queue: 'q', priorityClassName: 'high' });
    on.pods('gang', { count: 1, requests: amounts(1, 0, 1), prefix: 'worker' });
    on.pods('gang', { count: 1, requests: amounts(1), prefix: 'launcher', createdMs: 1 });
    const outcome = on.cycle();
    expect(evicted(outcome)).to.deep.equal(['low-0']);
    leave(on, outcome);
    expect(Object.keys(on.cycle().placed)).to.deep.equal(['worker-0', 'launcher-0']);
  });
});

describe('reclaim in the cycle in which a group starts', () => {
  it('goes for one that has not started before the next pod of that one', () => {
    const on = world(policy('reclaim'), 2)
      .queue('x')
      .queue('y', { capability: new Map([['cpu', 3000]]) });
    runs(on, 'a', { n1: 4, n2: 2 }, { queue: 'x', minMember: 1 });
    asks(on, 'b', 3, { queue: 'y', minMember: 2, createdMs: 1 });
    asks(on, 'c', 1, { queue: 'y', createdMs: 2 });
    const { placed, pipelined } = on.cycle();
    expect(Object.keys(placed)).to.deep.equal(['b-0', 'b-1']);
    expect(Object.keys(pipelined)).to.deep.equal(['c-0']);
  });
});
