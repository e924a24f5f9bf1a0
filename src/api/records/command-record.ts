import type { OwnerRecord } from './owner-record.ts';
import type { ObjectHead } from './object-head.ts';

/** What Sluice keeps of a Command (bus.volcano.sh/v1alpha1). */
export interface CommandRecord extends ObjectHead {
  /** What is to be done; empty when it does not say. */
  readonly action: string;
  /** The object that is commanded, in the Command's namespace unless it is a Queue. */
  readonly target: OwnerRecord | undefined;
  readonly reason: string;
  readonly message: string;
}
