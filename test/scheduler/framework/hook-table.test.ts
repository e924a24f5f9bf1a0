import { expect } from 'chai';
import { DEFAULT_POLICY, HOOK_SWITCHES, plugin } from '../../../src/config/policy.ts';
import type { HookSwitch, PluginName, SchedulerPolicy } from '../../../src/config/policy.ts';
import type { PluginSet } from '../../../src/scheduler/framework/plugin.ts';
import { PLUGINS } from '../../../src/scheduler/plugins/registry.ts';
import { switchedHooks, tiersOf } from '../../../src/scheduler/framework/hook-table.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

/** All plugins, one of them with a hook switched off. */
function without(name: PluginName, off: HookSwitch): SchedulerPolicy {
  const names: readonly PluginName[] = ['priority', 'gang', 'predicates', 'proportion', 'nodeorder', 'binpack'];
  const tier = names.map((each) => ({ ...plugin(each), off: new Set(each === name ? [off] : []) }));
  return { ...DEFAULT_POLICY, tiers: [tier] };
}

const ALL_ON: SchedulerPolicy = without('gang', 'enableTaskOrder');

/** The first of the groups that get their places when there is room for one. */
function winner(policy: SchedulerPolicy): string | undefined {
  const world = new SchedulerWorld(policy).nodes(1, amounts(4));
  world.gang('older', { count: 1, requests: amounts(4) }, { createdMs: 1 });
  world.snapshot.setPriorityClass({ name: 'high', value: 10, isGlobalDefault: false, isPatient: false });
  world.gang('higher', { count: 1, requests: amounts(4) }, { createdMs: 2, priorityClassName: 'high' });
  return Object.keys(world.cycle().placed)[0];
}

describe('a hook that is switched off', () => {
  it('of priority, leaves the order to age', () => {
    expect([winner(ALL_ON), winner(without('priority', 'enableJobOrder'))]).to.deep.equal(['higher-0', 'older-0']);
  });

  it('of proportion, lets every group in at once', () => {
    const phases = [ALL_ON, without('proportion', 'enableJobEnqueued')].map((policy) => {
      const world = new SchedulerWorld(policy).nodes(1, amounts(4));
      const minResources = new Map(Object.entries(amounts(4)));
      for (const name of ['a', 'b']) world.gang(name, { count: 1, requests: amounts(4) }, { minResources });
      world.cycle();
      return world.phase('b');
    });
    expect(phases).to.deep.equal(['Pending', 'Inqueue']);
  });

  it('of a plugin that ranks queues within their parents, lets the others rank all queues side by side', () => {
    const gang = { name: 'gang', make: () => ({ queueOrderFn: () => 0, isHierarchical: true as const }) };
    const plugins: PluginSet = { ...PLUGINS, gang };
    const hasHierarchy = (policy: SchedulerPolicy, set?: PluginSet): boolean =>
      new SchedulerWorld(policy, set).scheduler.framework.hasHierarchy;
    expect(hasHierarchy(ALL_ON)).to.equal(false);
    expect(hasHierarchy(ALL_ON, plugins)).to.equal(true);
    expect(hasHierarchy(without('gang', 'enableQueueOrder'), plugins)).to.equal(false);
  });

  it('of one plugin, is asked of the others all the same', () => {
    const one = { jobOrderFn: () => 1, jobReadyFn: () => true };
    const two = { jobOrderFn: () => 2 };
    const tiers = [[switchedHooks(one, new Set(['enableJobOrder'])), two], [{}], [one]];
    expect(tiersOf(tiers, 'jobOrderFn')).to.deep.equal([[two.jobOrderFn], [one.jobOrderFn]]);
    expect(tiersOf(tiers, 'jobReadyFn').flat()).to.have.length(2);
  });

  it('is what its switch says, each a hook of its own', () => {
    const none = () => undefined;
    const all = {
      jobOrderFn: () => 0,
      queueOrderFn: () => 0,
      taskOrderFn: () => 0,
      jobReadyFn: () => true,
      jobPipelinedFn: () => true,
      jobEnqueueableFn: () => 'permit' as const,
      overusedFn: none,
      allocatableFn: none,
      feasibleNode: () => true,
      scoreNode: () => 0,
      preemptableFn: none,
      reclaimableFn: none,
      preemptiveFn: () => true,
      jobStarvingFn: () => true,
      victimTasksFn: none,
    };
    const gone = HOOK_SWITCHES.map((key) => {
      const left = Object.keys(switchedHooks(all, new Set([key])));
      return Object.keys(all).filter((name) => !left.includes(name));
    });
    expect(gone.flat()).to.have.members(Object.keys(all));
    expect(gone.map((names) => names.length)).to.deep.equal(gone.map(() => 1));
  });
});
