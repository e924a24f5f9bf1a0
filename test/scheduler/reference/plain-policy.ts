import type { PodGroupPhase } from '../../../src/api/records/pod-group-record.ts';
import type { EvictingAction } from '../../../src/config/policy.ts';

/** What a turn says, by short names. */
export interface PlainOutcome {
  readonly placed: Readonly<Record<string, string>>;
  readonly promised: Readonly<Record<string, string>>;
  /** Code by group. */
  readonly refused: Readonly<Record<string, string>>;
  /** Group that takes the room by pod. */
  readonly evicted: Readonly<Record<string, string>>;
  readonly phases: Readonly<Record<string, PodGroupPhase>>;
}

/** What the reference is asked to be. */
export interface PlainPolicy {
  /** `drf` stands last: the smaller share of a queue's groups first. */
  readonly isByShare?: boolean;
  /** `capacity` in the place of `proportion`; with a tree, and so many levels above a queue that claim for it. */
  readonly capacity?: { readonly isTree: boolean; readonly reach: number };
  /** Beside `enqueue`, `allocate` and `backfill`, and after them. */
  readonly evicting?: readonly EvictingAction[];
}
