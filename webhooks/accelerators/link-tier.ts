import type { AcceleratorVendor } from '../../src/api/accelerators/catalogue/vendor.ts';
import type { AcceleratorWish } from '../../src/api/accelerators/wish.ts';
import { NETWORK_TOPOLOGY_TIER_NAME_ANNOTATION } from '../../src/api/keys.ts';
import type { DeviceInventory } from './inventory.ts';

/** What holds a group to one domain of links, or why nothing can. */
export type LinkTier =
  | {
      readonly kind: 'tier';
      /** None where the group is not held. */
      readonly annotations: Readonly<Record<string, string>>;
      readonly warnings: readonly string[];
    }
  | { readonly kind: 'refused'; readonly message: string };

/** What administrators may call the tier of HyperNodes that they make by hand. */
const OWN_TIER = 'nvlink';
const WITHIN_A_POD = 'within each pod only; across pods: "one NVLink domain for the group"';

/** The tier whose HyperNodes are the domains of the vendor's links from node to node; `isTemplate` where more pods than one may follow. */
export function linkTier(
  { domainLabels = [], name: vendor }: AcceleratorVendor,
  { isOneDomain, isGroupDomain, mayCome }: AcceleratorWish,
  inventory: DeviceInventory | undefined,
  isTemplate: boolean,
): LinkTier {
  if (!isGroupDomain)
    return { kind: 'tier', annotations: {}, warnings: isOneDomain && isTemplate ? [WITHIN_A_POD] : [] };
  const names = [...domainLabels, OWN_TIER];
  const [first = OWN_TIER] = names;
  const asked = `tier ${first} is asked for`;
  if (inventory === undefined) return tier(first, `which HyperNodes there are is not known yet: ${asked}`);
  const known = names.find((name) => inventory.tiers.has(name));
  if (known !== undefined) return tier(known);
  const wanted = `no HyperNode is a domain of links of ${vendor}, of tier ${names.join(' or ')}`;
  const message = `${wanted}; ${present(domainLabels, inventory)}`;
  return mayCome ? tier(first, `${message}; ${asked}`) : { kind: 'refused', message };
}

function tier(name: string, ...warnings: readonly string[]): LinkTier {
  return { kind: 'tier', annotations: { [NETWORK_TOPOLOGY_TIER_NAME_ANNOTATION]: name }, warnings };
}

/** What nodes and HyperNodes have instead. */
function present(labels: readonly string[], { tiers, domainLabels }: DeviceInventory): string {
  const label = labels.find((key) => domainLabels.has(key));
  if (label !== undefined) {
    const how =
      'HyperNodes are made of it where the configuration of controllers names it among its networkTopologyTypes';
    return `${domainLabels.get(label)} nodes have the label ${label}: ${how}`;
  }
  if (tiers.size === 0) return 'there are no HyperNodes with the name of a tier';
  return `there are tiers ${[...tiers].map(([name, count]) => `${name} (${count})`).join(', ')}`;
}
