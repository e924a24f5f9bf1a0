import type { NetworkRule } from './network-rule.ts';
import type { OwnerRecord } from './owner-record.ts';
import type { ResourceAmounts } from './scheduling-shape.ts';
import type { SubGroupPolicyRecord } from './sub-group-policy.ts';

/** Volcano's phases, plus the empty one of a group that no scheduler has seen. */
export type PodGroupPhase = '' | 'Pending' | 'Inqueue' | 'Running' | 'Unknown' | 'Completed';

/** Whether the group's root wants its pods: it may be suspended, or have come to its end. */
export type RootState = 'Active' | 'Suspended' | 'Ended';

export interface PodGroupCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly transitionID: string;
  readonly lastTransitionTime: string;
}

/** What Sluice keeps of a PodGroup (scheduling.volcano.sh/v1beta1). */
export interface PodGroupRecord {
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly createdMs: number;
  readonly deleting: boolean;
  readonly minMember: number;
  readonly minTaskMember: ReadonlyMap<string, number>;
  /** Parts that are each placed as a whole; one empty list for most groups. */
  readonly subGroups: readonly SubGroupPolicyRecord[];
  /** How near to each other its pods have to be; undefined for most groups. */
  readonly network: NetworkRule | undefined;
  readonly queue: string;
  readonly priorityClassName: string;
  /** Its pods may be evicted for others, as far as the group's label or annotation says. */
  readonly preemptable: boolean;
  /** From when it was made on, milliseconds above 0; undefined when nobody said how long it may wait. */
  readonly waitingMs: number | undefined;
  /** How long each of its pods runs at most, milliseconds above 0; 0 when nobody said. A pod's own counts beside it. */
  readonly runMs: number;
  /** Those of its annotations that single plugins of the scheduler read, as written; one empty map for most groups. */
  readonly hints: ReadonlyMap<string, string>;
  /** Those of its annotations that it may have taken over from what makes its pods; one empty map for most groups. */
  readonly handedDown: ReadonlyMap<string, string>;
  readonly minResources: ResourceAmounts | undefined;
  readonly phase: PodGroupPhase;
  readonly conditions: readonly PodGroupCondition[];
  readonly running: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Raw bind plan annotation, empty when none is open. */
  readonly bindPlan: string;
  /** `Active` when nobody said otherwise. */
  readonly rootState: RootState;
  /** Kind and name of the object that Sluice made the group for; empty for a group that somebody else made. */
  readonly origin: string;
  /** The user whose work Sluice made the group for; empty when nobody knows. */
  readonly submitter: string;
  /** As written; only one that is verified makes the submitter count. */
  readonly submitterSignature: string;
  readonly owner: OwnerRecord | undefined;
}
