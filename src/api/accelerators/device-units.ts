import type { ResourceAmounts } from '../records/scheduling-shape.ts';
import { CATALOGUE } from './catalogue/table.ts';
import type { AcceleratorVendor, DeviceOffer } from './catalogue/vendor.ts';
import { claimOffer } from './catalogue/claim-offers.ts';
import type { DeviceClass } from './device-class.ts';

/** A whole device: units are thousandths. */
const WHOLE = 1000;

/** What requests come to. */
export interface DeviceUnits {
  /** Thousandths of a device. */
  readonly units: number;
  /** Resources whose part of a device nobody can tell: each counts as a whole one. */
  readonly unknown: readonly string[];
}

/** What so much of the resources is in devices of the class, of whatever vendor. O(resources x offers). */
export function deviceUnits(requests: ResourceAmounts, wanted: DeviceClass): DeviceUnits {
  let units = 0;
  const unknown: string[] = [];
  for (const [resource, amount] of requests) {
    if (amount <= 0) continue;
    const part = partOf(resource, requests, wanted);
    if (part === undefined) continue;
    units += amount * (part.units ?? WHOLE);
    if (part.units === undefined) unknown.push(resource);
  }
  return { units, unknown };
}

/** Of a device that is claimed of the class, with the profile that its driver tells; undefined where the class is of no such devices. */
export function claimedUnits(className: string, wanted: DeviceClass, profile = ''): number | undefined {
  const offer = claimOffer(className);
  if (offer === undefined || !isWanted(offer.vendor, wanted)) return undefined;
  return profile === '' ? WHOLE : (profileUnits(profile) ?? WHOLE);
}

/** `units` is undefined where the part is not known. */
interface Part {
  readonly units: number | undefined;
}

/** What one of the resource is of a device; undefined where it is none of the class, or says more of one that counts already. */
function partOf(resource: string, requests: ResourceAmounts, wanted: DeviceClass): Part | undefined {
  const offers = CATALOGUE.filter((vendor) => isWanted(vendor, wanted)).flatMap(({ offers: all }) => all);
  const own = offers.filter((offer) => offer.claim === undefined && names(offer.resource, resource));
  const [first] = own;
  if (first === undefined) return undefined;
  if (first.grain === 'profile') return { units: profileUnits(resource.slice(first.resource.indexOf('*'))) };
  const share = own.find((offer) => offer.grain === 'share' && isAsked(offer, requests));
  if (share !== undefined) return shareOf(share, requests);
  if (own.every(({ grain }) => grain === 'share' || grain === 'replica')) return { units: undefined };
  return { units: WHOLE };
}

/** Devices of the vendor are of the class. */
export function isWanted(vendor: AcceleratorVendor, wanted: DeviceClass): boolean {
  return wanted === 'device' || vendor.deviceClass === wanted;
}

/** A `*` of the pattern stands for any part of the name. */
export function names(pattern: string, resource: string): boolean {
  const [before = '', after] = pattern.split('*');
  return after === undefined ? pattern === resource : resource.startsWith(before) && resource.endsWith(after);
}

/** The share says how much it is. */
export function isAsked({ memory, cores }: DeviceOffer, requests: ResourceAmounts): boolean {
  return [memory, cores].some((name) => name !== undefined && (requests.get(name) ?? 0) > 0);
}

/** Cores are hundredths of each device; what an amount of memory is of one only the node says. */
function shareOf({ cores }: DeviceOffer, requests: ResourceAmounts): Part {
  const hundredths = cores === undefined ? 0 : (requests.get(cores) ?? 0);
  return { units: hundredths > 0 ? Math.min(WHOLE, hundredths * (WHOLE / 100)) : undefined };
}

/** `3g.40gb` is three slices of seven, rounded down so that all slices of a device fit into one; devices that are cut into four have profiles of their own. */
function profileUnits(profile: string): number | undefined {
  const [, slices, memory] = PROFILE.exec(profile) ?? [];
  if (slices === undefined) return undefined;
  return Math.floor((WHOLE * Number(slices)) / (OF_FOUR.has(`${slices}g.${memory}gb`) ? 4 : 7));
}

const PROFILE = /^(\d)g\.(\d+)gb/;

/** Of A30 and RTX PRO 6000; all other devices of NVIDIA with profiles are cut into seven. */
const OF_FOUR: ReadonlySet<string> = new Set(['1g.6gb', '2g.12gb', '4g.24gb', '2g.48gb', '4g.96gb']);
