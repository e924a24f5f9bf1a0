import type { AcceleratorVendor } from '../../src/api/accelerators/catalogue/vendor.ts';
import type { AcceleratorWish } from '../../src/api/accelerators/wish.ts';
import type { DeviceInventory } from './inventory.ts';

/** Within which tier of HyperNodes the group has to stay, or why there is none. */
export type LinkTier =
  | { readonly kind: 'none' }
  | { readonly kind: 'tier'; readonly name: string; readonly warnings: readonly string[] }
  | { readonly kind: 'refused'; readonly message: string };

/** What administrators may call the tier of HyperNodes that they make by hand. */
const OWN_TIER = 'nvlink';
const NO_TIER: LinkTier = { kind: 'none' };

/** The tier whose HyperNodes are the domains of the vendor's links from node to node. */
export function linkTier(
  { domainLabels = [], name: vendor }: AcceleratorVendor,
  { isGroupDomain, mayCome }: AcceleratorWish,
  inventory: DeviceInventory | undefined,
): LinkTier {
  if (!isGroupDomain) return NO_TIER;
  const names = [...domainLabels, OWN_TIER];
  const [first = OWN_TIER] = names;
  if (inventory === undefined) {
    return {
      kind: 'tier',
      name: first,
      warnings: [`which HyperNodes there are is not known yet: tier ${first} is asked for`],
    };
  }
  const known = names.find((name) => inventory.tiers.has(name));
  if (known !== undefined) return { kind: 'tier', name: known, warnings: [] };
  const message = `no HyperNode is a domain of links of ${vendor}, of tier ${names.join(' or ')}; ${present(domainLabels, inventory)}`;
  return mayCome
    ? { kind: 'tier', name: first, warnings: [`${message}; tier ${first} is asked for`] }
    : { kind: 'refused', message };
}

/** What nodes and HyperNodes have instead. */
function present(labels: readonly string[], { tiers, domainLabels }: DeviceInventory): string {
  const label = labels.find((key) => domainLabels.has(key));
  if (label !== undefined) {
    return `${domainLabels.get(label)} nodes have the label ${label}: HyperNodes are made of it where the configuration of controllers names it among its networkTopologyTypes`;
  }
  if (tiers.size === 0) return 'there are no HyperNodes with the name of a tier';
  return `there are tiers ${[...tiers].map(([name, count]) => `${name} (${count})`).join(', ')}`;
}
