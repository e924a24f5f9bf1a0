import { isJsonObject, member } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { NetworkRule } from '../records/network-rule.ts';
import { text } from './metadata.ts';

/** What `networkTopology` of the object says; undefined when it has none. Without a mode it is hard. */
export function readNetworkRule(object: JsonObject): NetworkRule | undefined {
  const topology = member(object, 'networkTopology');
  if (!isJsonObject(topology)) return undefined;
  const tier = member(topology, 'highestTierAllowed');
  const isTier = typeof tier === 'number' && Number.isInteger(tier) && tier >= 0;
  return {
    isHard: text(topology, 'mode') !== 'soft',
    highestTier: isTier ? tier : undefined,
    tierName: text(topology, 'highestTierName'),
  };
}
