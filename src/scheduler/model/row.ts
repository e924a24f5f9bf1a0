import type { Job } from './job.ts';
import type { JobBlock } from './job-block.ts';
import type { ResourceTable } from './resource-table.ts';
import type { IndexedAmounts } from './task-class.ts';

/** Groups of one (`Job.alike`) of one queue and priority, of whatever classes: `jobs` from a place on, before another. */
export interface Row {
  readonly jobs: readonly Job[];
  readonly from: number;
  readonly end: number;
  /** The minimum of each of them, where all have the same and are of one class; undefined where they may differ, or have none. */
  readonly each: IndexedAmounts | undefined;
}

/** The jobs of the block from a place on, if all of the block are a row. O(1), the first time O(jobs) */
export function rowOf(block: JobBlock, from: number, resources: ResourceTable): Row | undefined {
  const { jobs } = block;
  const isAlike = block.kind(resources) !== undefined;
  if (!isAlike && !block.isRow(resources)) return undefined;
  return { jobs, from, end: jobs.length, each: isAlike ? jobs[0]?.minimum(resources) : undefined };
}
