import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { PluginOption, SchedulerPolicy } from '../../../src/config/policy.ts';
import type { PlainPolicy } from './plain-policy.ts';
import { branch, crowd, keep, keepApart, keepTogether, rank, spread } from './worlds.ts';
import type { Way } from './worlds.ts';

/** Without room that is kept for who has waited for too long: the reference does not know it. */
const actionArguments: SchedulerPolicy['actionArguments'] = new Map([
  ['allocate', new Map([['reserveAfterSeconds', 0]])],
]);

export interface Suite {
  readonly policy: SchedulerPolicy;
  readonly plain: PlainPolicy;
  /** What users do beside the usual things. */
  readonly ways: readonly Way[];
}

export const SUITES: Readonly<Record<string, Suite>> = {
  'under the default policy': suite({}),
  'with drf': suite({ isByShare: true }),
  'with capacity': suite({ capacity: { isTree: false, reach: 0 } }),
  'with capacity in a tree': suite({ capacity: { isTree: true, reach: 1 } }),
  'with preempt and reclaim': suite({ evicting: ['preempt', 'reclaim'] }),
  'with preempt and reclaim by capacity': suite({
    capacity: { isTree: false, reach: 0 },
    evicting: ['preempt', 'reclaim'],
  }),
  'with reclaim by capacity in a tree': suite({ capacity: { isTree: true, reach: 1 }, evicting: ['reclaim'] }),
  'with gangpreempt and gangreclaim': suite({ evicting: ['gangpreempt', 'gangreclaim'] }),
  'with host ports and pods that keep apart': suite({ evicting: ['preempt', 'reclaim'] }, keepApart),
  'with pods that keep apart, and gangs that go': suite({ evicting: ['gangpreempt', 'gangreclaim'] }, keepApart),
  'with pods that stand beside others': suite({ evicting: ['preempt', 'reclaim'] }, keepTogether),
  'with pods that are spread': suite({ evicting: ['preempt', 'reclaim'] }, spread),
  'with full branches': suite({ evicting: ['preempt', 'reclaim'] }, branch),
  'with full branches by capacity': suite(
    { capacity: { isTree: true, reach: 1 }, evicting: ['gangpreempt', 'gangreclaim'] },
    branch,
  ),
  'with disruption budgets': suite({ evicting: ['preempt', 'reclaim'] }, keep),
  'with disruption budgets, and gangs that go': suite({ evicting: ['gangpreempt', 'gangreclaim'] }, keep),
  'with pods of several priorities in a group': suite({ evicting: ['preempt', 'reclaim'] }, rank),
};

/** The default policy with that in it. */
function suite(plain: PlainPolicy, ...more: readonly Way[]): Suite {
  const { isByShare = false, capacity, evicting = [] } = plain;
  const shares = capacity === undefined ? plugin('proportion') : capacityPlugin(capacity.isTree, capacity.reach);
  const tiers = DEFAULT_POLICY.tiers.map((tier) => tier.map((each) => (each.name === 'proportion' ? shares : each)));
  return {
    plain,
    ways: evicting.length === 0 ? more : [crowd, ...more],
    policy: {
      ...DEFAULT_POLICY,
      actions: [...DEFAULT_POLICY.actions, ...evicting],
      tiers: isByShare ? [...tiers, [plugin('drf')]] : tiers,
      actionArguments,
    },
  };
}

function capacityPlugin(isTree: boolean, ancestorReclaimLevel: number): PluginOption {
  const option = plugin('capacity', { ancestorReclaimLevel });
  return isTree ? { ...option, isHierarchical: true } : option;
}
