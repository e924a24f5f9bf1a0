import type { ResourceAmounts } from './scheduling-shape.ts';

/** Something that is known of a Queue; Kubernetes' form of a condition. */
export interface QueueCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string;
}

/** Names of node groups. */
export interface NodeGroups {
  readonly required: readonly string[];
  /** The best one first. */
  readonly preferred: readonly string[];
}

/** Which groups of nodes the pods of a queue use, and which they avoid. */
export interface QueueAffinity {
  readonly use: NodeGroups;
  readonly avoid: NodeGroups;
}

/** Where a queue stands in a tree of its own making, as written: parts are separated by `/`. Weights are empty where none are given. */
export interface QueueHierarchy {
  readonly path: string;
  readonly weights: string;
}

/** What a queue has held of the cluster, older times counting less: between 0 and 1, as it was at a time. */
export interface PastUsage {
  readonly mean: number;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

/** What Sluice keeps of a Queue (scheduling.volcano.sh/v1beta1). Absent lists are undefined, not empty. */
export interface QueueRecord {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly weight: number;
  readonly priority: number;
  readonly reclaimable: boolean;
  /** While the first in line waits for room nobody behind it gets any (`dequeueStrategy: fifo`). */
  readonly isStrict: boolean;
  readonly parent: string;
  readonly capability: ResourceAmounts | undefined;
  readonly guarantee: ResourceAmounts | undefined;
  readonly deserved: ResourceAmounts | undefined;
  /** Undefined when it names no node group. */
  readonly affinity: QueueAffinity | undefined;
  /** Undefined when its annotations say nothing of it. */
  readonly hierarchy: QueueHierarchy | undefined;
  /** `Open` when the status says nothing. */
  readonly state: 'Open' | 'Closed' | 'Closing' | 'Unknown';
  /** It is closed only because the queue above it is, or is about to be. */
  readonly closedByParent: boolean;
  /** On its way out, and kept by a finalizer. */
  readonly deleting: boolean;
  /** Canonical text of status.allocated as it stands, to write on change only. */
  readonly allocatedText: string;
  readonly conditions: readonly QueueCondition[];
  /** Undefined where nobody keeps count of it. */
  readonly usage: PastUsage | undefined;
}
