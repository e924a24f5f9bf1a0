import { DEFAULT_QUEUE, ROOT_QUEUE } from '../../api/keys.ts';
import type { JobRecord } from '../../api/records/job-record.ts';
import type { NamespaceRecord } from '../../api/records/namespace-record.ts';
import type { PodGroupRecord } from '../../api/records/pod-group-record.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import type { QueueRecord } from '../../api/records/queue-record.ts';
import type { RootRecord } from '../../api/records/root-record.ts';
import type { WorkloadRecord } from '../../api/records/workload-record.ts';
import type { ResourceType } from '../../api/resources.ts';
import {
  WATCHED_JOBS,
  WATCHED_NAMESPACES,
  WATCHED_POD_GROUPS,
  WATCHED_QUEUES,
  WATCHED_REPLICA_SETS,
  WATCHED_WORKLOADS,
  watchedPods,
} from '../../api/watched-kinds.ts';
import { sharedGroupName } from '../../api/workload-group.ts';
import { isSame } from '../../lib/same.ts';
import type { KindIndex } from '../../controllers/controller.ts';
import { isOwnerless } from '../../controllers/pod-group/left-behind.ts';
import type { PlanRoot } from '../../controllers/pod-group/plan-root.ts';
import { takesWork } from '../../controllers/pod-group/troubles.ts';
import { countsAsStarted } from '../../controllers/pod-group/stage.ts';
import type { ObservedWorkload } from '../../controllers/pod-group/workload.ts';
import { isLoosePod, waitsForUs } from '../../controllers/repair/loose-pod.ts';
import { MISSING_GROUP_MS, waitsForGroup } from '../../controllers/repair/missing-group.ts';
import { ControllerGroupCounts } from './queue-group-counts.ts';
import { ControllerGroupEntries } from './group-entry.ts';
import type { GroupEntry } from './group-entry.ts';
import { isSameDemand } from './group-diff.ts';
import { ControllerPlanIndex } from './plan-index.ts';
import type { GrowingGroups } from '../growing-groups.ts';
import { RootIndex } from '../roots/root-index.ts';
import type { KindStores } from './kind-stores.ts';

/** Which keys need a look. */
export interface ControllerTriggers {
  /** `namespace/name` of a group that is planned. */
  podGroup(key: string): void;
  /** `namespace/name` of a group that pods name and that does not exist. */
  missingGroup(key: string, delayMs: number): void;
  /** `namespace/name` of a pod without a group. */
  loosePod(key: string): void;
  queue(name: string): void;
  /** The object is gone for good. */
  gone(uid: string): void;
}

/**
 * What the controllers know of the cluster, indexed so that each change costs O(1) and wakes only the keys that it may
 * matter to.
 */
export class ControllerState {
  readonly entries = new ControllerGroupEntries();
  readonly counts = new ControllerGroupCounts();
  /** Objects of workload kinds: other people's, so nothing waits for them. */
  readonly roots = new RootIndex((type, before, after) => this.#onRoot(type, before, after));
  readonly #stores: KindStores;
  readonly #pods = watchedPods();
  readonly #plannedJobs = new Map<string, JobRecord>();
  /** By UID. */
  readonly #workloads = new Map<string, WorkloadRecord>();
  readonly #plans: ControllerPlanIndex;
  /** Keys of the pods without a group, opted in or not. */
  readonly #loosePods = new Set<string>();
  readonly #triggers: ControllerTriggers;

  constructor(stores: KindStores, growing: GrowingGroups, triggers: ControllerTriggers) {
    this.#stores = stores;
    this.#triggers = triggers;
    this.#plans = new ControllerPlanIndex(this.entries, growing, (key) => triggers.podGroup(key));
    stores.listen(WATCHED_JOBS, (before, after) => this.#onJob(before, after));
    stores.listen(this.#pods, (before, after) => this.#onPod(before, after));
    stores.listen(WATCHED_POD_GROUPS, (before, after) => this.#onGroup(before, after));
    for (const kind of WATCHED_WORKLOADS) stores.listen(kind, (before, after) => this.#onWorkload(before, after));
    stores.listen(WATCHED_QUEUES, (before, after) => this.#onQueue(before, after));
    stores.listen(WATCHED_NAMESPACES, (before, after) => this.#onNamespace(before, after));
  }

  pod(key: string): PodRecord | undefined {
    return this.#stores.get(this.#pods, key);
  }

  group(key: string): PodGroupRecord | undefined {
    return this.#stores.get(WATCHED_POD_GROUPS, key);
  }

  queue(name: string): QueueRecord | undefined {
    return this.#stores.get(WATCHED_QUEUES, name);
  }

  namespace(name: string): NamespaceRecord | undefined {
    return this.#stores.get(WATCHED_NAMESPACES, name);
  }

  /** What makes the pods that share the group of this name, by its UID; undefined for what was not seen, or is of another namespace. */
  workload(namespace: string, uid: string): ObservedWorkload | undefined {
    const record = this.#workloads.get(uid);
    if (record === undefined || record.namespace !== namespace || record.deleting) return undefined;
    const peers = record.controller === undefined ? [] : this.#stores.by(BY_CONTROLLER, record.controller.uid);
    return { record, isRollingOut: [...peers].some((peer) => peer.uid !== uid && peer.replicas !== 0) };
  }

  /** The Job of this UID when it carries a plan. */
  plannedJob(uid: string): JobRecord | undefined {
    return this.#plannedJobs.get(uid);
  }

  /** Wakes every key that could need work, as after a change of leader. */
  wakeAll(): void {
    for (const name of [ROOT_QUEUE, DEFAULT_QUEUE]) this.#triggers.queue(name);
    for (const queue of this.#stores.values(WATCHED_QUEUES)) this.#triggers.queue(queue.name);
    for (const key of this.entries.keys()) {
      const entry = this.entries.get(key);
      if (entry !== undefined && mayNeedWork(entry)) this.#triggers.podGroup(key);
      if (entry !== undefined && entry.group === undefined) this.#triggers.missingGroup(key, MISSING_GROUP_MS);
    }
    for (const key of this.#loosePods) this.#wakeLoosePod(key);
  }

  #onJob(before: JobRecord | undefined, after: JobRecord | undefined): void {
    if (before !== undefined && after !== undefined && before.uid !== after.uid) {
      this.#onJob(before, undefined);
      this.#onJob(undefined, after);
      return;
    }
    if (before !== undefined) this.#plannedJobs.delete(before.uid);
    if (after !== undefined && after.groupPlan !== '') this.#plannedJobs.set(after.uid, after);
    this.#plans.change(jobRoot(before), jobRoot(after));
    this.#onWorkload(before, after);
    if (before !== undefined && after === undefined) this.#triggers.gone(before.uid);
  }

  /** Its own group, and those of the ReplicaSets beside it when it comes to have pods, or has none any more. */
  #onWorkload(before: WorkloadRecord | undefined, after: WorkloadRecord | undefined): void {
    if (before !== undefined && before.uid !== after?.uid) this.#workloads.delete(before.uid);
    if (after !== undefined) this.#workloads.set(after.uid, after);
    if (before !== undefined && after !== undefined && isSameWorkload(before, after)) return;
    const record = after ?? before;
    if (record === undefined) return;
    this.#wakeShared(record);
    if (record.controller === undefined || hasPods(before) === hasPods(after)) return;
    for (const peer of this.#stores.by(BY_CONTROLLER, record.controller.uid)) this.#wakeShared(peer);
  }

  #wakeShared({ namespace, uid }: WorkloadRecord): void {
    const key = `${namespace}/${sharedGroupName(uid)}`;
    if (this.entries.get(key) !== undefined) this.#triggers.podGroup(key);
  }

  #onRoot(type: ResourceType, before: RootRecord | undefined, after: RootRecord | undefined): void {
    if (before?.groupPlan || after?.groupPlan) this.#plans.change(objectRoot(type, before), objectRoot(type, after));
    if (before !== undefined && after === undefined) this.#triggers.gone(before.uid);
  }

  #onPod(before: PodRecord | undefined, after: PodRecord | undefined): void {
    if (before !== undefined && after !== undefined && before.uid !== after.uid) {
      this.#onPod(before, undefined);
      this.#onPod(undefined, after);
      return;
    }
    if (before?.groupPlan || after?.groupPlan) this.#plans.change(podRoot(before), podRoot(after));
    this.#onMember(before, after);
    this.#onLoosePod(before, after);
    if (before !== undefined && after === undefined) this.#triggers.gone(before.uid);
  }

  #onMember(before: PodRecord | undefined, after: PodRecord | undefined): void {
    if (before?.group === after?.group) {
      if (after !== undefined) this.#keepMember(before, after);
    } else {
      if (before !== undefined) this.#dropMember(before);
      if (after !== undefined) this.#keepMember(undefined, after);
    }
    if (before !== undefined && isLostSuccess(before, after)) this.#wakePlanned(memberKey(before));
  }

  #wakePlanned(key: string): void {
    if (this.entries.get(key)?.roots.size) this.#triggers.podGroup(key);
  }

  /** `before` is what the pod was in the same group. */
  #keepMember(before: PodRecord | undefined, after: PodRecord): void {
    if (after.group === '') return;
    const key = memberKey(after);
    const entry = this.entries.update(key, (found) => found.members.set(after.name, after));
    this.#onStageQuestion(key, entry, before, after);
    if (before === undefined && hasOtherPriority(after, entry)) this.#triggers.podGroup(key);
    const startsToWait = waitsForGroup(after) && (before === undefined || !waitsForGroup(before));
    if (entry.group === undefined && startsToWait) this.#triggers.missingGroup(key, MISSING_GROUP_MS);
  }

  #dropMember(pod: PodRecord): void {
    if (pod.group === '') return;
    const key = memberKey(pod);
    const entry = this.entries.update(key, (found) => found.members.delete(pod.name));
    this.#onStageQuestion(key, entry, pod, undefined);
    if (entry.members.size === 0 && entry.group !== undefined) this.#triggers.podGroup(key);
  }

  #onStageQuestion(key: string, entry: GroupEntry, before: PodRecord | undefined, after: PodRecord | undefined): void {
    const task = after?.task ?? before?.task ?? '';
    if (!entry.gatingTasks.has(task)) return;
    const hadStarted = before !== undefined && countsAsStarted(before);
    const hasStarted = after !== undefined && countsAsStarted(after);
    if (hadStarted !== hasStarted) this.#triggers.podGroup(key);
  }

  #onLoosePod(before: PodRecord | undefined, after: PodRecord | undefined): void {
    if (after !== undefined && isLoosePod(after)) {
      if (this.#loosePods.has(after.key) && before !== undefined) return;
      this.#loosePods.add(after.key);
      this.#wakeLoosePod(after.key);
    } else if (before !== undefined) {
      this.#loosePods.delete(before.key);
    }
  }

  #wakeLoosePod(key: string): void {
    const pod = this.pod(key);
    if (pod === undefined) return;
    if (waitsForUs(pod) || this.namespace(pod.namespace)?.optedIn === true) this.#triggers.loosePod(key);
  }

  #onGroup(before: PodGroupRecord | undefined, after: PodGroupRecord | undefined): void {
    const group = after ?? before;
    if (group === undefined) return;
    const entry = this.entries.update(group.key, (found) => {
      found.group = after;
    });
    for (const queue of this.counts.move(before, after)) this.#triggers.queue(queue);
    const hasStopped = before?.phase === 'Running' && after?.phase !== 'Running';
    const isFollowed = entry.roots.size > 0 || isOwnerless(after);
    if (isFollowed && (hasStopped || !isSameDemand(before, after))) this.#triggers.podGroup(group.key);
    if (after === undefined && entry.members.size > 0) this.#triggers.missingGroup(group.key, MISSING_GROUP_MS);
  }

  #onQueue(before: QueueRecord | undefined, after: QueueRecord | undefined): void {
    const tookWork = before !== undefined && takesWork(before);
    if (after !== undefined && takesWork(after) && !tookWork) this.#wakeGroupless();
    if (before?.uid === after?.uid) return;
    const name = (after ?? before)?.name ?? '';
    this.#triggers.queue(name);
    if (name === ROOT_QUEUE) this.#triggers.queue(DEFAULT_QUEUE);
    if (before !== undefined) this.#triggers.gone(before.uid);
  }

  /** A queue opens rarely, and what waits for it is found by looking at all. O(groups + loose pods). */
  #wakeGroupless(): void {
    for (const key of this.#loosePods) this.#wakeLoosePod(key);
    for (const key of this.entries.keys()) {
      const entry = this.entries.get(key);
      if (entry !== undefined && entry.group === undefined && entry.roots.size > 0) this.#triggers.podGroup(key);
    }
  }

  #onNamespace(before: NamespaceRecord | undefined, after: NamespaceRecord | undefined): void {
    if (after?.optedIn !== true || before?.optedIn === true) return;
    for (const key of this.#loosePods) {
      if (key.startsWith(`${after.name}/`)) this.#wakeLoosePod(key);
    }
    for (const root of this.roots.values()) {
      if (root.namespace === after.name) this.#plans.wake(root.uid);
    }
  }
}

const BY_CONTROLLER: KindIndex<WorkloadRecord> = {
  kind: WATCHED_REPLICA_SETS,
  valueOf: ({ controller }) => controller?.uid,
};

function mayNeedWork({ group, roots, members }: GroupEntry): boolean {
  return roots.size > 0 || members.size === 0 || isOwnerless(group);
}

/**
 * A member that had come to a good end is there no more, or failed after all, as one may that was being evicted meanwhile. Its index gets no
 * other one: fewer can start together now.
 */
function isLostSuccess(before: PodRecord, after: PodRecord | undefined): boolean {
  const isKept = after?.group === before.group && after.phase === 'Succeeded';
  return before.group !== '' && before.phase === 'Succeeded' && !isKept;
}

function hasPods(workload: WorkloadRecord | undefined): boolean {
  return workload !== undefined && workload.replicas !== 0;
}

/** True when nothing changed that its group follows. */
function isSameWorkload(a: WorkloadRecord, b: WorkloadRecord): boolean {
  if (a.uid !== b.uid || a.replicas !== b.replicas || a.deleting !== b.deleting || a.state !== b.state) return false;
  if (a.minMember !== b.minMember || a.minResources !== b.minResources) return false;
  return isSame(a.handedDown, b.handedDown);
}

/** A group that is made for an object of a workload kind takes its priority from its pods once there are some. */
function hasOtherPriority(pod: PodRecord, { group, hasObjectRoot }: GroupEntry): boolean {
  return hasObjectRoot && group !== undefined && group.priorityClassName !== pod.priorityClassName;
}

function objectRoot(type: ResourceType, record: RootRecord | undefined): PlanRoot | undefined {
  return record === undefined ? undefined : { kind: 'object', type, record };
}

function jobRoot(record: JobRecord | undefined): PlanRoot | undefined {
  return record === undefined ? undefined : { kind: 'job', record };
}

function podRoot(record: PodRecord | undefined): PlanRoot | undefined {
  return record === undefined ? undefined : { kind: 'pod', record };
}

function memberKey(pod: PodRecord): string {
  return `${pod.namespace}/${pod.group}`;
}
