import { expect } from 'chai';
import { DEFAULT_POLICY } from '../../../src/config/policy.ts';
import { Framework } from '../../../src/scheduler/framework/framework.ts';
import { PLUGINS } from '../../../src/scheduler/plugins/registry.ts';
import { PickerTable } from '../../../src/scheduler/placement/picker-table.ts';
import { nodeorder } from '../../../src/scheduler/plugins/nodeorder.ts';
import { predicates } from '../../../src/scheduler/plugins/predicates.ts';
import { Scheduler } from '../../../src/scheduler/scheduler.ts';
import { makeShape } from '../../support/records.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

const WITHOUT_PREDICATES = {
  ...DEFAULT_POLICY,
  tiers: DEFAULT_POLICY.tiers.map((tier) => tier.filter(({ name }) => name !== 'predicates')),
};

describe('node pickers', () => {
  it('belong to one set of plugins: another policy over the same snapshot decides by its own', () => {
    const world = new SchedulerWorld().nodes(1, amounts(1), { unschedulable: true });
    world.gang('a', { count: 1, requests: amounts(1) });
    expect(world.cycle().placed).to.deep.equal({});
    const decisions = [...new Scheduler(world.snapshot, WITHOUT_PREDICATES).cycle({ nowMs: 0 })];
    expect(decisions.filter(({ kind }) => kind === 'gang')).to.have.length(1);
  });

  it('of classes that nobody places any more are dropped', () => {
    const world = new SchedulerWorld().nodes(2, amounts(64));
    for (let c = 0; c < 50; c += 1) world.gang(`g${c}`, { count: 1, requests: { cpu: 100 + c } });
    world.cycle();
    expect(world.scheduler.framework.pickers).to.equal(50);
    for (let cycle = 0; cycle < 20; cycle += 1) world.cycle();
    expect(world.scheduler.framework.pickers).to.equal(0);
  });

  it('and views are kept of so many classes only, and find the same nodes', () => {
    const world = new SchedulerWorld().nodes(4, amounts(8)).node('n5', amounts(8), { labels: new Map([['v', '7']]) });
    const { snapshot } = world;
    snapshot.settle();
    const hooks = [predicates, nodeorder].map((each) => each.make(snapshot, new Map(), DEFAULT_POLICY));
    const [bounded, free] = [new PickerTable(snapshot, hooks, { mostScores: 100 }), new PickerTable(snapshot, hooks)];
    const shapes = Array.from({ length: 200 }, (_, c) =>
      makeShape({ cpu: 100 }, { nodeSelector: new Map(c % 2 === 0 ? [] : [['v', String(c)]]) }),
    );
    const classes = [...shapes, ...shapes.toReversed()].map((shape) => snapshot.classes.claim(shape));
    for (const taskClass of classes) {
      expect(bounded.of(taskClass).best()).to.equal(free.of(taskClass).best());
      expect(Math.max(bounded.size, bounded.views.size)).to.be.at.most(64);
    }
    expect(free.size).to.equal(new Set(classes).size);
  });

  it('are not made anew for a label that nobody asks for', () => {
    const world = new SchedulerWorld().nodes(3, amounts(4)).gang('a', { count: 1, requests: amounts(1) });
    const framework = new Framework(world.snapshot, DEFAULT_POLICY, PLUGINS);
    world.snapshot.settle();
    const taskClass = [...world.snapshot.tasks.values()][0]?.class;
    if (taskClass === undefined) throw new Error('no task');
    const { revision } = framework.featuresOf(taskClass);
    world.node('n2', amounts(4), { labels: new Map([['heartbeat', '1']]) });
    expect(framework.featuresOf(taskClass).revision).to.equal(revision);
    world.node('n2', amounts(4), { unschedulable: true });
    expect(framework.featuresOf(taskClass).revision).to.not.equal(revision);
  });
});

describe('what the empty cluster can hold of a class', () => {
  const world = (): SchedulerWorld => new SchedulerWorld().nodes(2, amounts(4)).group('old', 1);

  for (const [what, needed, shape, want] of [
    ['as many as fit, whatever runs there', 8, makeShape(amounts(1)), true],
    ['not one more', 9, makeShape(amounts(1)), false],
    ['none that is larger than every node', 1, makeShape(amounts(5)), false],
    ['none for which there is no node', 1, makeShape(amounts(1), { nodeSelector: new Map([['zone', 'x']]) }), false],
    ['none of a resource that no node has', 1, makeShape({ 'x/y': 1 }), false],
  ] as const) {
    it(`is ${what}`, () => {
      const made = world()
        .running('old-0', 'old', 'n1', { requests: amounts(4) })
        .gang('a', { count: 1, shape });
      made.snapshot.settle();
      const taskClass = made.snapshot.tasks.get('uid-a-0')?.class;
      if (taskClass === undefined) throw new Error('no task');
      expect(made.scheduler.framework.capacity(taskClass, needed) >= needed).to.equal(want);
    });
  }

  it('follows the nodes', () => {
    const made = world().gang('a', { count: 1, requests: amounts(5) });
    made.snapshot.settle();
    const taskClass = made.snapshot.tasks.get('uid-a-0')?.class;
    if (taskClass === undefined) throw new Error('no task');
    const { framework } = made.scheduler;
    expect(framework.capacity(taskClass, 1)).to.equal(0);
    made.node('n2', amounts(5));
    expect(framework.capacity(taskClass, 1)).to.equal(1);
    made.node('n2', amounts(4));
    expect(framework.capacity(taskClass, 1)).to.equal(0);
  });

  it('counts nodes that are only out of order for a while, and not those that are kept for others', () => {
    const made = world().gang('a', { count: 1, requests: amounts(5) });
    made.snapshot.settle();
    const taskClass = made.snapshot.tasks.get('uid-a-0')?.class;
    if (taskClass === undefined) throw new Error('no task');
    const { framework } = made.scheduler;
    const notReady = { key: 'node.kubernetes.io/not-ready', value: '', effect: 'NoExecute' } as const;
    made.node('n2', amounts(5), { unschedulable: true, taints: [notReady] });
    expect(framework.capacity(taskClass, 1)).to.equal(1);
    made.node('n2', amounts(5), { taints: [{ key: 'kept', value: '', effect: 'NoSchedule' }] });
    expect(framework.capacity(taskClass, 1)).to.equal(0);
  });
});
