import { runEngine } from '../../bench/fgd-engine.ts';
import type { EnginePolicy } from '../../bench/fgd-engine.ts';
import { arrivals, askOf, GPU, sumOfGpus } from '../../bench/fgd-trace.ts';
import type { TraceNode, TracePod } from '../../bench/fgd-trace.ts';
import { seededRandom } from '../../bench/random.ts';
import { drawCurves } from './cards/drawing.ts';
import type { Curve } from './cards/drawing.ts';

/** Most frequent pods of a large cluster, and how many of a hundred: CPUs in thousandths, GPUs, thousandths of each. */
const KINDS: readonly (readonly [share: number, cpu: number, gpus: number, milli: number])[] = [
  [16, 3152, 1, 810],
  [14, 11_300, 1, 1000],
  [10, 11_400, 1, 1000],
  [8, 3152, 1, 1000],
  [7, 11_908, 1, 470],
  [6, 8000, 1, 470],
  [6, 12_500, 0, 0],
  [5, 32_000, 0, 0],
  [6, 12_000, 1, 1000],
  [5, 11_908, 1, 650],
  [5, 4000, 1, 320],
  [4, 4000, 1, 160],
  [4, 6000, 1, 460],
  [4, 16_000, 4, 1000],
];

/** Of two kinds, as there: eight GPUs with few CPUs for each, and two with many. */
const NODES: readonly TraceNode[] = [
  ...Array.from({ length: 20 }, (_, i) => ({ name: `a${i + 10}`, cpu: 96_000, memory: 1, gpus: 8, model: 'L' })),
  ...Array.from({ length: 20 }, (_, i) => ({ name: `b${i + 10}`, cpu: 104_000, memory: 1, gpus: 2, model: 'S' })),
];

const COLOURS: Readonly<Record<string, readonly [EnginePolicy, string]>> = {
  'deviceshare, spread': ['spread', '#ca0020'],
  'deviceshare, binpack': ['binpack', '#f4a582'],
  fragmentation: ['aligned', '#0571b0'],
};

/** A picture of how much of the GPUs is given away as pods come, from runs of the core. */
export function outputs(): Promise<ReadonlyMap<string, string>> {
  const pods = KINDS.flatMap(([share, cpu, gpus, milli], kind) =>
    Array.from({ length: share * 2 }, (_, i): TracePod => ({
      name: `p${kind}-${i}`,
      cpu,
      memory: 0,
      gpus,
      milli,
      models: '',
    })),
  );
  const order = arrivals(pods, sumOfGpus(NODES), seededRandom(5));
  const curves = Object.entries(COLOURS).map(([name, [policy, colour]]) => ({
    name,
    colour,
    points: curve(order, policy),
  }));
  const title = 'GPUs given away when so much has been asked for';
  return Promise.resolve(new Map([['docs/concepts/cards/fragmentation.svg', drawCurves(title, curves)]]));
}

/** Given away against asked for, both in percent of the cluster. */
function curve(order: readonly TracePod[], policy: EnginePolicy): Curve['points'] {
  const { places } = runEngine(NODES, order, policy);
  const all = sumOfGpus(NODES) * GPU;
  let [asked, given] = [0, 0];
  return order.map((pod, at) => {
    asked += askOf(pod);
    if (places[at] !== '') given += askOf(pod);
    return [(100 * asked) / all, (100 * given) / all];
  });
}
