import { parentPort, workerData } from 'node:worker_threads';
import { sharedNowMs } from './clock.ts';

/**
 * Wakes the main thread at each of the times. A thread that sleeps on a memory cell wakes within a tenth of a
 * millisecond; timers of an event loop only know whole milliseconds, and a busy loop would take a core from the server.
 */
function run({ startMs, times }: { readonly startMs: number; readonly times: Float64Array }): void {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  for (const atMs of times) {
    const waitMs = startMs + atMs - sharedNowMs();
    if (waitMs > 0) Atomics.wait(cell, 0, 0, waitMs);
    parentPort?.postMessage(0);
  }
}

run(workerData as Parameters<typeof run>[0]);
