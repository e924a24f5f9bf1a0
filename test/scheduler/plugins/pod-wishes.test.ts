import { expect } from 'chai';
import type { PodWishes } from '../../../src/api/records/pod-rules.ts';
import type { SchedulingShape } from '../../../src/api/records/scheduling-shape.ts';
import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { SchedulerPolicy } from '../../../src/config/policy.ts';
import { makeNamespace } from '../../support/controller-records.ts';
import { evenSpread, HOST, OWN_LABELS, podRules, podTerm, podWishes, wishTerm } from '../../support/pod-rules.ts';
import { withoutAmbient } from '../../support/pure.ts';
import { makeShape } from '../../support/records.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';
import type { Members } from '../../support/scheduler-world.ts';

/** Nothing but wishes tells nodes apart. */
const ONLY_WISHES = { 'leastrequested.weight': 0, 'balancedresource.weight': 0 };
const OWN = { labels: OWN_LABELS };
const OTHER = { labels: ['app', 'other'] };
const ZONES = { a1: 'a', a2: 'a', b1: 'b', b2: 'b' };

function policy(scoring: SchedulerPolicy['tiers'][number]): SchedulerPolicy {
  const tiers = [[plugin('gang'), plugin('predicates'), plugin('proportion'), ...scoring]];
  return { ...DEFAULT_POLICY, actions: ['enqueue', 'allocate'], tiers, actionArguments: new Map() };
}

/** Nodes of 8 CPUs, zone by name. */
function zoned(zones: Readonly<Record<string, string>> = ZONES, scoring = [plugin('nodeorder', ONLY_WISHES)]) {
  const world = new SchedulerWorld(policy(scoring));
  for (const [name, zone] of Object.entries(zones)) {
    world.node(name, amounts(8), { labels: new Map(zone === '' ? [] : [['zone', zone]]) });
  }
  return world;
}

function wishing(wishes: Partial<PodWishes>): SchedulingShape {
  return makeShape(amounts(1), { wishes: podWishes(wishes) });
}

/** A pod that stands: the node, and what is not as with pods of application `own` without rules. */
type Standing = readonly [node: string, members?: Omit<Members, 'count'>];

function stand(world: SchedulerWorld, standing: readonly Standing[]): SchedulerWorld {
  for (const [i, [node, members]] of standing.entries()) {
    world.running(`old-${i}`, 'none', node, { requests: amounts(1), ...OWN, ...members });
  }
  return world;
}

function times(count: number, standing: Standing): readonly Standing[] {
  return Array.from({ length: count }, () => standing);
}

function choice(world: SchedulerWorld, shape: SchedulingShape): string | undefined {
  return withoutAmbient(() => world.gang('new', { count: 1, shape, ...OWN }).cycle().placed['new-0']);
}

const SAYS_NEAR = { ...OTHER, shape: wishing({ terms: [wishTerm('zone', 1)] }) };
const SAYS_FAR = { ...OTHER, shape: wishing({ terms: [wishTerm(HOST, -1)] }) };
const MUST_BE_NEAR = { ...OTHER, shape: makeShape(amounts(1), { rules: podRules({ affinity: [podTerm('zone')] }) }) };
const PLAIN = makeShape(amounts(1));
const LEAVES = { deleting: true };

const CASES: readonly (readonly [name: string, standing: readonly Standing[], shape: SchedulingShape, want: string])[] =
  [
    ['the zone of those it likes', [['b2', OTHER]], wishing({ terms: [wishTerm('zone', 1, 'other')] }), 'b1'],
    ['the node of those it likes', [['b2', OTHER]], wishing({ terms: [wishTerm(HOST, 1, 'other')] }), 'b2'],
    ['another zone than those it dislikes', [['a2']], wishing({ terms: [wishTerm('zone', -1)] }), 'b1'],
    ['another node than those it dislikes', [['a1']], wishing({ terms: [wishTerm(HOST, -1)] }), 'a2'],
    [
      'the zone with more of those it likes',
      [['a1'], ['b1'], ['b2']],
      wishing({ terms: [wishTerm('zone', 50)] }),
      'b1',
    ],
    [
      'what weighs more',
      [['a1'], ['b1', OTHER]],
      wishing({ terms: [wishTerm('zone', 10), wishTerm('zone', 11, 'other')] }),
      'b1',
    ],
    [
      'the best node by what is said of nodes and of zones together',
      [['b1'], ['b1', OTHER]],
      wishing({ terms: [wishTerm('zone', 10), wishTerm(HOST, -5, 'other')] }),
      'b2',
    ],
    ['the zone of pods that like it', [['b2', SAYS_NEAR]], PLAIN, 'b1'],
    ['the zone of pods that must be near it', [['b2', MUST_BE_NEAR]], PLAIN, 'b1'],
    ['a node without pods that dislike it', [['a1', SAYS_FAR]], PLAIN, 'a2'],
    [
      'the node for which more is said, less what is said against it',
      [
        ['a1', SAYS_NEAR],
        ['a1', SAYS_FAR],
        ['b1', SAYS_NEAR],
      ],
      PLAIN,
      'a2',
    ],
    ['the emptier zone', [['a1'], ['a1'], ['b1']], wishing({ spread: [evenSpread('zone')] }), 'b1'],
    ['the emptier node', [['a1'], ['a2'], ['b1']], wishing({ spread: [evenSpread(HOST)] }), 'b2'],
    [
      'no pods of other namespaces when a term names none',
      [['b1', { namespace: 'elsewhere' }]],
      wishing({ terms: [wishTerm('zone', 1)] }),
      'a1',
    ],
    [
      'pods of any namespace for an empty selector of namespaces',
      [['b1', { namespace: 'elsewhere' }]],
      wishing({ terms: [wishTerm('zone', 1, 'own', { namespaces: [], namespaceSelector: [] })] }),
      'b1',
    ],
    [
      'pods that are being deleted as well as to others',
      [['b1', LEAVES]],
      wishing({ terms: [wishTerm('zone', 1)] }),
      'b1',
    ],
    [
      'a node of those that are being deleted when the others are to be spread',
      [['a1', LEAVES]],
      wishing({ spread: [evenSpread('zone')] }),
      'a1',
    ],
  ];

describe('wishes between pods', () => {
  for (const [name, standing, shape, want] of CASES) {
    it(`lead to ${name}`, () => expect(choice(stand(zoned(), standing), shape)).to.equal(want));
  }

  it('put nodes last that lack a label to spread by', () => {
    const world = zoned({ a0: '', a1: 'a', b1: 'b' });
    expect(choice(stand(world, [['a1'], ['a1'], ['b1']]), wishing({ spread: [evenSpread('zone')] }))).to.equal('b1');
  });

  it('weigh an uneven spread by how many domains there are', () => {
    // 7 ln 4 is 9.7 on a2, 3 ln 4 + 3 ln 7 is 10.0 on b1.
    const world = zoned({ a1: 'a', a2: 'a', a3: 'a', a4: 'a', b1: 'b' });
    stand(world, [...times(7, ['a1']), ...times(3, ['b1'])]);
    expect(choice(world, wishing({ spread: [evenSpread('zone'), evenSpread(HOST)] }))).to.equal('a2');
  });

  it('stand back behind rules, and are kept within them', () => {
    const rules = podRules({ spread: [evenSpread('zone')], antiAffinity: [podTerm(HOST, 'other')] });
    const wishes = podWishes({ terms: [wishTerm('rack', 1), wishTerm(HOST, 1, 'other')] });
    const world = stand(zoned(), [['a1'], ['b1', OTHER]]);
    expect(choice(world, makeShape(amounts(1), { rules, wishes }))).to.equal('b2');
  });

  it('yield to a fuller node when that weighs more', () => {
    const world = (weight: number): SchedulerWorld =>
      stand(zoned(ZONES, [plugin('nodeorder', ONLY_WISHES), plugin('binpack', { 'binpack.weight': weight })]), [
        ['a1'],
      ]);
    const shape = wishing({ terms: [wishTerm(HOST, -1)] });
    // A pod of 1 CPU of 8 is an eighth of the weight.
    expect(choice(world(15), shape)).to.equal('a2');
    expect(choice(world(17), shape)).to.equal('a1');
  });

  it('follow a namespace whose labels change, on nodes where nothing else does', () => {
    const team = [{ key: 'team', operator: 'In' as const, values: ['x'] }];
    const shape = wishing({ terms: [wishTerm(HOST, -1, 'own', { namespaces: [], namespaceSelector: team })] });
    const world = new SchedulerWorld(policy([plugin('nodeorder', ONLY_WISHES)])).nodes(3, amounts(2));
    stand(world, [['n1'], ['n2', { namespace: 'lab' }]]);
    expect(choice(world, shape)).to.equal('n1');
    world.snapshot.upsertNamespace(makeNamespace('lab', { labels: ['team', 'x'] }));
    expect(world.gang('next', { count: 1, shape, ...OWN }).cycle().placed).to.deep.equal({ 'next-0': 'n3' });
  });

  it('count the members of a gang for each other while they are placed', () => {
    const apart = { count: 4, shape: wishing({ terms: [wishTerm(HOST, -1)] }), ...OWN };
    expect(Object.values(zoned().gang('g', apart).cycle().placed)).to.deep.equal(['a1', 'a2', 'b1', 'b2']);
    const even = { count: 4, shape: wishing({ spread: [evenSpread('zone'), evenSpread(HOST)] }), ...OWN };
    expect(Object.values(zoned().gang('g', even).cycle().placed)).to.deep.equal(['a1', 'b1', 'a2', 'b2']);
    const together = { count: 3, shape: wishing({ terms: [wishTerm(HOST, 1)] }), ...OWN };
    const world = stand(zoned(), [['b1', { ...OTHER, shape: SAYS_NEAR.shape }]]);
    expect(Object.values(world.gang('g', together).cycle().placed)).to.deep.equal(['b1', 'b1', 'b1']);
  });

  it('forget members that were placed in vain', () => {
    const large = { count: 3, shape: makeShape(amounts(8), { wishes: podWishes({ terms: [wishTerm(HOST, -1)] }) }) };
    const world = stand(zoned(), [['b1'], ['b2']]).gang('large', { ...large, ...OWN });
    const shape = wishing({ terms: [wishTerm(HOST, -1)] });
    const { placed } = world.gang('small', { count: 1, shape, ...OWN }, { createdMs: 1 }).cycle();
    expect(placed).to.deep.equal({ 'small-0': 'a1' });
  });

  const SILENT: readonly (readonly [name: string, scoring: SchedulerPolicy['tiers'][number]])[] = [
    ['no plugin scores', []],
    ['their weight is 0', [plugin('nodeorder', { ...ONLY_WISHES, 'podaffinity.weight': 0 })]],
    ['scores are switched off', [{ ...plugin('nodeorder', ONLY_WISHES), off: new Set(['enableNodeOrder'] as const) }]],
  ];
  for (const [name, scoring] of SILENT) {
    it(`change nothing when ${name}`, () => {
      const world = stand(zoned(ZONES, [...scoring]), [['b1'], ['a1', SAYS_FAR]]);
      expect(choice(world, wishing({ terms: [wishTerm('zone', 1)] }))).to.equal('a1');
    });
  }

  it('do not make groups that only have wishes each ask for the same full nodes', () => {
    const rules = makeShape(amounts(9), { rules: podRules({ antiAffinity: [podTerm(HOST)] }) });
    const wishes = makeShape(amounts(9), { wishes: podWishes({ terms: [wishTerm(HOST, -1)] }) });
    const asked = [rules, wishes].map((shape) => {
      const world = zoned().gang('g', { count: 1, shape, ...OWN });
      world.cycle();
      const task = world.snapshot.tasks.get('uid-g-0');
      return task && world.scheduler.framework.isShifting(task);
    });
    expect(asked).to.deep.equal([true, false]);
  });

  it('leave the spread alone when only its weight is 0', () => {
    const world = zoned(ZONES, [plugin('nodeorder', { ...ONLY_WISHES, 'podtopologyspread.weight': 0 })]);
    const shape = wishing({ spread: [evenSpread('zone')], terms: [wishTerm(HOST, -1)] });
    expect(choice(stand(world, [['a1']]), shape)).to.equal('a2');
  });
});
