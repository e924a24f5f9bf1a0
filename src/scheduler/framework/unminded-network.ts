import { isBinding } from '../../api/records/network-rule.ts';
import type { Job } from '../model/job.ts';
import type { Refusal } from '../model/refusal.ts';

/** Its pods have to stay within a tier of the network, and nothing of the configuration minds that: they wait rather than stand anywhere. */
export function unmindedNetwork({ record: { network, subGroups } }: Job): Refusal | undefined {
  const rules = [network, ...subGroups.map((policy) => policy.network)];
  if (!rules.some((rule) => rule !== undefined && isBinding(rule))) return undefined;
  const message =
    'its pods have to stay within a tier of the network, and the configuration of the scheduler does not name the plugin network-topology-aware.';
  return { code: 'NeedsNotSupported', message };
}
