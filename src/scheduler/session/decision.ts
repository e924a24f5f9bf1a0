import type { DeviceChoice } from '../claims/device-choice.ts';
import type { VolumeChoice } from '../volumes/volume-choice.ts';
import type { CardChoice } from '../../api/records/card-records.ts';
import type { ZoneShare } from '../../api/records/numa-records.ts';
import type { ReasonCode } from '../../api/reasons.ts';
import type { PastUsage, QueueCondition } from '../../api/records/queue-record.ts';
import type { PodGroupCondition, PodGroupPhase } from '../../api/records/pod-group-record.ts';

/** Place one pod on one node. */
export interface BindDecision {
  readonly kind: 'bind';
  readonly uid: string;
  /** `namespace/name` of the pod. */
  readonly pod: string;
  readonly node: string;
  /** To be done before: what becomes of its unbound claims. Absent for most, which have none. */
  readonly volumes?: readonly VolumeChoice[];
  /** To be done before: which devices its unallocated claims for devices get. Absent for most, which have none. */
  readonly devices?: readonly DeviceChoice[];
  /** To be told with it: which cards each container gets. Absent for most, which ask for none. */
  readonly cards?: CardChoice;
  /** To be told with it: what it is expected to get of which NUMA node. Absent for most, which do not mind. */
  readonly numa?: readonly ZoneShare[];
}

/** All binds of one group in one cycle: all of them are sent, or none. */
export interface GangDecision {
  readonly kind: 'gang';
  /** `namespace/name` of the PodGroup. */
  readonly group: string;
  readonly minMember: number;
  readonly binds: readonly BindDecision[];
}

/** A room on a node that becomes free is kept for this pod during the cycle; nothing is written. */
export interface PipelineDecision {
  readonly kind: 'pipeline';
  readonly uid: string;
  readonly pod: string;
  readonly node: string;
}

/** A running pod is deleted, so that others may have its room; it and its group are told why. */
export interface EvictDecision {
  readonly kind: 'evict';
  readonly uid: string;
  /** `namespace/name` of the pod. */
  readonly pod: string;
  /** `namespace/name` of its PodGroup. */
  readonly group: string;
  readonly code: ReasonCode;
  readonly message: string;
}

/** What the PodGroup's status should say after the cycle; written only when it differs. */
export interface StatusDecision {
  readonly kind: 'status';
  readonly group: string;
  readonly phase: PodGroupPhase;
  readonly running: number;
  readonly succeeded: number;
  readonly failed: number;
  /** The HyperNode that its pods stand in; absent where nobody asked for one, and before all of its minimum stand. */
  readonly hyperNode?: string;
  /** The condition to show; undefined leaves the conditions as they are. */
  readonly condition: Pick<PodGroupCondition, 'type' | 'status' | 'reason' | 'message'> | undefined;
}

/** Why pods wait, in kubectl's words, for the PodScheduled condition and the FailedScheduling event. */
export interface RefusalDecision {
  readonly kind: 'refusal';
  readonly group: string;
  /** Pods that the message is for. */
  readonly uids: readonly string[];
  readonly code: ReasonCode;
  /** e.g. `0/8 nodes are available: 8 Insufficient nvidia.com/gpu. gang of 6 ...`. */
  readonly message: string;
  /** More or larger nodes could mend it: who adds nodes for pods that wait is to know. */
  readonly nodesHelp: boolean;
}

/** What a queue's status should say; written only when it differs. */
export interface QueueStatusDecision {
  readonly kind: 'queueStatus';
  readonly queue: string;
  /** Held by its running and bound pods, and by those of the queues below it, in whole units. */
  readonly allocated: ReadonlyMap<string, number>;
  /** What is wrong with the queue: conditions of Sluice's types that are not among them are taken away. */
  readonly conditions: readonly Omit<QueueCondition, 'lastTransitionTime'>[];
  /** What it has held over time; absent unless somebody keeps count. */
  readonly usage?: PastUsage;
}

export type Decision =
  GangDecision | PipelineDecision | EvictDecision | StatusDecision | RefusalDecision | QueueStatusDecision;
