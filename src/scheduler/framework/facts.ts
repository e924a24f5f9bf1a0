import type { Refusal } from '../model/refusal.ts';

/** What a cycle is told about the world beyond its snapshot: the core has no clock and asks nobody. */
export interface CycleFacts {
  /** Wall clock, milliseconds since 1970. */
  readonly nowMs: number;
  /** Groups that get nothing now, since their last decision was refused, and why; absent: none. */
  readonly resting?: ReadonlyMap<string, Refusal>;
  /** UIDs of pods that are not evicted now, since the last try was refused (a disruption budget); absent: none. */
  readonly spared?: ReadonlySet<string>;
}
