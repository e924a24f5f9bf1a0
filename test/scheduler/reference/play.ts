import type { LabelPairs } from '../../../src/api/records/label-selector.ts';
import type { PodTerm } from '../../../src/api/records/pod-rules.ts';
import type { SchedulingShape, TaintRecord } from '../../../src/api/records/scheduling-shape.ts';
import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { PluginOption, SchedulerPolicy } from '../../../src/config/policy.ts';
import { makeShape } from '../../support/records.ts';
import { amounts, summary } from '../../support/scheduler-world.ts';
import type { Outcome } from '../../support/scheduler-world.ts';
import { evictions } from '../../support/evicting-world.ts';
import { UserCluster } from '../../support/user-cluster.ts';
import { makeMove } from '../../support/user-steps.ts';
import type { UserStep } from '../../support/user-steps.ts';
import { PlainScheduler } from './plain-scheduler.ts';
import type { PlainOutcome, PlainPolicy } from './plain-scheduler.ts';

/** Without room that is kept for who has waited for too long: the reference does not know it. */
const actionArguments: SchedulerPolicy['actionArguments'] = new Map([
  ['allocate', new Map([['reserveAfterSeconds', 0]])],
]);
export interface Suite {
  readonly policy: SchedulerPolicy;
  readonly plain: PlainPolicy;
  /** Pods of its worlds hold host ports, and keep away from each other. */
  readonly areApart?: boolean;
  /** Pods of one group are of several priorities. */
  readonly areRanked?: boolean;
}

export const SUITES: Readonly<Record<string, Suite>> = {
  'under the default policy': suite({}),
  'with drf': suite({ isByShare: true }),
  'with capacity': suite({ capacity: { isTree: false, reach: 0 } }),
  'with capacity in a tree': suite({ capacity: { isTree: true, reach: 1 } }),
  'with preempt and reclaim': suite({ evicting: ['preempt', 'reclaim'] }),
  'with preempt and reclaim by capacity': suite({
    capacity: { isTree: false, reach: 0 },
    evicting: ['preempt', 'reclaim'],
  }),
  'with reclaim by capacity in a tree': suite({ capacity: { isTree: true, reach: 1 }, evicting: ['reclaim'] }),
  'with gangpreempt and gangreclaim': suite({ evicting: ['gangpreempt', 'gangreclaim'] }),
  'with host ports and pods that keep apart': { ...suite({ evicting: ['preempt', 'reclaim'] }), areApart: true },
  'with pods that keep apart, and gangs that go': {
    ...suite({ evicting: ['gangpreempt', 'gangreclaim'] }),
    areApart: true,
  },
  'with pods of several priorities in a group': { ...suite({ evicting: ['preempt', 'reclaim'] }), areRanked: true },
};

/** The default policy with that in it. */
function suite(plain: PlainPolicy): Suite {
  const { isByShare = false, capacity, evicting = [] } = plain;
  const shares = capacity === undefined ? plugin('proportion') : capacityPlugin(capacity.isTree, capacity.reach);
  const tiers = DEFAULT_POLICY.tiers.map((tier) => tier.map((each) => (each.name === 'proportion' ? shares : each)));
  return {
    plain,
    policy: {
      ...DEFAULT_POLICY,
      actions: [...DEFAULT_POLICY.actions, ...evicting],
      tiers: isByShare ? [...tiers, [plugin('drf')]] : tiers,
      actionArguments,
    },
  };
}

function capacityPlugin(isTree: boolean, ancestorReclaimLevel: number): PluginOption {
  const option = plugin('capacity', { ancestorReclaimLevel });
  return isTree ? { ...option, isHierarchical: true } : option;
}

/** What the reference does not know. */
const UNKNOWN: readonly UserStep['move'][] = ['group', 'steal', 'reload', 'move', 'resize', 'lose'];

/** Users submit to the first three; some of their groups go to the others. */
const QUEUES = ['default', 'q1', 'q2', 'q3', 'q4'];

const PRIORITIES = new Map([
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
function crowd(cluster: UserCluster, { a, b, c }: UserStep): void {
  const [app] = [...cluster.apps.values()].slice(-1);
  const group = cluster.groups.get(`ns/${app?.name}`);
  if (app === undefined || group === undefined || b % 16 === 0) return;
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

function apart(app: string, topologyKey: string, isOwn: boolean): PodTerm {
  const selector = [{ key: 'app', operator: 'In' as const, values: [app] }];
  return { topologyKey, isOwn, selector, namespaces: ['ns'], namespaceSelector: undefined };
}

/** Pods of a group that wait come to matter more or less, and its pods may be let go, or not any more. */
function rank(cluster: UserCluster, { move, a, b, c }: UserStep): void {
  const app = [...cluster.apps.values()].at(move === 'submit' ? -1 : a % Math.max(1, cluster.apps.size));
  if (app === undefined || move === 'cycle') return;
  for (const [i, pod] of cluster.podsOf(app.name).entries()) {
    if (pod.nodeName === '') cluster.putPod({ ...pod, priority: (b + c * i) % 4 });
    else if (move === 'scale') cluster.putPod({ ...pod, preemptable: (b + i) % 5 > 0 });
  }
}

/** Small pods with labels, some of which hold ports, or keep away from their like or from others, on a node or in a zone. */
function keepApart(cluster: UserCluster, { move, a, b, c }: UserStep): void {
  for (const node of move === 'node' ? cluster.nodes.values() : []) {
    const labels = new Map([[HOST, node.name], ...node.labels]);
    if (!labels.has('zone') && (b + c) % 2 === 0) labels.set('zone', 'b');
    cluster.putNode(node.name, { labels });
  }
  const [app] = [...cluster.apps.values()].slice(-1);
  if (move !== 'submit' || app === undefined) return;
  const [own, other] = b % 2 === 0 ? ['x', 'y'] : ['y', 'x'];
  const kinds: readonly Partial<SchedulingShape>[] = [
    { rules: { affinity: [], antiAffinity: [apart(own, HOST, true)], spread: [] } },
    { rules: { affinity: [], antiAffinity: [apart(other, 'zone', false)], spread: [] } },
    { rules: { affinity: [], antiAffinity: [apart(other, HOST, false)], spread: [] } },
    { hostPorts: PORTS[a % 2] ?? [] },
    { nodeSelector: new Map([['zone', b % 3 === 0 ? 'a' : 'b']]) },
  ];
  for (const pod of cluster.podsOf(app.name)) {
    const { shape } = pod;
    const ruled = makeShape(Object.fromEntries(shape.requests), { ...shape, ...kinds[(a + c) % 8] });
    if (pod.nodeName === '') cluster.putPod({ ...pod, labels: LABELS[own] ?? [], shape: ruled });
  }
}

/** Shared, as those of pods are. */
const LABELS: Readonly<Record<string, LabelPairs>> = { x: ['app', 'x'], y: ['app', 'y'] };

/** What users may say beside: a priority class, what the minimum takes, taints, and the queue above a queue. */
function enrich(cluster: UserCluster, step: UserStep): void {
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

/** The moves of users and machines. */
export function play(
  { policy, plain, areApart = false, areRanked = false }: Suite,
  script: readonly UserStep[],
  onTurn: (core: PlainOutcome, reference: PlainOutcome, cluster: UserCluster) => void,
): void {
  const cluster = new UserCluster(policy);
  for (const name of ['n0', 'n1', 'n2']) cluster.putNode(name, { amounts: amounts(4, 4) });
  for (const name of QUEUES) cluster.putQueue(name);
  // Who declares nothing claims nothing.
  if (plain.capacity !== undefined) {
    for (const name of QUEUES) cluster.putQueue(name, { deserved: new Map(Object.entries(amounts(3, 3))) });
  }
  for (const [name, value] of PRIORITIES) cluster.snapshot.setPriorityClass({ name, value, isGlobalDefault: false });
  const reference = new PlainScheduler(plain);
  for (const step of script.filter(({ move }) => !UNKNOWN.includes(move))) {
    makeMove(cluster, step);
    enrich(cluster, step);
    if (step.move === 'submit' && plain.evicting !== undefined) crowd(cluster, step);
    if (areApart) keepApart(cluster, step);
    if (areRanked) rank(cluster, step);
    if (step.move !== 'cycle') continue;
    const { nodes, queues, groups, pods, binding } = cluster;
    const told = { nodes, queues, groups, pods, binding, priorities: PRIORITIES };
    const decided = reference.turn(told, cluster.nowMs + UserCluster.CYCLE_MS);
    const said = summary(cluster.cycle());
    // The API server marks them at once.
    for (const { uid } of evictions(said.decisions)) {
      const pod = cluster.pods.get(uid);
      if (pod !== undefined) cluster.deletePod(pod);
    }
    onTurn(shortOf(said, decided), decided, cluster);
  }
}

/** Phases are told of groups that changed, or wait. */
function shortOf({ placed, pipelined, refused, statuses, decisions }: Outcome, { phases }: PlainOutcome): PlainOutcome {
  const codes = Object.entries(refused).map(([group, text]) => [group, text.slice(0, text.indexOf(':'))]);
  const told = Object.fromEntries([...statuses].map(([group, { phase }]) => [group, phase]));
  const gone = evictions(decisions).map(({ pod, message }) => [
    pod.slice(pod.indexOf('/') + 1),
    /PodGroup ns\/(\w+)/.exec(message)?.[1] ?? message,
  ]);
  return {
    placed,
    promised: pipelined,
    refused: Object.fromEntries(codes),
    evicted: Object.fromEntries(gone),
    phases: { ...phases, ...told },
  };
}

/** What one says and the other does not, in words. */
export function differences(core: PlainOutcome, reference: PlainOutcome): readonly string[] {
  return (['placed', 'promised', 'refused', 'evicted', 'phases'] as const).flatMap((what) => {
    const names = new Set([...Object.keys(core[what]), ...Object.keys(reference[what])]);
    return [...names].flatMap((name) => {
      const [says, should] = [core[what][name] ?? 'nothing', reference[what][name] ?? 'nothing'];
      return says === should ? [] : `${what} ${name}: ${says}, and by the reference ${should}`;
    });
  });
}
