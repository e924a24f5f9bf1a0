import type { PodCards } from './card-records.ts';
import type { JobPodRecord } from './job-pod-record.ts';
import type { LabelPairs } from './label-selector.ts';
import type { PodNuma } from './numa-records.ts';
import type { OwnerRecord } from './owner-record.ts';
import type { PodClaim } from './pod-claim.ts';
import type { PodDeviceClaim } from './device-records.ts';
import type { ExtendedAsk } from './extended-ask.ts';
import type { SchedulingShape } from './scheduling-shape.ts';

export const POD_PHASES = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'] as const;
export type PodPhase = (typeof POD_PHASES)[number];

/** What Sluice keeps of a pod, projected at parse time; equal pods share one `shape`. */
export interface PodRecord {
  /** `namespace/name`. */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly createdMs: number;
  /** Mostly one list for the pods of a namespace that have the same. */
  readonly labels: LabelPairs;
  readonly schedulerName: string;
  /** Empty while unbound. */
  readonly nodeName: string;
  readonly phase: PodPhase;
  /** Has a deletionTimestamp. */
  readonly deleting: boolean;
  /** Name of its PodGroup from the group-name annotation; empty when none. */
  readonly group: string;
  /** Role in the group (`volcano.sh/task-spec`), empty when none. */
  readonly task: string;
  /** Queue from its label or annotation; empty when none. Only used to adopt pods that slipped past. */
  readonly queue: string;
  readonly priority: number;
  readonly priorityClassName: string;
  /** No pod may be evicted for it (`preemptionPolicy: Never`). */
  readonly isPatient: boolean;
  /** It may be evicted for others, as far as its own label or annotation says. */
  readonly preemptable: boolean;
  /** Its cooldown ends then, milliseconds since 1970; 0 for most, which have none, and before a node has it. */
  readonly cooldownEndMs: number;
  /** How long it runs at most once a node has it, as its owner says, milliseconds above 0; 0 when nobody said. */
  readonly runMs: number;
  /**
   * When its kubelet took it, milliseconds since 1970, rounded up to the minute so that the pods of a gang share it. 0 before, and
   * for pods without group of which nobody says how long they run.
   */
  readonly startedMs: number;
  /** Scheduling gates are left. */
  readonly gated: boolean;
  /** The only one that is left is Volcano's, which holds it back until its queue has room. */
  readonly isQueueGated: boolean;
  /** `sluice.dev/bind-plan-id` of the Binding, empty when none. */
  readonly bindPlanId: string;
  /** Message of the PodScheduled=False condition as it stands, empty when none. */
  readonly unschedulableMessage: string;
  /** Raw group plan annotation (bare pods and Spark drivers are roots), empty when none. */
  readonly groupPlan: string;
  /** Node that a scheduler keeps room on for it (`status.nominatedNodeName`), empty when none. */
  readonly nominatedNode: string;
  /** The claims whose volumes it uses; one list for pods that use the same. */
  readonly claims: readonly PodClaim[];
  /** The claims whose devices it uses; mostly none. */
  readonly deviceClaims: readonly PodDeviceClaim[];
  /** What its containers ask for that DeviceClasses may serve; mostly nothing. One list for pods that ask for the same. */
  readonly extendedAsks: readonly ExtendedAsk[];
  /** What it asks of cards that pods share, and has of them; undefined for most. One object for pods that say the same. */
  readonly cards: PodCards | undefined;
  /** What its kubelet gives it for itself, CPUs above all; undefined for most. One object for pods that say the same. */
  readonly numa: PodNuma | undefined;
  /** The `controller: true` owner. */
  readonly owner: OwnerRecord | undefined;
  /** Only of pods that a Job of batch.volcano.sh controls. */
  readonly jobPod: JobPodRecord | undefined;
  readonly shape: SchedulingShape;
  /** Its annotations that a group which is made for it alone takes over, and whose it is; empty where it has a group. */
  readonly handedDown: ReadonlyMap<string, string>;
  /** The datasets that it reads, as its annotation says; empty for most. */
  readonly datasets: string;
  /** How full its nodes should be, as its annotations say (see `strategyText`); empty for most. */
  readonly strategy: string;
  /** Images of its containers, init containers and volumes, as nodes name them, sorted; repeats are told. One list for equal ones. */
  readonly images: readonly string[];
}
