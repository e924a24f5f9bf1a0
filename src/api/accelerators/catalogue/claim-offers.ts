import { CATALOGUE } from './table.ts';
import type { AcceleratorVendor, ClaimOffer, DeviceOffer } from './vendor.ts';

/** Devices of a vendor that are given out by claims. */
export interface VendorClaim {
  readonly vendor: AcceleratorVendor;
  readonly offer: DeviceOffer;
  readonly claim: ClaimOffer;
}

/** All that the catalogue knows; a driver has one for each of its classes. */
export const CLAIM_OFFERS: readonly VendorClaim[] = CATALOGUE.flatMap((vendor) =>
  vendor.offers.flatMap((offer) => (offer.claim === undefined ? [] : [{ vendor, offer, claim: offer.claim }])),
);

/** Undefined for a class that is not of the catalogue. */
export function claimOffer(className: string): VendorClaim | undefined {
  return CLAIM_OFFERS.find(({ claim }) => claim.className === className);
}
