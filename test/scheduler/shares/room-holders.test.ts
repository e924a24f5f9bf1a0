import { expect } from 'chai';
import { amounts, GPU, SchedulerWorld } from '../../support/scheduler-world.ts';

describe('who holds the room that others wait for', () => {
  it('are those with most of what is asked for, whether they hold it or are promised it; others are not named', () => {
    const world = new SchedulerWorld().nodes(4, amounts(16, 0, 8));
    world
      .gang('gpus', { count: 8, requests: { [GPU]: 1 } }, { minResources: new Map([[GPU, 8]]) })
      .gang('little', { count: 2, requests: amounts(1) }, { minResources: new Map([['cpu', 2000]]) })
      .gang('much', { count: 3, requests: amounts(14) }, { minResources: new Map([['cpu', 42_000]]) });
    world.cycle();
    // Let in, and without room on the nodes.
    world.gang(
      'promised',
      { count: 2, requests: amounts(8) },
      { createdMs: 1, minResources: new Map([['cpu', 16_000]]) },
    );
    world.cycle();
    world.gang('waits', { count: 1, requests: amounts(9) }, { createdMs: 2, minResources: new Map([['cpu', 9000]]) });
    expect(world.cycle().refused['waits']).to.contain(
      'cpu 9 asked, 60 held or promised of 64 by ns/much, ns/promised and 1 more.',
    );
  });

  it('are no groups that hold nothing yet, where it is told who holds the share of a queue', () => {
    const world = new SchedulerWorld().nodes(1, amounts(16)).queue('q', { capability: new Map([['cpu', 3000]]) });
    world.gang('elastic', { count: 5, requests: amounts(1) }, { minMember: 2, queue: 'q' });
    world.cycle();
    world.gang('let-in', { count: 1, requests: amounts(1) }, { queue: 'q', createdMs: 1, phase: 'Inqueue' });
    world.gang('pair', { count: 2, requests: amounts(1) }, { queue: 'q', createdMs: 2, phase: 'Inqueue' });
    const { refused } = world.cycle();
    for (const name of ['let-in', 'pair']) expect(refused[name]).to.match(/3 of 3( held)? by ns\/elastic\.$/);
  });
});
