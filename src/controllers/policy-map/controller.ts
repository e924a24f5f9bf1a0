import { accessRule } from '../../api/access.ts';
import type { PolicyMapRecord } from '../../api/records/policy-map-record.ts';
import type { PolicyRecord } from '../../api/records/policy-record.ts';
import { CONFIG_MAPS, NAMESPACED_WORKLOAD_POLICIES, WORKLOAD_POLICIES } from '../../api/resources.ts';
import { WATCHED_NAMESPACED_POLICIES, WATCHED_POLICIES, WATCHED_POLICY_MAPS } from '../../api/watched-kinds.ts';
import { saysTheSame } from '../../lib/same.ts';
import type { Controller, KindIndex, KindView, Watch } from '../controller.ts';
import { reconcilePolicyMap } from './reconcile.ts';

const OF_CLUSTER: KindIndex<PolicyRecord> = {
  kind: WATCHED_POLICIES,
  valueOf: ({ source }) => (source === '' ? undefined : source),
};

/** Whatever it says, a policy of a namespace comes from there. */
const OF_NAMESPACE: KindIndex<PolicyRecord> = {
  kind: WATCHED_NAMESPACED_POLICIES,
  valueOf: ({ source, namespace }) => (source.startsWith(`${namespace}/`) ? source : undefined),
};

const ITSELF: Watch<PolicyMapRecord> = {
  kind: WATCHED_POLICY_MAPS,
  toKeys: (before, after) => [before ?? after].flatMap((one) => (one === undefined ? [] : [one.key])),
};

/** Who made a policy by hand, or unmade it, is answered; a status is no news. */
function wake(before: PolicyRecord | undefined, after: PolicyRecord | undefined, view: KindView): Iterable<string> {
  const [one, other] = [before, after].map((record) => record && { ...record.policy, source: record.source });
  if (one !== undefined && other !== undefined && saysTheSame(one, other)) return [];
  const key = after?.key ?? before?.key ?? '';
  const naming = [...view.values(WATCHED_POLICY_MAPS)].filter(({ documents }) =>
    documents.some(({ policy }) => policy.id === key),
  );
  const sources = [before?.source, after?.source].filter((source) => source !== undefined && source !== '');
  return new Set([...naming.map((map) => map.key), ...sources.map((source) => source ?? '')]);
}

/** Policies that are written into ConfigMaps. Keys are those of ConfigMaps. */
export const POLICY_MAP: Controller = {
  name: 'policy-map',
  workers: 2,
  watches: [ITSELF, { kind: WATCHED_POLICIES, toKeys: wake }, { kind: WATCHED_NAMESPACED_POLICIES, toKeys: wake }],
  access: [
    ...[WORKLOAD_POLICIES, NAMESPACED_WORKLOAD_POLICIES].map((type) => accessRule(type, ['create', 'patch', 'delete'])),
    accessRule(CONFIG_MAPS, ['patch']),
  ],
  reconcile: (key, { view, ownNamespace, told }) => {
    const map = view.get(WATCHED_POLICY_MAPS, key);
    const isOwn = key.startsWith(`${ownNamespace}/`);
    return reconcilePolicyMap({
      key,
      map,
      ownNamespace,
      made: [...(isOwn ? view.by(OF_CLUSTER, key) : []), ...view.by(OF_NAMESPACE, key)],
      policyOf: (id) => view.get(id.includes('/') ? WATCHED_NAMESPACED_POLICIES : WATCHED_POLICIES, id),
      told: told(map?.uid ?? ''),
    });
  },
};
