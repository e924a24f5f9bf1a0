import { NO_RIGHTS } from '../../../webhooks/rights/mode.ts';
import type { RightModes } from '../../../webhooks/rights/mode.ts';
import type { DeviceInventory } from '../../../webhooks/accelerators/inventory.ts';
import type {
  ClusterRoom,
  ClusterView,
  GroupView,
  KindView,
  NeverFits,
  QueueView,
} from '../../../webhooks/admission.ts';
import type { VersionedKind } from '../../../webhooks/frameworks/versioned-kind.ts';
import { BUILT_IN_KINDS, kindFinder } from '../../../webhooks/frameworks/workload-kinds.ts';
import type { PolicySet } from '../../../webhooks/policies/policy-set.ts';
import {
  GROUP_VIEW,
  NAMESPACE_VIEW,
  NAMESPACED_POLICY_VIEW,
  POLICY_VIEW,
  PRIORITY_CLASS_VIEW,
  QUEUE_VIEW,
} from '../../../webhooks/view-kinds.ts';
import type { AnyViewKind } from '../../../webhooks/view-kinds.ts';
import type { ViewKind } from '../../../webhooks/view-kind.ts';
import { amountsOfText } from '../../api/amounts.ts';
import { DEFAULT_QUEUE } from '../../api/keys.ts';
import type { ResourceType } from '../../api/resources.ts';
import type { PodGroupRecord } from '../../api/records/pod-group-record.ts';
import type { PolicyRecord } from '../../api/records/policy-record.ts';
import type { QueueRecord } from '../../api/records/queue-record.ts';
import type { Change, ChangeHandler, Metrics } from '../ports.ts';
import { PolicyShelf } from './policy-shelf.ts';
import type { ResourceAmounts } from '../../api/records/scheduling-shape.ts';
import type { ResourceGroup } from '../../api/resource-group.ts';
import type { RootRecord } from '../../api/records/root-record.ts';
import { NO_SUBMITTER_KEYS } from '../../api/submitter-claim.ts';
import type { SubmitterKeys } from '../../api/submitter-claim.ts';
import type { WorkloadKindSpec } from '../../api/kinds/workload-kind.ts';
import { RootIndex } from '../roots/root-index.ts';
import { ReflectedKind } from './reflected-kind.ts';

/** What the operator has set. */
interface AdmissionSettings {
  readonly neverFits: NeverFits;
  readonly keepsBusyQueues: boolean;
  readonly groupsAsVolcano: boolean;
  readonly rights: RightModes;
  readonly submitterKeys: SubmitterKeys;
  /** Where policies are counted; nowhere without it. */
  readonly metrics: Metrics;
}

/** The webhook's light view of the cluster, fed by the reflectors of its own thread: the kinds that its rows read. */
export class ReflectedView implements ClusterView {
  /** Objects of workload kinds: nothing waits for them, and what is not here may exist. */
  readonly roots = new RootIndex();
  readonly #kinds = new Map<string, ReflectedKind<unknown>>();
  readonly rights: RightModes;
  readonly submitterKeys: SubmitterKeys;
  readonly #ownUser: string;
  #findKind = kindFinder(BUILT_IN_KINDS);
  #namedKinds: readonly VersionedKind[] = [];
  readonly #shelf: PolicyShelf;
  readonly neverFits: NeverFits;
  readonly keepsBusyQueues: boolean;
  readonly groupsAsVolcano: boolean;
  #room: ClusterRoom | undefined;
  #free: ResourceAmounts | undefined;
  #devices: DeviceInventory | undefined;
  #resourceGroups: readonly ResourceGroup[] = [];
  #queueNames: readonly string[] | undefined;
  #hadDefaultQueue = false;

  /** `ownUser` is who Sluice is to the API server; empty when nobody is. */
  constructor(kinds: readonly AnyViewKind[], ownUser = '', settings: Partial<AdmissionSettings> = {}) {
    this.#ownUser = ownUser;
    this.neverFits = settings.neverFits ?? 'warn';
    this.keepsBusyQueues = settings.keepsBusyQueues ?? true;
    this.groupsAsVolcano = settings.groupsAsVolcano ?? false;
    this.rights = settings.rights ?? NO_RIGHTS;
    this.submitterKeys = settings.submitterKeys ?? NO_SUBMITTER_KEYS;
    this.#shelf = new PolicyShelf(settings.metrics);
    // A kind takes and gives its own records only; the map forgets which they are.
    for (const kind of kinds) this.#kinds.set(kind.type.plural, new ReflectedKind(kind as ViewKind<unknown>));
  }

  /** Takes the changes of one kind. */
  handler<T>(kind: ViewKind<T>): ChangeHandler<T> {
    const reflected = this.#reflected(kind);
    const policies = POLICY_KINDS.has(kind.type) ? this.#shelf.source() : undefined;
    return (changes) => {
      if (kind.type === QUEUE_VIEW.type) this.#queueNames = undefined;
      reflected?.apply(changes);
      policies?.(changes as readonly Change<unknown>[] as readonly Change<PolicyRecord>[]);
    };
  }

  /** What the engine says of the cluster's size. */
  setRoom(room: ClusterRoom): void {
    this.#room = room;
  }

  /** What the engine says that nodes have left. */
  setFree(free: ResourceAmounts): void {
    this.#free = free;
  }

  /** What the engine says of the devices on its nodes. */
  setDevices(devices: DeviceInventory): void {
    this.#devices = devices;
  }

  /** What the admission configuration of Volcano says. */
  setResourceGroups(groups: readonly ResourceGroup[]): void {
    this.#resourceGroups = groups;
  }

  get synced(): boolean {
    return [...this.#kinds.values()].every((kind) => kind.isListed);
  }

  /**
   * All is listed, and the default queue was there once: before the controllers of a new cluster have made it, whatever
   * names no queue would be refused.
   */
  get isComplete(): boolean {
    this.#hadDefaultQueue ||= this.queue(DEFAULT_QUEUE) !== undefined;
    return this.#hadDefaultQueue && this.synced;
  }

  of<T>(kind: ViewKind<T>): KindView<T> {
    return this.#reflected(kind) ?? NOTHING;
  }

  room(): ClusterRoom | undefined {
    return this.#room;
  }

  free(): ResourceAmounts | undefined {
    return this.#free;
  }

  heldBy(queue: string): ResourceAmounts {
    return amountsOfText(this.of(QUEUE_VIEW).get(queue)?.allocatedText ?? '');
  }

  waitingIn(queue: string): number {
    return this.of(GROUP_VIEW).count('waiting', queue);
  }

  resourceGroups(): readonly ResourceGroup[] {
    return this.#resourceGroups;
  }

  devices(): DeviceInventory | undefined {
    return this.#devices;
  }

  queue(name: string): QueueView | undefined {
    const queues = this.of(QUEUE_VIEW);
    const queue = queues.get(name);
    return (
      queue &&
      queueView(
        queue,
        queues.by('parent', name).some((child) => child.name !== name),
      )
    );
  }

  queueNames(): readonly string[] {
    this.#queueNames ??= [...this.of(QUEUE_VIEW).values()].map((queue) => queue.name).toSorted();
    return this.#queueNames;
  }

  defaultQueue(namespace: string): string {
    return this.of(NAMESPACE_VIEW).get(namespace)?.defaultQueue ?? '';
  }

  optedIn(namespace: string): boolean {
    return this.of(NAMESPACE_VIEW).get(namespace)?.optedIn ?? false;
  }

  priorityClass(name: string): { readonly value: number } | undefined {
    return this.of(PRIORITY_CLASS_VIEW).get(name);
  }

  group(namespace: string, name: string): GroupView | undefined {
    const group = this.of(GROUP_VIEW).get(`${namespace}/${name}`);
    return group && groupView(group);
  }

  groupOfOwner(ownerUid: string): GroupView | undefined {
    const group = this.of(GROUP_VIEW).by('owner', ownerUid)[0];
    return group && groupView(group);
  }

  /** From now on these are the kinds that are known, and those of them that the cluster serves. */
  setWorkloadKinds(known: readonly WorkloadKindSpec[], served: readonly VersionedKind[]): void {
    this.#findKind = kindFinder(known);
    this.#namedKinds = served.filter(({ spec }) => spec.pods?.named !== undefined);
  }

  namedKinds(): readonly VersionedKind[] {
    return this.#namedKinds;
  }

  workloadKind(apiVersion: string, kind: string): WorkloadKindSpec | undefined {
    return this.#findKind(apiVersion, kind);
  }

  policies(): PolicySet {
    return this.#shelf.set;
  }

  root(uid: string): RootRecord | undefined {
    return this.roots.get(uid);
  }

  rootNamed(type: ResourceType, namespace: string, name: string): RootRecord | undefined {
    return this.roots.named(type, namespace, name);
  }

  groupsIn(queue: string): readonly string[] {
    return this.of(GROUP_VIEW)
      .by('queue', queue)
      .filter((group) => group.phase !== 'Completed' && group.rootState !== 'Ended')
      .map((group) => group.key)
      .toSorted();
  }

  isOwn(username: string): boolean {
    return username !== '' && username === this.#ownUser;
  }

  #reflected<T>(kind: ViewKind<T>): ReflectedKind<T> | undefined {
    return this.#kinds.get(kind.type.plural) as ReflectedKind<T> | undefined;
  }
}

const POLICY_KINDS: ReadonlySet<ResourceType> = new Set([POLICY_VIEW.type, NAMESPACED_POLICY_VIEW.type]);

/** A kind that no row reads. */
const NOTHING: KindView<never> = { get: () => undefined, values: () => [], by: () => [], count: () => 0 };

/** What the rules are told of a queue. */
export function queueView({ state, deleting, parent, capability }: QueueRecord, hasChildren: boolean): QueueView {
  return { state, deleting, parent, capability, hasChildren };
}

function groupView(group: PodGroupRecord): GroupView {
  const { namespace, name, queue, origin, submitter, minTaskMember: tasks } = group;
  return { namespace, name, queue, origin, submitter, tasks, ownerUid: group.owner?.uid ?? '' };
}
