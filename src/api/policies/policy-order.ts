import type { Policy } from '../records/policy.ts';

type Place = Pick<Policy, 'namespace' | 'priority' | 'id'>;

/**
 * The total order in which policies decide about a field: those of the cluster before those of a namespace, so that no tenant comes
 * before the cluster's, then the higher priority, then the name.
 */
export function comparePolicies(a: Place, b: Place): number {
  const isOfCluster = ({ namespace }: Place): number => (namespace === '' ? 0 : 1);
  return isOfCluster(a) - isOfCluster(b) || b.priority - a.priority || (a.id < b.id ? -1 : Number(a.id > b.id));
}
