import { expect } from 'chai';
import fc from 'fast-check';
import type { NodeUsage } from '../../../src/api/records/node-usage.ts';
import type { PodRecord } from '../../../src/api/records/pod-record.ts';
import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { SchedulerPolicy } from '../../../src/config/policy.ts';
import { withoutAmbient } from '../../support/pure.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

type Options = Readonly<Record<string, string | number>>;
type Measured = Readonly<Record<string, readonly [cpu: number, memory: number]>>;

const NOW_MS = 1_000_000;
const FIVE_MINUTES_MS = 5 * 60_000;

/** Nothing else scores. */
function policy(options: Options = {}): SchedulerPolicy {
  const others = [plugin('gang'), plugin('predicates'), plugin('proportion')];
  const metrics = { type: 'prometheus', address: 'http://a', intervalMs: 30_000 } as const;
  return { ...DEFAULT_POLICY, tiers: [[...others, plugin('usage', options)]], metrics };
}

function usages(measured: Measured): ReadonlyMap<string, NodeUsage> {
  return new Map(Object.entries(measured).map(([node, [cpu, memory]]) => [node, { cpu, memory }]));
}

/** Three nodes, and a pod that any of them could take. */
function world(measured: Measured, options: Options = {}, ageMs = 0): SchedulerWorld {
  const made = new SchedulerWorld(policy(options)).nodes(3, amounts(8, 8));
  if (Object.keys(measured).length > 0) made.snapshot.usages.set(NOW_MS - ageMs, usages(measured));
  made.nowMs = NOW_MS;
  return made.gang('g', { count: 1, requests: amounts(1) });
}

describe('usage', () => {
  const CASES: readonly (readonly [string, Measured, Options, string])[] = [
    ['says nothing without a measurement', {}, {}, 'n1'],
    ['prefers the node that is used least', { n1: [50, 50], n2: [20, 20], n3: [40, 40] }, {}, 'n2'],
    ['weighs CPU and memory alike', { n1: [10, 60], n2: [30, 30], n3: [60, 10] }, {}, 'n2'],
    ['weighs CPU alone', { n1: [10, 60], n2: [30, 30], n3: [60, 10] }, { 'memory.weight': 0 }, 'n1'],
    ['weighs memory more', { n1: [10, 60], n2: [30, 30], n3: [60, 10] }, { 'memory.weight': 9 }, 'n3'],
    ['has no say with a weight of 0', { n1: [50, 50], n2: [20, 20], n3: [40, 40] }, { 'usage.weight': 0 }, 'n1'],
    [
      'scores nothing where nothing weighs',
      { n1: [9, 9], n2: [2, 2], n3: [4, 4] },
      { 'cpu.weight': 0, 'memory.weight': 0 },
      'n1',
    ],
    ['keeps pods from nodes above the limit of CPU', { n1: [81, 0], n2: [80, 0], n3: [90, 0] }, {}, 'n2'],
    [
      'keeps pods from nodes above the limit of memory',
      { n1: [0, 51], n2: [50, 50], n3: [0, 99] },
      { 'thresholds.mem': 50 },
      'n2',
    ],
    ['neither seeks nor shuns a node that was not measured', { n1: [60, 60], n3: [50, 50] }, {}, 'n3'],
    ['prefers one that was not measured to those that are busier than most', { n1: [70, 70], n3: [90, 20] }, {}, 'n2'],
  ];
  for (const [name, measured, options, want] of CASES) {
    it(name, () => {
      expect(withoutAmbient(() => world(measured, options).cycle().placed)).to.deep.equal({ 'g-0': want });
    });
  }

  const FIVE = { n1: [30, 30], n2: [20, 20], n3: [35, 35] } as const;

  it('counts what was placed, so that a crowd does not go to the node that is used least', () => {
    // Each pod is thought to use 0.7 of 8 CPUs and of 8 GiB: 8.75 % of a node.
    const on = world(FIVE).gang('crowd', { count: 5, requests: amounts(1, 1) });
    on.snapshot.removeJob('ns/g');
    on.snapshot.removeTask('uid-g-0');
    const { placed } = on.cycle();
    expect(Object.values(placed)).to.deep.equal(['n2', 'n2', 'n1', 'n3', 'n2']);
  });

  const UNSEEN: readonly (readonly [string, Partial<PodRecord>, string])[] = [
    ['that does not run yet', { phase: 'Pending' }, 'n2'],
    ['that began a moment ago', { startedMs: NOW_MS - 10_000 }, 'n2'],
    ['that has been running since before the measurement', { startedMs: NOW_MS - 30_000 }, 'n1'],
    ['of which nobody knows when it began', {}, 'n1'],
  ];
  for (const [name, overrides, want] of UNSEEN) {
    it(`${want === 'n2' ? 'counts' : 'does not count'} a pod ${name}`, () => {
      const on = world({ n1: [20, 20], n2: [21, 21], n3: [90, 90] });
      on.group('old', 1, { phase: 'Running' }).running('old-0', 'old', 'n1', { requests: amounts(2, 2), ...overrides });
      expect(on.cycle().placed).to.deep.equal({ 'g-0': want });
    });
  }

  const ESTIMATES: readonly (readonly [string, Options, string])[] = [
    ['nothing of its requests', { 'estimator.request_ratio': 0 }, 'n1'],
    ['its requests', { 'estimator.request_ratio': 1 }, 'n2'],
    ['a part of them that keeps the node idler than the other', { 'estimator.request_ratio': 0.2 }, 'n1'],
    [
      'so much more on a node that is busy',
      { 'estimator.request_ratio': 0.2, 'estimator.risk_threshold': 0.2, 'estimator.risk_factor': 9 },
      'n2',
    ],
  ];
  for (const [name, options, want] of ESTIMATES) {
    it(`thinks that a new pod uses ${name}`, () => {
      const on = world({ n1: [20, 20], n2: [30, 30], n3: [90, 90] }, options);
      on.group('new', 1).running('new-0', 'new', 'n1', { requests: amounts(2, 2), phase: 'Pending' });
      expect(on.cycle().placed).to.deep.equal({ 'g-0': want });
    });
  }

  it('thinks that a pod that asks for nothing uses something', () => {
    const chosen = (options: Options): string | undefined => {
      const on = world({ n1: [20, 20], n2: [21, 21], n3: [90, 90] }, options);
      on.group('new', 1).running('new-0', 'new', 'n1', { phase: 'Pending' });
      return on.cycle().placed['g-0'];
    };
    expect(chosen({})).to.equal('n2');
    expect(chosen({ 'estimator.be_cpu': '0', 'estimator.be_mem': '0' })).to.equal('n1');
  });

  it('closes no node for what is only expected', () => {
    const on = world({ n1: [79, 79], n2: [90, 90], n3: [90, 90] });
    on.group('new', 1).running('new-0', 'new', 'n1', { requests: amounts(4, 4), phase: 'Pending' });
    expect(on.cycle().placed).to.deep.equal({ 'g-0': 'n1' });
  });

  it('counts the nodes that are too busy, and calls none of them too small for ever', () => {
    const { refused } = world({ n1: [81, 90], n2: [95, 0], n3: [0, 99] }).cycle();
    expect(refused['g']).to.match(/^NotEnoughResources/);
    expect(refused['g']).to.contain('2 node(s) had more than 80% of their CPU in use');
    expect(refused['g']).to.contain('2 node(s) had more than 80% of their memory in use');
  });

  it('leaves a measurement of five minutes ago out of account', () => {
    expect(world({ n1: [99, 99], n2: [0, 0] }, {}, FIVE_MINUTES_MS).cycle().placed).to.deep.equal({ 'g-0': 'n1' });
    expect(world({ n1: [99, 99], n2: [0, 0] }, {}, FIVE_MINUTES_MS - 1).cycle().placed).to.deep.equal({ 'g-0': 'n2' });
  });

  it('wakes when the measurement is too old, since it keeps nobody out from then on', () => {
    const made = world({ n1: [99, 99], n2: [99, 99], n3: [99, 99] });
    expect(made.cycle().placed).to.deep.equal({});
    const wakeMs = made.scheduler.framework.nextWakeMs();
    expect(wakeMs).to.equal(NOW_MS + FIVE_MINUTES_MS);
    made.nowMs = wakeMs ?? 0;
    expect(made.cycle().placed).to.deep.equal({ 'g-0': 'n1' });
    expect(made.scheduler.framework.nextWakeMs()).to.equal(undefined);
  });

  it('keeps no pickers for measurements that are past', () => {
    const made = world({ n1: [90, 0], n2: [90, 0], n3: [90, 0] });
    for (let round = 0; round < 200; round += 1) {
      made.snapshot.usages.set(NOW_MS, usages({ n1: [90, round % 50], n2: [90, 0], n3: [90, 0] }));
      made.cycle();
    }
    expect(made.scheduler.framework.pickers).to.be.below(100);
  });

  it('places each pod on the node that is used least of those within the limits, whatever is measured in turn', () => {
    const percent = fc.integer({ min: 0, max: 100 });
    const measured = fc.dictionary(fc.constantFrom('n1', 'n2', 'n3'), fc.tuple(percent, percent), { minKeys: 3 });
    fc.assert(
      fc.property(fc.array(measured, { minLength: 1, maxLength: 5 }), (rounds) => {
        const made = world({});
        made.snapshot.removeJob('ns/g');
        rounds.forEach((nodes, round) => {
          made.snapshot.usages.set(NOW_MS, usages(nodes));
          const { placed } = made.gang(`g${round}`, { count: 1, requests: amounts(1) }).cycle();
          const open = Object.entries(nodes).filter(([, [cpu, memory]]) => cpu <= 80 && memory <= 80);
          const busyness = (node: string): number => (nodes[node]?.[0] ?? 0) + (nodes[node]?.[1] ?? 0);
          const best = Math.min(...open.map(([node]) => busyness(node)));
          const chosen = placed[`g${round}-0`];
          if (open.length === 0) expect(chosen).to.equal(undefined);
          else expect(busyness(chosen ?? '')).to.equal(best);
          made.snapshot.removeTask(`uid-g${round}-0`);
          made.snapshot.removeJob(`ns/g${round}`);
        });
      }),
      { numRuns: 50 },
    );
  });
});
