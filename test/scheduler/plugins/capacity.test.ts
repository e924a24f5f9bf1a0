import { expect } from 'chai';
import { capacityPolicy, elastic, lists } from '../../support/capacity-world.ts';
import { evictionsOf, LivingWorld } from '../../support/living-world.ts';
import { amounts } from '../../support/scheduler-world.ts';

/** A node with so many CPUs, as many GiB and 8 GPUs. */
function world(cpus: number, choice: Parameters<typeof capacityPolicy>[0] = {}): LivingWorld {
  return new LivingWorld(capacityPolicy(choice)).node('n1', amounts(cpus, cpus, 8));
}

function cpusOf(on: LivingWorld, ...names: readonly string[]): readonly number[] {
  return names.map((name) => on.held(name) / 1000);
}

function minimum(cpus: number): { readonly minResources: ReadonlyMap<string, number> } {
  return { minResources: new Map(Object.entries(amounts(cpus))) };
}

describe('what queues declare that they deserve', () => {
  it('is no limit: what is free goes to whoever asks, within its capability', () => {
    const on = world(8).queue('x', lists({ deserved: [2], capability: [6] }));
    elastic(on, 'x', { waits: 8 });
    on.live();
    expect(cpusOf(on, 'x')).to.deep.equal([6]);
    expect(on.cycle().refused['x']).to.equal(
      'QueueLimit: queue x has nothing left of cpu: 1 asked, 6 of 6 held by ns/x.',
    );
  });

  it('is what room is shared out by while all are hungry', () => {
    const on = world(12)
      .queue('x', lists({ deserved: [6] }))
      .queue('y', lists({ deserved: [3] }));
    on.queue('z', lists({ deserved: [3] }));
    for (const queue of ['x', 'y', 'z']) elastic(on, queue, { waits: 12 });
    on.live();
    expect(cpusOf(on, 'x', 'y', 'z')).to.deep.equal([6, 3, 3]);
  });

  it('goes before queues that declare nothing, and priority before it', () => {
    const first = (priority: number): string | undefined => {
      const on = world(1)
        .queue('x', lists({ deserved: [1] }))
        .queue('a', { priority });
      for (const queue of ['a', 'x']) elastic(on, queue, { waits: 1 });
      return Object.keys(on.cycle().placed)[0];
    };
    expect([first(0), first(1)]).to.deep.equal(['x-waits-0', 'a-waits-0']);
  });

  it('comes after who holds less of it', () => {
    const on = world(4)
      .queue('x', lists({ deserved: [4] }))
      .queue('y', lists({ deserved: [1] }));
    elastic(on, 'x', { runs: 2, waits: 1 });
    elastic(on, 'y', { runs: 1, waits: 1 });
    expect(Object.keys(on.cycle().placed)).to.deep.equal(['x-waits-0']);
  });

  it('says nothing about resources that are not listed', () => {
    const on = world(4)
      .queue('x', lists({ deserved: [0, 0, 4] }))
      .queue('y', lists({ deserved: [2] }));
    elastic(on, 'x', { runs: 2, waits: 1, requests: amounts(1, 0, 1) });
    elastic(on, 'y', { runs: 1, waits: 1, requests: amounts(1) });
    // Half of its GPUs, and half of its CPUs: the name decides.
    expect(Object.keys(on.cycle().placed)).to.deep.equal(['x-waits-0']);
  });
});

describe('who is let in where queues declare what they deserve', () => {
  it('is who fits what the queue may still promise, and the others are told the numbers', () => {
    const on = world(8).queue('x', lists({ capability: [4] }));
    for (const [i, name] of ['a', 'b'].entries()) {
      on.gang(name, { count: 3, requests: amounts(1) }, { queue: 'x', createdMs: i, ...minimum(3) });
    }
    const { refused } = on.cycle();
    expect([on.phase('a'), on.phase('b')]).to.deep.equal(['Running', 'Pending']);
    expect(refused['b']).to.equal(
      'WaitingInQueue: PodGroup ns/b waits for room in queue x: cpu 3 asked, 3 held or promised of 4 by ns/a.',
    );
  });

  it('is nobody who could never start', () => {
    const on = world(8).queue('x', lists({ capability: [4] }));
    const { refused } = on.gang('a', { count: 5, requests: amounts(1) }, { queue: 'x' }).cycle();
    expect(refused['a']).to.match(/^NeverFits: .* its minimum is cpu 5, and queue x may hold 4 of the 8/);
  });

  it('is nobody in a closed queue', () => {
    const on = world(8).queue('x', { state: 'Closed' });
    expect(on.gang('a', { count: 1, requests: amounts(1) }, { queue: 'x' }).cycle().refused['a']).to.match(
      /^QueueNotOpen/,
    );
  });
});

describe('a guarantee where queues declare what they deserve', () => {
  it('is left free by each of the others', () => {
    const on = world(8)
      .queue('x', lists({ guarantee: [3] }))
      .queue('y');
    elastic(on, 'y', { waits: 8 });
    on.live();
    expect(cpusOf(on, 'y')).to.deep.equal([5]);
  });

  it('is left free by all others together, as far as they ask for more than they deserve', () => {
    const on = world(8)
      .queue('x', lists({ guarantee: [3] }))
      .queue('y')
      .queue('z');
    for (const queue of ['y', 'z']) elastic(on, queue, { waits: 8 });
    const { refused } = on.cycle();
    expect(cpusOf(on, 'y', 'z').reduce((sum, each) => sum + each, 0)).to.equal(5);
    expect(refused['y']).to.equal('QueueLimit: queue y leaves cpu that is guaranteed to others: 1 asked, 3 kept free.');
    elastic(on, 'x', { waits: 3 });
    on.live();
    expect(cpusOf(on, 'x')).to.deep.equal([3]);
  });

  it('is deserved at least', () => {
    const on = world(4)
      .queue('x', lists({ guarantee: [2], deserved: [1] }))
      .queue('y');
    elastic(on, 'y', { runs: 4 });
    elastic(on, 'x', { waits: 4 });
    expect(on.settle(3, 20)).to.equal(2);
    expect(cpusOf(on, 'x', 'y')).to.deep.equal([2, 2]);
  });

  it('that does not fit the cluster is cut, and the queue says so', () => {
    const on = world(8)
      .queue('x', lists({ guarantee: [100] }))
      .queue('y');
    elastic(on, 'y', { waits: 8 });
    const told = on.cycle().decisions.flatMap((each) => (each.kind === 'queueStatus' ? [each] : []));
    expect(told.find(({ queue }) => queue === 'x')?.conditions[0]).to.include({
      type: 'GuaranteeKept',
      reason: 'GuaranteeTooLarge',
    });
    expect(cpusOf(on, 'y')[0]).to.be.within(4, 6);
  });
});

describe('what a queue has taken back of what it deserves', () => {
  /** Queue `v` holds eight pods of 1 CPU and 1 GiB on a node that is full; `r` asks for eight of some shape. */
  function contest(
    victim: Parameters<typeof lists>[0],
    asking: Parameters<typeof lists>[0],
    requests: Readonly<Record<string, number>> = amounts(1, 1),
    overrides = {},
  ): LivingWorld {
    const on = world(8)
      .queue('v', { ...lists(victim), ...overrides })
      .queue('r', lists(asking));
    elastic(on, 'v', { runs: 8, requests: amounts(1, 1) });
    elastic(on, 'r', { waits: 8, requests });
    return on;
  }

  interface Case {
    readonly says: string;
    readonly on: () => LivingWorld;
    readonly evictions: number;
  }

  const cases: readonly Case[] = [
    {
      says: 'is all of it, from a queue that holds more than it deserves',
      on: () => contest({ deserved: [4, 4] }, { deserved: [4, 4] }),
      evictions: 4,
    },
    {
      says: 'is no more than the other holds beyond',
      on: () => contest({ deserved: [6] }, { deserved: [4] }),
      evictions: 2,
    },
    {
      says: 'is all of it, from a queue that declares nothing',
      on: () => contest({}, { deserved: [3] }),
      evictions: 3,
    },
    { says: 'is nothing for who declares nothing', on: () => contest({ deserved: [1] }, {}), evictions: 0 },
    {
      says: 'never goes below a guarantee',
      on: () => contest({ deserved: [6], guarantee: [6] }, { deserved: [8] }),
      evictions: 2,
    },
    {
      says: 'counts within its own capability',
      on: () => contest({}, { deserved: [6], capability: [2] }),
      evictions: 2,
    },
    {
      says: 'is nothing from a queue that is not to be taken from',
      on: () => contest({}, { deserved: [4] }, amounts(1, 1), { reclaimable: false }),
      evictions: 0,
    },
    {
      says: 'is nothing from pods that hold none of what is asked for',
      on: () => {
        const on = contest({}, { deserved: [0, 0, 8] }, amounts(0, 0, 8));
        on.group('w', 1, { phase: 'Running' }).running('w-0', 'w', 'n1', {
          requests: amounts(0, 0, 1),
          preemptable: false,
        });
        return on;
      },
      evictions: 0,
    },
    {
      says: 'goes by the resources that are listed, where others are asked for as well',
      on: () => contest({ deserved: [4] }, { deserved: [4] }),
      evictions: 4,
    },
    {
      says: 'is nothing where the other is over only in what is not asked for',
      on: () => contest({ deserved: [8, 1] }, { deserved: [4] }, amounts(1)),
      evictions: 0,
    },
    {
      says: 'has to be within all that is listed, not only within something (else two queues take from each other for ever)',
      on: () => contest({ deserved: [4, 8] }, { deserved: [4, 0.5] }),
      evictions: 0,
    },
  ];
  for (const { says, on: make, evictions } of cases) {
    it(says, () => {
      expect(make().settle(10, 60)).to.equal(evictions);
    });
  }

  it('is nothing from pods that their queue declares something of, and holds no more of than it deserves', () => {
    const on = world(8)
      .queue('v', lists({ deserved: [0, 8] }))
      .queue('r', lists({ deserved: [0, 0, 8] }));
    elastic(on, 'v', { runs: 8, requests: amounts(1, 1) });
    elastic(on, 'r', { waits: 8, requests: amounts(1, 0, 1) });
    expect(on.settle(10, 60)).to.equal(0);
    // What neither declares is nobody's by right: it stays where it is.
    expect(cpusOf(on, 'v', 'r')).to.deep.equal([8, 0]);
  });

  it('is told to whom it goes', () => {
    const on = contest({}, { deserved: [1] });
    expect(evictionsOf(on.cycle())[0]).to.include({
      code: 'Reclaimed',
      message: 'queue r takes back what it deserves, for PodGroup ns/r.',
    });
  });

  it('goes back and forth between no two queues whose pods differ in shape', () => {
    const on = world(8)
      .queue('x', lists({ deserved: [4, 4] }))
      .queue('y', lists({ deserved: [4, 4] }));
    elastic(on, 'x', { waits: 8, requests: amounts(1, 3) });
    elastic(on, 'y', { waits: 8, requests: amounts(3, 1) });
    expect(on.settle(10, 100)).to.be.below(20);
  });

  it('goes back and forth between no two queues of which each declares what the other does not', () => {
    const on = world(8)
      .queue('x', lists({ deserved: [8] }))
      .queue('y', lists({ deserved: [0, 8] }));
    for (const queue of ['x', 'y']) elastic(on, queue, { waits: 8, requests: amounts(1, 1) });
    expect(on.settle(10, 100)).to.be.below(20);
  });

  it('does not take in what a gang leaves that had to go as a whole: two gangs would break each other for ever', () => {
    const on = new LivingWorld(capacityPolicy({ actions: ['gangreclaim'] }));
    on.node('n0', amounts(6, 3)).node('n1', amounts(3, 3));
    on.queue('x', lists({ deserved: [2] })).queue('y', lists({ deserved: [0, 1] }));
    on.gang('x', { count: 3, requests: amounts(2, 1) }, { queue: 'x' }).live();
    on.gang('y', { count: 3, requests: amounts(3, 1) }, { queue: 'y' });
    expect([on.settle(10, 40), ...cpusOf(on, 'x', 'y')]).to.deep.equal([0, 6, 0]);
  });

  it('is kept within the capability of a branch until it is taken, whoever else is in the branch', () => {
    const on = world(4).queue('x', lists({ capability: [3] }));
    on.queue('y', { parent: 'x', ...lists({ deserved: [2] }) });
    elastic(on, 'y', { runs: 1, waits: 1 });
    on.gang('x', { count: 1, requests: amounts(2) }, { queue: 'x' });
    expect(on.settle(10, 40)).to.be.lessThan(3);
    expect(cpusOf(on, 'y')).to.deep.equal([2]);
  });

  it('is taken from whole gangs where the action looks at gangs, as far as guarantees allow', () => {
    const evicted = [0, 5].map((guarantee) => {
      const on = world(8, { actions: ['gangreclaim'] }).queue('v', lists({ guarantee: [guarantee] }));
      on.queue('r', lists({ deserved: [4] })).group('v', 8, { queue: 'v', phase: 'Running' });
      for (let i = 0; i < 8; i += 1) on.running(`v-${i}`, 'v', 'n1', { requests: amounts(1) });
      on.gang('r', { count: 4, requests: amounts(1) }, { queue: 'r' });
      return evictionsOf(on.cycle()).length;
    });
    expect(evicted).to.deep.equal([8, 0]);
  });
});
