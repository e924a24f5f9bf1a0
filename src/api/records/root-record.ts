import type { SignedSubmitter } from '../submitter-claim.ts';
import type { OwnerRecord } from './owner-record.ts';

/** What Sluice keeps of an object of a workload kind, whatever kind that is: parts of its metadata. */
export interface RootRecord {
  /** `namespace/name`. */
  readonly key: string;
  /** As the kind is watched, which may be another version than the object was written in. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly createdMs: number;
  readonly deleting: boolean;
  /** Raw group plan annotation, empty when the webhook never saw it. */
  readonly groupPlan: string;
  /** Queue from its label or annotation; empty when none. */
  readonly queue: string;
  /** Annotations that go on to its group. */
  readonly handedDown: ReadonlyMap<string, string>;
  /** Who its annotations say that it is of. */
  readonly submitter: SignedSubmitter;
  /** The `controller: true` owner. */
  readonly owner: OwnerRecord | undefined;
}
