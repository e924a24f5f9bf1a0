import type { FieldError } from '../../lib/field-error.ts';
import type { Policy } from './policy.ts';

/** A condition as it stands in the status. */
export interface PolicyCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string;
}

/** What Sluice keeps of a WorkloadPolicy or a NamespacedWorkloadPolicy. */
export interface PolicyRecord {
  /** `name`, or `namespace/name` for one of a namespace. */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number;
  /** When somebody last wrote anything but the status; 0 when nobody knows. */
  readonly editedMs: number;
  readonly deleting: boolean;
  /** Key of the ConfigMap that it was made from; empty for none. */
  readonly source: string;
  /** Undefined while it cannot be read. */
  readonly policy: Policy | undefined;
  /** Its spec in JSON while it can be read, and else the text that its status keeps of the last one that could; empty for none. */
  readonly goodSpec: string;
  /** What the status keeps, as a policy; only where the policy itself cannot be read. */
  readonly lastGood: Policy | undefined;
  /** What cannot be read. */
  readonly errors: readonly FieldError[];
  readonly observedGeneration: number;
  readonly inForceGeneration: number;
  readonly inForceSpec: string;
  readonly conflicts: number;
  readonly conditions: readonly PolicyCondition[];
}
