import { expect } from 'chai';
import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { PluginName, SchedulerPolicy } from '../../../src/config/policy.ts';
import type { PreferredNodeTerm } from '../../../src/api/records/scheduling-shape.ts';
import { TaskClass } from '../../../src/scheduler/model/task-class.ts';
import { nodeorder } from '../../../src/scheduler/plugins/nodeorder.ts';
import { makeShape } from '../../support/records.ts';
import { amounts, GPU, SchedulerWorld } from '../../support/scheduler-world.ts';

/** The enforcing plugins and one that scores. */
function only(name: PluginName, options: Readonly<Record<string, string | number>> = {}): SchedulerPolicy {
  return {
    ...DEFAULT_POLICY,
    actions: ['enqueue', 'allocate'],
    tiers: [[plugin('gang'), plugin('predicates'), plugin('proportion'), plugin(name, options)]],
    actionArguments: new Map(),
  };
}

function choice(world: SchedulerWorld, requests = amounts(1, 1), preferred = {}): string | undefined {
  const shape = makeShape(requests, preferred);
  return world.gang('choice', { count: 1, shape }).cycle().placed['choice-0'];
}

/** Node `n2` is used more than `n1`; `n3` is empty. */
function partlyUsed(policy: SchedulerPolicy): SchedulerWorld {
  const world = new SchedulerWorld(policy).nodes(3, amounts(8, 8)).group('x', 1);
  world.running('x', 'x', 'n1', { requests: amounts(2, 2) }).running('y', 'x', 'n2', { requests: amounts(4, 4) });
  return world;
}

describe('binpack', () => {
  it('prefers the fuller node', () => {
    expect(choice(partlyUsed(only('binpack')))).to.equal('n2');
  });

  it('passes by a fuller node that is too full', () => {
    expect(choice(partlyUsed(only('binpack')), amounts(5, 1))).to.equal('n1');
  });

  it('counts used and asked against what the node has, not in absolute amounts', () => {
    const world = new SchedulerWorld(only('binpack')).node('big', amounts(16)).node('small', amounts(4));
    expect(choice(world, amounts(1))).to.equal('small');
  });

  it('counts an extended resource only when it is listed', () => {
    const world = (options = {}): SchedulerWorld => {
      const made = new SchedulerWorld(only('binpack', options)).nodes(2, amounts(8, 8, 8)).group('x', 1);
      made.running('x', 'x', 'n1', { requests: amounts(3) });
      return made.running('y', 'x', 'n2', { requests: { cpu: 2000, [GPU]: 4 } });
    };
    expect(choice(world(), amounts(1, 0, 1))).to.equal('n1');
    expect(choice(world({ 'binpack.resources': `a, ${GPU}` }), amounts(1, 0, 1))).to.equal('n2');
    const quiet = { 'binpack.resources': GPU, [`binpack.resources.${GPU}`]: 0 };
    expect(choice(world(quiet), amounts(1, 0, 1))).to.equal('n1');
  });

  it('reads a weight that is text as a number, and leaves one that is none at its default', () => {
    for (const [weight, want] of [
      ['-1', 'n3'],
      ['often', 'n2'],
    ] as const) {
      expect(choice(partlyUsed(only('binpack', { 'binpack.weight': weight })))).to.equal(want);
    }
  });
});

describe('nodeorder', () => {
  it('prefers the node that is used least', () => {
    expect(choice(partlyUsed(only('nodeorder')))).to.equal('n3');
  });

  it('prefers the node that is used most when told so', () => {
    const options = { 'leastrequested.weight': 0, 'mostrequested.weight': 1 };
    expect(choice(partlyUsed(only('nodeorder', options)))).to.equal('n2');
  });

  it('prefers a node that the pod makes more balanced', () => {
    const world = new SchedulerWorld(only('nodeorder')).nodes(2, amounts(8, 8)).group('x', 1);
    world.running('x', 'x', 'n1', { requests: amounts(2, 2) }).running('y', 'x', 'n2', { requests: amounts(4, 0) });
    expect(choice(world, amounts(0, 2))).to.equal('n2');
  });

  it('prefers nodes by the weights of the preferred terms that they match', () => {
    for (const [ssdWeight, zoneWeight, want] of [
      [10, 50, 'near'],
      [50, 10, 'ssd'],
    ] as const) {
      const world = new SchedulerWorld(only('nodeorder')).nodes(2, amounts(8, 8));
      world.node('ssd', amounts(8, 8), { labels: new Map([['disk', 'ssd']]) });
      world.node('near', amounts(8, 8), { labels: new Map([['zone', 'a']]) });
      const preferredTerms = [
        { weight: ssdWeight, labels: [{ key: 'disk', operator: 'In' as const, values: ['ssd'] }], fields: [] },
        { weight: zoneWeight, labels: [{ key: 'zone', operator: 'Exists' as const, values: [] }], fields: [] },
      ];
      expect(choice(world, amounts(1), { preferredTerms })).to.equal(want);
    }
  });

  it('avoids nodes with soft taints that are not tolerated', () => {
    const soft = { key: 'spot', value: '', effect: 'PreferNoSchedule' as const };
    const world = (): SchedulerWorld => {
      const made = new SchedulerWorld(only('nodeorder')).node('n1', amounts(8, 8), { taints: [soft] });
      return made.node('n2', amounts(8, 8));
    };
    expect(choice(world())).to.equal('n2');
    const tolerations = [{ key: 'spot', operator: 'Exists' as const, value: '', effect: '' }];
    expect(choice(world(), amounts(1), { tolerations })).to.equal('n1');
  });

  it('scales preferred terms over the nodes that the pod may use at all', () => {
    const weights = { 'leastrequested.weight': 0, 'balancedresource.weight': 0, 'tainttoleration.weight': 1 };
    const world = new SchedulerWorld(only('nodeorder', { ...weights, 'nodeaffinity.weight': 1 }));
    const spot = { key: 'spot', value: '', effect: 'PreferNoSchedule' as const };
    world.node('closed', amounts(8), { unschedulable: true, labels: new Map([['rank', 'first']]) });
    world.node('n1', amounts(8), { taints: [spot], labels: new Map([['rank', 'second']]) }).node('n2', amounts(8));
    const preferred = (rank: string, weight: number): PreferredNodeTerm => {
      return { weight, labels: [{ key: 'rank', operator: 'In', values: [rank] }], fields: [] };
    };
    // Of 100 points for the term and 100 for no taint both get as many; beside the closed node the term would be worth one point.
    expect(choice(world, amounts(1), { preferredTerms: [preferred('first', 100), preferred('second', 1)] })).to.equal(
      'n1',
    );
  });

  const GIB = 1024 * 1024;
  const BALANCE: readonly (readonly [string, readonly [number, number], readonly [number, number], number])[] = [
    // Used and asked, of 8 CPUs and 8 GiB; kube-scheduler: 50 + (50 + with - without) / 2, each 100 less half of the difference in per cent.
    ['a node that stays balanced', [2, 2], [1, 1], 75],
    ['an empty node that becomes one-sided', [0, 0], [4, 0], 62.5],
    ['a one-sided node that becomes balanced', [4, 0], [0, 4], 87.5],
    ['a one-sided node that becomes more so', [4, 0], [4, 0], 62.5],
    ['a full node', [8, 8], [1, 1], 75],
    ['a pod that asks for neither', [4, 0], [0, 0], 0],
  ];
  for (const [name, [usedCpus, usedGibs], [cpus, gibs], want] of BALANCE) {
    it(`says of balance what kube-scheduler says: ${name}`, () => {
      const world = new SchedulerWorld().node('n1', amounts(8, 8)).group('x', 1);
      world.running('x', 'x', 'n1', { requests: amounts(usedCpus, usedGibs) });
      const weights = { 'leastrequested.weight': 0, 'balancedresource.weight': 1 };
      const options = new Map(Object.entries(weights));
      const hooks = nodeorder.make(world.snapshot, options, { actions: [] });
      world.snapshot.settle();
      const shape = makeShape({ cpu: 1000 * cpus, memory: GIB * gibs });
      expect(hooks.scoreNode?.(new TaskClass(shape, world.snapshot.resources), 0)).to.equal(want);
    });
  }

  it('follows a node that is relabelled or tainted between two cycles', () => {
    const world = new SchedulerWorld(only('nodeorder')).nodes(2, amounts(8, 8));
    world.gang('a', { count: 1, requests: amounts(1) });
    expect(world.cycle().placed).to.deep.equal({ 'a-0': 'n1' });
    world.snapshot.removeTask('uid-a-0');
    world.node('n1', amounts(8, 8), { taints: [{ key: 'spot', value: '', effect: 'PreferNoSchedule' }] });
    expect(choice(world, amounts(1))).to.equal('n2');
  });
});

describe('the default policy', () => {
  it('packs GPUs so that whole nodes stay free', () => {
    const world = new SchedulerWorld().nodes(3, amounts(32, 256, 8));
    for (let i = 0; i < 8; i += 1) {
      world.gang(`job-${i}`, { count: 1, requests: amounts(1, 4, 1) }, { createdMs: i });
    }
    expect(new Set(Object.values(world.cycle().placed))).to.deep.equal(new Set(['n1']));
  });
});
