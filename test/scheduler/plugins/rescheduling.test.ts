import { expect } from 'chai';
import fc from 'fast-check';
import type { PodGroupRecord } from '../../../src/api/records/pod-group-record.ts';
import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { SchedulerPolicy } from '../../../src/config/policy.ts';
import { TaskStatus } from '../../../src/scheduler/model/task-status.ts';
import { evictions } from '../../support/evicting-world.ts';
import { podRules, podTerm, HOST } from '../../support/pod-rules.ts';
import { withoutAmbient } from '../../support/pure.ts';
import { makeBudget, makePod, makeShape } from '../../support/records.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';
import type { Members, Outcome } from '../../support/scheduler-world.ts';

type Options = Readonly<Record<string, string | number>>;

const MINUTE_MS = 60_000;
const INTERVAL_MS = 5 * MINUTE_MS;
/** Of CPU: up to 30 % there is room, above 60 % it is too busy. */
const LIMITS = { 'thresholds.cpu': 30, 'targetThresholds.cpu': 60 };

function policy(options: Options = {}, packs = false): SchedulerPolicy {
  const enforcing = [plugin('predicates'), plugin('proportion'), packs ? plugin('binpack') : plugin('nodeorder')];
  return {
    ...DEFAULT_POLICY,
    actions: ['enqueue', 'allocate', 'backfill', 'shuffle'],
    tiers: [
      [plugin('priority'), plugin('gang')],
      [...enforcing, plugin('rescheduling', { ...LIMITS, ...options })],
    ],
  };
}

/** Nodes of ten CPUs, and the priority classes `low` and `high`. */
function world(options: Options = {}, nodes = 3): SchedulerWorld {
  const on = new SchedulerWorld(policy(options)).nodes(nodes, amounts(10));
  on.snapshot.setPriorityClass({ name: 'low', value: 1, isGlobalDefault: false, isPatient: false });
  on.snapshot.setPriorityClass({ name: 'high', value: 10, isGlobalDefault: false, isPatient: false });
  return on;
}

/** A group with so many pods of one CPU on the node. */
function runs(
  on: SchedulerWorld,
  name: string,
  places: Readonly<Record<string, number>>,
  group: Partial<PodGroupRecord> = {},
  members: Omit<Members, 'count'> = { requests: amounts(1) },
): SchedulerWorld {
  on.group(name, group.minMember ?? 1, { phase: 'Running', ...group });
  let count = 0;
  for (const [node, pods] of Object.entries(places)) {
    for (let i = 0; i < pods; i += 1, count += 1)
      on.running(`${name}-${count}`, name, node, { ...members, createdMs: count });
  }
  return on;
}

/** The first cycle moves nobody; this one comes an interval after it. */
function round(on: SchedulerWorld): Outcome {
  if (on.nowMs === 0) on.cycle();
  on.nowMs += INTERVAL_MS;
  return withoutAmbient(() => on.cycle());
}

function gone({ decisions }: Outcome): string[] {
  return evictions(decisions)
    .map(({ pod }) => pod.replace('ns/', ''))
    .toSorted();
}

/** One CPU of the node, if it has any left. */
function take(free: number[], node: number): boolean {
  const left = free[node] ?? 0;
  free[node] = Math.max(0, left - 1);
  return left > 0;
}

describe('rescheduling', () => {
  const RULES = makeShape(amounts(1), { rules: podRules({ antiAffinity: [podTerm(HOST)] }) });
  const CHOOSY = makeShape(amounts(1), { nodeSelector: new Map([[HOST, 'n1']]) });
  const CASES: readonly (readonly [string, () => SchedulerWorld, readonly string[]])[] = [
    ['has pods leave a node until it is not too busy', () => runs(world(), 'a', { n1: 8 }), ['a-6', 'a-7']],
    ['leaves a node alone that is just within its target', () => runs(world(), 'a', { n1: 6 }), []],
    ['moves nobody where no node has room', () => runs(world({}, 2), 'a', { n1: 9, n2: 4 }), []],
    [
      'moves no more than the nodes with room can take within their target',
      () => runs(world({ 'thresholds.cpu': 50 }, 2), 'a', { n1: 10, n2: 5 }),
      ['a-9'],
    ],
    ['leaves a gang its minimum', () => runs(world(), 'a', { n1: 9 }, { minMember: 8 }), ['a-8']],
    ['leaves a gang that can spare nobody', () => runs(world(), 'a', { n1: 9 }, { minMember: 9 }), []],
    ['leaves pods that have no other node', () => runs(world(), 'a', { n1: 9 }, {}, { shape: CHOOSY }), []],
    ['leaves pods with rules about others', () => runs(world(), 'a', { n1: 9 }, {}, { shape: RULES }), []],
    [
      'moves pods that fit nowhere else when it is told not to look',
      () => runs(world({ nodeFit: 'false' }), 'a', { n1: 8 }, {}, { shape: CHOOSY }),
      ['a-6', 'a-7'],
    ],
    [
      'leaves groups of a priority and above',
      () => {
        const on = world({ thresholdPriorityClassName: 'high' });
        return runs(
          runs(on, 'a', { n1: 5 }, { priorityClassName: 'high' }),
          'b',
          { n1: 4 },
          { priorityClassName: 'low' },
        );
      },
      ['b-1', 'b-2', 'b-3'],
    ],
    [
      'moves nobody to a node that takes no pods',
      () => runs(world({}, 1).node('n2', amounts(10), { unschedulable: true }), 'a', { n1: 9 }),
      [],
    ],
    [
      'counts pods of others as load',
      () => runs(world().running('x', '', 'n1', { requests: amounts(6), schedulerName: 'other' }), 'a', { n1: 2 }),
      ['a-0', 'a-1'],
    ],
    [
      'leaves pods that a disruption budget keeps',
      () => {
        const on = runs(world(), 'a', { n1: 9 }, {}, { requests: amounts(1), labels: ['app', 'x'] });
        on.snapshot.budgets.upsert(makeBudget('b', 1));
        return on;
      },
      ['a-8'],
    ],
  ];
  for (const [name, make, want] of CASES) {
    it(name, () => expect(gone(round(make()))).to.deep.equal(want));
  }

  it('tells who goes from where', () => {
    const [first] = evictions(round(runs(world(), 'a', { n1: 7 })).decisions);
    expect(first).to.include({ code: 'Shuffled', message: 'node n1 is too busy, and others have room.' });
  });

  it('begins an interval after it was configured, and wakes for it', () => {
    const on = runs(world({ interval: '1m' }), 'a', { n1: 8 });
    expect(gone(on.cycle())).to.deep.equal([]);
    expect(on.scheduler.framework.nextWakeMs()).to.equal(MINUTE_MS);
    on.nowMs = MINUTE_MS - 1;
    expect(gone(on.cycle())).to.deep.equal([]);
    on.nowMs = MINUTE_MS;
    expect(gone(on.cycle())).to.have.length(2);
    expect(on.scheduler.framework.nextWakeMs()).to.equal(2 * MINUTE_MS);
  });

  it('goes by what was measured while there is a measurement', () => {
    const on = runs(world(), 'a', { n1: 2, n2: 8 });
    on.cycle();
    const busy = { cpu: 90, memory: 10 };
    on.snapshot.usages.set(
      INTERVAL_MS,
      new Map([
        ['n1', busy],
        ['n2', { cpu: 50, memory: 10 }],
        ['n3', { cpu: 5, memory: 5 }],
      ]),
    );
    expect(gone(round(on))).to.deep.equal(['a-0', 'a-1']);
  });

  it('leaves nodes alone that were not measured while others were', () => {
    const on = runs(world(), 'a', { n1: 9 });
    on.cycle();
    on.snapshot.usages.set(INTERVAL_MS, new Map([['n2', { cpu: 5, memory: 5 }]]));
    expect(gone(round(on))).to.deep.equal([]);
  });

  for (const packs of [false, true]) {
    it(`comes to rest${packs ? ' although nodes are packed' : ''}: no gang breaks, and no pod is moved for nothing`, () => {
      let worlds = 0;
      const group = fc.record({
        min: fc.integer({ min: 1, max: 4 }),
        places: fc.array(fc.constantFrom(0, 0, 0, 1, 2, 3), { minLength: 3, maxLength: 8 }),
      });
      fc.assert(
        fc.property(fc.array(group, { minLength: 1, maxLength: 5 }), (groups) => {
          const on = new SchedulerWorld(policy({}, packs)).nodes(4, amounts(10));
          const free = [10, 10, 10, 10];
          groups.forEach(({ min, places }, g) => {
            const standing = places.filter((node) => take(free, node));
            const taken: Record<string, number> = {};
            for (const node of standing) taken[`n${node + 1}`] = (taken[`n${node + 1}`] ?? 0) + 1;
            if (standing.length >= min) runs(on, `g${g}`, taken, { minMember: min, createdMs: g });
          });
          on.cycle();
          let made = 0;
          let moves = Infinity;
          for (let rounds = 0; moves > 0; rounds += 1) {
            expect(rounds, 'rounds until nobody moves').to.be.below(12);
            const evicted = evictions(round(on).decisions);
            moves = evicted.length;
            for (const { uid, group: key } of evicted) {
              on.snapshot.removeTask(uid);
              made += 1;
              on.snapshot.upsertTask(makePod(`made-${made}`, key.replace('ns/', ''), makeShape(amounts(1))));
            }
            // Pods of a group with a minimum of one are of use without each other.
            const gangs = [...on.snapshot.jobs.values()].filter(({ minMember }) => minMember > 1);
            for (const job of gangs) expect(job.ready(), job.key).to.be.at.least(job.minMember);
            on.cycle();
            for (const task of on.snapshot.tasks.values()) {
              expect(task.status).to.not.equal(TaskStatus.Pending);
              const { nodeName, record } = task;
              on.snapshot.upsertTask(makePod(record.name, record.group, record.shape, { nodeName, phase: 'Running' }));
            }
          }
          worlds += Number(made > 0);
        }),
        { numRuns: 60 },
      );
      expect(worlds, 'worlds in which pods moved').to.be.above(10);
    });
  }
});
