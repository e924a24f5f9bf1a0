import { setTimeout as sleep } from 'node:timers/promises';
import { memberAt, objectAt, stringAt } from '../src/lib/json.ts';
import type { JsonObject } from '../src/lib/json.ts';
import { BINARY_NAMES } from '../test/control-plane/binary.ts';
import { ensureBinaries } from '../test/control-plane/build.ts';
import { startControlPlane } from '../test/control-plane/launch.ts';
import type { ControlPlane } from '../test/control-plane/launch.ts';
import { benchmark } from './benchmark.ts';
import type { Settings } from './benchmark.ts';
import type { Figures } from './figures.ts';
import { median, rounded } from './figures.ts';
import { podGroupObject, podObject } from './gang-object.ts';
import { memoryPeakMb, processCpuSeconds } from './proc.ts';
import { RequestClient } from './request-client.ts';
import { SluiceProcess } from './sluice-process.ts';

const SETTINGS = {
  nodes: { kind: 'number', fallback: 5000, min: 1, max: 20_000, help: 'kwok nodes of 32 CPUs' },
  pods: { kind: 'number', fallback: 150_000, min: 1, max: 500_000, help: 'pods that hold a node' },
  'pods-per-gang': { kind: 'number', fallback: 50, min: 1, max: 1000, help: 'pods of each group' },
  waiting: { kind: 'number', fallback: 0, min: 0, max: 100_000, help: 'pods that no node can hold: they are told why' },
  connections: { kind: 'number', fallback: 64, min: 1, max: 1000, help: 'connections that create them' },
  repeat: { kind: 'number', fallback: 3, min: 1, max: 100, help: 'restarts; medians are told' },
} as const;

type RestartSettings = Settings<typeof SETTINGS>;

/** A full cluster is there, serve is started anew: how long until it decides, and what it holds then. */
export const RESTART_BENCHMARK = benchmark(
  'restart',
  'From the start of serve on a full cluster to its first decision on a real API server, and its memory by then.',
  SETTINGS,
  run,
);

const NAMESPACE = 'bench';
const GROUPS = `/apis/scheduling.volcano.sh/v1beta1/namespaces/${NAMESPACE}/podgroups`;
const PODS = `/api/v1/namespaces/${NAMESPACE}/pods`;
const POLL_MS = 20;
const PATIENCE_MS = 120_000;
const TELLING_MS = 2000;

interface Restart {
  readonly readyMs: number;
  readonly firstDecisionMs: number;
  readonly memoryMb: number;
  readonly cpuSeconds: number;
  /** From the order to stop until nobody holds the lease. */
  readonly leaseBackMs: number;
}

async function run(settings: RestartSettings, say: (line: string) => void): Promise<Figures> {
  await ensureBinaries(BINARY_NAMES);
  const plane = await startControlPlane({ podStages: false });
  try {
    const nodes = await plane.applyNodes([{ count: settings.nodes, cpu: '32', memory: '256Gi' }]);
    await plane.client.request('POST', '/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: NAMESPACE },
    });
    // The first one installs the kinds, and decides nothing: there is nothing yet.
    await (await serve(plane)).stop();
    const startMs = performance.now();
    await fill(plane, nodes, settings);
    say(`${settings.pods} pods on ${nodes.length} nodes after ${rounded((performance.now() - startMs) / 1000, 1)} s`);
    const restarts: Restart[] = [];
    for (let turn = 1; turn <= settings.repeat; turn += 1) {
      restarts.push(await restart(plane, `probe-${turn}`));
      say(`restart ${turn} of ${settings.repeat}: ${JSON.stringify(restarts.at(-1))}`);
    }
    const middle = (of: (restart: Restart) => number): number => rounded(median(restarts.map(of)), 1);
    return {
      firstDecisionMs: middle(({ firstDecisionMs }) => firstDecisionMs),
      readyMs: middle(({ readyMs }) => readyMs),
      memoryMb: middle(({ memoryMb }) => memoryMb),
      cpuSeconds: middle(({ cpuSeconds }) => cpuSeconds),
      leaseBackMs: middle(({ leaseBackMs }) => leaseBackMs),
      firstDecisionMsOfEach: restarts.map(({ firstDecisionMs }) => firstDecisionMs),
    };
  } finally {
    await plane.stop();
  }
}

function serve(plane: ControlPlane): Promise<SluiceProcess> {
  return SluiceProcess.start({ kubeconfig: plane.kubeconfigPath, webhooks: false, profileFolder: '' });
}

/** A pod waits already, so that the first cycle has a decision to make. */
async function restart(plane: ControlPlane, probe: string): Promise<Restart> {
  const client = clientOf(plane, 2);
  await client.create(GROUPS, podGroupObject({ namespace: NAMESPACE, gang: probe }, 1, 'owned'));
  await client.create(PODS, stamped(probe, probe));
  await client.close();
  const startMs = performance.now();
  const starting = serve(plane);
  const bound = untilBound(plane, probe);
  const sluice = await starting;
  const readyMs = performance.now() - startMs;
  await bound;
  const firstDecisionMs = performance.now() - startMs;
  const [memoryMb, cpuSeconds] = await Promise.all([memoryPeakMb(sluice.pid), processCpuSeconds(sluice.pid)]);
  // Long enough for those that wait to be told: the stop comes into the middle of it.
  await sleep(TELLING_MS);
  const stoppedMs = performance.now();
  const stopped = sluice.stop();
  await untilFree(plane);
  const leaseBackMs = rounded(performance.now() - stoppedMs, 0);
  await stopped;
  const times = { readyMs: rounded(readyMs, 0), firstDecisionMs: rounded(firstDecisionMs, 0), leaseBackMs };
  return { ...times, memoryMb, cpuSeconds };
}

async function untilFree(plane: ControlPlane): Promise<void> {
  const path = '/apis/coordination.k8s.io/v1/namespaces/sluice-system/leases/sluice';
  for (;;) {
    const { body } = await plane.client.request('GET', path);
    if (stringAt(body, ['spec', 'holderIdentity']) === '') return;
    await sleep(POLL_MS);
  }
}

async function untilBound(plane: ControlPlane, pod: string): Promise<void> {
  const untilMs = performance.now() + PATIENCE_MS;
  while (performance.now() < untilMs) {
    const { body } = await plane.client.request('GET', `${PODS}/${pod}`);
    if (stringAt(memberAt(body, 'spec'), ['nodeName']) !== '') return;
    await sleep(POLL_MS);
  }
  throw new Error(`${pod} was not bound within ${PATIENCE_MS / 1000} s`);
}

/** Groups that run, with pods that were created on their nodes: as another leader would have left them. */
async function fill(plane: ControlPlane, nodes: readonly string[], settings: RestartSettings): Promise<void> {
  const { pods, waiting, connections } = settings;
  const perGang = settings['pods-per-gang'];
  const client = clientOf(plane, connections);
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < pods + waiting) {
      const index = next;
      next += 1;
      if (index >= pods) {
        const name = `waiting-${index}`;
        await client.create(GROUPS, podGroupObject({ namespace: NAMESPACE, gang: name }, 1, 'owned'));
        await client.create(PODS, homeless(stamped(name, name)));
        continue;
      }
      const gang = `gang-${Math.floor(index / perGang)}`;
      if (index % perGang === 0) await client.create(GROUPS, runningGroup(gang, Math.min(perGang, pods - index)));
      await client.create(PODS, stamped(gang, `pod-${index}`, nodes[index % nodes.length]));
    }
  };
  await Promise.all(Array.from({ length: connections }, lane));
  await client.close();
}

function clientOf({ url, caPem, adminToken }: ControlPlane, connections: number): RequestClient {
  return new RequestClient({ server: url, caPem, token: adminToken, insecure: false }, connections);
}

function stamped(gang: string, name: string, nodeName?: string): JsonObject {
  const pod = podObject({ namespace: NAMESPACE, gang }, name, 'stamped');
  return nodeName === undefined ? pod : { ...pod, spec: { ...objectAt(pod, 'spec'), nodeName } };
}

/** Asks for a label that no node has. */
function homeless(pod: JsonObject): JsonObject {
  return { ...pod, spec: { ...objectAt(pod, 'spec'), nodeSelector: { size: 'larger' } } };
}

function runningGroup(gang: string, pods: number): JsonObject {
  const condition = { type: 'Scheduled', status: 'True', reason: 'tasks in gang are ready to be scheduled' };
  return {
    ...podGroupObject({ namespace: NAMESPACE, gang }, pods, 'owned'),
    status: { phase: 'Running', running: 0, succeeded: 0, failed: 0, conditions: [{ ...condition, message: '' }] },
  };
}
