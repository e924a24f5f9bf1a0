import type { NodeRecord } from '../../src/api/records/node-record.ts';
import type { PodGroupRecord, RootState } from '../../src/api/records/pod-group-record.ts';
import type { PodRecord } from '../../src/api/records/pod-record.ts';
import type { QueueRecord } from '../../src/api/records/queue-record.ts';
import type { SchedulingShape } from '../../src/api/records/scheduling-shape.ts';
import { DEFAULT_POLICY } from '../../src/config/policy.ts';
import type { SchedulerPolicy } from '../../src/config/policy.ts';
import { Snapshot } from '../../src/scheduler/ledger/snapshot.ts';
import { Scheduler } from '../../src/scheduler/scheduler.ts';
import type { Decision } from '../../src/scheduler/session/decision.ts';
import { makeNode, makePod, makePodGroup, makeQueue } from './records.ts';
import { amounts } from './scheduler-world.ts';

/** One role of an application: equal pods, of which `min` must start together. */
export interface Role {
  readonly name: string;
  readonly count: number;
  readonly min: number;
  readonly shape: SchedulingShape;
}

/** What a user submits: a group, and a controller that makes its pods and replaces lost ones. */
export interface App {
  readonly name: string;
  readonly queue: string;
  /** Of the whole group; may be more than the roles' minima. */
  readonly min: number;
  readonly roles: readonly Role[];
}

/**
 * A cluster as its users and machines move it: records are the truth, the snapshot is told of each change, and what a
 * cycle decides is carried out. Names grow, so that order of creation is order of names.
 */
export class UserCluster {
  /** Time between two cycles: longer than any grace. */
  static readonly CYCLE_MS = 600_000;
  readonly snapshot = new Snapshot();
  readonly nodes = new Map<string, NodeRecord>();
  readonly queues = new Map<string, QueueRecord>();
  readonly groups = new Map<string, PodGroupRecord>();
  readonly pods = new Map<string, PodRecord>();
  readonly apps = new Map<string, App>();
  /** Node by UID of pods whose binding is on its way. */
  readonly binding = new Map<string, string>();
  nowMs = 0;
  #scheduler: Scheduler;
  #made = 0;

  constructor(policy = DEFAULT_POLICY) {
    this.#scheduler = new Scheduler(this.snapshot, policy);
  }

  /** Another policy over the same snapshot, as after a reload of the file. */
  reload(policy: SchedulerPolicy): void {
    this.#scheduler = new Scheduler(this.snapshot, policy);
  }

  /** One cycle; all binds are on their way afterwards. */
  cycle(): Decision[] {
    this.nowMs += UserCluster.CYCLE_MS;
    const decisions = [...this.#scheduler.cycle({ nowMs: this.nowMs })];
    for (const decision of decisions) {
      if (decision.kind !== 'gang') continue;
      for (const { uid, node } of decision.binds) this.binding.set(uid, node);
    }
    return decisions;
  }

  putNode(name: string, overrides: Partial<NodeRecord> & { readonly amounts?: Record<string, number> } = {}): void {
    const { amounts: room, ...rest } = overrides;
    const old = this.nodes.get(name);
    const node = { ...(old ?? makeNode(name, amounts(4))), ...rest };
    this.nodes.set(name, room === undefined ? node : { ...node, allocatable: makeNode(name, room).allocatable });
    const record = this.nodes.get(name);
    if (record !== undefined) this.snapshot.upsertNode(record);
  }

  dropNode(name: string): void {
    this.nodes.delete(name);
    this.snapshot.removeNode(name);
  }

  putQueue(name: string, overrides: Partial<QueueRecord> = {}): void {
    const queue = { ...(this.queues.get(name) ?? makeQueue(name)), ...overrides };
    this.queues.set(name, queue);
    this.snapshot.upsertQueue(queue);
  }

  /** The group of an application; its pods come with `scale`. */
  submit(app: Omit<App, 'name'>): App {
    const name = `a${String(this.#next()).padStart(4, '0')}`;
    const made = { ...app, name };
    this.apps.set(name, made);
    this.putGroup(groupOf(made, this.#made));
    return made;
  }

  /** The PodGroup is deleted, or made again; its pods stay. */
  toggleGroup(app: App): void {
    const key = `ns/${app.name}`;
    if (!this.groups.delete(key)) this.putGroup(groupOf(app, this.#made));
    else this.snapshot.removeJob(key);
  }

  putGroup(group: PodGroupRecord): void {
    this.groups.set(group.key, group);
    this.snapshot.upsertJob(group);
  }

  setRoot({ name }: App, rootState: RootState): void {
    const group = this.groups.get(`ns/${name}`);
    if (group !== undefined) this.putGroup({ ...group, rootState });
  }

  /** Makes up to `most` of the pods that the application's controller misses. */
  scale({ name, queue, roles }: App, most: number): void {
    let left = most;
    for (const role of roles) {
      const wanted = role.count - this.podsOf(name).filter((pod) => pod.task === role.name && counts(pod)).length;
      for (let i = 0; i < Math.min(wanted, left); i += 1) {
        const pod = `${name}-${role.name}-${String(this.#next()).padStart(4, '0')}`;
        this.putPod(makePod(pod, name, role.shape, { task: role.name, createdMs: this.#made, queue }));
      }
      left -= Math.max(0, Math.min(wanted, left));
    }
  }

  /** The user gives up: pods that hold no node are gone at once, others are being deleted, the group is gone. */
  withdraw({ name }: App): void {
    for (const pod of this.podsOf(name)) this.deletePod(pod);
    this.apps.delete(name);
    this.groups.delete(`ns/${name}`);
    this.snapshot.removeJob(`ns/${name}`);
  }

  deletePod(pod: PodRecord): void {
    if (pod.nodeName === '' && !this.binding.has(pod.uid)) this.dropPod(pod.uid);
    else if (!isFinished(pod)) this.putPod({ ...pod, deleting: true, nodeName: this.nodeOf(pod) });
    else this.dropPod(pod.uid);
  }

  putPod(pod: PodRecord): void {
    this.pods.set(pod.uid, pod);
    if (pod.nodeName !== '') this.binding.delete(pod.uid);
    this.snapshot.upsertTask(pod);
  }

  dropPod(uid: string): void {
    this.pods.delete(uid);
    this.binding.delete(uid);
    this.snapshot.removeTask(uid);
  }

  /** The API server refuses a binding. */
  refuseBinding(uid: string): void {
    this.binding.delete(uid);
    this.snapshot.forget(uid);
  }

  /** The watch shows every binding, and kubelets start the pods. */
  settle(): void {
    for (const [uid, node] of this.binding) {
      const pod = this.pods.get(uid);
      if (pod !== undefined) this.putPod({ ...pod, nodeName: node });
    }
    for (const pod of this.pods.values()) {
      if (pod.nodeName !== '' && pod.phase === 'Pending') this.putPod({ ...pod, phase: 'Running' });
    }
  }

  /** Pods that are being deleted, or whose node is gone, are gone. */
  sweep(): void {
    for (const pod of this.pods.values()) {
      const node = this.nodeOf(pod);
      if (pod.deleting || (node !== '' && !this.nodes.has(node))) this.dropPod(pod.uid);
    }
  }

  podsOf(app: string): PodRecord[] {
    return [...this.pods.values()].filter((pod) => pod.group === app);
  }

  /** Where the pod stands or is on its way to; empty while it waits. */
  nodeOf(pod: PodRecord): string {
    return pod.nodeName === '' ? (this.binding.get(pod.uid) ?? '') : pod.nodeName;
  }

  #next(): number {
    this.#made += 1;
    return this.#made;
  }
}

function groupOf({ name, queue, min, roles }: App, createdMs: number): PodGroupRecord {
  const minTaskMember = new Map(roles.filter((role) => role.min > 0).map((role) => [role.name, role.min]));
  return makePodGroup(name, min, { queue, createdMs, minTaskMember: roles.length === 1 ? new Map() : minTaskMember });
}

export function isFinished(pod: PodRecord): boolean {
  return pod.phase === 'Succeeded' || pod.phase === 'Failed';
}

/** A controller makes a new pod for one that failed or is being deleted, and none for one that succeeded. */
function counts(pod: PodRecord): boolean {
  return pod.phase !== 'Failed' && !pod.deleting;
}
