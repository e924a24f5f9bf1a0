import { isJsonObject, member } from '../src/lib/json.ts';
import type { JsonValue } from '../src/lib/json.ts';
import { readNetworkRule } from '../src/api/projections/network-rule.ts';
import { isBinding } from '../src/api/records/network-rule.ts';
import type { ClusterView } from './admission.ts';
import { HYPER_NODE_VIEW } from './view-kinds.ts';

/** What an object's `networkTopology` would not do, or not yet. */
export function tierWarnings(object: JsonValue | undefined, path: string, view: ClusterView): readonly string[] {
  const rule = isJsonObject(object) ? readNetworkRule(object) : undefined;
  if (rule === undefined) return [];
  const at = `${path}.networkTopology`;
  if (rule.isHard && !isBinding(rule)) {
    return [`${at} names no tier: it counts as a wish`];
  }
  if (!isBinding(rule) && (rule.highestTier !== undefined || rule.tierName !== '')) {
    return [`${at}: mode soft is for any tier, not only those up to the one named`];
  }
  const { tierName } = rule;
  if (tierName === '' || !view.synced || view.of(HYPER_NODE_VIEW).count('tierName', tierName) > 0) return [];
  return [`${at}.highestTierName: no HyperNode has the tier name ${tierName}: until one has, the group waits`];
}

/** The same for an object that was there before: only what it says otherwise is told. */
export function newTierWarnings(
  [object, old]: readonly [JsonValue | undefined, JsonValue | undefined],
  path: string,
  view: ClusterView,
): readonly string[] {
  const isSame = textOf(object) === textOf(old);
  return isSame ? [] : tierWarnings(object, path, view);
}

function textOf(object: JsonValue | undefined): string {
  return JSON.stringify(member(object, 'networkTopology') ?? null);
}
