import { expect } from 'chai';
import { podWith } from '../../../src/api/records/stored-pod.ts';
import type { QueueRecord } from '../../../src/api/records/queue-record.ts';
import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { ActionName, SchedulerPolicy } from '../../../src/config/policy.ts';
import { TaskStatus } from '../../../src/scheduler/model/task-status.ts';
import { shareTree } from '../../../src/scheduler/shares/share-tree.ts';
import type { ShareNode } from '../../../src/scheduler/shares/share-tree.ts';
import { elastic } from '../../support/capacity-world.ts';
import { LivingWorld } from '../../support/living-world.ts';
import { amounts, GPU, SchedulerWorld } from '../../support/scheduler-world.ts';

function policy(actions: readonly ActionName[] = []): SchedulerPolicy {
  const drf = { ...plugin('drf'), isHierarchical: true } as const;
  return {
    ...DEFAULT_POLICY,
    actions: ['enqueue', 'allocate', 'backfill', ...actions],
    tiers: [
      [plugin('priority'), plugin('gang'), plugin('conformance')],
      [drf, plugin('predicates'), plugin('binpack')],
    ],
  };
}

function at(path: string, weights = ''): Partial<QueueRecord> {
  return { hierarchy: { path, weights } };
}

/** Ten CPUs and ten GPUs on one node. */
function cluster(actions: readonly ActionName[] = []): LivingWorld {
  return new LivingWorld(policy(actions)).node('n1', amounts(10, 0, 10)) as LivingWorld;
}

function problem(on: SchedulerWorld, queue: string): string {
  return on.snapshot.queues.get(queue)?.problems.parent ?? '';
}

/** `name:weight(children)`; queues' own jobs by their names, branches without. */
function drawn({ weight, children, queue }: ShareNode): string {
  if (queue !== undefined) return queue.name;
  return `${weight}(${children.map(drawn).join(' ')})`;
}

describe('the tree in which queues share', () => {
  const cases: readonly (readonly [string, Readonly<Record<string, Partial<QueueRecord>>>, string])[] = [
    ['is flat by default, with the weights of the queues', { a: { weight: 2 }, b: {} }, '1(2(a) 1(b))'],
    ['is that of the parents', { a: { weight: 2 }, b: { parent: 'a', weight: 3 } }, '1(2(a 3(b)))'],
    ['is that of the annotations', { a: at('root/x/a', '1/2/3'), b: at('root/x/b', '1/2/4') }, '1(2(3(a) 4(b)))'],
    [
      'is that of the annotations whatever parents say',
      { a: at('root/a'), b: { ...at('root/b'), parent: 'a' } },
      '1(1(a) 1(b))',
    ],
    ['needs no root in the annotation', { a: at('x/a', '2/3') }, '1(2(3(a)))'],
    ['has weights of 1 where none are given', { a: at('root/x/a') }, '1(1(1(a)))'],
    ['takes weights below 1 as 1', { a: at('root/x/a', '0/0.5/-3') }, '1(1(1(a)))'],
    ['has queues without annotations at the top', { a: at('root/x/a'), b: { weight: 5 } }, '1(1(1(a)) 5(b))'],
    ['lets a queue stand where others pass', { a: at('root/a', '1/2'), b: at('root/a/b', '1/7/3') }, '1(2(a 3(b)))'],
    ['lets two queues stand in one place', { a: at('root/x', '1/2'), b: at('root/x', '1/2') }, '1(2(a b))'],
    ['has broken queues at the top', { a: at('root/x/a', '1/2'), b: at('root/x/b', '1/2/3') }, '1(1(a) 2(3(b)))'],
    ['has those below a missing parent at the top', { a: { parent: 'gone', weight: 3 }, b: {} }, '1(3(a) 1(b))'],
  ];
  for (const [name, queues, wanted] of cases) {
    it(name, () => {
      const on = new SchedulerWorld();
      on.snapshot.removeQueue('default');
      for (const [queue, record] of Object.entries(queues).toReversed()) on.queue(queue, record);
      expect(drawn(shareTree(on.snapshot.queues).root)).to.equal(wanted);
    });
  }

  const mistakes: readonly (readonly [string, Partial<QueueRecord>, string])[] = [
    [
      'fewer weights than parts',
      at('root/x/a', '1/2'),
      'volcano.sh/hierarchy-weights, "1/2", has no number for each part of root/x/a',
    ],
    [
      'a weight that is no number',
      at('root/a', '1/x'),
      'volcano.sh/hierarchy-weights, "1/x", has no number for each part of root/a',
    ],
    [
      'a weight that is empty',
      at('root/a', '1/'),
      'volcano.sh/hierarchy-weights, "1/", has no number for each part of root/a',
    ],
    ['an empty part', at('root//a'), 'volcano.sh/hierarchy, "root//a", has an empty part'],
    ['weights without a path', at('', '1/2'), 'volcano.sh/hierarchy, "", has an empty part'],
  ];
  for (const [name, record, told] of mistakes) {
    it(`refuses ${name}, and stops nobody else`, () => {
      const on = cluster();
      on.queue('a', record).queue('b', at('root/b', '1/1'));
      for (const queue of ['a', 'b']) elastic(on, queue, { waits: 2 });
      const { refused, placed } = on.cycle();
      expect(problem(on, 'a')).to.equal(`queue a takes no new work: its annotation ${told}.`);
      expect(problem(on, 'b')).to.equal('');
      expect(refused['a']).to.equal(`QueueTreeBroken: ${problem(on, 'a')}`);
      expect(Object.keys(placed)).to.deep.equal(['b-waits-0', 'b-waits-1']);
    });
  }
});

describe('drf with a hierarchy', () => {
  it('shares a full cluster by the weights of the tree', () => {
    const on = cluster();
    on.queue('a', at('root/x/a', '1/1/1')).queue('b', at('root/x/b', '1/1/3')).queue('c', at('root/c', '1/1'));
    for (const queue of ['a', 'b', 'c']) elastic(on, queue, { waits: 20, requests: amounts(0.5) });
    on.live();
    expect(['a', 'b', 'c'].map((queue) => on.held(queue))).to.deep.equal([1500, 3500, 5000]);
  });

  it('uses the tree of parents where no queue has annotations', () => {
    const on = cluster();
    on.queue('x').queue('a', { parent: 'x' }).queue('b', { parent: 'x', weight: 4 }).queue('c');
    for (const queue of ['a', 'b', 'c']) elastic(on, queue, { waits: 20 });
    on.live();
    expect(['a', 'b', 'c'].map((queue) => on.held(queue))).to.deep.equal([1000, 4000, 5000]);
  });

  it('has taken back what a branch is owed, and then rests', () => {
    const on = cluster(['reclaim']);
    on.queue('a', at('root/x/a')).queue('b', at('root/x/b')).queue('c', at('root/c'));
    elastic(on, 'c', { runs: 10, waits: 5 });
    for (const queue of ['a', 'b']) elastic(on, queue, { waits: 10 });
    expect(on.settle(10, 40)).to.equal(4);
    expect(['a', 'b', 'c'].map((queue) => on.held(queue))).to.deep.equal([2000, 2000, 6000]);
  });

  it('takes nothing from a sibling branch beyond what it deserves', () => {
    const on = cluster(['reclaim']);
    on.queue('a', at('root/a')).queue('b', at('root/b'));
    elastic(on, 'a', { runs: 5, waits: 5 });
    elastic(on, 'b', { runs: 5, waits: 5 });
    expect(on.settle(5, 20)).to.equal(0);
  });

  it('keeps what is guaranteed', () => {
    const on = cluster(['reclaim']);
    on.queue('a', { ...at('root/a'), guarantee: new Map([['cpu', 8000]]) }).queue('b', at('root/b'));
    elastic(on, 'a', { runs: 8 });
    elastic(on, 'b', { runs: 2, waits: 5 });
    expect(on.settle(5, 20)).to.equal(0);
  });

  it('lets nobody beyond a capability, of a branch of parents too', () => {
    const on = cluster();
    on.queue('x', { capability: new Map([['cpu', 3000]]) })
      .queue('a', { parent: 'x' })
      .queue('b', { parent: 'x' });
    for (const queue of ['a', 'b']) elastic(on, queue, { waits: 20 });
    on.live();
    expect(on.held('x')).to.equal(3000);
  });

  it('starts a gang that is larger than what its queue deserves where there is room', () => {
    const on = cluster();
    on.queue('a', at('root/a')).queue('b', at('root/b'));
    on.gang('a', { count: 8, requests: amounts(1) }, { queue: 'a' });
    on.gang('b', { count: 8, requests: amounts(1) }, { queue: 'b' });
    expect(Object.keys(on.cycle().placed)).to.have.length(8);
  });

  it('lets no queue starve beside a sibling that has much of something else, while pods come and go', () => {
    const on = cluster();
    on.queue('n1', at('root/n1')).queue('n21', at('root/n2/n21')).queue('n22', at('root/n2/n22'));
    const wants = { n1: amounts(1), n21: amounts(1), n22: amounts(0, 0, 1) };
    for (const [queue, requests] of Object.entries(wants)) elastic(on, queue, { waits: 400, requests });
    for (let turn = 0; turn < 60; turn += 1) {
      on.live();
      // Of the pods that run the fifth ends, each time another one.
      const running = [...on.snapshot.tasks.values()].filter(({ status }) => status === TaskStatus.Running);
      running.forEach(({ record }, i) => {
        if ((i + turn) % 5 === 0) on.snapshot.upsertTask(podWith(record, { phase: 'Succeeded' }));
      });
    }
    on.live();
    expect(['n1', 'n21'].map((queue) => on.held(queue))).to.deep.equal([5000, 5000]);
    expect(on.held('n22', GPU)).to.equal(10);
  });
});
