import { expect } from 'chai';
import type { PodGroupRecord } from '../../../src/api/records/pod-group-record.ts';
import type { PodRecord } from '../../../src/api/records/pod-record.ts';
import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { PluginOption, SchedulerPolicy } from '../../../src/config/policy.ts';
import type { PluginHooks, PluginSet } from '../../../src/scheduler/framework/plugin.ts';
import type { Task } from '../../../src/scheduler/model/task.ts';
import { PLUGINS } from '../../../src/scheduler/plugins/registry.ts';
import { evictions } from '../../support/evicting-world.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

function policy(binpack: PluginOption = plugin('binpack')): SchedulerPolicy {
  const enforcing = [plugin('gang'), plugin('predicates'), plugin('proportion')];
  return {
    ...DEFAULT_POLICY,
    actions: ['enqueue', 'allocate', 'backfill', 'shuffle'],
    tiers: [[plugin('priority'), plugin('conformance')], enforcing, [binpack]],
  };
}

/** The plugins priority, of the first tier, and binpack, of the last, with hooks of the test. */
function plugins(first: PluginHooks, last: PluginHooks = {}): PluginSet {
  return {
    ...PLUGINS,
    priority: { name: 'priority', make: () => first },
    binpack: { name: 'binpack', make: () => last },
  };
}

function names(tasks: readonly Task[]): string[] {
  return tasks.map(({ record }) => record.name);
}

/** Those of the running tasks whose names stand there. */
function naming(...wanted: readonly string[]): PluginHooks {
  return {
    victimTasksFn: (running) => running.filter(({ record }) => wanted.includes(record.name)),
    victimReasonFn: ({ record }) => `${record.name} is wanted elsewhere.`,
  };
}

/** Groups `a` of three pods and `b` of two, all of them on a node. */
function world(set: PluginSet, group: Partial<PodGroupRecord> = {}, pod: Partial<PodRecord> = {}): SchedulerWorld {
  const on = new SchedulerWorld(policy(), set).nodes(1, amounts(8));
  on.group('a', group.minMember ?? 1, { phase: 'Running', ...group }).group('b', 1, { phase: 'Running', createdMs: 1 });
  for (const name of ['a-0', 'a-1', 'a-2'])
    on.running(name, 'a', 'n1', { requests: amounts(1), ...(name === 'a-1' ? pod : {}) });
  for (const name of ['b-0', 'b-1']) on.running(name, 'b', 'n1', { requests: amounts(1) });
  return on;
}

function gone(on: SchedulerWorld): string[] {
  return evictions(on.cycle().decisions)
    .map(({ pod }) => pod.replace('ns/', ''))
    .toSorted();
}

describe('the action shuffle', () => {
  it('evicts whom a plugin names, with the word of that plugin', () => {
    const on = world(plugins(naming('a-1')));
    expect(evictions(on.cycle().decisions)).to.deep.equal([
      {
        kind: 'evict',
        uid: 'uid-a-1',
        pod: 'ns/a-1',
        group: 'ns/a',
        code: 'Shuffled',
        message: 'a-1 is wanted elsewhere.',
      },
    ]);
    expect(gone(on), 'a second time').to.deep.equal([]);
  });

  it('asks about running pods, the worst first', () => {
    const told: string[] = [];
    const on = world(plugins({ victimTasksFn: (running) => void told.push(...names(running)) }));
    on.pods('b', { count: 1, requests: amounts(1), prefix: 'waits' });
    on.cycle();
    expect(told).to.deep.equal(['b-1', 'b-0', 'a-2', 'a-1', 'a-0']);
  });

  const kept: readonly (readonly [string, Partial<PodGroupRecord>, Partial<PodRecord>])[] = [
    ['a pod that says that it may not be evicted', {}, { preemptable: false }],
    ['pods of a group that says so', { preemptable: false }, {}],
    ['a pod that a plugin shelters', {}, { priorityClassName: 'system-node-critical' }],
    ['a pod that is on its way out', {}, { deleting: true }],
  ];
  for (const [who, group, pod] of kept) {
    it(`does not ask about ${who}`, () => {
      expect(gone(world(plugins(naming('a-1', 'b-0')), group, pod))).to.deep.equal(['b-0']);
    });
  }

  it('does not ask about a pod whose eviction was refused', () => {
    const on = world(plugins(naming('a-1', 'b-0')));
    const decisions = [...on.scheduler.cycle({ nowMs: 0, spared: new Set(['uid-a-1']) })];
    expect(evictions(decisions).map(({ uid }) => uid)).to.deep.equal(['uid-b-0']);
  });

  const gangs: readonly (readonly [string, number, readonly string[], readonly string[]])[] = [
    ['takes from a gang what it can spare', 2, ['a-1'], ['a-1']],
    ['leaves a gang its minimum, however many are named', 2, ['a-1', 'a-2'], ['a-2']],
    ['leaves a gang alone that can spare nobody', 3, ['a-1', 'a-2'], []],
    ['takes a whole gang of which all are named', 3, ['a-0', 'a-1', 'a-2'], ['a-0', 'a-1', 'a-2']],
  ];
  for (const [what, minMember, named, expected] of gangs) {
    it(what, () => {
      expect(gone(world(plugins(naming(...named)), { minMember }))).to.deep.equal(expected);
    });
  }

  it('leaves a gang alone of which a member is on its way to its node', () => {
    const on = world(plugins(naming('a-0', 'a-1', 'a-2')), { minMember: 3 });
    on.pods('a', { count: 1, requests: amounts(1), prefix: 'late' });
    on.snapshot.settle();
    on.snapshot.assume('uid-late-0', 'n1');
    expect(gone(on)).to.deep.equal([]);
  });

  it('goes by the first tier in which somebody is named', () => {
    expect(gone(world(plugins(naming('a-0'), naming('b-0'))))).to.deep.equal(['a-0']);
    expect(gone(world(plugins(naming('nobody'), naming('b-0'))))).to.deep.equal(['b-0']);
    expect(gone(world(plugins({ victimTasksFn: () => undefined }, naming('b-0'))))).to.deep.equal(['b-0']);
  });

  it('asks nobody when no plugin has something to say in this cycle', () => {
    const on = world(plugins({ ...naming('a-0'), isShuffleDueFn: () => false }));
    expect(gone(on)).to.deep.equal([]);
  });

  it('asks no plugin whose hook is switched off', () => {
    const off = { ...plugin('binpack'), off: new Set(['enabledVictim'] as const) };
    const on = new SchedulerWorld(policy(off), plugins({}, naming('x-0'))).nodes(1, amounts(8));
    on.group('x', 1, { phase: 'Running' }).running('x-0', 'x', 'n1');
    expect(gone(on)).to.deep.equal([]);
  });
});
