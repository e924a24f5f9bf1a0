import type { PodGroupPhase } from '../../api/records/pod-group-record.ts';
import type { ReasonCode } from '../../api/reasons.ts';
import type { TierAccount } from '../framework/plugin.ts';

/** Amounts by resource, as Kubernetes quantities. */
export type Quantities = Readonly<Record<string, string>>;

/**
 * Why a group waits, with the numbers that it can be checked by, as the latest cycle left the cluster. Plain data: it is
 * shown as JSON as it stands.
 */
export interface Explanation {
  /** `namespace/name` of the PodGroup. */
  readonly group: string;
  readonly queue: string;
  readonly phase: PodGroupPhase;
  /** The user whose work it is; empty where that is not verified. */
  readonly verifiedSubmitter: string;
  readonly state: GroupState;
  readonly members: Members;
  /** What keeps it waiting. The first is what the latest cycle told the group; the others hold as well, as things are now. */
  readonly reasons: readonly Reason[];
  /** Its pending pods, those that are alike together. */
  readonly pods: readonly PodFit[];
  /** What domains of the network have for it, where it has to stay within one; empty where it need not, or nothing waits. */
  readonly near: readonly NearFit[];
  /** Its queue, then those above it. */
  readonly queues: readonly QueueAccount[];
  /** Undefined when it waits for no room. */
  readonly room: RoomAccount | undefined;
  readonly line: PlaceInLine | undefined;
  readonly reservation: ReservedRoom | undefined;
  /** Rooms that are promised to its pods, and are still taken by pods on their way out. */
  readonly promised: readonly PromisedRoom[];
}

/**
 * `waits`: it has not started, or pods of it that are needed are missing. `runs`: it has all that it needs; reasons speak of
 * further pods. `ended`: nothing is to come. `suspended`: its root asks for nothing.
 */
export type GroupState = 'waits' | 'runs' | 'ended' | 'suspended';

export interface Members {
  /** So many start together. */
  readonly minimum: number;
  /** That exist and have not ended in failure. */
  readonly pods: number;
  /** That hold a node, or have ended well. */
  readonly placed: number;
  readonly pending: number;
  /** More that have to be placed before it starts. */
  readonly missing: number;
  readonly roles: readonly Role[];
}

/** A role with a minimum of its own. */
export interface Role {
  readonly name: string;
  readonly minimum: number;
  readonly pods: number;
  readonly placed: number;
}

export interface Reason {
  readonly code: ReasonCode;
  /** `never`: time alone does not mend it, something has to be changed. */
  readonly verdict: 'never' | 'wait';
  readonly message: string;
  readonly numbers?: ReasonNumbers;
}

/** Of the limit so much counts as gone already: held, and promised where promises count. */
export interface ReasonNumbers {
  readonly resource: string;
  readonly asked: string;
  readonly held: string;
  readonly limit: string;
  /** Whose limit; absent: the cluster's. */
  readonly queue?: string;
}

/** Pods that are alike, and the nodes. */
export interface PodFit {
  /** Role, where the group has some. */
  readonly task: string;
  readonly count: number;
  readonly asks: Quantities;
  /** So many of them have a place now, when no others of the group stand in their way. */
  readonly fitNow: number;
  /** So many could have one if the cluster were empty. */
  readonly fitEmpty: number;
  /** Both are bounds from above: each was looked at alone in what more it needs of its node (devices, cards, NUMA nodes, a place beside other pods). */
  readonly isUpperBound?: true;
  /** There is enough free in sum, but in parts that are too small. */
  readonly isFragmented: boolean;
  readonly free: readonly FreeRoom[];
  readonly nodes: number;
  /** Nodes that refuse them now, by reason; a node may give several. */
  readonly refusedBy: Readonly<Record<string, number>>;
}

/** A group, or a part of it, that has to find room within one domain of the network. */
export interface NearFit {
  /** Name of the kind of parts; empty for the group as a whole. */
  readonly part: string;
  /** Pods that have to find room together. */
  readonly needed: number;
  /** Of tiers that are low enough, from the lowest on. */
  readonly tiers: readonly TierAccount[];
}

/** What is free of a resource now, and promised to nobody. */
export interface FreeRoom {
  readonly resource: string;
  readonly inCluster: string;
  /** On nodes that the pods may use. */
  readonly onUsable: string;
  /** Most on one of those. */
  readonly onOneNode: string;
  /** For so many pods, each resource by itself. */
  readonly pods: number;
}

/** What a queue holds and may have, for the resources that the group asks for. */
export interface QueueAccount {
  readonly queue: string;
  readonly isOpen: boolean;
  readonly resources: readonly QueueAmounts[];
}

/** Absent where nothing is said of the resource. */
export interface QueueAmounts {
  readonly resource: string;
  /** By its own groups. */
  readonly held: string;
  /** By the queues below it. */
  readonly heldBelow: string;
  /** To groups that were let in, beyond what they hold. */
  readonly promised?: string;
  readonly deserved?: string;
  readonly guarantee?: string;
  readonly capability?: string;
  /** Most that its own groups may ever hold. */
  readonly limit?: string;
}

/** Who holds the resource that the group lacks, biggest first. */
export interface RoomAccount {
  readonly resource: string;
  /** The queues that count: that of the group with those that share its limit, or all. */
  readonly scope: 'queue' | 'cluster';
  readonly queues: readonly QueueHolding[];
  readonly groups: readonly GroupHolding[];
  /** Groups that are not listed. */
  readonly others: number;
  /** By pods that no group of ours stands for, such as those of DaemonSets. */
  readonly byStrangers: string;
}

export interface QueueHolding {
  readonly queue: string;
  readonly held: string;
  readonly groups: number;
}

export interface GroupHolding {
  /** `namespace/name`. */
  readonly group: string;
  readonly queue: string;
  readonly held: string;
  /** What it may still take of its minimum. */
  readonly promised: string;
  readonly pods: number;
  readonly priority: number;
  /** Some of its pods may be told to go for the group. */
  readonly mayGo: boolean;
  /** Why not, or by which action. */
  readonly why: string;
}

/** Whose turn comes before. */
export interface PlaceInLine {
  /** For what it stands in line. */
  readonly for: 'admission' | 'placement';
  /** From 1 on, among the groups of its queue. */
  readonly position: number;
  readonly of: number;
  /** `namespace/name` of those right before it, the nearest last. */
  readonly before: readonly string[];
  /** Queues with waiting groups whose turn comes first now. */
  readonly queuesBefore: number;
}

/** Room that is kept for a group that has waited for too long. */
export interface ReservedRoom {
  /** For this group, or for another one that is in its way. */
  readonly isOwn: boolean;
  /** `namespace/name`. */
  readonly group: string;
  readonly nodes: readonly string[];
  /** ISO 8601. */
  readonly since: string;
  /** Given up then, unless the group could start. */
  readonly until: string;
}

export interface PromisedRoom {
  readonly node: string;
  /** Of the group, that are to stand there. */
  readonly pods: number;
  /** `namespace/name` of the pods on their way out there. */
  readonly leaving: readonly string[];
}
