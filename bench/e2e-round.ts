import { setTimeout as sleep } from 'node:timers/promises';
import { arrayAt, memberAt, stringAt } from '../src/lib/json.ts';
import type { ControlPlane } from '../test/control-plane/launch.ts';
import { profileApiserver, PROFILING_ARGS } from './apiserver-profile.ts';
import { writeCounts, writesPerPod } from './api-writes.ts';
import type { Contender } from './e2e-contender.ts';
import type { CreatorOrder, CreatorReport, CreatorStart, Workload } from './e2e-link.ts';
import { BENCH_NAMESPACE, CPUS_PER_NODE, creatorConnection, inArena } from './e2e-plane.ts';
import type { Figures } from './figures.ts';
import { rounded } from './figures.ts';
import { HelperProcess } from './helper-process.ts';
import { machineCpu, processCpuSeconds } from './proc.ts';

/** The size of a round. */
export interface RoundSettings {
  readonly nodes: number;
  readonly gangs: number;
  readonly podsPerGang: number;
  /** Gangs placed beforehand, so that nobody is measured cold. */
  readonly warmUpGangs: number;
  readonly connections: number;
  readonly workload: Workload;
  /** Folder for CPU profiles; empty for none. */
  readonly profileFolder: string;
}

/** What one contender did on a fresh control plane. */
export interface Round {
  readonly podsPerSecond: number;
  /** API writes for each pod, by kind. */
  readonly writesPerPod: Figures;
  /** CPU seconds of each process from the first create to the last binding. */
  readonly cpuSeconds: Figures;
  readonly figures: Figures;
}

/** Status writes and events come after the bindings; they count for the contender that makes them. */
const AFTERMATH_MS = 4000;
const PATIENCE_MS = 60_000;
/** Their pods are made long after the last create of a job. */
const PATIENCE_WITH_VCJOBS_MS = 600_000;
const PROFILE_SECONDS = 6;

type CreatorHandle = HelperProcess<CreatorOrder, CreatorReport>;

/** Measures one contender: fresh control plane, nodes, warm-up, then the gangs. */
export function runRound(contender: Contender, settings: RoundSettings): Promise<Round> {
  const profiling = settings.profileFolder === '' ? {} : PROFILING_ARGS;
  return inArena(contender, settings.nodes, profiling, ({ plane, nodes, placer }) =>
    measure(plane, placer?.pid, startOf(plane, contender, settings, nodes), settings),
  );
}

function startOf(
  plane: ControlPlane,
  contender: Contender,
  settings: RoundSettings,
  nodes: readonly string[],
): CreatorStart {
  const { workload, gangs, podsPerGang, connections } = settings;
  return {
    connection: creatorConnection(plane),
    namespace: BENCH_NAMESPACE,
    prefix: 'gang',
    style: contender.style,
    workload,
    gangs,
    podsPerGang,
    connections,
    nodes,
    boundBefore: 0,
    patienceMs: workload === 'vcjobs' ? PATIENCE_WITH_VCJOBS_MS : PATIENCE_MS,
  };
}

async function measure(
  plane: ControlPlane,
  placerPid: number | undefined,
  start: CreatorStart,
  settings: RoundSettings,
): Promise<Round> {
  const creator: CreatorHandle = new HelperProcess(new URL('./e2e-creator-process.ts', import.meta.url));
  try {
    const warmUp = settings.warmUpGangs * settings.podsPerGang;
    if (warmUp > 0) {
      await create(creator, { ...start, prefix: 'warm', gangs: settings.warmUpGangs });
      await sleep(AFTERMATH_MS);
    }
    const pids = pidsOf(plane, placerPid, creator.pid);
    const writesBefore = await writeCounts(plane);
    const { profileFolder } = settings;
    const profile =
      profileFolder === '' ? undefined : profileApiserver(plane, profileFolder, PROFILE_SECONDS, start.style);
    const [spent] = await Promise.all([create(creator, { ...start, boundBefore: warmUp }, pids), profile]);
    await sleep(AFTERMATH_MS);
    const pods = settings.gangs * settings.podsPerGang;
    const writes = writesPerPod(writesBefore, await writeCounts(plane), pods);
    await checkBindings(plane, pods + warmUp);
    const { times, cpuSeconds } = spent;
    const seconds = (times.lastBindingMs - times.firstCreateMs) / 1000;
    const podsPerSecond = rounded(pods / seconds, 1);
    const tail = rounded((times.lastBindingMs - times.lastCreateMs) / 1000, 2);
    const createsPerSecond = rounded((pods * 1000) / (times.lastCreateMs - times.firstCreateMs), 1);
    const figures = { createsPerSecond, seconds: rounded(seconds, 2), lastCreateToLastBindingSeconds: tail };
    return { podsPerSecond, writesPerPod: writes, cpuSeconds, figures };
  } finally {
    await creator.stop();
  }
}

interface Spent {
  readonly times: Extract<CreatorReport, { kind: 'finished' }>;
  readonly cpuSeconds: Readonly<Record<string, number>>;
}

async function create(
  creator: CreatorHandle,
  start: CreatorStart,
  pids: ReadonlyMap<string, number> = new Map(),
): Promise<Spent> {
  const watching = creator.next('watching');
  creator.send({ kind: 'watch', start });
  await watching;
  const before = await cpuOf(pids);
  const finished = creator.next('finished');
  creator.send({ kind: 'go' });
  const times = await finished;
  const after = await cpuOf(pids);
  const cpuSeconds = Object.fromEntries(
    [...after].map(([name, seconds]) => [name, rounded(seconds - (before.get(name) ?? 0), 2)]),
  );
  return { times, cpuSeconds };
}

function pidsOf(plane: ControlPlane, placer: number | undefined, creator: number): ReadonlyMap<string, number> {
  const parts = [...plane.pids].filter(([name]) => name !== 'guardian');
  return new Map([
    ...parts,
    ...(placer === undefined ? [] : [['scheduler', placer] as const]),
    ['creator', creator],
    ['bench', process.pid],
  ]);
}

/** CPU seconds so far: of each process, of all others together, and what the host took away. */
async function cpuOf(pids: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, number>> {
  const { busySeconds, stolenSeconds } = await machineCpu();
  const own = await Promise.all([...pids].map(async ([name, pid]) => [name, await processCpuSeconds(pid)] as const));
  const others = busySeconds - own.reduce((sum, [, seconds]) => sum + seconds, 0);
  return new Map([...own, ['otherProcesses', others], ['stolenByHost', stolenSeconds]]);
}

/** The figure counts only if all pods are bound, and no node holds more than it has. */
async function checkBindings(plane: ControlPlane, wanted: number): Promise<void> {
  const { body } = await plane.client.request('GET', `/api/v1/namespaces/${BENCH_NAMESPACE}/pods`);
  const perNode = new Map<string, number>();
  for (const pod of arrayAt(body, 'items')) {
    const node = stringAt(memberAt(pod, 'spec'), ['nodeName']);
    perNode.set(node, (perNode.get(node) ?? 0) + 1);
  }
  const unbound = perNode.get('') ?? 0;
  const bound = arrayAt(body, 'items').length - unbound;
  if (bound !== wanted) throw new Error(`the API server lists ${bound} bound pods instead of ${wanted}`);
  for (const [node, pods] of perNode) {
    if (node !== '' && pods > CPUS_PER_NODE)
      throw new Error(`${node} has ${CPUS_PER_NODE} CPUs and ${pods} pods of one CPU`);
  }
}
