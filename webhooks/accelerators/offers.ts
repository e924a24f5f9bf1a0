import { CATALOGUE } from '../../src/api/accelerators/catalogue/table.ts';
import type { AcceleratorVendor, DeviceOffer } from '../../src/api/accelerators/catalogue/vendor.ts';
import { deviceFacts } from './device-facts.ts';
import type { DeviceFacts } from './device-facts.ts';
import { suits } from './fit.ts';
import { starOf } from './inventory.ts';
import type { DeviceInventory } from './inventory.ts';
import { MAX_CLAIMED } from '../../src/api/accelerators/claim-template.ts';
import type { AcceleratorWish } from '../../src/api/accelerators/wish.ts';

/** One way to meet a wish: a vendor's resource, and the nodes that have it. */
export interface Candidate {
  readonly vendor: AcceleratorVendor;
  readonly offer: DeviceOffer;
  readonly resource: string;
  /** All nodes that publish the resource. */
  readonly all: readonly DeviceFacts[];
  /** Those whose devices are as wished. */
  readonly suiting: readonly DeviceFacts[];
  /** Those of them that have enough. */
  readonly fits: readonly DeviceFacts[];
}

/** The vendors that the wish leaves open. */
export function vendorsFor({ vendor, deviceClass }: AcceleratorWish): readonly AcceleratorVendor[] {
  return CATALOGUE.filter(
    (known) =>
      (vendor === '' || known.name === vendor) && (deviceClass === 'device' || known.deviceClass === deviceClass),
  );
}

/** The grains that a wish may be met with, the better first. */
export function grainsFor({ share, sharedMib, profile }: AcceleratorWish): readonly DeviceOffer['grain'][] {
  if (profile !== '') return ['profile'];
  if (sharedMib > 0) return ['share'];
  return share > 0 ? ['share', 'replica'] : ['whole'];
}

/** All ways that the catalogue knows, as far as the nodes publish them. O(offers x kinds of nodes). */
export function candidates(wish: AcceleratorWish, { kinds }: DeviceInventory): readonly Candidate[] {
  const grains = grainsFor(wish);
  return vendorsFor(wish).flatMap((vendor) =>
    vendor.offers
      .filter(({ grain }) => grains.includes(grain))
      .flatMap((offer) =>
        resourcesOf(offer, wish, kinds).map((resource): Candidate => {
          const all = kinds
            .filter((kind) => kind.resources.has(resource))
            .map((kind) => deviceFacts(vendor, offer, resource, kind));
          const suiting = all.filter((facts) => suits(vendor, offer, facts, wish));
          const most = offer.claim === undefined ? Infinity : MAX_CLAIMED;
          const fits = wish.count > most ? [] : suiting.filter(({ amount }) => amount >= wish.count);
          return { vendor, offer, resource, all, suiting, fits };
        }),
      ),
  );
}

/** The resource by name: what a `*` stands for is the profile, or all that nodes publish. */
function resourcesOf(
  offer: DeviceOffer,
  { profile }: AcceleratorWish,
  kinds: DeviceInventory['kinds'],
): readonly string[] {
  const { resource, grain } = offer;
  if (!resource.includes('*')) return [resource];
  if (grain === 'profile') return [profileResource(resource, profile)];
  const names = kinds.flatMap((kind) => [...kind.resources.keys()]);
  return [...new Set(names.filter((name) => starOf(name, resource) !== undefined))].toSorted();
}

/** `1g.10gb+me` stands in a resource as `1g.10gb.me`. */
export function profileResource(resource: string, profile: string): string {
  return resource.replace('*', profile.replaceAll('+', '.'));
}

/** Devices on all nodes together. */
export function devicesOn(facts: readonly DeviceFacts[]): number {
  return facts.reduce((sum, { amount, kind }) => sum + amount * kind.nodes, 0);
}

/** The candidate with the most devices that fit; of equals the first. Undefined when none has any. */
export function bestCandidate(all: readonly Candidate[]): Candidate | undefined {
  let best: Candidate | undefined;
  for (const candidate of all) {
    if (candidate.fits.length > 0 && (best === undefined || devicesOn(candidate.fits) > devicesOn(best.fits)))
      best = candidate;
  }
  return best;
}
