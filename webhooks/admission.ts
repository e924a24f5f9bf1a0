import type { Verdict } from './verdict.ts';
import type { ExtendedResources } from '../src/api/devices/extended-resources.ts';
import type { ResourceGroup } from '../src/api/resource-group.ts';
import type { RootRecord } from '../src/api/records/root-record.ts';
import type { ResourceAmounts } from '../src/api/records/scheduling-shape.ts';
import type { SubmitterKeys } from '../src/api/submitter-claim.ts';
import type { ResourceType } from '../src/api/resources.ts';
import type { WorkloadKindSpec } from '../src/api/kinds/workload-kind.ts';
import type { JsonObject } from '../src/lib/json.ts';
import type { VersionedKind } from './frameworks/versioned-kind.ts';
import type { PolicySet } from './policies/policy-set.ts';
import type { DeviceInventory } from './accelerators/inventory.ts';
import type { Answers, Question } from './question.ts';
import type { RightModes } from './rights/mode.ts';
import type { ViewKind } from './view-kind.ts';

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

/** The parts of an AdmissionRequest (admission.k8s.io/v1) that decisions may depend on. */
export interface AdmissionRequest {
  /** Unique for each request: the only source of nonces, so that a decision stays a pure function of its input. */
  readonly uid: string;
  readonly group: string;
  readonly version: string;
  /** Plural resource name, e.g. `jobs`. */
  readonly resource: string;
  readonly subresource: string;
  readonly operation: Operation;
  /** The truth about the namespace; `metadata.namespace` of the object may be empty. */
  readonly namespace: string;
  /** Empty when the object has only a generateName. */
  readonly name: string;
  readonly username: string;
  readonly userGroups: readonly string[];
  readonly userUid: string;
  /** What the authenticator knows of the user beyond that. */
  readonly userExtra: Readonly<Record<string, readonly string[]>>;
  readonly object: JsonObject | undefined;
  readonly oldObject: JsonObject | undefined;
  readonly dryRun: boolean;
}

/** The records of one kind as admission sees them. */
export interface KindView<T> {
  get(key: string): T | undefined;
  values(): Iterable<T>;
  /** Records under a key of one of the kind's indices. */
  by(index: string, key: string): readonly T[];
  /** How many those are. O(1). */
  count(index: string, key: string): number;
}

/** How large the cluster is: what is larger can never be placed. */
export interface ClusterRoom {
  /** Sum over all nodes. */
  readonly totals: ResourceAmounts;
  /** The most that any one node offers, resource by resource. */
  readonly largestNode: ResourceAmounts;
  /** Resources that may be had by a claim where no node publishes them. */
  readonly served: ExtendedResources;
}

/** What admission knows of the cluster: a light, possibly slightly stale view. */
export interface ClusterView {
  /** False until the kinds that rows read were listed: nothing is refused as unknown before. */
  readonly synced: boolean;
  /** Which rights of users are looked at. */
  readonly rights: RightModes;
  /** What submitters are signed and known again with. */
  readonly submitterKeys: SubmitterKeys;
  queue(name: string): QueueView | undefined;
  /** Sorted. */
  queueNames(): readonly string[];
  /** Any kind that the rows read. */
  of<T>(kind: ViewKind<T>): KindView<T>;
  /** Undefined until the engine has told it, and where no engine runs beside the webhooks. */
  room(): ClusterRoom | undefined;
  /** What nodes have left, as it was a few seconds ago at most; undefined until the engine that leads has told it. */
  free(): ResourceAmounts | undefined;
  /** What a queue holds with all below it, as its status says. */
  heldBy(queue: string): ResourceAmounts;
  /** Groups of the queue that want to run and do not yet. */
  waitingIn(queue: string): number;
  /** What becomes of work that can never start as the cluster is. */
  readonly neverFits: NeverFits;
  /** A queue with work in it may not be deleted. */
  readonly keepsBusyQueues: boolean;
  /**
   * What names Volcano's scheduler has the groups that Volcano would make where nobody opted in: pods of a Job of Kubernetes start one
   * by one, and a pod without owner has a group that is named by its UID.
   */
  readonly groupsAsVolcano: boolean;
  /** Which devices the nodes publish; undefined where and as long as nobody tells how large the cluster is. */
  devices(): DeviceInventory | undefined;
  /** Default queue of a namespace from its annotation; empty when none. */
  defaultQueue(namespace: string): string;
  optedIn(namespace: string): boolean;
  priorityClass(name: string): { readonly value: number } | undefined;
  group(namespace: string, name: string): GroupView | undefined;
  /** The group that was made for a root object, by the owner's UID. */
  groupOfOwner(ownerUid: string): GroupView | undefined;
  /** How objects of a kind are read, by their `apiVersion`, of whatever version, and `kind`; undefined where nobody said. */
  workloadKind(apiVersion: string, kind: string): WorkloadKindSpec | undefined;
  /** Those of the kinds that the cluster serves whose objects are named by their pods. */
  namedKinds(): readonly VersionedKind[];
  /** The object of a workload kind with this UID; undefined where the view lacks it, whether or not it exists. */
  root(uid: string): RootRecord | undefined;
  /** The same by name. */
  rootNamed(type: ResourceType, namespace: string, name: string): RootRecord | undefined;
  /** `namespace/name` of the groups in a queue that have not come to their end; sorted. */
  groupsIn(queue: string): readonly string[];
  /** The policies in force, by their last form that could be read. */
  policies(): PolicySet;
  /** Groups of the admission configuration of Volcano; none outside of compatibility mode. */
  resourceGroups(): readonly ResourceGroup[];
  /** True for the user that Sluice itself works as: what it writes was decided by these rules already. */
  isOwn(username: string): boolean;
}

/** Told to whoever submits it, refused, or neither. */
export type NeverFits = 'warn' | 'refuse' | 'ignore';

export interface QueueView {
  readonly state: string;
  /** On its way out, and kept by a finalizer. */
  readonly deleting: boolean;
  readonly parent: string;
  readonly hasChildren: boolean;
  /** Undefined where nothing is limited. */
  readonly capability: ResourceAmounts | undefined;
}

export interface GroupView {
  readonly namespace: string;
  readonly name: string;
  readonly queue: string;
  readonly ownerUid: string;
  /** Minima by role; empty when the group has no roles. */
  readonly tasks: ReadonlyMap<string, number>;
  /** Kind and name of the object that Sluice made the group for (`Job/train`); empty when somebody else made it. */
  readonly origin: string;
  /** The user whose work it is; empty when nobody knows. */
  readonly submitter: string;
}

/** Pure: the same input gives the same verdict, with answers when the row asks, byte for byte. Mutating twice equals mutating once. */
export type AdmitFn = (request: AdmissionRequest, view: ClusterView, answers?: Answers) => Verdict;

/** Pure as well; the questions are answered side by side, within the review's time. */
export type AskFn = (request: AdmissionRequest, view: ClusterView) => readonly Question[];
