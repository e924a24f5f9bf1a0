import type { ReasonCode } from '../../../api/reasons.ts';
import type { JsonObject } from '../../../lib/json.ts';
import type { WriteRequest } from '../../ports.ts';

/** How it stands with an order: done, a problem that ends it, or undefined while it goes on. */
export type Standing = { readonly problem: string | undefined } | undefined;

export const DONE: Standing = { problem: undefined };

/** A claim, of a volume or of devices, that has to be ready before the pods that use it are bound. */
export interface ClaimOrder {
  /** `namespace/name` of the claim. */
  readonly claim: string;
  /** What is told of pods that wait when it fails. */
  readonly code: ReasonCode;
  readonly timeoutMs: number;
  /** What an earlier leader wrote is taken back as well when another claim fails. */
  readonly mayUndoOthers: boolean;
  /**
   * The next write, on the newest version of the object. `answered`: what the write before it was answered. Undefined when nothing
   * is left to be written, a text when it is pointless.
   */
  nextWrite(answered: JsonObject | undefined): WriteRequest | string | undefined;
  /** As the watch has it. */
  standing(): Standing;
  /**
   * Takes back what was written, as far as nobody has gone on from it. `version`: of the object as it was answered to us, which the
   * watch may not have shown yet; empty when that is not known.
   */
  undoing(version: string): WriteRequest | undefined;
  /** Takes away what was made for the order alone, once it is undone. */
  removing?(): WriteRequest | undefined;
}
