import { parentPort, workerData } from 'node:worker_threads';
import { standBack } from '../src/adapters/thread-priority.ts';
import { CoreLoad } from './core-load.ts';
import type { CoreLoadSettings, ThreadOrder, ThreadReport } from './webhook-link.ts';

/** The engine's loop waits this long for changes to gather, however short the last cycle was. */
const LEAST_REST_MS = 10;

const settings = workerData as CoreLoadSettings;
if (settings.niceness > 0) standBack(settings.niceness);
const load = new CoreLoad(settings);
const placedAtStart = load.placed;
let cycles = 0;
let longestCycleMs = 0;
let timer: NodeJS.Timeout | undefined;

function step(): void {
  const startMs = performance.now();
  load.step();
  const tookMs = performance.now() - startMs;
  cycles += 1;
  longestCycleMs = Math.max(longestCycleMs, tookMs);
  timer = setTimeout(step, settings.rest === 0 ? 0 : Math.max(LEAST_REST_MS, tookMs * settings.rest));
}

function report(message: ThreadReport): void {
  parentPort?.postMessage(message);
}

parentPort?.on('message', (order: ThreadOrder) => {
  if (order === 'stop') {
    clearTimeout(timer);
    parentPort?.close();
    return;
  }
  const { user, system } = process.threadCpuUsage();
  report({ kind: 'sample', cpuMicros: user + system, cycles, placedPods: load.placed - placedAtStart, longestCycleMs });
  longestCycleMs = 0;
});
step();
report({ kind: 'started' });
