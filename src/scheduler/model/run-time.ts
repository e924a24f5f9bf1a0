import { shorterRun } from '../../api/running-estimate.ts';
import type { Task } from './task.ts';

/** How long the task runs at most once a node has it, milliseconds; Infinity when nobody said. */
export function runTimeMs({ record, job }: Task): number {
  return shorterRun(record.runMs, job?.record.runMs ?? 0) || Infinity;
}

/**
 * When the task has ended, as its owner says, milliseconds since 1970: never before now, and Infinity when nobody said.
 * Until its kubelet has taken it, it counts as starting now.
 */
export function runEndMs(task: Task, nowMs: number): number {
  const { startedMs } = task.record;
  return Math.max(nowMs, (startedMs === 0 ? nowMs : startedMs) + runTimeMs(task));
}
