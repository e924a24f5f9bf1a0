import type { AnySettings, Benchmark } from './benchmark.ts';
import type { Figures } from './figures.ts';

/** What a figure has to reach: `atLeast` for rates, `atMost` for times and sizes. */
type Threshold = { readonly atLeast: number } | { readonly atMost: number };

/**
 * What the figures of each benchmark have to be on two quiet cores, by the dotted name of the figure. A run of another size has an entry of
 * its own, by what asks for it, or nothing is asked of it. They are told, and never decide a test: machines differ.
 */
const THRESHOLDS: Readonly<Record<string, Readonly<Record<string, Threshold>>>> = {
  'core-plain': { podsPerSecond: { atLeast: 600_000 } },
  'core-gang': { podsPerSecond: { atLeast: 2_000_000 } },
  'core-extended': { podsPerSecond: { atLeast: 180_000 } },
  // Armada's 606 ms and 1.27 s, twenty times faster: of its shapes (gangMs, turnoverMs), and of harder ones.
  'core-backlog': {
    gangMs: { atMost: 30 },
    fillMs: { atMost: 30 },
    turnoverMs: { atMost: 65 },
    shareMs: { atMost: 65 },
  },
  'core-interleaved': { podsPerSecond: { atLeast: 200_000 } },
  'core-rules': {
    zoneAffinityPodsPerSecond: { atLeast: 35_000 },
    hostAntiAffinityPodsPerSecond: { atLeast: 24_000 },
  },
  'core-evict': { reclaimMs: { atMost: 10 }, preemptMs: { atMost: 10 } },
  'core-evict --nodes 10000': { reclaimMs: { atMost: 150 }, preemptMs: { atMost: 150 } },
  // 512 pods, 4,096 pods, and one gang too many: each device is looked at once, and a full node not at all.
  'core-claims': {
    'wholeNode.medianMs': { atMost: 50 },
    'oneDevice.medianMs': { atMost: 120 },
    'refused.medianMs': { atMost: 10 },
  },
  'core-topology': { gangMs: { atMost: 1 }, largeNetworkMs: { atMost: 10 } },
  'core-explain': {
    refusalMs: { atMost: 5 },
    explanationMs: { atMost: 5 },
    largeExplanationMs: { atMost: 20 },
  },
  // The jobs are always the same: how well they do is exact, how fast is not.
  'core-backfill': { 'easy.meanBoundedSlowdown': { atMost: 190 }, 'easy.milliseconds': { atMost: 1000 } },
  'core-idle': { quietCycleMs: { atMost: 5 }, heartbeatCycleMs: { atMost: 5 }, ownWriteCycleMs: { atMost: 5 } },
  'core-draining': { cycleMs: { atMost: 10 } },
  'core-queues': { changedCycleMs: { atMost: 10 }, quietCycleMs: { atMost: 10 } },
  // Four times the pods in about four times the time.
  'core-elastic': { growth: { atMost: 6 } },
  'core-memory': { bytesPerPod: { atMost: 400 } },
  // What is alive after the first tenth of the pods, and after all.
  'core-growth': { growth: { atMost: 1.1 }, strangeGrowth: { atMost: 1.1 } },
  // Policies may cost a review no more than the way to it.
  'policies-tls': { 'forOthers.p99Ms': { atMost: 10 }, 'forThePod.p99Ms': { atMost: 10 } },
  // What a pod pays for frameworks that it is not of.
  recognising: {
    'alone.cpuMicros': { atMost: 5 },
    'ofReplicaSet.cpuMicros': { atMost: 5 },
    'ofStatefulSet.cpuMicros': { atMost: 5 },
    'ofAnotherKind.cpuMicros': { atMost: 5 },
  },
  // Of the default trace: at least 95.5 % given away pod by pod, 99 % where all pods are known, 0.6 s for a run of 10,000 pods.
  fgd: {
    'default.engine.aligned.allocated': { atLeast: 95.5 },
    'default.engine.batch.allocated': { atLeast: 99 },
    'default.engine.aligned.cycleCpuMs': { atMost: 600 },
  },
  // Beside kube-scheduler, and beside who only creates and binds.
  e2e: {
    ratioToKubeScheduler: { atLeast: 1.8 },
    ratioToBareLimit: { atLeast: 0.92 },
    'contenders.sluiceEachPodReviewed.ratioToKubeScheduler': { atLeast: 1.5 },
  },
  restart: { firstDecisionMs: { atMost: 8000 }, memoryMb: { atMost: 400 } },
  webhook: {
    'attacked.p99Ms': { atMost: 50 },
    'coreBusy.p99Ms': { atMost: 5 },
    'coreWithoutRest.p99Ms': { atMost: 5 },
  },
};

/** These say how often or how long something is measured, and where files are; not what is measured. */
const BESIDE_SIZE: ReadonlySet<string> = new Set(['runs', 'repeat', 'seeds', 'seconds', 'warm-up', 'data', 'profile']);

/** One line a threshold of the run: what was measured, what was asked, and whether it was met. */
export function judged(
  { name, settings: own }: Pick<Benchmark, 'name' | 'settings'>,
  settings: AnySettings,
  figures: Figures,
): readonly string[] {
  const others = Object.entries(own)
    .filter(([key, { fallback }]) => !BESIDE_SIZE.has(key) && settings[key] !== fallback)
    .map(([key]) => `--${key} ${settings[key]}`);
  const thresholds = THRESHOLDS[[name, ...others].join(' ')];
  if (thresholds !== undefined) return lines(thresholds, figures);
  return THRESHOLDS[name] === undefined ? [] : [`nothing is asked of a run with ${others.join(' ')}`];
}

function lines(thresholds: Readonly<Record<string, Threshold>>, figures: Figures): readonly string[] {
  return Object.entries(thresholds).map(([path, threshold]) => {
    const value = figureAt(figures, path);
    const asked = 'atLeast' in threshold ? `at least ${threshold.atLeast}` : `at most ${threshold.atMost}`;
    if (value === undefined) return `${path}: not measured, ${asked} asked`;
    const isMet = 'atLeast' in threshold ? value >= threshold.atLeast : value <= threshold.atMost;
    return `${path}: ${value}, ${asked} asked: ${isMet ? 'met' : 'missed'}`;
  });
}

function figureAt(figures: Figures, path: string): number | undefined {
  let at: Figures[string] | undefined = figures;
  for (const part of path.split('.')) at = isTable(at) ? at[part] : undefined;
  return typeof at === 'number' ? at : undefined;
}

function isTable(value: Figures[string] | undefined): value is Figures {
  return typeof value === 'object' && !Array.isArray(value);
}
