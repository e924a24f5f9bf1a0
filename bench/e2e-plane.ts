import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../src/adapters/kube/connect/connection.ts';
import { startControlPlane } from '../test/control-plane/launch.ts';
import type { ControlPlane, ControlPlaneOptions, PartName } from '../test/control-plane/launch.ts';
import type { Contender, Placer } from './e2e-contender.ts';

export type ExtraArgs = NonNullable<ControlPlaneOptions['extraArgs']>;

/** Where all pods of the end-to-end benchmarks are. */
export const BENCH_NAMESPACE = 'bench';
export const CPUS_PER_NODE = 32;

/** A fresh control plane with its nodes, and what schedules there. */
export interface Arena {
  readonly plane: ControlPlane;
  readonly nodes: readonly string[];
  readonly placer: Placer | undefined;
}

/** Pods that come stamped out of a template pass unreviewed only from a controller of the cluster, so all are made as by one. */
const AS_JOB_CONTROLLER = [
  'impersonate-user',
  'system:serviceaccount:kube-system:job-controller',
  'impersonate-group',
  'system:masters',
];

/** Runs `measure` in an arena of the contender's own, and takes it down again. */
export async function inArena<T>(
  contender: Contender,
  nodeCount: number,
  extraArgs: ExtraArgs,
  measure: (arena: Arena) => Promise<T>,
): Promise<T> {
  const plane = await startControlPlane({
    podStages: false,
    extraArgs: merged(contender.extraArgs ?? {}, extraArgs),
  });
  try {
    const nodes = await plane.applyNodes([{ count: nodeCount, cpu: String(CPUS_PER_NODE), memory: '256Gi' }]);
    await openNamespace(plane);
    const placer = await contender.start(plane);
    try {
      return await measure({ plane, nodes, placer });
    } finally {
      await placer?.stop();
    }
  } finally {
    await plane.stop();
  }
}

/** How the creator of all pods speaks to the API server. */
export function creatorConnection(plane: ControlPlane): Connection {
  return {
    server: plane.url,
    caPem: plane.caPem,
    token: plane.adminToken,
    headers: AS_JOB_CONTROLLER,
    insecure: false,
  };
}

function merged(a: ExtraArgs, b: ExtraArgs): ExtraArgs {
  const parts = new Set([...Object.keys(a), ...Object.keys(b)]) as ReadonlySet<PartName>;
  return Object.fromEntries([...parts].map((part) => [part, [...(a[part] ?? []), ...(b[part] ?? [])]]));
}

async function openNamespace(plane: ControlPlane): Promise<void> {
  const metadata = { name: BENCH_NAMESPACE, labels: { 'sluice.dev/admission': 'enabled' } };
  await plane.client.request('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata });
  // Pods are refused until the controller manager has made it.
  const path = `/api/v1/namespaces/${BENCH_NAMESPACE}/serviceaccounts/default`;
  while ((await plane.client.request('GET', path)).status !== 200) await sleep(50);
}
