import { expect } from 'chai';
import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { ActionName, PluginName, SchedulerPolicy } from '../../../src/config/policy.ts';
import type { PodPhase } from '../../../src/api/records/pod-record.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

const END = 60_000;

function policy(action: ActionName, ...more: readonly PluginName[]): SchedulerPolicy {
  const actions = ['enqueue', 'allocate', action] as const;
  return { ...DEFAULT_POLICY, actions, tiers: [...DEFAULT_POLICY.tiers, more.map((name) => plugin(name))] };
}

/** The pods that go for a group of higher priority, at a time: two stand, of which one has a cooldown. */
function evicted(chosen: SchedulerPolicy, nowMs: number, phase: PodPhase = 'Running', asked = 1): readonly string[] {
  const world = new SchedulerWorld(chosen).nodes(1, amounts(2));
  world.snapshot.setPriorityClass({ name: 'high', value: 10, isGlobalDefault: false, isPatient: false });
  world.group('x', 0, { phase: 'Running' });
  world.running('new', 'x', 'n1', { requests: amounts(1), cooldownEndMs: END, createdMs: 2, phase });
  world.running('old', 'x', 'n1', { requests: amounts(1), createdMs: 1, phase });
  const queue = chosen.actions.includes('reclaim') ? 'q' : 'default';
  world.queue('q');
  world.gang('asks', { count: asked, requests: amounts(1) }, { priorityClassName: 'high', queue });
  world.nowMs = nowMs;
  return world.cycle().decisions.flatMap((decision) => (decision.kind === 'evict' ? [decision.pod] : []));
}

describe('cdp', () => {
  const CASES: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    [
      'keeps a pod until its cooldown ends, and another one goes',
      evicted(policy('preempt', 'cdp'), END - 1),
      ['ns/old'],
    ],
    ['keeps it no longer', evicted(policy('preempt', 'cdp'), END), ['ns/new']],
    ['keeps it from other queues as well', evicted(policy('reclaim', 'cdp'), END - 1), ['ns/old']],
    ['keeps nothing that does not run yet', evicted(policy('preempt', 'cdp'), 0, 'Pending'), ['ns/new']],
    ['has nobody go where that would be too few', evicted(policy('preempt', 'cdp'), 0, 'Running', 2), []],
    ['keeps nothing where it is not named', evicted(policy('preempt'), 0), ['ns/new']],
  ];
  for (const [name, got, want] of CASES) {
    it(name, () => {
      expect(got).to.deep.equal(want);
    });
  }
});
