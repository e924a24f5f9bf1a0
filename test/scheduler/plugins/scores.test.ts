import { expect } from 'chai';
import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { PluginName, SchedulerPolicy } from '../../../src/config/policy.ts';
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

  it('prefers a node whose CPU and memory fill up evenly', () => {
    const world = new SchedulerWorld(only('nodeorder')).nodes(2, amounts(8, 8)).group('x', 1);
    world.running('x', 'x', 'n1', { requests: amounts(4, 0) }).running('y', 'x', 'n2', { requests: amounts(2, 2) });
    expect(choice(world)).to.equal('n2');
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
