import { expect } from 'chai';
import type { SchedulingShape } from '../../../src/api/records/scheduling-shape.ts';
import { hard, makeHyperNode, matching, SOFT } from '../../support/network.ts';
import { evenSpread, HOST, OWN_LABELS, podRules, podTerm, podWishes, wishTerm } from '../../support/pod-rules.ts';
import { makeShape } from '../../support/records.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

/** Racks `a` (nodes 1 and 2), `b` (3 and 4) and `c` (5 to 7) of two CPUs a node; odd nodes are in zone x, even ones in y. */
function world(): SchedulerWorld {
  const on = new SchedulerWorld();
  for (let n = 1; n <= 7; n += 1) {
    on.node(`n${n}`, amounts(2), { labels: new Map([['zone', n % 2 === 1 ? 'x' : 'y']]) });
  }
  for (const [name, nodes] of [
    ['a', '[12]'],
    ['b', '[34]'],
    ['c', '[567]'],
  ] as const) {
    on.snapshot.network.upsert(makeHyperNode(name, [1, 'rack'], matching('Node', `^n${nodes}$`)));
  }
  return on;
}

const OWN = { labels: OWN_LABELS };

const ROWS: readonly (readonly [string, SchedulingShape, number, string])[] = [
  ['keep their like off their nodes', shaped({ antiAffinity: [podTerm(HOST)] }), 3, 'n5 n6 n7'],
  ['have to share a zone', shaped({ affinity: [podTerm('zone')] }), 4, 'n5 n5 n7 n7'],
  ['have to be spread over zones', shaped({ spread: [evenSpread('zone')] }), 2, 'n1 n2'],
  [
    'keep their like off their nodes and share a zone',
    shaped({ affinity: [podTerm('zone')], antiAffinity: [podTerm(HOST)] }),
    2,
    'n5 n7',
  ],
];

function shaped(rules: Parameters<typeof podRules>[0]): SchedulingShape {
  return makeShape(amounts(1), { rules: podRules(rules) });
}

describe('groups whose pods have to be near each other in the network, and', () => {
  for (const [name, shape, count, want] of ROWS) {
    for (const rule of [hard('rack'), SOFT]) {
      it(`${name} (${rule.isHard ? 'hard' : 'soft'}): ${want}`, () => {
        const outcome = world()
          .gang('g', { count, shape, ...OWN }, { network: rule })
          .cycle();
        expect(Object.values(outcome.placed).toSorted().join(' '), outcome.refused['g']).to.equal(want);
      });
    }
  }

  it('wait where the rules leave no rack to them', () => {
    const on = world();
    on.gang('g', { count: 4, shape: shaped({ antiAffinity: [podTerm(HOST)] }), ...OWN }, { network: hard('rack') });
    const outcome = on.cycle();
    expect(outcome.placed).to.deep.equal({});
    expect(outcome.refused['g']).to.contain('within tier rack of the network, where its pods have to be');
  });

  it('wish to be near other pods', () => {
    const wishes = podWishes({ terms: [wishTerm('zone', 100, 'other')] });
    const on = world();
    on.running('other', 'none', 'n6', { requests: amounts(1), labels: ['app', 'other'] });
    on.gang('g', { count: 3, shape: makeShape(amounts(1), { wishes }), ...OWN }, { network: hard('rack') });
    expect(Object.values(on.cycle().placed).toSorted().join(' ')).to.equal('n1 n2 n2');
  });
});
