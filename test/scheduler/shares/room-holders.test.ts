import { expect } from 'chai';
import type { PodGroupRecord } from '../../../src/api/records/pod-group-record.ts';
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

  it('are those as well that were let in just now since they had waited for too long, whether those were asked once more or not', () => {
    const world = new SchedulerWorld().nodes(1, amounts(8)).queue('q', { capability: new Map([['cpu', 3000]]) });
    const asking = (cpus: number): Partial<PodGroupRecord> => ({
      queue: 'q',
      minResources: new Map([['cpu', 1000 * cpus]]),
    });
    world.gang('holder', { count: 1, requests: amounts(2) }, asking(2));
    world.gang('gone', { count: 1, requests: amounts(1) }, asking(1));
    world.cycle();
    world.gang('old', { count: 1, requests: amounts(2) }, { ...asking(2), createdMs: 1 });
    world.cycle();
    world.snapshot.removeTask('uid-gone-0');
    world.snapshot.removeJob('ns/gone');
    world.gang('young', { count: 1, requests: amounts(2) }, { ...asking(2), createdMs: 2 });
    world.nowMs = 3_600_000;
    const { refused } = world.cycle();
    expect(refused['young']).to.contain('cpu 2 asked, 4 held or promised of 3 by ns/holder and ns/old.');
  });
});
