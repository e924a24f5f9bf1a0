import type { Job } from '../model/job.ts';
import type { ResourceTable } from '../model/resource-table.ts';
import { EPSILON } from '../shares/epsilon.ts';

/** What of a resource is held, and the most that may be. */
export interface Room {
  held(r: number): number;
  most(r: number): number;
  /** It finds none, whatever is left. */
  isOut(job: Job): boolean;
}

/** How many of these groups of one, from a place on, find room one after the other. O(those x resources) */
export function rowWithin(jobs: readonly Job[], from: number, table: ResourceTable, room: Room): number {
  const left: number[] = [];
  for (let at = from; at < jobs.length; at += 1) {
    const job = jobs[at] as Job;
    if (room.isOut(job)) return at - from;
    const minimum = job.minimum(table);
    if (minimum === undefined) continue;
    const { resources, amounts } = minimum;
    for (let i = 0; i < resources.length; i += 1) {
      const r = resources[i] ?? 0;
      while (left.length <= r) left.push(room.most(left.length) + EPSILON - room.held(left.length));
      left[r] = (left[r] ?? 0) - (amounts[i] ?? 0);
      if ((left[r] ?? 0) < 0) return at - from;
    }
  }
  return jobs.length - from;
}

/** What these groups of one ask for together; by resource. O(those x resources) */
export function minimumOfRow(jobs: readonly Job[], from: number, end: number, table: ResourceTable): readonly number[] {
  const sum: number[] = [];
  for (let at = from; at < end; at += 1) {
    const minimum = (jobs[at] as Job).minimum(table);
    if (minimum === undefined) continue;
    const { resources, amounts } = minimum;
    for (let i = 0; i < resources.length; i += 1) {
      const r = resources[i] ?? 0;
      while (sum.length <= r) sum.push(0);
      sum[r] = (sum[r] ?? 0) + (amounts[i] ?? 0);
    }
  }
  return sum;
}
