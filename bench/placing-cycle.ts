import { DEFAULT_POLICY } from '../src/config/policy.ts';
import type { Snapshot } from '../src/scheduler/ledger/snapshot.ts';
import { Scheduler } from '../src/scheduler/scheduler.ts';
import { settleYoung } from './garbage.ts';
import { stopwatch } from './stopwatch.ts';
import type { Took } from './stopwatch.ts';

/** What one cycle takes of a new core that places so many groups of one; less than all of them is no figure. */
export function timePlacingCycle(snapshot: Snapshot, groups: number): Took {
  const scheduler = new Scheduler(snapshot, DEFAULT_POLICY);
  settleYoung();
  const stop = stopwatch();
  const decisions = scheduler.cycle({ nowMs: 0 });
  const took = stop();
  const placed = [...decisions].filter(({ kind }) => kind === 'gang').length;
  if (placed !== groups) throw new Error(`Cannot report: ${placed} of ${groups} pods were placed`);
  return took;
}
