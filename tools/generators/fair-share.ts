import { DEFAULT_POLICY, plugin } from '../../src/config/policy.ts';
import type { PluginName, PluginOption, SchedulerPolicy } from '../../src/config/policy.ts';
import { draw } from './fair-share/drawing.ts';
import { play } from './fair-share/load.ts';

const FOLDER = 'docs/concepts/fair-share';

/** Pictures of the same load under the plugins that are about fairness, each from a run of the core. */
export function outputs(): Promise<ReadonlyMap<string, string>> {
  return Promise.resolve(
    new Map(
      Object.entries(PICTURES).map(([name, { title, policy }]) => [`${FOLDER}/${name}.svg`, draw(title, play(policy))]),
    ),
  );
}

function policy(
  actions: SchedulerPolicy['actions'],
  ...fairness: readonly (PluginName | PluginOption)[]
): SchedulerPolicy {
  const second = [...fairness, 'predicates', 'binpack'] as const;
  return {
    ...DEFAULT_POLICY,
    actions,
    tiers: [
      [plugin('priority'), plugin('gang'), plugin('conformance')],
      second.map((each) => (typeof each === 'string' ? plugin(each) : each)),
    ],
  };
}

const PLACING = ['enqueue', 'allocate', 'backfill'] as const;

const BY_NAMESPACE: PluginOption = { ...plugin('drf'), arguments: new Map([['drf.namespaceOrder', true]]) };
const IN_A_TREE: PluginOption = { ...plugin('drf'), isHierarchical: true };

const PICTURES: Readonly<Record<string, { readonly title: string; readonly policy: SchedulerPolicy }>> = {
  proportion: { title: 'proportion', policy: policy(PLACING, 'proportion') },
  'proportion-reclaim': {
    title: 'proportion with reclaim',
    policy: policy([...PLACING, 'reclaim'], 'proportion'),
  },
  'drf-reclaim': {
    title: 'proportion with reclaim, and drf',
    policy: policy([...PLACING, 'reclaim'], 'drf', 'proportion'),
  },
  capacity: {
    title: 'capacity with reclaim, half of the cluster deserved by each',
    policy: policy([...PLACING, 'reclaim'], 'capacity'),
  },
  hdrf: {
    title: 'drf with a hierarchy, and reclaim',
    policy: policy([...PLACING, 'reclaim'], IN_A_TREE),
  },
  namespaces: {
    title: 'capacity with reclaim, and namespaces by drf.namespaceOrder',
    policy: policy([...PLACING, 'reclaim'], BY_NAMESPACE, 'capacity'),
  },
  'usage-share': {
    title: 'drf with a hierarchy, after usage-share with a half-life of 30 min',
    policy: policy(PLACING, plugin('usage-share', { halfLife: '30m' }), IN_A_TREE),
  },
};
