import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { benchmark } from './benchmark.ts';
import type { Settings } from './benchmark.ts';
import { runEngine } from './fgd-engine.ts';
import type { EnginePolicy } from './fgd-engine.ts';
import type { ReplayPolicy } from './fgd-bids.ts';
import { replay } from './fgd-replay.ts';
import { arrivals, GPU, readTraceNodes, readTracePods, shuffled, sumOfGpus } from './fgd-trace.ts';
import type { TraceNode, TracePod } from './fgd-trace.ts';
import { rounded } from './figures.ts';
import type { Figures } from './figures.ts';
import { seededRandom } from './random.ts';
import { timesOf } from './stopwatch.ts';

const SETTINGS = {
  data: {
    kind: 'text',
    fallback: '',
    help: 'folder with the openb trace (nodes, pod lists, results) of Alibaba, 2023',
  },
  workloads: { kind: 'text', fallback: 'default', help: 'pod lists by name, separated by commas, or all' },
  seeds: { kind: 'number', fallback: 3, min: 1, max: 100, help: 'orders of arrival, from 42 on' },
} as const;

const WORKLOADS = [
  'default cpu050 cpu100 cpu200 cpu250',
  'gpushare40 gpushare60 gpushare80 gpushare100',
  'gpuspec10 gpuspec20 gpuspec25 gpuspec33',
  'multigpu20 multigpu30 multigpu40 multigpu50',
].flatMap((names) => names.split(' '));
const FIRST_SEED = 42;

/** The published names of what is replayed. */
const REPLAYED: Readonly<Record<ReplayPolicy, string>> = {
  random: 'Random',
  dotProduct: 'DotProd',
  clustering: 'GpuClustering',
  packing: 'GpuPacking',
  bestFit: 'BestFit',
  fgd: 'FGD',
};
const ENGINE: readonly EnginePolicy[] = ['fgd', 'aligned', 'batch'];

/** Parts of GPUs that are left when 130 % of the cluster was asked for: the setting of FGD (USENIX ATC 2023). */
export const FGD_BENCHMARK = benchmark(
  'fgd',
  'The core alone: how much of its GPUs a cluster gives away when pods ask for parts of them, beside the published table.',
  SETTINGS,
  (settings, say) => Promise.resolve(benchFgd(settings, say)),
);

function benchFgd({ data, workloads, seeds }: Settings<typeof SETTINGS>, say: (line: string) => void): Figures {
  if (data === '') throw new Error('the trace is not part of this repository: name its folder by --data');
  const read = (file: string): string => readFileSync(join(data, file), 'utf8');
  const nodes = readTraceNodes(read('openb_node_list_gpu_node.csv'));
  const published = publishedOf(read('results/published-summary.csv'));
  const names = workloads === 'all' ? WORKLOADS : workloads.split(',');
  const gpus = sumOfGpus(nodes);
  const percent = (allocated: number): number => (100 * allocated) / (gpus * GPU);
  return Object.fromEntries(
    names.map((name) => {
      const pods = readTracePods(read(`openb_pod_list_${name}.csv`));
      const runs = Array.from({ length: seeds }, (_, i) => drawn(nodes, pods, gpus, seededRandom(FIRST_SEED + i)));
      say(`${name}, ${runs[0]?.order.length ?? 0} pods`);
      const replayed = Object.entries(REPLAYED).map(([policy, known]): [string, Figures] => {
        const ends = runs.map(({ ranked, order }, i) =>
          replay(ranked, pods, order, { policy: policy as ReplayPolicy, random: seededRandom(i) }),
        );
        const told = published.get(`${name} ${known}`) ?? NaN;
        return [policy, { replayed: rounded(mean(ends.map((end) => percent(end.allocated))), 2), published: told }];
      });
      const engine = ENGINE.map((policy): [string, Figures] => [
        policy,
        throughEngine(
          runs.map(({ order }) => order),
          policy,
        ),
      ]);
      return [name, { ...Object.fromEntries(replayed), engine: Object.fromEntries(engine) }];
    }),
  );

  function throughEngine(orders: readonly (readonly TracePod[])[], policy: EnginePolicy): Figures {
    const runs = orders.map((order) => runEngine(nodes, order, policy));
    return {
      allocated: rounded(mean(runs.map((run) => percent(run.allocated))), 2),
      lost: Math.round(mean(runs.map((run) => run.lost))),
      ...timesOf(
        'cycle',
        runs.map(({ took }) => took),
        0,
      ),
    };
  }
}

/** One run. The published ones give nodes names at random first, so that it is chance which of equal nodes is taken. */
function drawn(nodes: readonly TraceNode[], pods: readonly TracePod[], gpus: number, random: () => number): Drawn {
  return { ranked: shuffled(nodes, random), order: arrivals(pods, gpus, random) };
}

interface Drawn {
  /** The first of equal nodes is taken. */
  readonly ranked: readonly TraceNode[];
  readonly order: readonly TracePod[];
}

/** `workload,policy,seeds,at 90,at 100,mean at 130,...`, with `openb_pod_list_` before and a number before the policy. */
function publishedOf(text: string): ReadonlyMap<string, number> {
  const rows = text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));
  return new Map(
    rows.map(([workload = '', policy = '', , , , allocated]) => {
      return [`${workload.replace('openb_pod_list_', '')} ${policy.slice(policy.indexOf('-') + 1)}`, Number(allocated)];
    }),
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
