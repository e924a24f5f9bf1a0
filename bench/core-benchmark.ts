import { Worker } from 'node:worker_threads';
import { benchmark } from './benchmark.ts';
import type { Benchmark } from './benchmark.ts';
import { CORE_GANG, CORE_PLAIN } from './core.ts';
import type { CoreSettings } from './core.ts';
import { CORE_INTERLEAVED } from './core-interleaved.ts';
import type { CoreOrder } from './core-thread.ts';
import type { Figures } from './figures.ts';
import { WORKER_HEAP } from './production.ts';

/** The decision core alone, without API server and without engine. */
export const CORE_BENCHMARKS: readonly Benchmark[] = [
  core('core-plain', 'The core alone: one cycle that places 50,000 plain pods on 5,000 empty nodes.', CORE_PLAIN),
  core('core-gang', 'The core alone: one cycle that places 10 gangs of 5,000 pods on 5,000 empty nodes.', CORE_GANG),
  interleaved(),
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
    return inThread({ kind: 'core', settings: { nodes, gangs, podsPerGang, runs } });
  });
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
