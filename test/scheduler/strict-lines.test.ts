import { expect } from 'chai';
import fc from 'fast-check';
import { asks, evicted, policy, runs, world as evictingWorld } from '../support/evicting-world.ts';
import { amounts, SchedulerWorld } from '../support/scheduler-world.ts';

const STRICT = { isStrict: true };

function world(strategy: { readonly isStrict: boolean } = STRICT): SchedulerWorld {
  return new SchedulerWorld().nodes(2, { ...amounts(8), pods: 100 }).queue('line', strategy);
}

describe('a queue that serves in order', () => {
  it('gives nothing to those behind the first that waits for room', () => {
    const { placed, refused } = world()
      .gang('first', { count: 3, requests: amounts(6) }, { queue: 'line', createdMs: 1, minMember: 2 })
      .running('old', 'other', 'n1', { requests: amounts(4) })
      .group('other', 1)
      .gang('small', { count: 1, requests: amounts(1) }, { queue: 'line', createdMs: 2 })
      .cycle();
    expect(placed).to.deep.equal({});
    expect(refused['first']).to.match(/^(NotEnoughResources|QueueLimit|QueueOverused)/);
    expect(refused['small']).to.equal(
      'BehindInLine: PodGroup ns/small waits behind ns/first: queue line serves in order, and the first in line waits for room.',
    );
  });

  it('that is traversed goes on with the next', () => {
    const { placed } = world({ isStrict: false })
      .gang('first', { count: 2, requests: amounts(6) }, { queue: 'line', createdMs: 1 })
      .running('old', 'other', 'n1', { requests: amounts(4) })
      .group('other', 1)
      .gang('small', { count: 1, requests: amounts(1) }, { queue: 'line', createdMs: 2 })
      .cycle();
    expect(Object.keys(placed)).to.deep.equal(['small-0']);
  });

  const harmless: readonly (readonly [string, (world: SchedulerWorld) => SchedulerWorld])[] = [
    ['can never start', (w) => w.gang('first', { count: 1, requests: amounts(9) }, { queue: 'line', createdMs: 1 })],
    [
      'lacks pods of its own',
      (w) => w.group('first', 3, { queue: 'line', createdMs: 1 }).pods('first', { count: 1, requests: amounts(1) }),
    ],
    ['starts', (w) => w.gang('first', { count: 1, requests: amounts(1) }, { queue: 'line', createdMs: 1 })],
  ];
  for (const [name, add] of harmless) {
    it(`is not held up by one that ${name}`, () => {
      const { placed } = add(world())
        .gang('small', { count: 1, requests: amounts(1) }, { queue: 'line', createdMs: 2 })
        .cycle();
      expect(placed).to.have.property('small-0');
    });
  }

  it('does not hold up other queues', () => {
    const { placed } = world()
      .gang('first', { count: 2, requests: amounts(6) }, { queue: 'line', createdMs: 1 })
      .running('old', 'other', 'n1', { requests: amounts(4) })
      .group('other', 1)
      .gang('small', { count: 1, requests: amounts(1) }, { createdMs: 2 })
      .cycle();
    expect(Object.keys(placed)).to.deep.equal(['small-0']);
  });

  it('lets nobody in behind the first that its queue has no room for', () => {
    const { refused } = world()
      .queue('line', { ...STRICT, capability: new Map([['cpu', 4000]]) })
      .gang('old', { count: 1, requests: amounts(2) }, { queue: 'line', minResources: new Map([['cpu', 2000]]) })
      .gang(
        'first',
        { count: 1, requests: amounts(3) },
        { queue: 'line', createdMs: 1, minResources: new Map([['cpu', 3000]]) },
      )
      .gang(
        'small',
        { count: 1, requests: amounts(1) },
        { queue: 'line', createdMs: 2, minResources: new Map([['cpu', 1000]]) },
      )
      .cycle();
    expect(refused['first']).to.match(/^WaitingInQueue/);
    expect(refused['small']).to.match(/^BehindInLine/);
  });

  for (const isStrict of [true, false]) {
    it(`evicts ${isStrict ? 'for nobody behind the first' : 'for those behind the first where it is traversed'}`, () => {
      const on = evictingWorld(policy('preempt')).queue('default', { isStrict });
      runs(on, 'fixed', { n1: 1 }, { priorityClassName: 'higher' });
      runs(on, 'a', { n1: 3 }, { minMember: 1 });
      asks(on, 'first', 4, { createdMs: 1 });
      asks(on, 'second', 2, { createdMs: 2 });
      expect(evicted(on.cycle())).to.deep.equal(isStrict ? [] : ['a-1', 'a-2']);
    });
  }

  it('starts gangs in their order, whatever their sizes', () => {
    const gang = fc.record({ pods: fc.integer({ min: 1, max: 4 }), cpus: fc.integer({ min: 1, max: 8 }) });
    fc.assert(
      fc.property(fc.array(gang, { minLength: 1, maxLength: 8 }), (gangs) => {
        const line = world();
        gangs.forEach(({ pods, cpus }, at) => {
          line.gang(`g${at}`, { count: pods, requests: amounts(cpus) }, { queue: 'line', createdMs: at });
        });
        const { placed, refused } = line.cycle();
        const started = gangs.map((_, at) => `g${at}-0` in placed);
        const possible = gangs.map((_, at) => !(refused[`g${at}`] ?? '').startsWith('NeverFits'));
        const firstWaiting = started.findIndex((isStarted, at) => !isStarted && possible[at] === true);
        expect(started.slice(firstWaiting === -1 ? gangs.length : firstWaiting)).to.not.include(true);
      }),
    );
  });
});
