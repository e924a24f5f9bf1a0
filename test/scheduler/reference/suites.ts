import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { PluginOption, SchedulerPolicy } from '../../../src/config/policy.ts';
import type { PlainPolicy } from './plain-policy.ts';

/** Without room that is kept for who has waited for too long: the reference does not know it. */
const actionArguments: SchedulerPolicy['actionArguments'] = new Map([
  ['allocate', new Map([['reserveAfterSeconds', 0]])],
]);
export interface Suite {
  readonly policy: SchedulerPolicy;
  readonly plain: PlainPolicy;
  /** Pods of its worlds hold host ports, and keep away from each other. */
  readonly areApart?: boolean;
  /** Pods of one group are of several priorities. */
  readonly areRanked?: boolean;
  /** Some pods are of disruption budgets. */
  readonly areKept?: boolean;
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
  'with host ports and pods that keep apart': { ...suite({ evicting: ['preempt', 'reclaim'] }), areApart: true },
  'with pods that keep apart, and gangs that go': {
    ...suite({ evicting: ['gangpreempt', 'gangreclaim'] }),
    areApart: true,
  },
  'with disruption budgets': { ...suite({ evicting: ['preempt', 'reclaim'] }), areKept: true },
  'with disruption budgets, and gangs that go': {
    ...suite({ evicting: ['gangpreempt', 'gangreclaim'] }),
    areKept: true,
  },
  'with pods of several priorities in a group': { ...suite({ evicting: ['preempt', 'reclaim'] }), areRanked: true },
};

/** The default policy with that in it. */
function suite(plain: PlainPolicy): Suite {
  const { isByShare = false, capacity, evicting = [] } = plain;
  const shares = capacity === undefined ? plugin('proportion') : capacityPlugin(capacity.isTree, capacity.reach);
  const tiers = DEFAULT_POLICY.tiers.map((tier) => tier.map((each) => (each.name === 'proportion' ? shares : each)));
  return {
    plain,
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
