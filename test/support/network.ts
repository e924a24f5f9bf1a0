import type { NetworkRule } from '../../src/api/records/network-rule.ts';
import { projectHyperNode } from '../../src/api/projections/hyper-node.ts';
import type { HyperNodeRecord } from '../../src/api/records/hyper-node-record.ts';
import type { JsonObject } from '../../src/lib/json.ts';

/** Pods have to be within the tier. */
export function hard(tier: number | string): NetworkRule {
  return typeof tier === 'number'
    ? { isHard: true, highestTier: tier, tierName: '' }
    : { isHard: true, highestTier: undefined, tierName: tier };
}

/** Pods only wish to be near each other. */
export const SOFT: NetworkRule = { isHard: false, highestTier: undefined, tierName: '' };

export const exactly = (type: 'Node' | 'HyperNode', name: string): JsonObject => ({
  type,
  selector: { exactMatch: { name } },
});

export const matching = (type: 'Node' | 'HyperNode', pattern: string): JsonObject => ({
  type,
  selector: { regexMatch: { pattern } },
});

export const labelled = (key: string, value: string): JsonObject => ({
  type: 'Node',
  selector: { labelMatch: { matchLabels: { [key]: value } } },
});

/** A HyperNode of a tier, with its name when one is given. */
export function makeHyperNode(
  name: string,
  tier: number | readonly [number, string],
  ...members: readonly JsonObject[]
): HyperNodeRecord {
  const [number, tierName] = typeof tier === 'number' ? [tier, ''] : tier;
  const record = projectHyperNode({
    metadata: { name, uid: name, resourceVersion: '1' },
    spec: { tier: number, ...(tierName === '' ? {} : { tierName }), members: [...members] },
  });
  if (record === undefined) throw new Error(name);
  return record;
}
