import type { OwnerRecord } from './owner-record.ts';

/** What Sluice keeps of a Command (bus.volcano.sh/v1alpha1). */
export interface CommandRecord {
  /** `namespace/name`. */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly createdMs: number;
  readonly deleting: boolean;
  /** What is to be done; empty when it does not say. */
  readonly action: string;
  /** The object that is commanded, in the Command's namespace unless it is a Queue. */
  readonly target: OwnerRecord | undefined;
  readonly reason: string;
  readonly message: string;
}
