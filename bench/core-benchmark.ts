import { Worker } from 'node:worker_threads';
import { benchmark } from './benchmark.ts';
import type { Benchmark } from './benchmark.ts';
import { CORE_EXTENDED, CORE_GANG, CORE_PLAIN } from './core.ts';
import type { CoreSettings } from './core.ts';
import { CORE_BACKFILL } from './core-backfill.ts';
import { CORE_BACKLOG } from './core-backlog.ts';
import { CORE_CLAIMS } from './core-claims.ts';
import { CORE_EVICT } from './core-evict.ts';
import { CORE_EXPLAIN } from './core-explain.ts';
import { CORE_GROWTH } from './core-growth.ts';
import { CORE_INTERLEAVED } from './core-interleaved.ts';
import { CORE_MEMORY } from './core-memory.ts';
import { CORE_RULES } from './core-rules.ts';
import type { SceneName } from './core-scenes.ts';
import { CORE_TOPOLOGY } from './core-topology.ts';
import type { CoreOrder } from './core-thread.ts';
import type { Figures } from './figures.ts';
import { WORKER_HEAP } from './production.ts';

/** The decision core alone, without API server and without engine. */
export const CORE_BENCHMARKS: readonly Benchmark[] = [
  core('core-plain', 'The core alone: one cycle that places 50,000 plain pods on 5,000 empty nodes.', CORE_PLAIN),
  core('core-gang', 'The core alone: one cycle that places 10 gangs of 5,000 pods on 5,000 empty nodes.', CORE_GANG),
  core(
    'core-extended',
    'The core alone: one cycle that places 40,000 pods with a card each on 5,000 nodes of eight.',
    CORE_EXTENDED,
  ),
  backlog(),
  interleaved(),
  rules(),
  evict(),
  claims(),
  topology(),
  explain(),
  backfill(),
  scene(
    'idle',
    'The core alone: cycles over 20,000 groups that wait for a full cluster in which next to nothing happens.',
  ),
  scene('draining', 'The core alone: 1,000 groups wait for the room of pods that are on their way out of 1,000 nodes.'),
  scene('queues', 'The core alone: 20,000 groups wait in 400 queues while pods end one by one.'),
  scene('elastic', 'The core alone: one application with roles takes 1,000 and 4,000 pods one by one.'),
  memory(),
  growth(),
];

function core(name: string, summary: string, defaults: CoreSettings): Benchmark {
  const settings = {
    nodes: { kind: 'number', fallback: defaults.nodes, min: 1, max: 100_000, help: 'nodes of 32 CPUs and 128 GiB' },
    gangs: { kind: 'number', fallback: defaults.gangs, min: 1, max: 1_000_000, help: 'PodGroups that wait' },
    'pods-per-gang': { kind: 'number', fallback: defaults.podsPerGang, min: 1, max: 100_000, help: 'pods of each' },
    runs: { kind: 'number', fallback: defaults.runs, min: 1, max: 1000, help: 'fresh worlds; the median is told' },
  } as const;
  return benchmark(name, summary, settings, ({ nodes, gangs, runs, 'pods-per-gang': podsPerGang }, say) => {
    say(`${runs} runs of ${gangs * podsPerGang} pods on ${nodes} nodes`);
    return inThread({ kind: 'core', settings: { ...defaults, nodes, gangs, podsPerGang, runs } });
  });
}

function backlog(): Benchmark {
  const { nodes, queued, queues, runs } = CORE_BACKLOG;
  const settings = {
    nodes: { kind: 'number', fallback: nodes, min: 1, max: 100_000, help: 'nodes of 32 CPUs' },
    queued: { kind: 'number', fallback: queued, min: 1, max: 10_000_000, help: 'groups of one that wait' },
    queues: { kind: 'number', fallback: queues, min: 2, max: 10_000, help: 'queues; half of them hold all nodes' },
    runs: { kind: 'number', fallback: runs, min: 1, max: 1000, help: 'fresh worlds; the median is told' },
  } as const;
  const summary =
    'The core alone: 32,000 groups fill 1,000 nodes; 320,000 wait in 10 queues, of which half take back their share.';
  return benchmark('core-backlog', summary, settings, (chosen) => inThread({ kind: 'backlog', settings: chosen }));
}

function interleaved(): Benchmark {
  const { nodes, pods, classes, runs } = CORE_INTERLEAVED;
  const settings = {
    nodes: { kind: 'number', fallback: nodes, min: 1, max: 100_000, help: 'nodes of 32 CPUs and 128 GiB' },
    pods: { kind: 'number', fallback: pods, min: 1, max: 1_000_000, help: 'groups of one that wait' },
    classes: { kind: 'number', fallback: classes, min: 1, max: 100_000, help: 'shapes that take turns' },
    runs: { kind: 'number', fallback: runs, min: 1, max: 1000, help: 'fresh worlds; the median is told' },
  } as const;
  const summary = 'The core alone: one cycle over 20,000 plain pods of 500 shapes in turn, none of them seen before.';
  return benchmark('core-interleaved', summary, settings, (chosen) =>
    inThread({ kind: 'interleaved', settings: chosen }),
  );
}

function rules(): Benchmark {
  const { nodes, pods, runs } = CORE_RULES;
  const settings = {
    nodes: { kind: 'number', fallback: nodes, min: 1, max: 100_000, help: 'nodes of 32 CPUs in 3 zones and 100 racks' },
    pods: { kind: 'number', fallback: pods, min: 1, max: 100_000, help: 'groups of one, no more than there are nodes' },
    runs: { kind: 'number', fallback: runs, min: 1, max: 1000, help: 'fresh worlds; the median is told' },
  } as const;
  const summary =
    'The core alone: one cycle over 5,000 pods with affinity, anti-affinity or spread among themselves, as rules or as wishes.';
  return benchmark('core-rules', summary, settings, (chosen) => inThread({ kind: 'rules', settings: chosen }));
}

function evict(): Benchmark {
  const { nodes, runs } = CORE_EVICT;
  const settings = {
    nodes: { kind: 'number', fallback: nodes, min: 2, max: 100_000, help: 'nodes of 8 cards, each held by a pod' },
    runs: { kind: 'number', fallback: runs, min: 1, max: 1000, help: 'fresh worlds; the median is told' },
  } as const;
  const summary = 'The core alone: a gang asks for half of 1,000 full nodes, and 4,000 pods go for it.';
  return benchmark('core-evict', summary, settings, (chosen) => inThread({ kind: 'evict', settings: chosen }));
}

function claims(): Benchmark {
  const { nodes, runs } = CORE_CLAIMS;
  const settings = {
    nodes: {
      kind: 'number',
      fallback: nodes,
      min: 1,
      max: 100_000,
      help: 'nodes of 8 devices, beside as many without',
    },
    runs: { kind: 'number', fallback: runs, min: 1, max: 1000, help: 'fresh worlds; the median is told' },
  } as const;
  const summary =
    'The core alone: gangs whose pods have a claim each, for all 8 devices of a node and for one of them.';
  return benchmark('core-claims', summary, settings, (chosen) => inThread({ kind: 'claims', settings: chosen }));
}

function topology(): Benchmark {
  const { pods, nodes, runs } = CORE_TOPOLOGY;
  const settings = {
    pods: {
      kind: 'number',
      fallback: pods,
      min: 16,
      max: 100_000,
      help: 'pods of the gang, each on a node of its own',
    },
    nodes: { kind: 'number', fallback: nodes, min: 1000, max: 100_000, help: 'nodes of the larger network' },
    runs: { kind: 'number', fallback: runs, min: 1, max: 1000, help: 'gangs one after the other; the median is told' },
  } as const;
  const summary = 'The core alone: one gang of 512 pods in networks of 512 nodes in 3 tiers and 10,000 nodes in 4.';
  return benchmark('core-topology', summary, settings, (chosen) => inThread({ kind: 'topology', settings: chosen }));
}

function explain(): Benchmark {
  const { nodes, largeNodes, waiting, runs } = CORE_EXPLAIN;
  const settings = {
    nodes: { kind: 'number', fallback: nodes, min: 1, max: 100_000, help: 'full nodes when one more gang comes' },
    'large-nodes': { kind: 'number', fallback: largeNodes, min: 1, max: 100_000, help: 'of the larger cluster' },
    waiting: { kind: 'number', fallback: waiting, min: 0, max: 1_000_000, help: 'groups that wait there' },
    runs: { kind: 'number', fallback: runs, min: 1, max: 1000, help: 'fresh worlds; the median is told' },
  } as const;
  const summary =
    'The core alone: one gang too many for 500 full nodes is refused and explained; explained among 20,000.';
  return benchmark('core-explain', summary, settings, ({ 'large-nodes': large, ...chosen }) =>
    inThread({ kind: 'explain', settings: { ...chosen, largeNodes: large } }),
  );
}

function backfill(): Benchmark {
  const { log, processors, arrivals, jobs } = CORE_BACKFILL;
  const settings = {
    log: { kind: 'text', fallback: log, help: 'a log in the Standard Workload Format; jobs are made up without one' },
    processors: { kind: 'number', fallback: processors, min: 1, max: 1_000_000, help: 'of the machine' },
    arrivals: { kind: 'number', fallback: arrivals, min: 1, max: 1000, help: 'time between arrivals, in percent' },
    jobs: { kind: 'number', fallback: jobs, min: 10, max: 1_000_000, help: 'jobs at most' },
  } as const;
  const summary = 'The core alone: a log of jobs in simulated time, with and without planned starts.';
  return benchmark('core-backfill', summary, settings, (chosen) => inThread({ kind: 'backfill', settings: chosen }));
}

function memory(): Benchmark {
  const { nodes, pods, podsPerGang } = CORE_MEMORY;
  const settings = {
    nodes: { kind: 'number', fallback: nodes, min: 1, max: 100_000, help: 'nodes of 64 CPUs and 256 GiB' },
    pods: { kind: 'number', fallback: pods, min: 1, max: 1_000_000, help: 'pods that run' },
    'pods-per-gang': { kind: 'number', fallback: podsPerGang, min: 1, max: 100_000, help: 'pods of each group' },
  } as const;
  const summary = 'The core alone: what 150,000 running pods cost in memory, projected from JSON and ingested.';
  return benchmark('core-memory', summary, settings, ({ 'pods-per-gang': each, ...chosen }) =>
    inThread({ kind: 'memory', settings: { ...chosen, podsPerGang: each } }),
  );
}

function growth(): Benchmark {
  const { nodes, pods, wave, classes, strangers } = CORE_GROWTH;
  const settings = {
    nodes: { kind: 'number', fallback: nodes, min: 1, max: 100_000, help: 'nodes of 64 CPUs and 256 GiB' },
    pods: {
      kind: 'number',
      fallback: pods,
      min: 100,
      max: 100_000_000,
      help: 'pods that come and go, in groups of 10',
    },
    wave: { kind: 'number', fallback: wave, min: 10, max: 100_000, help: 'pods that are there at the same time' },
    classes: { kind: 'number', fallback: classes, min: 1, max: 1_000_000, help: 'shapes that take turns' },
    strangers: {
      kind: 'number',
      fallback: strangers,
      min: 10_000,
      max: 10_000_000,
      help: 'pods after them, none like another',
    },
  } as const;
  const summary = 'The core alone: what 1,000,000 pods of 10,000 classes leave behind that come and go.';
  return benchmark('core-growth', summary, settings, (chosen) => inThread({ kind: 'growth', settings: chosen }));
}

function scene(name: SceneName, summary: string): Benchmark {
  const settings = {
    runs: { kind: 'number', fallback: 30, min: 1, max: 1000, help: 'timed cycles; the median is told' },
  } as const;
  return benchmark(`core-${name}`, summary, settings, ({ runs }) =>
    inThread({ kind: 'scene', settings: { scene: name, runs } }),
  );
}

/** In a thread with the heap that the engine has in production: its size decides how much garbage costs. */
function inThread(order: CoreOrder): Promise<Figures> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./core-thread.ts', import.meta.url), {
      workerData: order,
      resourceLimits: WORKER_HEAP,
    });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the core's thread ended with code ${code}`)));
  });
}
