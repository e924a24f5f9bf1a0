import { SERVED_SCHEDULERS } from '../../../src/api/keys.ts';
import type { NodeRecord } from '../../../src/api/records/node-record.ts';
import type { PodGroupPhase, PodGroupRecord } from '../../../src/api/records/pod-group-record.ts';
import type { PodRecord } from '../../../src/api/records/pod-record.ts';
import type { QueueRecord } from '../../../src/api/records/queue-record.ts';
import type { DisruptionBudgetRecord } from '../../../src/api/records/disruption-budget-record.ts';
import type { LabelPairs } from '../../../src/api/records/label-selector.ts';
import type { SchedulingShape } from '../../../src/api/records/scheduling-shape.ts';

/** For whom a queue's room is asked about. */
export interface Room {
  /** What leaves counts no more, nor what this names beside, by queue and resource; undefined for room that is free now. */
  readonly freed: ((queue: string, resource: string) => number) | undefined;
  /** Pods went for it: what the queue has granted is its own. */
  readonly isGranted: boolean;
}

/** What the reference is told of a turn: the records, and which bindings are on their way. */
export interface PlainRecords {
  readonly nodes: ReadonlyMap<string, NodeRecord>;
  readonly queues: ReadonlyMap<string, QueueRecord>;
  readonly groups: ReadonlyMap<string, PodGroupRecord>;
  readonly pods: ReadonlyMap<string, PodRecord>;
  readonly binding: ReadonlyMap<string, string>;
  /** Values of priority classes. */
  readonly priorities: ReadonlyMap<string, number>;
  readonly budgets: ReadonlyMap<string, DisruptionBudgetRecord>;
}

export type PodState = 'waiting' | 'standing' | 'promised' | 'leaving' | 'lost' | 'succeeded' | 'failed' | 'away';

/** What is remembered of groups from turn to turn: what their status says, and since when they lack pods. */
export interface Memory {
  /** What a group was when its phase was looked at last. */
  readonly looked: Map<string, { readonly group: PodGroupRecord; readonly pods: string }>;
  readonly phases: Map<string, PodGroupPhase>;
  readonly lacking: Map<string, { readonly valid: number; readonly isIn: boolean; readonly sinceMs: number }>;
  /** By pod: room that is kept for it, since others went for it. */
  readonly kept: Map<string, KeptRoom>;
  /** By disruption budget: the pods that were told to go, each with the budget as it was then. */
  readonly told: Map<string, Map<string, DisruptionBudgetRecord>>;
}

/** A pod that stands on a node, or for which room is promised or kept there. */
export interface Other {
  readonly uid: string;
  readonly node: NodeRecord;
  readonly namespace: string;
  readonly labels: LabelPairs;
  readonly shape: SchedulingShape;
  readonly isLeaving: boolean;
}

/** Room for one pod, counted in its queue. */
export interface KeptRoom {
  readonly node: string;
  /** Of the pod as it was then. */
  readonly labels: LabelPairs;
  readonly queue: string;
  readonly shape: SchedulingShape;
}

export interface Refused {
  readonly code: string;
}

/** Amounts closer than this are equal. */
export const CLOSE = 0.1;

/**
 * One turn in the plainest form: where pods stand, and what this turn adds to that. Every question goes over all pods; nothing
 * is kept but what was decided.
 */
export class PlainWorld {
  readonly records: PlainRecords;
  readonly memory: Memory;
  readonly nowMs: number;
  /** In name order: ties between nodes go to the first. */
  readonly nodes: readonly NodeRecord[];
  readonly resources: readonly string[];
  /** Records do not change within a turn: whose pods are whose stays. */
  readonly #totals = new Map<string, number>();
  readonly #ofGroups: ReadonlyMap<string, readonly PodRecord[]>;
  /** Pods of groups that are gone count in the queue that they name. */
  readonly #ofQueues: ReadonlyMap<string, readonly PodRecord[]>;
  /** Node by pod of what this turn placed; not all of it is committed. */
  places = new Map<string, string>();
  /** Node by pod of what this turn promised. */
  promises = new Map<string, string>();
  readonly committed = new Set<string>();
  /** Groups that wait for others than their own, of which nobody stands anywhere. */
  readonly lonely = new Set<PodGroupRecord>();
  /** What pods were told in this turn that have to go. */
  evicted: readonly string[] = [];
  /** Name of the group by pod that went for it. */
  readonly beneficiaries = new Map<string, string>();

  constructor(records: PlainRecords, memory: Memory, nowMs: number) {
    this.records = records;
    this.memory = memory;
    this.nowMs = nowMs;
    this.nodes = [...records.nodes.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
    this.resources = this.#named();
    this.#ofGroups = Map.groupBy(records.pods.values(), ({ group }) => group);
    this.#ofQueues = Map.groupBy(records.pods.values(), (pod) => this.groupOf(pod)?.queue ?? pod.queue);
  }

  #named(): readonly string[] {
    const names = new Set(['cpu', 'memory', 'pods']);
    for (const { allocatable } of this.records.nodes.values()) for (const name of allocatable.keys()) names.add(name);
    for (const { shape } of this.records.pods.values()) for (const name of shape.requests.keys()) names.add(name);
    for (const { capability, guarantee, deserved } of this.records.queues.values()) {
      for (const list of [capability, guarantee, deserved]) for (const name of list?.keys() ?? []) names.add(name);
    }
    return [...names];
  }

  nodeOf({ uid, nodeName }: PodRecord): string {
    return nodeName === '' ? (this.records.binding.get(uid) ?? this.places.get(uid) ?? '') : nodeName;
  }

  stateOf(pod: PodRecord): PodState {
    const node = this.nodeOf(pod);
    if (pod.phase === 'Succeeded') return node === '' ? 'away' : 'succeeded';
    if (pod.phase === 'Failed') return node === '' ? 'away' : 'failed';
    const isLeaving = pod.deleting || this.evicted.includes(pod.uid);
    if (node !== '') return isLeaving ? 'leaving' : pod.phase === 'Unknown' ? 'lost' : 'standing';
    if (pod.deleting || pod.gated) return 'away';
    return this.promises.has(pod.uid) ? 'promised' : 'waiting';
  }

  /** It is seen on a node, and stays there. */
  isOnNode(pod: PodRecord): boolean {
    return pod.nodeName !== '' && this.stateOf(pod) === 'standing';
  }

  /** It takes room on its node and in its queue. */
  holds(pod: PodRecord): boolean {
    return ['standing', 'leaving', 'lost'].includes(this.stateOf(pod));
  }

  /** What all nodes offer. */
  offered(resource: string): number {
    return sum([...this.records.nodes.values()], ({ allocatable }) => allocatable.get(resource) ?? 0);
  }

  /** That, and what is held beyond it, of devices that broke and of nodes that are gone. What is placed in a turn is never beyond. */
  total(resource: string): number {
    let total = this.#totals.get(resource);
    if (total === undefined) this.#totals.set(resource, (total = this.offered(resource) + this.#lost(resource)));
    return total;
  }

  #lost(resource: string): number {
    const { nodes, pods } = this.records;
    const beyond = sum([...nodes.values()], (node) => Math.max(0, -this.room(node, resource).idle));
    const isAstray = (pod: PodRecord): boolean =>
      pod.group !== '' && SERVED_SCHEDULERS.has(pod.schedulerName) && this.holds(pod) && !nodes.has(this.nodeOf(pod));
    const astray = sum([...pods.values()].filter(isAstray), (pod) => asks(pod, resource));
    return (this.offered(resource) > 0 ? beyond : 0) + astray;
  }

  /** Free on the node now, and what of it leaves and was promised. */
  room(
    node: NodeRecord,
    resource: string,
  ): { readonly idle: number; readonly leaving: number; readonly promised: number } {
    const here = [...this.records.pods.values()].filter((pod) => this.nodeOf(pod) === node.name && this.holds(pod));
    const leaving = here.filter((pod) => this.stateOf(pod) === 'leaving');
    const promised = [...this.promises].flatMap(([uid, name]) =>
      name === node.name ? (this.records.pods.get(uid) ?? []) : [],
    );
    const kept = sum(this.kept, (room) => (room.node === node.name ? (room.shape.requests.get(resource) ?? 0) : 0));
    return {
      idle: (node.allocatable.get(resource) ?? 0) - sum(here, (pod) => asks(pod, resource)),
      leaving: sum(leaving, (pod) => asks(pod, resource)),
      promised: sum(promised, (pod) => asks(pod, resource)) + kept,
    };
  }

  /** All pods but this one that have places, or are promised some. */
  others(pod: PodRecord): readonly Other[] {
    const { nodes, pods } = this.records;
    const at = (name: string, other: Omit<Other, 'node'>): readonly Other[] => {
      const node = nodes.get(name);
      return node === undefined || other.uid === pod.uid ? [] : [{ ...other, node }];
    };
    const placed = [...pods.values()].flatMap((each) => {
      const { uid, namespace, labels, shape } = each;
      const node = this.holds(each) ? this.nodeOf(each) : (this.promises.get(uid) ?? '');
      return at(node, { uid, namespace, labels, shape, isLeaving: this.stateOf(each) === 'leaving' });
    });
    const kept = [...this.memory.kept].flatMap(([uid, { node, labels, shape }]) => {
      const isTaken = this.places.has(uid) || this.promises.has(uid);
      return isTaken ? [] : at(node, { uid, namespace: pod.namespace, labels, shape, isLeaving: false });
    });
    return [...placed, ...kept];
  }

  members({ name }: PodGroupRecord): readonly PodRecord[] {
    return this.#ofGroups.get(name) ?? [];
  }

  membersIn(group: PodGroupRecord, ...states: readonly PodState[]): readonly PodRecord[] {
    return this.members(group).filter((pod) => states.includes(this.stateOf(pod)));
  }

  ready(group: PodGroupRecord): readonly PodRecord[] {
    return this.membersIn(group, 'standing', 'succeeded');
  }

  waiting(group: PodGroupRecord): readonly PodRecord[] {
    return this.membersIn(group, 'waiting');
  }

  /** Could still be part of the gang. */
  valid(group: PodGroupRecord): readonly PodRecord[] {
    return this.membersIn(group, 'standing', 'succeeded', 'waiting', 'promised');
  }

  /** How many more have to be placed before it may start; with promises counted as places, or not. */
  missing(group: PodGroupRecord, withPromises = false): number {
    const placed = this.membersIn(group, 'standing', 'succeeded', ...(withPromises ? (['promised'] as const) : []));
    const ofRoles = sum(rolesOf(group), ([role, min]) =>
      Math.max(0, min - placed.filter(({ task }) => task === role).length),
    );
    return Math.max(0, ofRoles, group.minMember - placed.length);
  }

  phase({ key, phase }: PodGroupRecord): PodGroupPhase {
    return this.memory.phases.get(key) ?? phase;
  }

  isLetIn(group: PodGroupRecord): boolean {
    return !['', 'Pending', 'Completed'].includes(this.phase(group));
  }

  priority({ priorityClassName }: PodGroupRecord): number {
    return this.records.priorities.get(priorityClassName) ?? 0;
  }

  /** The queues above it, the nearest first; one that is missing or stands above itself is none. */
  above(queue: QueueRecord): readonly QueueRecord[] {
    const parent = this.records.queues.get(queue.parent);
    return parent === undefined || this.#isInCircle(queue) ? [] : [parent, ...this.above(parent)];
  }

  #isInCircle(queue: QueueRecord): boolean {
    const seen = new Set<QueueRecord>();
    let at = this.records.queues.get(queue.parent);
    for (; at !== undefined && at !== queue && !seen.has(at); at = this.records.queues.get(at.parent)) seen.add(at);
    return at === queue;
  }

  /** The queue with all that are below it. */
  branch(queue: QueueRecord): readonly QueueRecord[] {
    return [...this.records.queues.values()].filter((each) => each === queue || this.above(each).includes(queue));
  }

  /** Most that the queue may ever hold by its own list and those above it. */
  capability(queue: QueueRecord, resource: string): number {
    return Math.min(...[queue, ...this.above(queue)].map(({ capability }) => capability?.get(resource) ?? Infinity));
  }

  groupsOf({ name }: QueueRecord): readonly PodGroupRecord[] {
    return [...this.records.groups.values()].filter(({ queue }) => queue === name);
  }

  /** That of the pod's group; undefined without either. */
  queueOf(pod: PodRecord): QueueRecord | undefined {
    return this.records.queues.get(this.groupOf(pod)?.queue ?? '');
  }

  groupOf(pod: PodRecord): PodGroupRecord | undefined {
    return this.records.groups.get(`ns/${pod.group}`);
  }

  /** What the queue's pods hold, or are promised. */
  held({ name }: QueueRecord, resource: string): number {
    return sum(this.#ofQueues.get(name) ?? [], (pod) => {
      const isCounted = asks(pod, resource) > 0 && (this.holds(pod) || this.stateOf(pod) === 'promised');
      return isCounted ? asks(pod, resource) : 0;
    });
  }

  /** What of it the pods on their way out hold. */
  leaving({ name }: QueueRecord, resource: string): number {
    const pods = this.#ofQueues.get(name) ?? [];
    return sum(pods, (pod) => (this.stateOf(pod) === 'leaving' ? asks(pod, resource) : 0));
  }

  /** What the queue holds, as it counts for who asks. */
  counted(queue: QueueRecord, resource: string, { freed, isGranted }: Room): number {
    const leaves = freed === undefined ? 0 : this.leaving(queue, resource) + freed(queue.name, resource);
    return this.held(queue, resource) + (isGranted ? 0 : this.granted(queue, resource)) - leaves;
  }

  /** Rooms whose owners have got nothing in this turn yet. */
  get kept(): readonly KeptRoom[] {
    const isOpen = (uid: string): boolean => !this.places.has(uid) && !this.promises.has(uid);
    return [...this.memory.kept].flatMap(([uid, room]) => (isOpen(uid) ? room : []));
  }

  /** Room that is kept for pods of the queue that others went for, and that they have not got yet. */
  granted({ name }: QueueRecord, resource: string): number {
    return sum(this.kept, ({ queue, shape }) => (queue === name ? (shape.requests.get(resource) ?? 0) : 0));
  }

  /** Tries something, and takes it back unless it says that it is to stay. */
  attempt(act: () => boolean): void {
    const { evicted } = this;
    const [places, promises] = [new Map(this.places), new Map(this.promises)];
    if (act()) return;
    this.places = places;
    this.promises = promises;
    this.evicted = evicted;
  }
}

export function asks({ shape }: PodRecord, resource: string): number {
  return shape.requests.get(resource) ?? 0;
}

export function isBestEffort({ shape }: PodRecord): boolean {
  return [...shape.requests].every(([name, amount]) => name === 'pods' || amount === 0);
}

/** The roles' minima: they hold when the group's own minimum covers their sum. */
export function rolesOf({ minMember, minTaskMember }: PodGroupRecord): readonly (readonly [string, number])[] {
  return sum([...minTaskMember.values()], (min) => min) > minMember ? [] : [...minTaskMember];
}

export function sum<T>(items: readonly T[], amount: (item: T) => number): number {
  return items.reduce((all, item) => all + amount(item), 0);
}
