import type { ObjectHead } from './object-head.ts';

/** What Sluice keeps of a ResourceClaimTemplate that it has made of a wish. */
export interface ClaimTemplateRecord extends ObjectHead {
  /** Since when no pod names it, ms since the epoch; undefined where nothing is said. */
  readonly unusedSinceMs: number | undefined;
}
