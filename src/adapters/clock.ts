import { performance } from 'node:perf_hooks';
import type { Clock } from '../engine/ports.ts';

/** The machine's clocks and timers. */
export function createSystemClock(): Clock {
  return {
    nowMs: () => Date.now(),
    monotonicMs: () => performance.now(),
    after(delayMs, task) {
      const timer = setTimeout(task, delayMs);
      return () => clearTimeout(timer);
    },
  };
}
