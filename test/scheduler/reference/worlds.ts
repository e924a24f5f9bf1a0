import type { DisruptionBudgetRecord } from '../../../src/api/records/disruption-budget-record.ts';
import { NO_LABELS } from '../../../src/api/records/label-selector.ts';
import type { LabelPairs } from '../../../src/api/records/label-selector.ts';
import type { NodeRecord } from '../../../src/api/records/node-record.ts';
import type { PodTerm } from '../../../src/api/records/pod-rules.ts';
import type { SchedulingShape, TaintRecord } from '../../../src/api/records/scheduling-shape.ts';
import { makeShape } from '../../support/records.ts';
import { amounts } from '../../support/scheduler-world.ts';
import type { App, UserCluster } from '../../support/user-cluster.ts';
import type { UserStep } from '../../support/user-steps.ts';

/** What users do more of in some worlds, after each step. */
export type Way = (cluster: UserCluster, step: UserStep, budgets: Map<string, DisruptionBudgetRecord>) => void;

/** Users submit to the first three; some of their groups go to the others. */
export const QUEUES = ['default', 'q1', 'q2', 'q3', 'q4'];

export const PRIORITIES = new Map([
  ['high', 5],
  ['low', -1],
]);

const DEDICATED: TaintRecord = { key: 'dedicated', value: 'x', effect: 'NoSchedule' };
const SOFT: TaintRecord = { key: 'soft', value: '', effect: 'PreferNoSchedule' };
const TAINTS: readonly (readonly TaintRecord[])[] = [[DEDICATED], [SOFT], [SOFT, DEDICATED]];
const ZONE_A = { key: 'zone', operator: 'In', values: ['a'] } as const;

/** Pods that bear taints, or want other nodes, or prefer some. */
function choosier(shape: SchedulingShape, by: number): SchedulingShape {
  const bears = { key: 'dedicated', operator: 'Equal', value: 'x', effect: '' } as const;
  const more: readonly Partial<SchedulingShape>[] = [
    { tolerations: [bears] },
    { tolerations: [bears, { key: 'soft', operator: 'Exists', value: '', effect: 'PreferNoSchedule' }] },
    { requiredTerms: [{ labels: [{ ...ZONE_A, operator: 'NotIn' }], fields: [] }] },
    { preferredTerms: [{ labels: [ZONE_A], fields: [], weight: 30 }] },
    { tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists', value: '', effect: '' }] },
  ];
  return makeShape(Object.fromEntries(shape.requests), { ...shape, requests: shape.requests, ...more[by % 9] });
}

/** Of worlds in which room is short, and pods go for others. */
export const CROWDED = { submit: 14, settle: 12, cycle: 14, sweep: 6, queue: 3 } as const;
const CROWD = [amounts(1), amounts(2), amounts(1, 1), amounts(3)].map((each) => makeShape(each));

/** Pods that want room that others have, and some that keep theirs, or have nobody go for them. */
export function crowd(cluster: UserCluster, { move, a, b, c }: UserStep): void {
  const [app] = [...cluster.apps.values()].slice(-1);
  const group = cluster.groups.get(`ns/${app?.name}`);
  if (move !== 'submit' || app === undefined || group === undefined || b % 16 === 0) return;
  cluster.scale(app, 99);
  const elastic = c % 3 === 0 ? {} : { minMember: 1 + (a % 3 === 0 ? 1 : 0), minTaskMember: new Map() };
  cluster.putGroup({ ...group, ...elastic, preemptable: (b + c) % 10 > 0 });
  for (const [i, pod] of cluster.podsOf(app.name).entries()) {
    const shape = CROWD[(a + (b % 3 === 0 ? i : 0)) % CROWD.length] ?? pod.shape;
    const own = { preemptable: (a + b + i) % 11 > 0, isPatient: (b + c) % 13 === 0 };
    if (pod.nodeName === '') cluster.putPod({ ...pod, ...own, shape });
  }
}

const HOST = 'kubernetes.io/hostname';
const PORTS = [80, 81].map((port) => [{ protocol: 'TCP', port, ip: '0.0.0.0' }]);

function speakingOf(app: string, topologyKey: string, isOwn: boolean): PodTerm {
  const selector = [{ key: 'app', operator: 'In' as const, values: [app] }];
  return { topologyKey, isOwn, selector, namespaces: ['ns'], namespaceSelector: undefined };
}

/** Pods of a group that wait come to matter more or less, and its pods may be let go, or not any more. */
export function rank(cluster: UserCluster, { move, a, b, c }: UserStep): void {
  const app = [...cluster.apps.values()].at(move === 'submit' ? -1 : a % Math.max(1, cluster.apps.size));
  if (app === undefined || move === 'cycle') return;
  for (const [i, pod] of cluster.podsOf(app.name).entries()) {
    if (pod.nodeName === '') cluster.putPod({ ...pod, priority: (b + c * i) % 4 });
    else if (move === 'scale') cluster.putPod({ ...pod, preemptable: (b + i) % 5 > 0 });
  }
}

/** Pods of two budgets, of one or of none, and what the budgets say from time to time. */
export function keep(
  cluster: UserCluster,
  { move, a, b, c }: UserStep,
  budgets: Map<string, DisruptionBudgetRecord>,
): void {
  const [app] = [...cluster.apps.values()].slice(-1);
  for (const [i, pod] of (move === 'submit' && app !== undefined ? cluster.podsOf(app.name) : []).entries()) {
    const labels = [LABELS.x, LABELS.y, NO_LABELS, LABELS.both][(a + (c % 2) * i) % 4] ?? NO_LABELS;
    if (pod.nodeName === '') cluster.putPod({ ...pod, labels });
  }
  if (!['settle', 'sweep', 'queue'].includes(move)) return;
  const name = b % 3 === 0 ? 'app' : 'tier';
  const key = `ns/${name}`;
  const selector = [{ key: name, operator: 'In' as const, values: ['x'] }];
  const budget = { key, namespace: 'ns', name, selector, allowed: (a + c) % 4 };
  cluster.snapshot.budgets.upsert(budget);
  budgets.set(key, budget);
}

/** Pods that stand evenly on the nodes or in the zones, among their like or among others. */
export function spread(cluster: UserCluster, { move, a, b, c }: UserStep): void {
  for (const node of move === 'node' ? cluster.nodes.values() : []) {
    const labels = new Map([[HOST, node.name], ...node.labels]);
    if (!labels.has('zone') && (a + node.name.length + b) % 5 > 0) labels.set('zone', (a + c) % 2 === 0 ? 'b' : 'a');
    cluster.putNode(node.name, { labels });
  }
  const [app] = [...cluster.apps.values()].slice(-1);
  if (move !== 'submit' || app === undefined || b % 4 === 0) return;
  const [own, counted] = [b % 2 === 0 ? 'x' : 'y', c % 4 === 0 ? 'y' : 'x'] as const;
  const selector = [{ key: 'app', operator: 'In' as const, values: [counted] }];
  const rule = {
    topologyKey: a % 2 === 0 ? HOST : 'zone',
    maxSkew: 1 + Number(b % 5 === 0),
    minDomains: 1 + Number(c % 7 === 0),
    selection: { selector, namespaces: ['ns'], namespaceSelector: undefined },
    honorsAffinity: true,
    honorsTaints: false,
    isOwn: own === counted,
  };
  for (const pod of cluster.podsOf(app.name)) {
    const { shape } = pod;
    const rules = { affinity: [], antiAffinity: [], spread: [rule] };
    const ruled = makeShape(Object.fromEntries(shape.requests), { ...shape, ...(a % 3 > 0 ? { rules } : {}) });
    if (pod.nodeName === '') cluster.putPod({ ...pod, labels: LABELS[own], shape: ruled });
  }
}

/** Queues side by side below one that may hold so much, of which some have more than they are owed; groups say what they will take. */
export function branch(cluster: UserCluster, { move, a, b, c }: UserStep): void {
  const [app] = [...cluster.apps.values()].slice(-1);
  const group = cluster.groups.get(`ns/${app?.name}`);
  if (move === 'submit' && app !== undefined && group !== undefined) {
    const [first] = cluster.podsOf(app.name);
    const cpus = (first?.shape.requests.get('cpu') ?? 1000) * group.minMember;
    cluster.putGroup({ ...group, queue: `q${1 + ((a + b) % 3)}`, minResources: new Map([['cpu', cpus]]) });
  }
  if (!['submit', 'queue'].includes(move)) return;
  const list = (cpus: number): ReadonlyMap<string, number> => new Map(Object.entries(amounts(cpus)));
  cluster.putQueue('default', { parent: 'root', capability: list(5 + (c % 4)) });
  const deserved = list((a + c) % 5);
  cluster.putQueue(`q${1 + (b % 3)}`, { parent: 'default', capability: undefined, deserved, reclaimable: c % 9 > 0 });
}

/** Small pods with labels, some of which hold ports, or keep away from their like or from others, on a node or in a zone. */
export function keepApart(cluster: UserCluster, { move, a, b, c }: UserStep): void {
  for (const node of move === 'node' ? cluster.nodes.values() : []) labelNode(cluster, node, (b + c) % 2 === 0);
  const [app] = [...cluster.apps.values()].slice(-1);
  if (move !== 'submit' || app === undefined) return;
  const [own, other] = b % 2 === 0 ? (['x', 'y'] as const) : (['y', 'x'] as const);
  const kinds: readonly Partial<SchedulingShape>[] = [
    { rules: { affinity: [], antiAffinity: [speakingOf(own, HOST, true)], spread: [] } },
    { rules: { affinity: [], antiAffinity: [speakingOf(other, 'zone', false)], spread: [] } },
    { rules: { affinity: [], antiAffinity: [speakingOf(other, HOST, false)], spread: [] } },
    { hostPorts: PORTS[a % 2] ?? [] },
    { nodeSelector: new Map([['zone', b % 3 === 0 ? 'a' : 'b']]) },
  ];
  for (const pod of cluster.podsOf(app.name)) {
    const { shape } = pod;
    const ruled = makeShape(Object.fromEntries(shape.requests), { ...shape, ...kinds[(a + c) % 8] });
    if (pod.nodeName === '') cluster.putPod({ ...pod, labels: LABELS[own], shape: ruled });
  }
}

/**
 * Small pods that have to stand beside others, on a node or in a zone, and some that keep away from them. Those that stand beside their
 * like are alone in their groups: where a gang would stand is a search.
 */
export function keepTogether(cluster: UserCluster, { move, a, b, c }: UserStep): void {
  for (const node of move === 'node' ? cluster.nodes.values() : []) labelNode(cluster, node, (b + c) % 2 === 0);
  const [app] = [...cluster.apps.values()].slice(-1);
  if (move !== 'submit' || app === undefined) return;
  const [own, other] = b % 2 === 0 ? (['x', 'y'] as const) : (['y', 'x'] as const);
  const key = c % 2 === 0 ? HOST : 'zone';
  const isAmongLike = (a + c) % 6 === 0;
  if (isAmongLike) leaveOne(cluster, app);
  const terms = [speakingOf(isAmongLike ? own : other, key, isAmongLike), speakingOf(other, 'zone', false)];
  const affinity = isAmongLike || b % 5 > 0 ? terms.slice(0, 1) : terms;
  const antiAffinity = (a + b) % 7 === 0 ? [speakingOf(own, HOST, true)] : [];
  const rules = { affinity, antiAffinity, spread: [] };
  for (const pod of cluster.podsOf(app.name)) {
    const { shape } = pod;
    const isRuled = (a + c) % 2 === 0;
    const ruled = makeShape(Object.fromEntries(shape.requests), { ...shape, ...(isRuled ? { rules } : {}) });
    if (pod.nodeName === '') cluster.putPod({ ...pod, labels: LABELS[own], shape: ruled });
  }
}

/** Its first pod, for good. */
function leaveOne(cluster: UserCluster, app: App): void {
  const [first, ...others] = cluster.podsOf(app.name);
  for (const { uid } of others) cluster.dropPod(uid);
  const roles = app.roles.filter(({ name }) => name === first?.task).map((role) => ({ ...role, count: 1 }));
  cluster.apps.set(app.name, { ...app, min: 1, roles });
  const group = cluster.groups.get(`ns/${app.name}`);
  if (group !== undefined) cluster.putGroup({ ...group, minMember: 1, minTaskMember: new Map() });
}

function labelNode(cluster: UserCluster, node: NodeRecord, isOfZone: boolean): void {
  const labels = new Map([[HOST, node.name], ...node.labels]);
  if (isOfZone && !labels.has('zone')) labels.set('zone', 'b');
  cluster.putNode(node.name, { labels });
}

/** Shared, as those of pods are. */
const LABELS = {
  x: ['app', 'x'],
  y: ['app', 'y', 'tier', 'x'],
  both: ['app', 'x', 'tier', 'x'],
} as const satisfies Readonly<Record<string, LabelPairs>>;

/** What users may say beside: a priority class, what the minimum takes, taints, and the queue above a queue. */
export function enrich(cluster: UserCluster, step: UserStep): void {
  const { move, a, b, c } = step;
  if (move === 'submit') enrichGroup(cluster, step);
  const node = move === 'node' ? cluster.nodes.get(`n${a % 4}`) : undefined;
  if (node !== undefined) {
    const allocatable = new Map([...node.allocatable, ...Object.entries(amounts(3 + (c % 3), 2 + (a % 5)))]);
    cluster.putNode(node.name, { taints: TAINTS[(a + b + c) % 6] ?? [], allocatable });
  }
  if (move !== 'queue') return;
  const names = [...cluster.queues.keys()];
  const parent = ['root', 'q1', 'default', 'gone'][(b + c) % 4] ?? '';
  const deserved = (a + c) % 3 === 0 ? undefined : new Map(Object.entries(amounts(c % 7, b % 4)));
  cluster.putQueue(names[a % names.length] ?? 'default', {
    parent,
    deserved,
    priority: c % 5 === 0 ? 1 : 0,
    reclaimable: b % 7 > 0,
  });
}

function enrichGroup(cluster: UserCluster, { a, b, c }: UserStep): void {
  const [app] = [...cluster.apps.values()].slice(-1);
  const group = cluster.groups.get(`ns/${app?.name}`);
  if (app === undefined || group === undefined) return;
  const cpus = app.roles[0]?.shape.requests.get('cpu') ?? 0;
  const minResources = c % 3 === 1 ? new Map([['cpu', cpus * app.min]]) : undefined;
  const priorityClassName = ['', '', 'high', 'low'][a % 4] ?? '';
  const queue = b % 3 === 0 ? (QUEUES[(a + c) % QUEUES.length] ?? group.queue) : group.queue;
  cluster.putGroup({ ...group, queue, minResources, priorityClassName });
  for (const pod of cluster.podsOf(app.name)) {
    if (pod.nodeName === '') cluster.putPod({ ...pod, shape: choosier(pod.shape, b + c) });
  }
}
