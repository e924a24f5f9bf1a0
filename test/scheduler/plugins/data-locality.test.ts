import { expect } from 'chai';
import fc from 'fast-check';
import { DEFAULT_TIERS } from '../../../src/api/projections/dataset.ts';
import type { CachedShare, DatasetRecord } from '../../../src/api/records/dataset-record.ts';
import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { SchedulerPolicy } from '../../../src/config/policy.ts';
import { nearness } from '../../../src/scheduler/placement/nearness.ts';
import { withoutAmbient } from '../../support/pure.ts';
import { makeNode, makeShape } from '../../support/records.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

const HOST = 'kubernetes.io/hostname';
const RACK = 'topology.kubernetes.io/rack';
const ZONE = 'topology.kubernetes.io/zone';

function dataset(name: string, cached: readonly CachedShare[], overrides: Partial<DatasetRecord> = {}): DatasetRecord {
  return {
    key: `ns/${name}`,
    namespace: 'ns',
    name,
    uid: name,
    resourceVersion: '1',
    tiers: DEFAULT_TIERS,
    cached,
    volumeClaim: '',
    fluidLabel: '',
    prefetch: '',
    ...overrides,
  };
}

function on(key: string, share: number, ...values: readonly string[]): CachedShare {
  return { key, values, share };
}

/** Nothing else scores. */
function policy(options: Readonly<Record<string, number>> = {}): SchedulerPolicy {
  const others = [plugin('gang'), plugin('predicates'), plugin('proportion')];
  return { ...DEFAULT_POLICY, tiers: [[...others, plugin('data-locality', options)]] };
}

/** Six nodes n1 to n6: two racks of two in zone a, one in zone b. */
function world(which = policy(), cpus = 2): SchedulerWorld {
  const made = new SchedulerWorld(which);
  for (const [at, [rack, zone]] of (
    [
      ['r1', 'a'],
      ['r1', 'a'],
      ['r2', 'a'],
      ['r2', 'a'],
      ['r3', 'b'],
      ['r3', 'b'],
    ] as const
  ).entries()) {
    const name = `n${at + 1}`;
    const labels = new Map([
      [HOST, name],
      [RACK, rack],
      [ZONE, zone],
    ]);
    made.snapshot.upsertNode(makeNode(name, amounts(cpus), { labels }));
  }
  return made;
}

function near(record: DatasetRecord): readonly number[] {
  const { snapshot } = world();
  snapshot.settle();
  return [...nearness(snapshot, record)].map((value) => Math.round(value * 100) / 100);
}

describe('data-locality', () => {
  const CASES: readonly (readonly [string, DatasetRecord, readonly number[]])[] = [
    ['nothing is near to data that lies nowhere', dataset('d', []), [0, 0, 0, 0, 0, 0]],
    ['a node that has it all, its rack and its zone', dataset('d', [on(HOST, 1, 'n1')]), [100, 50, 20, 20, 0, 0]],
    ['a node with half of it', dataset('d', [on(HOST, 0.5, 'n1')]), [50, 25, 10, 10, 0, 0]],
    [
      'two nodes of a rack with different halves: each has one, and reads the other nearby',
      dataset('d', [on(HOST, 0.5, 'n1', 'n2')]),
      [75, 75, 20, 20, 0, 0],
    ],
    ['a rack by itself', dataset('d', [on(RACK, 1, 'r2')]), [0, 0, 50, 50, 0, 0]],
    [
      'what is said of a rack goes before the sum of its nodes',
      dataset('d', [on(HOST, 0.5, 'n1', 'n2'), on(RACK, 0.6, 'r1')]),
      [63, 63, 20, 20, 0, 0],
    ],
    ['a zone', dataset('d', [on(ZONE, 0.5, 'b')]), [0, 0, 0, 0, 10, 10]],
    ['labels that no node has', dataset('d', [on(HOST, 1, 'gone')]), [0, 0, 0, 0, 0, 0]],
    [
      'tiers of its own',
      dataset('d', [on(RACK, 1, 'r1')], {
        tiers: [
          { key: RACK, weight: 80 },
          { key: ZONE, weight: 1 },
        ],
      }),
      [80, 80, 1, 1, 0, 0],
    ],
  ];
  for (const [name, record, want] of CASES) {
    it(`reckons nearness to ${name}`, () => {
      expect(withoutAmbient(() => near(record))).to.deep.equal(want);
    });
  }

  it('takes Fluid’s labels for equal parts', () => {
    const { snapshot } = world();
    const label = 'fluid.io/s-ns-d';
    for (const name of ['n1', 'n2']) {
      const labels = new Map([
        [HOST, name],
        [RACK, 'r1'],
        [ZONE, 'a'],
        [label, 'true'],
      ]);
      snapshot.upsertNode(makeNode(name, amounts(2), { labels }));
    }
    snapshot.settle();
    expect([...nearness(snapshot, dataset('d', [], { fluidLabel: label }))]).to.deep.equal([75, 75, 20, 20, 0, 0]);
  });

  it('places a pod on the node that has most of what it claims', () => {
    const made = world();
    made.snapshot.datasets.upsert(dataset('a', [on(HOST, 0.6, 'n3'), on(HOST, 1, 'n4')]));
    made.snapshot.datasets.upsert(dataset('b', [on(HOST, 1, 'n3')]));
    made.gang('one', { count: 1, requests: amounts(1), datasets: 'a' });
    made.gang('two', { count: 1, requests: amounts(1), datasets: 'a,b' });
    made.gang('none', { count: 1, requests: amounts(1) });
    expect(made.cycle().placed).to.deep.equal({ 'one-0': 'n4', 'two-0': 'n3', 'none-0': 'n1' });
  });

  it('places a gang as a whole near its data: on its nodes, then in their rack, then in their zone', () => {
    const made = world();
    made.snapshot.datasets.upsert(dataset('a', [on(HOST, 1, 'n5')]));
    made.gang('g', { count: 5, requests: amounts(1), datasets: 'a' });
    const nodes = Object.values(made.cycle().placed).toSorted();
    expect(nodes.slice(1)).to.deep.equal(['n5', 'n5', 'n6', 'n6']);
  });

  it('follows what caches say from one cycle to the next', () => {
    const made = world();
    made.snapshot.datasets.upsert(dataset('a', [on(HOST, 1, 'n2')]));
    made.gang('first', { count: 1, requests: amounts(1), datasets: 'a' });
    expect(made.cycle().placed).to.deep.equal({ 'first-0': 'n2' });
    made.snapshot.datasets.upsert(dataset('a', [on(HOST, 1, 'n6')]));
    made.gang('second', { count: 1, requests: amounts(1), datasets: 'a' });
    expect(made.cycle().placed).to.deep.equal({ 'second-0': 'n6' });
    made.snapshot.datasets.remove('ns/a');
    made.gang('third', { count: 1, requests: amounts(1), datasets: 'a' });
    expect(Object.keys(made.cycle().placed)).to.deep.equal(['third-0']);
  });

  it('keeps nobody waiting for what does not exist or cannot be read', () => {
    const made = world();
    for (const [at, datasets] of ['missing', ',', 'UPPER', '!'].entries()) {
      made.gang(`g${at}`, { count: 1, requests: amounts(1), datasets });
    }
    expect(Object.keys(made.cycle().placed)).to.have.length(4);
  });

  it('has no say with a weight of 0', () => {
    const made = world(policy({ 'data-locality.weight': 0 }));
    made.snapshot.datasets.upsert(dataset('a', [on(HOST, 1, 'n6')]));
    made.gang('g', { count: 1, requests: amounts(1), datasets: 'a' });
    expect(made.cycle().placed).to.deep.equal({ 'g-0': 'n1' });
  });

  it('goes before wishes that admission made of older news, in the default policy', () => {
    const preferredTerms = [
      {
        weight: 50,
        labels: [
          { key: HOST, operator: 'In' as const, values: ['n2'] },
          { key: 'dataset.sluice.dev/a', operator: 'DoesNotExist' as const, values: [] },
        ],
        fields: [],
      },
    ];
    const asked = (which: SchedulerPolicy, claims: string): unknown => {
      const made = world(which);
      made.snapshot.datasets.upsert(dataset('a', [on(HOST, 0.1, 'n6')]));
      made.gang('g', { count: 1, shape: makeShape(amounts(1), { preferredTerms }), datasets: claims });
      return made.cycle().placed['g-0'];
    };
    const without = {
      ...DEFAULT_POLICY,
      tiers: DEFAULT_POLICY.tiers.map((tier) => tier.filter(({ name }) => name !== 'data-locality')),
    };
    expect(asked(without, 'a')).to.equal('n2');
    expect(asked(DEFAULT_POLICY, 'a')).to.equal('n6');
  });

  it('puts no node before one that has more at each level, whatever lies where', () => {
    const share = fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100);
    const entry = fc.tuple(fc.constantFrom('n1', 'n2', 'n3', 'n4', 'n5', 'n6'), share);
    fc.assert(
      fc.property(fc.uniqueArray(entry, { maxLength: 6, selector: ([name]) => name }), (entries) => {
        const made = near(
          dataset(
            'd',
            entries.filter(([, part]) => part > 0).map(([name, part]) => on(HOST, part, name)),
          ),
        );
        const own = new Map(entries);
        for (const value of made) expect(value).to.be.within(0, 100.01);
        // Of two nodes in one rack the one with more is never further away.
        for (const [a, b] of [
          [1, 2],
          [3, 4],
          [5, 6],
        ] as const) {
          const more = (own.get(`n${a}`) ?? 0) - (own.get(`n${b}`) ?? 0);
          expect(Math.sign(more) * ((made[a - 1] ?? 0) - (made[b - 1] ?? 0))).to.be.at.least(-0.011);
        }
      }),
    );
  });
});
