import { isBinding } from '../../api/records/network-rule.ts';
import type { NetworkRule } from '../../api/records/network-rule.ts';
import type { DomainTree } from './domain-tree.ts';

/** The highest tier that pods may be spread over; Infinity where nothing holds them, undefined where no domain is low enough. */
export function tierLimit(rule: NetworkRule, tree: DomainTree): number | undefined {
  if (!isBinding(rule)) return Infinity;
  const limit = rule.highestTier ?? tree.tierNamed(rule.tierName);
  const [lowest] = tree.tiers;
  return limit === undefined || lowest === undefined || lowest > limit ? undefined : limit;
}

/** The limit as people wrote it. */
export function limitInWords({ highestTier, tierName }: NetworkRule, tree: DomainTree): string {
  return highestTier === undefined ? `tier ${tierName}` : tree.tierInWords(highestTier);
}
