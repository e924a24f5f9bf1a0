import { digest } from '../../lib/digest.ts';
import type { JsonObject } from '../../lib/json.ts';
import { claimOffer } from './catalogue/claim-offers.ts';
import type { VendorClaim } from './catalogue/claim-offers.ts';
import { claimSelectors } from './claim-selectors.ts';
import { formatWish } from './wish.ts';
import type { AcceleratorWish } from './wish.ts';
import { parseWish } from './parse-wish.ts';

/** What a pod calls the claim that its wish comes to. */
export const ACCELERATOR_CLAIM = 'sluice-accelerators';
/** No claim may have more devices: the API server's limit. */
export const MAX_CLAIMED = 32;

/** Of which class a claim is, and by which template it is made. */
export interface ClaimDemand {
  readonly className: string;
  /** Name of the ResourceClaimTemplate, in the namespace of the pod. */
  readonly template: string;
}

/** The wish as far as devices go: whoever wishes for the same shares a template. */
function claimText(wish: AcceleratorWish): string {
  return formatWish({ ...wish, isGroupDomain: false, container: '', mayCome: false });
}

export function claimDemand(className: string, wish: AcceleratorWish): ClaimDemand {
  return { className, template: `sluice-${digest(`${className} ${claimText(wish)}`, DIGITS)}` };
}

const DIGITS = 12;

/**
 * The spec of the claims of a wish's template. Undefined where the name is not that of the wish and the class: what annotations
 * of pods say is what users say, and no template is made of anything but a wish.
 */
export function claimSpecOf({ className, template }: ClaimDemand, text: string): JsonObject | undefined {
  const parsed = parseWish(text);
  const offer = claimOffer(className);
  if (parsed.kind === 'mistake' || offer === undefined) return undefined;
  return claimDemand(className, parsed.wish).template === template ? claimSpec(offer, parsed.wish) : undefined;
}

function claimSpec(offer: VendorClaim, wish: AcceleratorWish): JsonObject {
  const selectors = claimSelectors(offer, wish).map((expression) => ({ cel: { expression } }));
  const exactly = {
    deviceClassName: offer.claim.className,
    allocationMode: 'ExactCount',
    count: wish.count,
    ...(selectors.length === 0 ? {} : { selectors }),
  };
  return { devices: { requests: [{ name: 'accelerators', exactly }] } };
}
