import fc from 'fast-check';
import type { NodeRecord } from '../../src/api/records/node-record.ts';
import type { PodGroupRecord, RootState } from '../../src/api/records/pod-group-record.ts';
import type { ResourceQuotaRecord } from '../../src/api/records/resource-quota-record.ts';
import { podWith } from '../../src/api/records/stored-pod.ts';
import type { PodRecord } from '../../src/api/records/pod-record.ts';
import { NODE_GROUP_LABEL } from '../../src/api/keys.ts';
import type { QueueAffinity, QueueRecord } from '../../src/api/records/queue-record.ts';
import type { SchedulerPolicy } from '../../src/config/policy.ts';
import { DEFAULT_POLICY, plugin } from '../../src/config/policy.ts';
import type { Decision } from '../../src/scheduler/session/decision.ts';
import { Scheduler } from '../../src/scheduler/scheduler.ts';
import type { NodeTable } from '../../src/scheduler/placement/node-table.ts';
import { Snapshot } from '../../src/scheduler/ledger/snapshot.ts';
import type { Job } from '../../src/scheduler/model/job.ts';
import type { TaskCounts } from '../../src/scheduler/model/task-counts.ts';
import type { TaskClass } from '../../src/scheduler/model/task-class.ts';
import { TaskStatus } from '../../src/scheduler/model/task-status.ts';
import { evenSpread, HOST, OWN_LABELS, podRules, podTerm, podWishes, wishTerm } from './pod-rules.ts';
import { makeNode, makePod, makePodGroup, makeQueue, makeQuota, makeShape } from './records.ts';
import { amounts, GPU } from './scheduler-world.ts';
import { partsOf } from './sub-groups.ts';

const NODES = 5;
const QUEUES = 3;
const MINUTE_MS = 60_000;
const GROUPS = 5;
const PODS = 16;
const ROOT_STATES: readonly RootState[] = ['Suspended', 'Ended', 'Active'];
const ZONE_A = new Map([['zone', 'a']]);
const GROUPED = new Map([[NODE_GROUP_LABEL, 'some']]);
const SOME_GROUP: QueueAffinity = {
  use: { required: [], preferred: ['some'] },
  avoid: { required: [], preferred: [] },
};
const SHAPES = [
  makeShape({}),
  makeShape(amounts(1)),
  makeShape(amounts(2, 1)),
  makeShape(amounts(1, 0, 1)),
  makeShape(amounts(1), { nodeSelector: ZONE_A }),
  makeShape(amounts(1), { nodeSelector: new Map([['zone', 'nowhere']]) }),
  makeShape({ cpu: Number.MAX_SAFE_INTEGER, [GPU]: Number.MAX_SAFE_INTEGER }),
  makeShape(amounts(1), { rules: podRules({ antiAffinity: [podTerm(HOST)] }) }),
  makeShape(amounts(1), { rules: podRules({ affinity: [podTerm('zone')] }) }),
  makeShape(amounts(1), { rules: podRules({ affinity: [podTerm(HOST, 'other')], spread: [evenSpread('zone')] }) }),
  makeShape(amounts(1), { rules: podRules({ antiAffinity: [podTerm('zone', 'other')], spread: [evenSpread(HOST)] }) }),
  makeShape(amounts(1), { wishes: podWishes({ terms: [wishTerm(HOST, -50), wishTerm('zone', 20, 'other')] }) }),
  makeShape(amounts(1), {
    rules: podRules({ affinity: [podTerm('zone')] }),
    wishes: podWishes({ spread: [evenSpread('zone'), evenSpread(HOST)] }),
  }),
  makeShape(amounts(1), { hostPorts: [{ protocol: 'TCP', port: 80, ip: '0.0.0.0' }] }),
];
/** Of the pods; the terms speak of the first and of the second. */
const LABELS = [OWN_LABELS, ['app', 'other'], ['app', 'third']];
const PARTS_OF_TWO = partsOf(2, 1, { matchLabelKeys: ['app'], selector: [] });
/** By the labels of the pods. */
const PARTS = [
  PARTS_OF_TWO,
  partsOf(2, 0, { matchLabelKeys: ['app'], selector: [] }),
  partsOf(3, 0, { matchLabelKeys: [], selector: [{ key: 'app', operator: 'In', values: ['other', 'third'] }] }),
  partsOf(1, 2, { matchLabelKeys: ['app'], selector: [] }),
];
const KINDS = [
  'node',
  'nodeGone',
  'queue',
  'queueGone',
  'group',
  'groupGone',
  'pod',
  'pod',
  'pod',
  'podRuns',
  'podLeaves',
  'podEnds',
  'podGone',
  'podMoves',
  'podLabels',
  'assume',
  'forget',
  'seen',
  'rootRests',
  'policy',
  'cycle',
  'cycle',
] as const;

/** Plugins with which pods are evicted for others, whole gangs too. */
const EVICTING_TIER = [
  plugin('priority'),
  { ...plugin('gang'), off: new Set(['enablePreemptable', 'enableReclaimable'] as const) },
];

/** What a reload of the configuration may bring: the same, and policies with other plugins, tiers and actions. */
function variants(policy: SchedulerPolicy): readonly SchedulerPolicy[] {
  const second = policy.tiers[1] ?? [];
  const evicting: SchedulerPolicy = {
    ...policy,
    actions: ['enqueue', 'allocate', 'backfill', 'preempt', 'reclaim'],
    tiers: [EVICTING_TIER, [plugin('conformance'), ...second]],
  };
  return [
    policy,
    evicting,
    { ...evicting, actions: ['enqueue', 'allocate', 'backfill', 'gangreclaim', 'gangpreempt'] },
    { ...policy, actions: ['allocate', 'backfill'] },
    { ...policy, tiers: [policy.tiers.flat().filter(({ name }) => name !== 'binpack')] },
    { ...policy, tiers: [[plugin('gang')], [...second, plugin('overcommit'), plugin('resourcequota')]] },
    { ...policy, tiers: [...policy.tiers, [plugin('nodegroup', { strict: 'false' }), plugin('cdp')]] },
    { ...evicting, actionArguments: new Map([['allocate', new Map([['plannedStarts', 2]])]]) },
  ];
}

const PRIORITIES: ReadonlyMap<string, number> = new Map([
  ['low', -5],
  ['high', 5],
]);

/** One change of the cluster, or of what the engine knows; the numbers choose objects and variants. */
export interface Step {
  readonly kind: (typeof KINDS)[number];
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** Any series of changes and cycles in a small world. */
export function steps(maxLength: number): fc.Arbitrary<Step[]> {
  // Small numbers are not likelier than others: they only choose.
  const number = fc.noBias(fc.nat(1000));
  return fc.array(fc.record({ kind: fc.constantFrom(...KINDS), a: number, b: number, c: number }), {
    maxLength,
    size: 'max',
  });
}

/** The records that live, and a snapshot that has followed every change. */
export class SchedulerModel {
  readonly snapshot = new Snapshot();
  scheduler: Scheduler;
  policy: SchedulerPolicy;
  readonly #variants: readonly SchedulerPolicy[];
  readonly nodes = new Map<string, NodeRecord>();
  readonly queues = new Map<string, QueueRecord>();
  readonly groups = new Map<string, PodGroupRecord>();
  readonly pods = new Map<string, PodRecord>();
  /** Of the only namespace. */
  quota: ResourceQuotaRecord | undefined;

  constructor(policy: SchedulerPolicy = DEFAULT_POLICY) {
    this.policy = policy;
    this.#variants = variants(policy);
    this.scheduler = new Scheduler(this.snapshot, policy);
  }

  /** A world with something in it, so that short series get somewhere. */
  static started(policy: SchedulerPolicy = DEFAULT_POLICY): SchedulerModel {
    const model = new SchedulerModel(policy);
    for (const [name, value] of PRIORITIES)
      model.snapshot.setPriorityClass({ name, value, isGlobalDefault: false, isPatient: false });
    for (let n = 0; n < 3; n += 1) model.apply({ kind: 'node', a: n, b: 0, c: 0 });
    for (let q = 0; q < 2; q += 1) model.apply({ kind: 'queue', a: q, b: 0, c: 1 });
    for (let g = 0; g < 3; g += 1) model.apply({ kind: 'group', a: g, b: g + 1, c: g + 4 });
    for (let p = 0; p < 6; p += 1) model.apply({ kind: 'pod', a: p, b: p + 1, c: (p % 2) + 1 });
    return model;
  }

  /** The decisions, when the step was a cycle. */
  apply(step: Step): Decision[] | undefined {
    switch (step.kind) {
      case 'cycle':
        return [...this.scheduler.cycle({ nowMs: 0 })];
      case 'policy':
        this.#reload(this.#variants[step.a % this.#variants.length] ?? this.policy);
        return undefined;
      case 'node':
      case 'queue':
      case 'group':
      case 'pod':
        this.#make(step.kind, step);
        return undefined;
      default:
        this.#change(step);
        return undefined;
    }
  }

  #reload(policy: SchedulerPolicy): void {
    this.policy = policy;
    this.scheduler = new Scheduler(this.snapshot, policy);
  }

  #make(kind: 'node' | 'queue' | 'group' | 'pod', { a, b, c }: Step): void {
    if (kind === 'node') {
      const node = makeNode(`n${a % NODES}`, nodeAmounts(b), {
        unschedulable: c % 5 === 0 && b !== 0,
        labels: new Map([[HOST, `n${a % NODES}`], ...(c % 2 === 0 ? ZONE_A : []), ...(b % 4 === 1 ? GROUPED : [])]),
        taints: c % 7 === 1 ? [{ key: 'x', value: '', effect: 'NoSchedule' }] : [],
      });
      this.nodes.set(node.name, node);
      this.snapshot.upsertNode(node);
    } else if (kind === 'queue') {
      const queue = makeQueue(`q${a % QUEUES}`, {
        weight: 1 + (b % 3),
        capability: b % 4 === 3 ? new Map(Object.entries(amounts(c % 6))) : undefined,
        guarantee: b % 5 === 4 ? new Map(Object.entries(amounts(c % 7 === 0 ? 10_000 : c % 4))) : undefined,
        deserved: b % 6 === 5 ? new Map(Object.entries(amounts(c % 5))) : undefined,
        priority: b % 7 === 6 ? 1 : 0,
        affinity: b % 3 === 1 ? SOME_GROUP : undefined,
        parent: ['root', 'q0', 'q1', 'q2'][(b + c) % 4] ?? '',
        state: c % 8 === 0 ? 'Closed' : 'Open',
      });
      this.queues.set(queue.name, queue);
      this.snapshot.upsertQueue(queue);
      this.#setQuota(b, c);
    } else if (kind === 'group') this.#upsertGroup(a, b, c);
    else this.#upsertPod(a, b, c);
  }

  #upsertGroup(a: number, b: number, c: number): void {
    const name = `g${a % GROUPS}`;
    const group = makePodGroup(name, b % 4, {
      // Now and then another object under the same name.
      uid: `group-${name}-${c % 6 === 0 ? 'b' : 'a'}`,
      queue: `q${c % (QUEUES + 1)}`,
      createdMs: a % 3,
      priorityClassName: [...PRIORITIES.keys()][c % 5] ?? '',
      preemptable: b % 9 !== 8,
      runMs: b % 8 === 7 ? MINUTE_MS : 0,
      subGroups: (a + b) % 4 === 3 ? [PARTS[c % PARTS.length] ?? PARTS_OF_TWO] : [],
      minTaskMember: b % 7 === 2 ? new Map([['driver', 1]]) : new Map(),
      minResources: c % 3 === 0 ? new Map(Object.entries(amounts(b % 11 === 10 ? 2 ** 40 : b % 5))) : undefined,
      owner: b % 5 === 0 ? { apiVersion: 'batch/v1', kind: 'Job', name, uid: name } : undefined,
      rootState: ROOT_STATES[c % 20] ?? 'Active',
    });
    this.groups.set(group.key, group);
    this.snapshot.upsertJob(group);
  }

  #upsertPod(a: number, b: number, c: number): void {
    const name = `p${a % PODS}`;
    const shape = SHAPES[b % SHAPES.length] ?? makeShape({});
    const pod = makePod(name, `g${c % GROUPS}`, shape, {
      task: b % 3 === 0 ? 'driver' : 'worker',
      priority: b % 2,
      preemptable: c % 8 !== 7,
      isPatient: b % 13 === 12,
      queue: `q${a % QUEUES}`,
      labels: LABELS[c % LABELS.length] ?? OWN_LABELS,
      gated: b % 11 === 0,
      schedulerName: c % 9 === 0 ? 'default-scheduler' : 'sluice',
      runMs: (c % 4) * MINUTE_MS,
    });
    // A pod that has a node keeps it, and its shape with it.
    if ((this.pods.get(pod.uid)?.nodeName ?? '') === '') this.#putPod(pod);
  }

  #change({ kind, a, b, c }: Step): void {
    const uid = `uid-p${a % PODS}`;
    const node = `n${b % NODES}`;
    const pod = this.pods.get(uid);
    if (kind === 'nodeGone') this.#drop(this.nodes, `n${a % NODES}`, (name) => this.snapshot.removeNode(name));
    else if (kind === 'queueGone') this.#drop(this.queues, `q${a % QUEUES}`, (name) => this.snapshot.removeQueue(name));
    else if (kind === 'groupGone') this.#drop(this.groups, `ns/g${a % GROUPS}`, (key) => this.snapshot.removeJob(key));
    else if (kind === 'podGone') this.#drop(this.pods, uid, (key) => this.snapshot.removeTask(key));
    else if (kind === 'assume') this.snapshot.assume(uid, node);
    else if (kind === 'forget') this.snapshot.forget(uid);
    else if (kind === 'seen') this.#see();
    else if (kind === 'rootRests') this.#rest(`ns/g${a % GROUPS}`, b);
    // A pod that holds a node counts for its group until it is gone, whatever somebody writes onto it.
    else if (pod !== undefined && kind === 'podMoves' && pod.nodeName !== '')
      this.snapshot.upsertTask(changed(pod, kind, node, c));
    else if (pod !== undefined) this.#putPod(changed(pod, kind, node, c));
  }

  /** The root of a group is suspended, resumed, or comes to its end. */
  #rest(key: string, b: number): void {
    const group = this.groups.get(key);
    if (group === undefined) return;
    const changedGroup = { ...group, rootState: ROOT_STATES[b % 3] ?? 'Active' };
    this.groups.set(key, changedGroup);
    this.snapshot.upsertJob(changedGroup);
  }

  #setQuota(b: number, c: number): void {
    if (this.quota !== undefined) this.snapshot.quotas.remove(this.quota);
    this.quota = b % 4 === 0 ? undefined : makeQuota('q', { cpu: [(b % 3) * 1000, (c % 8) * 1000] });
    if (this.quota !== undefined) this.snapshot.quotas.upsert(this.quota);
  }

  /** The watch shows every binding that is on its way, and every eviction. */
  #see(): void {
    for (const { uid, isLeaving } of this.snapshot.tasks.values()) {
      const pod = isLeaving ? this.pods.get(uid) : undefined;
      if (pod !== undefined) this.#putPod(podWith(pod, { deleting: true }));
    }
    for (const task of this.snapshot.tasks.values()) {
      if (task.status === TaskStatus.Binding) this.#putPod(podWith(task.record, { nodeName: task.nodeName }));
    }
  }

  #putPod(pod: PodRecord): void {
    this.pods.set(pod.uid, pod);
    this.snapshot.upsertTask(pod);
  }

  #drop<T>(records: Map<string, T>, key: string, tell: (key: string) => void): void {
    records.delete(key);
    tell(key);
  }

  /** A snapshot made from the living records alone, in another order, with what is assumed assumed again. */
  recounted(): Snapshot {
    const fresh = new Snapshot();
    for (const [name, value] of PRIORITIES)
      fresh.setPriorityClass({ name, value, isGlobalDefault: false, isPatient: false });
    if (this.quota !== undefined) fresh.quotas.upsert(this.quota);
    for (const pod of [...this.pods.values()].toReversed()) {
      fresh.upsertTask(pod);
      const task = fresh.tasks.get(pod.uid);
      if (task === undefined || this.snapshot.tasks.get(pod.uid)?.isLeaving !== true) continue;
      task.isLeaving = true;
      fresh.upsertTask(pod);
    }
    for (const node of [...this.nodes.values()].toReversed()) fresh.upsertNode(node);
    for (const group of this.groups.values()) {
      fresh.upsertJob({ ...group, phase: this.snapshot.jobs.get(group.key)?.phase ?? '' });
    }
    for (const queue of [...this.queues.values()].toReversed()) fresh.upsertQueue(queue);
    fresh.settle();
    for (const task of this.snapshot.tasks.values()) {
      if (task.status === TaskStatus.Binding) assumeAnyway(fresh, task.record, task.nodeName);
    }
    fresh.settle();
    this.#nominate(fresh);
    return fresh;
  }

  /** The rooms that are kept. */
  #nominate(fresh: Snapshot): void {
    const { nominations } = this.snapshot;
    for (const task of this.snapshot.tasks.values()) {
      const twin = fresh.tasks.get(task.uid);
      if (twin === undefined || !nominations.has(task)) continue;
      fresh.nominations.set(twin, nominations.lift(task));
      nominations.restore(task);
    }
  }
}

/** A node may have gone since something was assumed there; it is assumed still. */
function assumeAnyway(snapshot: Snapshot, record: PodRecord, nodeName: string): void {
  if (snapshot.assume(record.uid, nodeName)) return;
  snapshot.upsertNode(makeNode(nodeName, {}));
  snapshot.settle();
  snapshot.assume(record.uid, nodeName);
  snapshot.removeNode(nodeName);
}

function changed(pod: PodRecord, kind: Step['kind'], node: string, c: number): PodRecord {
  const nodeName = pod.nodeName === '' ? node : pod.nodeName;
  switch (kind) {
    case 'podRuns':
      return podWith(pod, { nodeName, phase: c % 9 === 0 ? 'Unknown' : 'Running' });
    case 'podLeaves':
      return podWith(pod, { deleting: true });
    case 'podEnds':
      return podWith(pod, { nodeName, phase: c % 2 === 0 ? 'Succeeded' : 'Failed' });
    case 'podLabels':
      return podWith(pod, { labels: LABELS[c % LABELS.length] ?? OWN_LABELS });
    case 'podMoves':
      return podWith(pod, { group: `g${c % GROUPS}` });
    default:
      throw new Error(`Cannot change a pod: ${kind} is no change`);
  }
}

function nodeAmounts(b: number): Record<string, number> {
  const some = { ...amounts(4 + (b % 3), 4), pods: 6 };
  return b % 3 === 1 ? { ...some, [GPU]: 2 } : some;
}

/** Everything that is counted, by name: equal for equal worlds, whatever the order in which they came to be. */
export function digest(snapshot: Snapshot): unknown {
  const { nodes, resources, jobs, queues } = snapshot;
  const names = ['cpu', 'memory', 'pods', GPU];
  const column = (columns: NodeTable['idle']): unknown =>
    names.map((name) => [name, [...(columns[resources.intern(name)] ?? new Float64Array(nodes.count))]]);
  return {
    nodes: nodes.records.map((record) => record.name),
    columns: [nodes.allocatable, nodes.idle, nodes.releasing, nodes.pipelined].map(column),
    totals: names.map((name) => nodes.totals[resources.intern(name)] ?? 0),
    releasing: [...snapshot.releasingNodes].toSorted(([a], [b]) => a - b),
    ports: nodes.records.map((_, n) => snapshot.index.portsFree(n, SHAPES.at(-1)?.hostPorts ?? [])),
    zoneA: nodes.records.map((_, n) => snapshot.index.withLabel('zone', 'a').has(n)),
    cordoned: nodes.records.map((_, n) => snapshot.index.unschedulable.has(n)),
    queues: sorted(
      [...queues.values()].map(({ name, parent, ...ledgers }) => {
        const { allocated, below, leaving, leavingBelow, granted, grantedBelow, pending } = ledgers;
        const all = [allocated, below, leaving, leavingBelow, granted, grantedBelow, pending];
        return [name, parent?.name ?? '', ...all.map(named)];
      }),
    ),
    jobs: sorted(
      [...jobs.values()].map((job) => [
        job.key,
        statusCounts(job),
        job.ready(),
        job.pendingBestEffort,
        job.priority,
        partCounts(job),
      ]),
    ),
    waiting: sorted(snapshot.waiting.all().map((job) => job.key)),
    missing: sorted([...snapshot.missingGroups()].map(([key, tasks]) => [key, tasks.size])),
    classes: snapshot.classes.size,
    domains: sorted([...snapshot.classes.values()].map((taskClass) => ruleCounts(snapshot, taskClass))),
  };

  function named(vector: readonly number[]): unknown {
    return [...resources.amounts(vector)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  }
}

function ruleCounts({ podRules: ledger }: Snapshot, taskClass: TaskClass): unknown {
  const { affinity = [], antiAffinity = [], spread = [], held = [] } = ledger.of(taskClass) ?? {};
  const all = [...affinity, ...antiAffinity, ...spread, ...held.map(({ domains }) => domains)];
  const wishes = ledger.wishesOf(taskClass);
  all.push(...(wishes?.terms ?? []).map(({ domains }) => domains), ...(wishes?.spread ?? []));
  all.push(...(wishes?.held ?? []).map(({ term }) => term.domains));
  return [taskClass.shape.key, all.map(({ counts, total, least }) => [[...counts], total, least])];
}

function statusCounts(tasks: TaskCounts): readonly number[] {
  return Object.values(TaskStatus).map((status) => tasks.count(status));
}

function partCounts({ subGroups }: Job): unknown {
  const kinds = subGroups?.kinds.map(({ policy, ...counts }) => [policy.name, counts]);
  const parts = [...(subGroups?.all() ?? [])].map((part) => [part.size, statusCounts(part), part.tasks.size]);
  return [kinds, sorted(parts)];
}

function sorted<T>(items: readonly T[]): T[] {
  return items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

/** Decisions as text, maps included. */
export function decisionText(decisions: readonly Decision[]): string {
  return JSON.stringify(decisions, (_, value: unknown) => (value instanceof Map ? [...value] : value));
}
