import { expect } from 'chai';
import fc from 'fast-check';
import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { HookSwitch, SchedulerPolicy } from '../../../src/config/policy.ts';
import type { QueueAffinity } from '../../../src/api/records/queue-record.ts';
import { GroupRules } from '../../../src/scheduler/plugins/node-groups.ts';
import { withoutAmbient } from '../../support/pure.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

type Named = Readonly<Partial<Record<'use' | 'prefer' | 'avoid' | 'ratherNot', readonly string[]>>>;

function affinity({ use = [], prefer = [], avoid = [], ratherNot = [] }: Named): QueueAffinity {
  return { use: { required: use, preferred: prefer }, avoid: { required: avoid, preferred: ratherNot } };
}

/** No other plugin has a preference. */
function policy(options: Readonly<Record<string, string>> = {}, off: readonly HookSwitch[] = []): SchedulerPolicy {
  const groups = { ...plugin('nodegroup', options), off: new Set(off) };
  return { ...DEFAULT_POLICY, tiers: [[plugin('gang'), plugin('predicates'), plugin('proportion'), groups]] };
}

/** A node `in-<group>` for one pod in each group, and `free` in none. */
function grouped(chosen: SchedulerPolicy, ...groups: readonly string[]): SchedulerWorld {
  const world = new SchedulerWorld(chosen).node('free', amounts(1));
  for (const group of groups) {
    world.node(`in-${group}`, amounts(1), { labels: new Map([['volcano.sh/nodegroup-name', group]]) });
  }
  return world;
}

/** The nodes that a queue takes, one after the other, best first. */
function taken(world: SchedulerWorld, named: Named | undefined, parent = 'root'): readonly string[] {
  world.queue('q', { parent, affinity: named && affinity(named) });
  for (let i = 0; i < 9; i += 1) world.gang(`g${i}`, { count: 1, requests: amounts(1) }, { queue: 'q', createdMs: i });
  const { placed } = world.cycle();
  return Object.keys(placed)
    .toSorted()
    .map((pod) => placed[pod] ?? '');
}

describe('nodegroup', () => {
  const CASES: readonly (readonly [string, Named | undefined, Record<string, string>, readonly string[]])[] = [
    ['uses the groups that it requires', { use: ['b'] }, {}, ['in-b']],
    ['uses those that it requires before those that it prefers', { use: ['c'], prefer: ['b'] }, {}, ['in-c', 'in-b']],
    ['uses what it both requires and prefers first', { use: ['b', 'c'], prefer: ['c'] }, {}, ['in-c', 'in-b']],
    ['uses what it prefers in the order of names', { prefer: ['c', 'a'] }, {}, ['in-a', 'in-c']],
    [
      'uses what it prefers in its own order',
      { prefer: ['c', 'a'] },
      { enablePreferredOrder: 'true' },
      ['in-c', 'in-a'],
    ],
    ['uses what it would rather avoid last', { use: ['c'], ratherNot: ['a'] }, {}, ['in-c', 'in-a']],
    ['uses all groups but those that it avoids', { avoid: ['b'] }, {}, ['in-a', 'in-c']],
    ['uses nothing that it avoids, though it requires it', { use: ['a', 'b'], avoid: ['a'] }, {}, ['in-b']],
    ['uses all groups, those last that it would rather avoid', { ratherNot: ['a'] }, {}, ['in-b', 'in-c', 'in-a']],
    ['of no group uses nothing', undefined, {}, []],
    ['of no group uses nodes of no group, when that is not strict', undefined, { strict: 'false' }, ['free']],
    ['uses no node of no group, strict or not', { use: ['a'] }, { strict: 'false' }, ['in-a']],
  ];
  for (const [name, named, options, want] of CASES) {
    it(`has it that a queue ${name}`, () => {
      withoutAmbient(() => {
        expect(taken(grouped(policy(options), 'a', 'b', 'c'), named)).to.deep.equal(want);
      });
    });
  }

  const WORDS: readonly (readonly [string, Named | undefined, string])[] = [
    [
      'of groups that it does not name',
      { use: ['z'] },
      "1 node(s) were of no node group, 2 node(s) were of a node group that the pod's queue may not use",
    ],
    [
      'when it names none',
      undefined,
      "1 node(s) were of no node group, and the pod's queue names none, 2 node(s) were of a node group, and the pod's queue names none",
    ],
  ];
  for (const [name, named, words] of WORDS) {
    it(`says why a queue has no node ${name}`, () => {
      const world = grouped(policy(), 'a', 'b').queue('q', { affinity: named && affinity(named) });
      const { refused } = world.gang('g', { count: 1, requests: amounts(1) }, { queue: 'q' }).cycle();
      expect(refused['g']).to.equal(`NotEnoughResources: 0/3 nodes are available: ${words}.`);
    });
  }

  const INHERITED: readonly (readonly [string, readonly (Named | undefined)[], readonly string[]])[] = [
    ['as the queue above it', [{ use: ['a'] }, undefined], ['in-a']],
    [
      'as the nearest queue above it that says something',
      [{ use: ['a'] }, { use: ['b'] }, undefined, undefined],
      ['in-b'],
    ],
    ['as it says itself, and nothing of what others say', [{ use: ['a'] }, { avoid: ['b'] }], ['in-a', 'in-c']],
    ['as a queue of no group, where nobody says anything', [undefined, undefined], []],
  ];
  for (const [name, path, want] of INHERITED) {
    it(`has it, with a hierarchy, that a queue does ${name}`, () => {
      const [tier = []] = policy().tiers;
      const inTree = { ...plugin('nodegroup'), isHierarchical: true as const };
      for (const top of ['top', 'root']) {
        const world = grouped({ ...DEFAULT_POLICY, tiers: [[...tier.slice(0, -1), inTree]] }, 'a', 'b', 'c');
        const names = path.map((_, depth) => (depth === 0 ? top : `q${depth}`));
        path.slice(0, -1).forEach((named, depth) => {
          world.queue(names[depth] ?? '', { parent: names[depth - 1] ?? 'root', affinity: named && affinity(named) });
        });
        expect(taken(world, path.at(-1), names.at(-2)), top).to.deep.equal(want);
      }
    });
  }

  it('follows a queue whose groups change, and a node that changes its group', () => {
    const world = grouped(policy(), 'a', 'b').queue('q', { affinity: affinity({ use: ['a'] }) });
    const place = (name: string): string | undefined =>
      world.gang(name, { count: 1, requests: amounts(1) }, { queue: 'q' }).cycle().placed[`${name}-0`];
    expect([place('one'), place('two')]).to.deep.equal(['in-a', undefined]);
    world.queue('q', { affinity: affinity({ use: ['b'] }) });
    expect(world.cycle().placed).to.deep.equal({ 'two-0': 'in-b' });
    world.node('free', amounts(1), { labels: new Map([['volcano.sh/nodegroup-name', 'b']]) });
    expect(place('three')).to.equal('free');
  });

  it('keeps queues apart of which one has no node left, though their groups of one are alike', () => {
    const world = grouped(policy(), 'a', 'b').queue('p', { affinity: affinity({ use: ['a'] }) });
    world.queue('q', { affinity: affinity({ use: ['b'] }) });
    ['p', 'p', 'q', 'q'].forEach((queue, i) =>
      world.gang(`g${i}`, { count: 1, requests: amounts(1) }, { queue, createdMs: i }),
    );
    expect(world.cycle().placed).to.deep.equal({ 'g0-0': 'in-a', 'g2-0': 'in-b' });
  });

  it('needs one picker for queues that name the same groups', () => {
    const world = grouped(policy(), 'a');
    for (const queue of ['p', 'q', 'r']) {
      world.queue(queue, { affinity: affinity({ use: queue === 'r' ? ['b'] : ['a'] }) });
      world.gang(queue, { count: 1, requests: amounts(1) }, { queue });
    }
    world.cycle();
    expect(world.scheduler.framework.pickers).to.equal(2);
  });

  const SWITCHES: readonly (readonly [HookSwitch, readonly string[]])[] = [
    ['enableNodeOrder', ['in-b', 'in-c']],
    ['enablePredicate', ['in-c', 'in-b', 'free', 'in-a']],
  ];
  for (const [key, want] of SWITCHES) {
    it(`leaves the other half with ${key} off`, () => {
      const world = grouped(policy({}, [key]), 'a', 'b', 'c');
      expect(taken(world, { use: ['c'], prefer: ['b'] })).to.deep.equal(want);
    });
  }

  it('scores no group above one that comes before it in the order of what is preferred', () => {
    const names = fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(names, (preferred) => {
        const rules = new GroupRules(affinity({ prefer: preferred }), true);
        const scores = preferred.map((group) => rules.score(group));
        expect(scores[0]).to.equal(50);
        expect(scores).to.deep.equal(scores.toSorted((a, b) => b - a));
        expect(new Set(scores).size).to.equal(preferred.length);
        expect(Math.min(...scores)).to.be.greaterThan(0);
      }),
    );
  });
});
