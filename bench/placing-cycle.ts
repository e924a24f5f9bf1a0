import { DEFAULT_POLICY } from '../src/config/policy.ts';
import type { Snapshot } from '../src/scheduler/ledger/snapshot.ts';
import { Scheduler } from '../src/scheduler/scheduler.ts';

/** Milliseconds of one cycle of a new core that places so many groups of one; less than all of them is no figure. */
export function timePlacingCycle(snapshot: Snapshot, groups: number): number {
  const scheduler = new Scheduler(snapshot, DEFAULT_POLICY);
  const start = performance.now();
  const decisions = scheduler.cycle({ nowMs: 0 });
  const tookMs = performance.now() - start;
  const placed = decisions.filter(({ kind }) => kind === 'gang').length;
  if (placed !== groups) throw new Error(`Cannot report: ${placed} of ${groups} pods were placed`);
  return tookMs;
}
