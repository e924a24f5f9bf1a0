import { expect } from 'chai';
import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { Snapshot } from '../../../src/scheduler/ledger/snapshot.ts';
import { dropUnusedNames } from '../../../src/scheduler/ledger/unused-names.ts';
import { Scheduler } from '../../../src/scheduler/scheduler.ts';
import { makePod, makePodGroup, makeShape } from '../../support/records.ts';
import { decisionText, digest } from '../../support/scheduler-model.ts';
import { amounts, GPU, SchedulerWorld } from '../../support/scheduler-world.ts';

const NAMES = 10_000;
/** Some are left until it is worth while to look for them. */
const FEW = 600;
/** Names that come between two cycles. */
const WAVE = 500;

/** How much there is of everything that hangs on the names of resources. */
function sizes({ resources, nodes, queues }: Snapshot): Readonly<Record<string, number>> {
  const ledgers = [...queues.values()].flatMap(({ allocated, pending }) => [allocated.length, pending.length]);
  return {
    names: resources.count,
    indices: resources.size,
    slots: nodes.idle.length,
    columns: nodes.idle.filter((column) => column !== undefined).length,
    longestLedger: Math.max(...ledgers),
  };
}

/** Calls `come` for so many names, and `go` for those of each wave after it. */
function waves(come: (i: number) => void, between: () => void, go: (i: number) => void, names = NAMES): void {
  for (let from = 0; from < names; from += WAVE) {
    for (let i = from; i < from + WAVE; i += 1) come(i);
    between();
    for (let i = from; i < from + WAVE; i += 1) go(i);
  }
}

function nameOf(i: number): string {
  return `example.com/r${i}`;
}

/** Two nodes that offer cpu and pods. */
function world(): SchedulerWorld {
  return new SchedulerWorld().nodes(2, amounts(4));
}

/** In which many names have come and gone, with pods and groups. */
function oldWorld(made = world()): SchedulerWorld {
  const { snapshot } = made;
  waves(
    (i) => made.gang(`g${i}`, { count: 1, requests: { [nameOf(i)]: 1 } }, { minResources: new Map([[nameOf(i), 1]]) }),
    () => made.cycle(),
    (i) => {
      snapshot.removeTask(`uid-g${i}-0`);
      snapshot.removeJob(`ns/g${i}`);
    },
    NAMES / 5,
  );
  made.cycle();
  return made;
}

function expectFew(snapshot: Snapshot, columns = 2): void {
  const { names, indices, slots, columns: found, longestLedger } = sizes(snapshot);
  expect(found, 'columns').to.equal(columns);
  expect(slots, 'slots').to.be.at.most(FEW);
  expect(names, 'names').to.be.at.most(FEW + WAVE);
  expect(indices, 'indices').to.be.at.most(FEW + 2 * WAVE);
  expect(longestLedger, 'ledger').to.be.at.most(FEW + 2 * WAVE);
}

describe('10,000 resource names that come and go', () => {
  it('with pods leave no columns behind, and few names', () => {
    const made = world();
    waves(
      (i) => made.gang(`g${i}`, { count: 1, requests: { [nameOf(i)]: 1 } }),
      () => made.cycle(),
      (i) => made.snapshot.removeTask(`uid-g${i}-0`),
    );
    made.cycle();
    expectFew(made.snapshot);
  });

  it('with the minResources of PodGroups leave none', () => {
    const made = world();
    waves(
      (i) => made.group(`g${i}`, 1, { minResources: new Map([[nameOf(i), 1]]) }),
      () => made.cycle(),
      (i) => made.snapshot.removeJob(`ns/g${i}`),
    );
    made.cycle();
    expectFew(made.snapshot);
  });

  it('with the limits of queues leave none', () => {
    const made = world();
    for (let i = 0; i < NAMES; i += 100) {
      const names = Array.from({ length: 100 }, (_, n): [string, number] => [nameOf(i + n), 5]);
      made.queue('q', { capability: new Map(names), guarantee: new Map(names) });
      made.cycle();
    }
    expectFew(made.snapshot);
  });

  it('with pods that hold a node which does not have them leave none', () => {
    const made = world();
    waves(
      (i) => made.running(`p${i}`, '', 'n1', { requests: { [nameOf(i)]: 1 }, schedulerName: 'other' }),
      () => made.cycle(),
      (i) => made.snapshot.removeTask(`uid-p${i}`),
    );
    expectFew(made.snapshot);
  });

  it('leave none where no cycle is ever run, as in a process that does not lead', () => {
    const made = world();
    waves(
      (i) => made.gang(`g${i}`, { count: 1, requests: { [nameOf(i)]: 1 } }),
      () => undefined,
      (i) => made.snapshot.removeTask(`uid-g${i}-0`),
    );
    made.snapshot.settle();
    expectFew(made.snapshot);
  });

  it('with all nodes leave none once the nodes have other ones', () => {
    const made = world();
    for (let i = 0; i < 1000; i += 1) made.node('n1', { ...amounts(4), [nameOf(i)]: 1 }).cycle();
    expectFew(made.snapshot, 3);
  });
});

describe('resource names that living things use', () => {
  it('cost no column as long as no node offers them', () => {
    const made = world();
    for (let i = 0; i < 1000; i += 1) made.gang(`g${i}`, { count: 1, requests: { [nameOf(i)]: 1 } });
    made.cycle();
    expect(sizes(made.snapshot)['columns']).to.equal(2);
    expect(made.snapshot.resources.find(nameOf(999))).to.be.a('number');
  });

  const users: Readonly<Record<string, (made: SchedulerWorld) => void>> = {
    'a waiting pod': (made) => made.gang('a', { count: 1, requests: { 'kept/x': 1 } }),
    'a PodGroup': (made) => made.group('a', 1, { minResources: new Map([['kept/x', 1]]) }),
    'a limit of a queue': (made) => made.queue('q', { capability: new Map([['kept/x', 1]]) }),
    'a guarantee of a queue': (made) => made.queue('q', { guarantee: new Map([['kept/x', 1]]) }),
    'a node': (made) => made.node('n3', { ...amounts(1), 'kept/x': 1 }),
    'a pod on a node without it': (made) => made.running('p', 'a', 'n1', { requests: { 'kept/x': 1 } }),
  };
  for (const [what, use] of Object.entries(users)) {
    it(`keep their index: ${what}`, () => {
      const made = world();
      use(made);
      made.cycle();
      const index = made.snapshot.resources.intern('kept/x');
      oldWorld(made);
      expect(made.snapshot.resources.find('kept/x')).to.equal(index);
      expect(made.snapshot.resources.name(index)).to.equal('kept/x');
    });
  }

  it('keep their index in the weights of a plugin', () => {
    const made = new SchedulerWorld({
      ...DEFAULT_POLICY,
      tiers: [...DEFAULT_POLICY.tiers, [plugin('binpack', { 'binpack.resources': 'kept/x' })]],
    });
    const index = made.snapshot.resources.find('kept/x');
    expect(index).to.be.a('number');
    expect(oldWorld(made.nodes(2, amounts(4))).snapshot.resources.find('kept/x')).to.equal(index);
  });
});

describe('a scheduler that has seen many resource names go', () => {
  it('decides and counts as one that never saw them', () => {
    const fill = (made: SchedulerWorld): SchedulerWorld =>
      made
        .queue('q', { capability: new Map([[GPU, 1]]) })
        .node('n2', amounts(4, 0, 4))
        .running('held', 'a', 'n2', { requests: amounts(1, 0, 1) })
        .gang('a', { count: 2, requests: amounts(1, 0, 1) }, { minResources: new Map([[GPU, 2]]) })
        .gang('b', { count: 1, requests: amounts(1, 0, 1) }, { queue: 'q', minResources: new Map([[GPU, 2]]) })
        .gang('c', { count: 1, requests: { 'x/y': 3 } });
    const [old, fresh] = [oldWorld(), world()];
    for (const made of [old, fresh]) fill(made).cycle();
    expect(digest(old.snapshot)).to.deep.equal(digest(fresh.snapshot));
    for (let cycle = 0; cycle < 3; cycle += 1) {
      expect(decisionText(old.cycle().decisions)).to.equal(decisionText(fresh.cycle().decisions));
    }
  });

  it('names the resource that a group waits for now, and not the one whose index it has', () => {
    const made = new SchedulerWorld();
    const waits = (name: string): string | undefined =>
      made.gang('a', { count: 1 }, { minResources: new Map([[name, 2]]) }).cycle().refused['a'];
    expect(waits('first/x')).to.match(/first\/x/);
    const index = made.snapshot.resources.find('first/x');
    made.group('a', 1, { minResources: new Map([['last/x', 2]]) });
    dropUnusedNames(made.snapshot);
    expect(waits('last/x')).to.match(/last\/x/);
    expect(made.snapshot.resources.find('last/x')).to.equal(index);
  });
});

describe('a resource that nodes offer later, and no more', () => {
  const [shape, other] = [makeShape({ 'x/y': 1 }), makeShape({ 'x/y': 2 })];
  const held = (): SchedulerWorld => {
    const made = world().group('a', 1);
    made.snapshot.upsertTask(makePod('a-0', 'a', other, { nodeName: 'n1', phase: 'Running' }));
    made.cycle();
    return made;
  };
  const idle = ({ snapshot }: SchedulerWorld): number | undefined => {
    snapshot.settle();
    return snapshot.nodes.idle[snapshot.resources.intern('x/y')]?.[0];
  };

  it('counts what pods held of it before', () => {
    const made = held();
    expect(idle(made)).to.equal(undefined);
    expect(idle(made.node('n1', { ...amounts(4), 'x/y': 5 }))).to.equal(3);
  });

  it('has no column when the last node has none left, and counts again when it comes back', () => {
    const made = held().node('n1', { ...amounts(4), 'x/y': 5 });
    made.cycle();
    expect(idle(made.node('n1', { ...amounts(4), 'x/y': 0 }))).to.equal(undefined);
    expect(made.snapshot.nodes.totals[made.snapshot.resources.intern('x/y')]).to.equal(0);
    expect(idle(made.node('n1', { ...amounts(4), 'x/y': 4 }))).to.equal(2);
  });

  it('places a group that waited for it', () => {
    const made = held().gang('b', { count: 1, shape });
    expect(made.cycle().placed).to.deep.equal({});
    expect(made.node('n1', { ...amounts(4), 'x/y': 3 }).cycle().placed).to.deep.equal({ 'b-0': 'n1' });
    expect(made.gang('c', { count: 1, shape }).cycle().placed).to.deep.equal({});
  });
});

describe('groups that come and go where no cycle is ever run', () => {
  it('leave neither lists of jobs nor a journal', () => {
    const { snapshot } = new SchedulerWorld();
    for (let i = 0; i < NAMES; i += 1) {
      snapshot.upsertJob(makePodGroup(`g${i}`, 1));
      snapshot.removeJob(`ns/g${i}`);
    }
    expect(snapshot.dirtyJobs.slots).to.be.at.most(100);
    expect(snapshot.jobJournal.length).to.be.at.most(3000);
  });

  it('are all read by the first cycle that comes after', () => {
    const made = new SchedulerWorld().nodes(1, amounts(8)).gang('early', { count: 1, requests: amounts(1) });
    made.cycle();
    for (let i = 0; i < NAMES; i += 1) {
      made.group(`g${i}`, 1);
      made.snapshot.removeJob(`ns/g${i}`);
    }
    made.gang('late', { count: 1, requests: amounts(1) }, { minResources: new Map([['cpu', 1000]]) });
    expect(made.cycle().placed).to.deep.equal({ 'late-0': 'n1' });
  });
});

describe('a snapshot whose names were dropped', () => {
  it('is told by other schedulers over it as well', () => {
    const made = oldWorld();
    const other = new Scheduler(made.snapshot, DEFAULT_POLICY);
    made.gang('a', { count: 1, requests: amounts(1) });
    expect([...other.cycle({ nowMs: 0 })].filter(({ kind }) => kind === 'gang')).to.have.length(1);
  });
});
