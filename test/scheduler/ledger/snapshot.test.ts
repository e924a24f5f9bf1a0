import { expect } from 'chai';
import { CPU_IX } from '../../../src/scheduler/model/resource-table.ts';
import { TaskStatus } from '../../../src/scheduler/model/task-status.ts';
import { makePod, makePodGroup, makeShape } from '../../support/records.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

const SHAPE = makeShape(amounts(1));
const POD = makePod('a-0', 'a', SHAPE);

/** Free milli-CPU by node. */
function idle(world: SchedulerWorld): Record<string, number> {
  world.snapshot.settle();
  const { records, idle: columns } = world.snapshot.nodes;
  return Object.fromEntries(records.map(({ name }, n) => [name, columns[CPU_IX]?.[n] ?? NaN]));
}

/** One pending pod in group `a`, two nodes of 4 CPUs. */
function world(): SchedulerWorld {
  const made = new SchedulerWorld().nodes(2, amounts(4)).group('a', 1);
  made.snapshot.upsertTask(POD);
  made.snapshot.settle();
  return made;
}

describe('nodes that come, change and go', () => {
  it('count pods that were known before them', () => {
    const made = new SchedulerWorld().running('x', 'x', 'n1', { requests: amounts(1) });
    expect(idle(made.nodes(1, amounts(4)))).to.deep.equal({ n1: 3000 });
  });

  it('take their pods out of the sums and count them again when they come back', () => {
    const made = world().running('x', 'a', 'n1', { requests: amounts(1) });
    made.snapshot.removeNode('n1');
    expect(idle(made)).to.deep.equal({ n2: 4000 });
    expect(made.snapshot.nodes.totals[CPU_IX]).to.equal(4000);
    expect(made.snapshot.queues.get('default')?.allocated[CPU_IX]).to.equal(1000);
    expect(idle(made.node('n1', amounts(2)))).to.deep.equal({ n1: 1000, n2: 4000 });
  });

  it('that shrink under their pods have less than nothing free, and take nobody', () => {
    const made = world().running('x', 'a', 'n1', { requests: amounts(3) });
    made.snapshot.removeNode('n2');
    expect(idle(made.node('n1', amounts(2)))).to.deep.equal({ n1: -1000 });
    expect(made.cycle().placed).to.deep.equal({});
    expect(made.node('n1', amounts(4)).cycle().placed).to.deep.equal({ 'a-0': 'n1' });
  });

  it('that lose a resource have none of it', () => {
    const made = new SchedulerWorld().node('n1', { ...amounts(4), 'x/y': 1 }).node('n1', amounts(4));
    expect(made.gang('a', { count: 1, requests: { 'x/y': 1 } }).cycle().placed).to.deep.equal({});
  });

  it('that gain a resource offer it', () => {
    const made = world();
    made.cycle();
    made.node('n2', { ...amounts(4), 'x/y': 1 });
    expect(made.gang('b', { count: 1, requests: { 'x/y': 1 } }).cycle().placed).to.deep.equal({ 'b-0': 'n2' });
  });

  it('are removed and made anew between two cycles without a trace of the old one', () => {
    const made = world();
    made.snapshot.removeNode('n1');
    made.node('n1', amounts(1), { unschedulable: true });
    expect(made.cycle().placed).to.deep.equal({ 'a-0': 'n2' });
  });

  it('may change more often between two cycles than is remembered', () => {
    const made = world();
    made.cycle();
    for (let i = 0; i < 5000; i += 1) made.node('n1', amounts(i % 4));
    made.gang('b', { count: 3, shape: SHAPE });
    const { placed } = made.cycle();
    expect(Object.values(placed).toSorted()).to.deep.equal(['n1', 'n1', 'n2']);
    expect(idle(made)).to.deep.equal({ n1: 0, n2: 3000 });
  });
});

describe('a placement on its way', () => {
  it('takes room, and gives it back when it is forgotten', () => {
    const made = world();
    expect(made.snapshot.assume(POD.uid, 'n2')).to.equal(true);
    expect(idle(made)).to.deep.equal({ n1: 4000, n2: 3000 });
    made.snapshot.forget(POD.uid);
    expect(idle(made)).to.deep.equal({ n1: 4000, n2: 4000 });
    expect(made.snapshot.jobs.get('ns/a')?.count(TaskStatus.Pending)).to.equal(1);
  });

  it('cannot be taken twice, nor by a pod or on a node that nobody knows', () => {
    const made = world();
    expect(made.snapshot.assume(POD.uid, 'nowhere')).to.equal(false);
    expect(made.snapshot.assume('nobody', 'n1')).to.equal(false);
    expect(made.snapshot.assume(POD.uid, 'n1')).to.equal(true);
    expect(made.snapshot.assume(POD.uid, 'n2')).to.equal(false);
    expect(idle(made)).to.deep.equal({ n1: 3000, n2: 4000 });
  });

  it('stays when an older state of the pod is seen', () => {
    const made = world();
    made.snapshot.assume(POD.uid, 'n1');
    made.snapshot.upsertTask({ ...POD, resourceVersion: '2', unschedulableMessage: 'old news' });
    expect(idle(made)).to.deep.equal({ n1: 3000, n2: 4000 });
  });

  it('is confirmed by the watch, and cannot be forgotten any more', () => {
    const made = world();
    made.snapshot.assume(POD.uid, 'n1');
    made.snapshot.upsertTask({ ...POD, nodeName: 'n1' });
    made.snapshot.forget(POD.uid);
    expect(idle(made)).to.deep.equal({ n1: 3000, n2: 4000 });
    expect(made.snapshot.jobs.get('ns/a')?.count(TaskStatus.Bound)).to.equal(1);
  });

  it('moves when the watch shows the pod elsewhere', () => {
    const made = world();
    made.snapshot.assume(POD.uid, 'n1');
    made.snapshot.upsertTask({ ...POD, nodeName: 'n2', phase: 'Running' });
    expect(idle(made)).to.deep.equal({ n1: 4000, n2: 3000 });
  });

  it('ends with its pod', () => {
    const made = world();
    made.snapshot.assume(POD.uid, 'n1');
    made.snapshot.upsertTask({ ...POD, deleting: true });
    expect(idle(made)).to.deep.equal({ n1: 4000, n2: 4000 });
    made.snapshot.forget(POD.uid);
    expect(made.snapshot.tasks.size).to.equal(0);
  });

  it('keeps its room when the pod is given to another group', () => {
    const made = world().group('b', 1);
    made.snapshot.assume(POD.uid, 'n1');
    made.snapshot.upsertTask({ ...POD, group: 'b' });
    expect(idle(made)).to.deep.equal({ n1: 3000, n2: 4000 });
    expect(made.snapshot.jobs.get('ns/a')?.tasks.size).to.equal(0);
    expect(made.snapshot.jobs.get('ns/b')?.ready()).to.equal(1);
    made.snapshot.forget(POD.uid);
    expect(idle(made)).to.deep.equal({ n1: 4000, n2: 4000 });
  });

  it('keeps its room when its PodGroup is gone', () => {
    const made = world();
    made.snapshot.assume(POD.uid, 'n1');
    made.snapshot.removeJob('ns/a');
    expect(idle(made)).to.deep.equal({ n1: 3000, n2: 4000 });
  });

  it('counts in the queue that its pod names when its PodGroup is gone, until it is gone itself', () => {
    const made = world();
    const held = (): number => made.snapshot.queues.get('default')?.allocated[CPU_IX] ?? 0;
    made.snapshot.assume(POD.uid, 'n1');
    made.snapshot.removeJob('ns/a');
    expect(held()).to.equal(1000);
    made.snapshot.upsertTask({ ...POD, queue: 'other' });
    expect(held()).to.equal(0);
    made.snapshot.upsertTask(POD);
    made.snapshot.upsertTask({ ...POD, nodeName: 'n1', queue: 'elsewhere' });
    expect(held()).to.equal(1000);
    made.snapshot.removeQueue('default');
    made.queue('default');
    expect(held()).to.equal(1000);
    made.snapshot.removeTask(POD.uid);
    expect(held()).to.equal(0);
  });

  it('that did not happen counts nowhere once its PodGroup is gone', () => {
    const made = world();
    made.snapshot.assume(POD.uid, 'n1');
    made.snapshot.removeJob('ns/a');
    made.snapshot.forget(POD.uid);
    expect(made.snapshot.queues.get('default')?.allocated[CPU_IX]).to.equal(0);
  });
});

describe('pods', () => {
  const HOLDS: readonly (readonly [string, Partial<typeof POD>, number])[] = [
    ['is bound', { nodeName: 'n1' }, 3000],
    ['runs', { nodeName: 'n1', phase: 'Running' }, 3000],
    ['is being deleted', { nodeName: 'n1', phase: 'Running', deleting: true }, 3000],
    ['is in an unknown state', { nodeName: 'n1', phase: 'Unknown' }, 3000],
    ['succeeded', { nodeName: 'n1', phase: 'Succeeded' }, 4000],
    ['failed', { nodeName: 'n1', phase: 'Failed' }, 4000],
    ['failed before it had a node', { phase: 'Failed' }, 4000],
  ];
  for (const [what, change, want] of HOLDS) {
    it(`${want === 4000 ? 'hold nothing when one' : 'hold their room when one'} ${what}`, () => {
      const made = world();
      made.snapshot.upsertTask({ ...POD, ...change });
      expect(idle(made)).to.deep.equal({ n1: want, n2: 4000 });
    });
  }

  it('that are resized in place hold what they ask for now', () => {
    const made = world();
    made.snapshot.upsertTask({ ...POD, nodeName: 'n1', phase: 'Running' });
    made.snapshot.upsertTask({ ...POD, nodeName: 'n1', phase: 'Running', shape: makeShape(amounts(3)) });
    expect(idle(made)).to.deep.equal({ n1: 1000, n2: 4000 });
    expect(made.snapshot.queues.get('default')?.allocated[CPU_IX]).to.equal(3000);
  });

  it('of equal shapes share a class, which goes with the last of them', () => {
    const made = new SchedulerWorld().group('a', 1);
    const before = made.snapshot.classes.size;
    const twin = { ...SHAPE };
    made.snapshot.upsertTask(POD);
    made.snapshot.upsertTask(makePod('a-1', 'a', twin));
    const [first, second] = [...made.snapshot.tasks.values()];
    expect(first?.class).to.equal(second?.class);
    made.snapshot.removeTask('uid-a-0');
    expect(made.snapshot.classes.size).to.equal(before + 1);
    made.snapshot.removeTask('uid-a-1');
    expect(made.snapshot.classes.size).to.equal(before);
    made.snapshot.upsertTask(makePod('a-2', 'a', twin));
    expect(made.snapshot.tasks.get('uid-a-2')?.class).to.not.equal(first?.class);
  });
});

describe('a PodGroup', () => {
  it('that is made anew under its name takes over the pods and starts over', () => {
    const made = world();
    made.cycle();
    expect(made.phase('a')).to.equal('Running');
    made.snapshot.upsertJob(makePodGroup('a', 2, { uid: 'another' }));
    expect(made.phase('a')).to.equal('');
    expect(made.snapshot.jobs.get('ns/a')?.ready()).to.equal(1);
    expect(made.cycle().statuses.get('a')?.phase).to.equal('Inqueue');
  });

  it('keeps the phase that it was given here while its record lags behind', () => {
    const made = world();
    made.cycle();
    made.snapshot.upsertJob(makePodGroup('a', 1, { phase: 'Inqueue', resourceVersion: '2' }));
    expect(made.phase('a')).to.equal('Running');
  });

  it('takes its pods along to another queue', () => {
    const made = world().queue('other');
    made.snapshot.upsertJob(makePodGroup('a', 1, { queue: 'other' }));
    expect(made.snapshot.queues.get('default')?.pending[CPU_IX]).to.equal(0);
    expect(made.snapshot.queues.get('other')?.pending[CPU_IX]).to.equal(1000);
  });
});

describe('requests of any size', () => {
  it('come and go without a trace in the ledgers, on nodes and waiting', () => {
    const made = world();
    const huge = makeShape({ cpu: Number.MAX_SAFE_INTEGER, memory: Number.MAX_SAFE_INTEGER, 'x/y': 2 ** 53 - 1 });
    for (let i = 0; i < 50; i += 1) {
      made.snapshot.upsertTask(makePod(`waits-${i}`, 'a', huge));
      made.running(`runs-${i}`, 'a', 'n1', { shape: huge });
    }
    made.cycle();
    for (let i = 0; i < 50; i += 1) for (const kind of ['waits', 'runs']) made.snapshot.removeTask(`uid-${kind}-${i}`);
    made.cycle();
    const queue = made.snapshot.queues.get('default');
    expect(queue?.pending.slice(0, 2)).to.deep.equal([0, 0]);
    expect(queue?.allocated.slice(0, 2)).to.deep.equal([1000, 0]);
    const { n1 = NaN, n2 = NaN } = idle(made);
    expect(n1 + n2).to.equal(7000);
  });
});
