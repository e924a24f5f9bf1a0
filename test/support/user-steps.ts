import fc from 'fast-check';
import type { RootState } from '../../src/api/records/pod-group-record.ts';
import type { PodRecord } from '../../src/api/records/pod-record.ts';
import { DEFAULT_POLICY, plugin } from '../../src/config/policy.ts';
import type { SchedulerPolicy } from '../../src/config/policy.ts';
import { makeShape } from './records.ts';
import { amounts, GPU } from './scheduler-world.ts';
import type { App, Role, UserCluster } from './user-cluster.ts';
import { isFinished } from './user-cluster.ts';

const SHAPES = [
  makeShape(amounts(1)),
  makeShape(amounts(2)),
  makeShape(amounts(1), { nodeSelector: new Map([['zone', 'a']]) }),
  makeShape(amounts(1), { hostPorts: [{ protocol: 'TCP', port: 80, ip: '0.0.0.0' }] }),
  makeShape(amounts(1, 0, 1)),
  makeShape({}),
  // No node has that much, or such a label.
  makeShape(amounts(64)),
  makeShape(amounts(1), { nodeSelector: new Map([['zone', 'nowhere']]) }),
];
const NODES = 4;
const QUEUES = ['default', 'q1', 'q2'];
const POLICIES: readonly SchedulerPolicy[] = [
  DEFAULT_POLICY,
  { ...DEFAULT_POLICY, actions: ['allocate', 'backfill'] },
  { ...DEFAULT_POLICY, tiers: [[plugin('predicates'), plugin('gang'), plugin('proportion')]] },
];
const ROOTS: readonly RootState[] = ['Active', 'Suspended', 'Active', 'Ended'];

/** How many users and machines move between two cycles; the numbers choose whom and how. */
const MOVES = {
  submit: (cluster: UserCluster, a: number, b: number, c: number) => {
    const app = cluster.submit(appOf(a, b, c));
    cluster.scale(app, c % 3 === 0 ? 1 : 99);
  },
  scale: (cluster: UserCluster, a: number, b: number) =>
    on(pick(cluster.apps, a), (app) => cluster.scale(app, 1 + (b % 8))),
  withdraw: (cluster: UserCluster, a: number) => on(pick(cluster.apps, a), (app) => cluster.withdraw(app)),
  root: (cluster: UserCluster, a: number, b: number) =>
    on(pick(cluster.apps, a), (app) => cluster.setRoot(app, ROOTS[b % ROOTS.length] ?? 'Active')),
  group: (cluster: UserCluster, a: number) => on(pick(cluster.apps, a), (app) => cluster.toggleGroup(app)),
  settle: (cluster: UserCluster) => cluster.settle(),
  sweep: (cluster: UserCluster) => cluster.sweep(),
  refuse: (cluster: UserCluster, a: number) => on(pick(cluster.binding, a, true), (uid) => cluster.refuseBinding(uid)),
  finish: (cluster: UserCluster, a: number, b: number) =>
    on(pick(running(cluster), a), (pod) => cluster.putPod({ ...pod, phase: b % 3 === 0 ? 'Failed' : 'Succeeded' })),
  lose: (cluster: UserCluster, a: number) =>
    on(pick(running(cluster), a), (pod) => cluster.putPod({ ...pod, phase: 'Unknown' })),
  kill: (cluster: UserCluster, a: number) => on(pick(cluster.pods, a), (pod) => cluster.deletePod(pod)),
  drain: (cluster: UserCluster, a: number) => {
    for (const pod of cluster.pods.values()) if (pod.nodeName === `n${a % NODES}`) cluster.deletePod(pod);
  },
  resize: (cluster: UserCluster, a: number, b: number) =>
    on(pick(cluster.pods, a), (pod) => cluster.putPod({ ...pod, shape: SHAPES[b % 2] ?? pod.shape })),
  gate: (cluster: UserCluster, a: number, b: number) =>
    on(pick(waiting(cluster), a), (pod) =>
      b % 2 === 0 ? madeAgainGated(cluster, pod) : cluster.putPod({ ...pod, gated: false }),
    ),
  steal: (cluster: UserCluster, a: number, b: number) =>
    on(pick(cluster.pods, a), (pod) => {
      if (pod.nodeName !== '') cluster.snapshot.upsertTask({ ...pod, group: b % 2 === 0 ? '' : 'other' });
    }),
  node: (cluster: UserCluster, a: number, b: number, c: number) =>
    cluster.putNode(`n${a % NODES}`, {
      unschedulable: b % 9 === 0,
      labels: new Map(c % 2 === 0 ? [['zone', 'a']] : []),
      amounts: { ...amounts(3 + (b % 6)), pods: 6, ...(c % 3 === 0 ? { [GPU]: 2 } : {}) },
    }),
  nodeGone: (cluster: UserCluster, a: number) => cluster.dropNode(`n${a % NODES}`),
  queue: (cluster: UserCluster, a: number, b: number, c: number) =>
    cluster.putQueue(QUEUES[a % QUEUES.length] ?? 'default', {
      weight: 1 + (b % 3),
      capability: b % 4 === 3 ? new Map(Object.entries(amounts(2 + (c % 4)))) : undefined,
      guarantee: b % 5 === 4 ? new Map(Object.entries(amounts(c % 4))) : undefined,
      state: c % 16 === 0 ? 'Closed' : 'Open',
    }),
  move: (cluster: UserCluster, a: number, b: number) =>
    on(pick(cluster.groups, a), (group) =>
      cluster.putGroup({ ...group, queue: QUEUES[b % QUEUES.length] ?? 'default' }),
    ),
  minimum: (cluster: UserCluster, a: number, b: number) =>
    on(pick(cluster.groups, a), (group) => cluster.putGroup({ ...group, minMember: 1 + (b % 4) })),
  reload: (cluster: UserCluster, a: number) => cluster.reload(POLICIES[a % POLICIES.length] ?? DEFAULT_POLICY),
} as const;

/** No API server takes gates for a pod that is there: another one comes in its place. */
function madeAgainGated(cluster: UserCluster, pod: PodRecord): void {
  cluster.deletePod(pod);
  const [name, key, uid] = [`${pod.name}g`, `${pod.key}g`, `${pod.uid}g`];
  cluster.putPod({ ...pod, name, key, uid, gated: true });
}

type Move = keyof typeof MOVES | 'cycle';

const WEIGHTS: Readonly<Record<Move, number>> = {
  submit: 8,
  scale: 3,
  withdraw: 1,
  root: 1,
  group: 1,
  settle: 4,
  sweep: 2,
  refuse: 1,
  finish: 3,
  lose: 1,
  kill: 3,
  drain: 2,
  resize: 1,
  gate: 1,
  steal: 1,
  node: 1,
  nodeGone: 1,
  queue: 1,
  move: 1,
  minimum: 1,
  reload: 1,
  cycle: 10,
};

export interface UserStep {
  readonly move: Move;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** Any series of moves, some of them more often if asked for; the numbers are not biased since they only choose. */
export function userSteps(maxLength: number, weights: Partial<typeof WEIGHTS> = {}): fc.Arbitrary<UserStep[]> {
  const number = fc.noBias(fc.nat(1000));
  const move = fc.oneof(
    ...Object.entries({ ...WEIGHTS, ...weights }).map(([name, weight]) => ({
      weight,
      arbitrary: fc.constant(name as Move),
    })),
  );
  return fc.array(fc.record({ move, a: number, b: number, c: number }), { maxLength, size: 'max' });
}

/** Makes the move; a cycle is for the caller to run. */
export function makeMove(cluster: UserCluster, { move, a, b, c }: UserStep): void {
  if (move !== 'cycle') MOVES[move](cluster, a, b, c);
}

/** Plain, elastic, with roles, with best-effort members, too large, for nowhere: what people submit. */
function appOf(a: number, b: number, c: number): Omit<App, 'name'> {
  const queue = QUEUES[a % QUEUES.length] ?? 'default';
  const shape = SHAPES[b % SHAPES.length] ?? makeShape({});
  const count = 1 + (c % 5);
  const worker = { name: 'worker', count, min: 1 + (a % count), shape };
  if (b % 3 !== 0) return { queue, min: a % 2 === 0 ? count : worker.min, roles: [{ ...worker, min: 0 }] };
  const driver: Role = { name: 'driver', count: 1 + (c % 2), min: 1, shape: SHAPES[c % SHAPES.length] ?? shape };
  return { queue, min: worker.min + driver.min + (a % 2), roles: [worker, driver] };
}

function running(cluster: UserCluster): ReadonlyMap<string, PodRecord> {
  return new Map([...cluster.pods].filter(([, pod]) => pod.phase === 'Running' && !pod.deleting));
}

function waiting(cluster: UserCluster): ReadonlyMap<string, PodRecord> {
  return new Map([...cluster.pods].filter(([, pod]) => cluster.nodeOf(pod) === '' && !isFinished(pod)));
}

function pick<T>(from: ReadonlyMap<string, T>, at: number): T | undefined;
function pick<T>(from: ReadonlyMap<string, T>, at: number, key: true): string | undefined;
function pick<T>(from: ReadonlyMap<string, T>, at: number, key?: true): T | string | undefined {
  const [name, value] = [...from][at % Math.max(1, from.size)] ?? [];
  return key === true ? name : value;
}

function on<T>(chosen: T | undefined, act: (chosen: T) => void): void {
  if (chosen !== undefined) act(chosen);
}
