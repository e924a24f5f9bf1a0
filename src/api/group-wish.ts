import type { JsonObject } from '../lib/json.ts';
import { parseAmounts } from './amounts.ts';
import {
  NETWORK_TOPOLOGY_MODE_ANNOTATION,
  NETWORK_TOPOLOGY_TIER_ANNOTATION,
  NETWORK_TOPOLOGY_TIER_NAME_ANNOTATION,
} from './keys.ts';
import type { NetworkRule } from './records/network-rule.ts';
import type { ResourceAmounts } from './records/scheduling-shape.ts';

/** The value of an annotation; empty or undefined when there is none. */
export type AnnotationOf = (key: string) => string | undefined;

/**
 * How near to each other the pods of a group have to be, as annotations say; undefined when they say nothing. Without a mode that can be
 * read it is hard, and without a tier that can be read it names none, as in Volcano. A tier by its name, which is Sluice's, comes before.
 */
export function networkWish(valueOf: AnnotationOf): NetworkRule | undefined {
  const tierName = valueOf(NETWORK_TOPOLOGY_TIER_NAME_ANNOTATION) ?? '';
  if (tierName !== '') return { isHard: true, highestTier: undefined, tierName };
  const [mode, tier] = [
    valueOf(NETWORK_TOPOLOGY_MODE_ANNOTATION) ?? '',
    valueOf(NETWORK_TOPOLOGY_TIER_ANNOTATION) ?? '',
  ];
  const highestTier = isTier(tier) ? Number(tier) : undefined;
  if (!isMode(mode) && highestTier === undefined) return undefined;
  return { isHard: mode !== 'soft', highestTier, tierName: '' };
}

export function isMode(mode: string): boolean {
  return mode === 'hard' || mode === 'soft';
}

/** A tier is a whole number, from 0 on. */
export function isTier(tier: string): boolean {
  return /^\d{1,9}$/.test(tier);
}

/** The rule as `spec.networkTopology` of a PodGroup. */
export function networkTopology({ isHard, highestTier, tierName }: NetworkRule): JsonObject {
  return {
    mode: isHard ? 'hard' : 'soft',
    ...(highestTier === undefined ? {} : { highestTierAllowed: highestTier }),
    ...(tierName === '' ? {} : { highestTierName: tierName }),
  };
}

/** What the pods of a group that start together need, as an annotation says in JSON; undefined for what cannot be read. */
export function resourcesWish(written: string): ResourceAmounts | undefined {
  // Most say nothing, and the parser tells that by an error with a stack.
  if (written === '') return undefined;
  const { amounts, errors } = parseAmounts(parsed(written), 'up');
  return errors.length > 0 || amounts.size === 0 ? undefined : amounts;
}

function parsed(written: string): unknown {
  try {
    return JSON.parse(written);
  } catch {
    return undefined;
  }
}
