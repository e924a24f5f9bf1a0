import type { DeviceClaimRecord } from './device-records.ts';
import type { ObjectHead } from './object-head.ts';

/** What Sluice keeps of a ResourceClaimTemplate. */
export interface ClaimTemplateRecord extends ObjectHead {
  /** Sluice has made it of a wish. */
  readonly isWished: boolean;
  /** A claim as it would be made from it, under the template's name. */
  readonly claim: DeviceClaimRecord | undefined;
  /** Since when no pod names it, ms since the epoch; undefined where nothing is said. */
  readonly unusedSinceMs: number | undefined;
}
