import { expect } from 'chai';
import fc from 'fast-check';
import { DEFAULT_POLICY } from '../../../src/config/policy.ts';
import type { TaskClass } from '../../../src/scheduler/model/task-class.ts';
import { OpenRuns } from '../../../src/scheduler/placement/open-runs.ts';
import { PickerTable } from '../../../src/scheduler/placement/picker-table.ts';
import { binpack } from '../../../src/scheduler/plugins/binpack.ts';
import { nodeorder } from '../../../src/scheduler/plugins/nodeorder.ts';
import { predicates } from '../../../src/scheduler/plugins/predicates.ts';
import { makeShape } from '../../support/records.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

const SHAPES = [
  makeShape(amounts(1, 1)),
  makeShape(amounts(2, 1)),
  makeShape(amounts(1, 4)),
  makeShape(amounts(5, 2)),
  makeShape({ memory: 1024 }),
  makeShape({ cpu: 1000 }),
  makeShape(amounts(1, 1, 1)),
  makeShape(amounts(1, 1), { nodeSelector: new Map([['kubernetes.io/hostname', 'n2']]) }),
  makeShape(amounts(1, 1), { hostPorts: [{ protocol: 'TCP', port: 80, ip: '0.0.0.0' }] }),
];

interface Step {
  /** A pod of the shape takes the best node, the oldest one goes, a node offers another amount, or a cycle begins. */
  readonly kind: 'place' | 'end' | 'node' | 'open';
  readonly shape: number;
  readonly node: number;
  readonly size: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('place', 'place', 'place', 'place', 'end', 'node', 'open'),
  shape: fc.nat(SHAPES.length - 1),
  node: fc.nat(11),
  size: fc.integer({ min: 1, max: 9 }),
});

function classOf(world: SchedulerWorld, shape: number): TaskClass {
  return world.snapshot.classes.claim(SHAPES[shape] as never);
}

describe('runs of nodes with room', () => {
  it('lead to the node that an order of them leads to, however they change', () => {
    let [found, few] = [0, 0];
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), fc.constantFrom(3, 32), (steps, mostRuns) => {
        const world = new SchedulerWorld().nodes(12, amounts(8, 16)).group('g', 1);
        const { snapshot } = world;
        snapshot.settle();
        const plugins = [predicates, nodeorder, binpack];
        const hooks = plugins.map((each) => each.make(snapshot, new Map(), DEFAULT_POLICY));
        const [byRuns, byOrder] = [{ mostRuns }, { mostRuns: 0 }].map(
          (options) => new PickerTable(snapshot, hooks, options),
        ) as [PickerTable, PickerTable];
        const pods: string[] = [];
        steps.forEach(({ kind, shape, node, size }, at) => {
          if (kind === 'node') {
            // The only node with a GPU has it, or loses it.
            world.node(`n${node + 1}`, amounts(size, 2 * size, node === 3 ? size % 3 : 0));
            snapshot.settle();
          } else if (kind === 'end') snapshot.removeTask(pods.shift() ?? '');
          else if (kind === 'open') for (const table of [byRuns, byOrder]) table.sweep();
          else {
            const taskClass = classOf(world, shape);
            const best = byRuns.of(taskClass).best();
            expect(best).to.equal(byOrder.of(taskClass).best());
            few += Number(byRuns.runs.of(taskClass) !== undefined);
            found += 1;
            const nodeName = snapshot.nodes.records[best]?.name ?? '';
            if (best >= 0) world.running(`p${at}`, 'g', nodeName, { shape: SHAPES[shape] as never });
            if (best >= 0) pods.push(`uid-p${at}`);
          }
        });
      }),
      { numRuns: 200, seed: 3 },
    );
    expect(found).to.be.greaterThan(2000);
    expect(few).to.be.greaterThan(1000);
  });

  it('leave out nodes that lack what all ask for, and no others', () => {
    const world = new SchedulerWorld().nodes(6, amounts(4, 8)).group('g', 1);
    world.snapshot.settle();
    const runs = new OpenRuns(world.snapshot);
    expect(runs.of(classOf(world, 1))?.first).to.deep.equal([0]);
    world.running('a', 'g', 'n2', { requests: amounts(3, 1) });
    expect(runs.of(classOf(world, 1))?.first, 'one CPU is left on n2').to.deep.equal([0, 2]);
    expect(runs.of(classOf(world, 0))?.first, 'somebody asks for one').to.deep.equal([0, 1, 2]);
    expect(runs.of(classOf(world, 1))?.first, 'and may ask again').to.deep.equal([0, 1, 2]);
    world.running('b', 'g', 'n2', { requests: amounts(1, 1) });
    expect(runs.of(classOf(world, 0))?.first).to.deep.equal([0, 2]);
    world.snapshot.removeTask('uid-b');
    expect(runs.of(classOf(world, 0))?.first).to.deep.equal([0, 1, 2]);
  });

  it('hold a node that offers less than pods on it take, for whoever asks for something else', () => {
    const world = new SchedulerWorld().nodes(2, amounts(4, 8)).group('g', 1);
    world.running('a', 'g', 'n2', { requests: amounts(1, 6) });
    world.node('n2', amounts(4, 2));
    world.snapshot.settle();
    const onlyCpu = world.snapshot.classes.claim(makeShape({ cpu: 1000 }));
    expect(new OpenRuns(world.snapshot).of(onlyCpu)?.first).to.deep.equal([0, 1]);
  });

  it('hold all nodes again for whoever comes when the last one that offered something does so no more', () => {
    const world = new SchedulerWorld().nodes(2, amounts(4, 8)).node('n3', amounts(4, 8, 1));
    const { snapshot } = world;
    snapshot.settle();
    const [withGpu, without] = [amounts(1, 1, 1), amounts(1, 1)].map((each) => snapshot.classes.claim(makeShape(each)));
    const runs = new OpenRuns(snapshot);
    expect(runs.of(withGpu as TaskClass)?.first).to.deep.equal([2]);
    world.node('n3', amounts(4, 8));
    snapshot.settle();
    expect(runs.of(without as TaskClass)).to.deep.equal({ first: [0], end: [3] });
  });

  it('are given up for a cycle where they are too many', () => {
    const world = new SchedulerWorld().nodes(9, amounts(4, 8)).group('g', 1);
    world.snapshot.settle();
    const runs = new OpenRuns(world.snapshot, 4);
    const taskClass = classOf(world, 0);
    expect(runs.of(taskClass)?.first).to.deep.equal([0]);
    for (const n of [2, 4, 6]) world.running(`p${n}`, 'g', `n${n}`, { requests: amounts(1) });
    expect(runs.of(taskClass)).to.equal(undefined);
    for (const n of [2, 4, 6]) world.snapshot.removeTask(`uid-p${n}`);
    expect(runs.of(taskClass)).to.equal(undefined);
    runs.open();
    expect(runs.of(taskClass)?.first).to.deep.equal([0]);
  });
});
