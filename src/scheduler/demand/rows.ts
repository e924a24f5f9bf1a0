import type { Job } from '../model/job.ts';
import type { ResourceTable } from '../model/resource-table.ts';
import type { Row } from '../model/row.ts';
import type { IndexedAmounts } from '../model/task-class.ts';
import { EPSILON } from '../shares/epsilon.ts';

/** What of a resource is held, and the most that may be. */
export interface Room {
  held(r: number): number;
  most(r: number): number;
  /** It finds none, whatever is left. Undefined: none of them is so. */
  readonly isOut: ((job: Job) => boolean) | undefined;
}

/** How many groups of the row find room one after the other. O(resources) where all ask for the same and none is out, else O(row x resources) */
export function rowWithin(row: Row, table: ResourceTable, room: Room): number {
  const { jobs, from, end, each } = row;
  if (each !== undefined && room.isOut === undefined) return alikeWithin(each, end - from, room);
  const left: number[] = [];
  for (let at = from; at < end; at += 1) {
    const job = jobs[at] as Job;
    if (room.isOut?.(job) === true) return at - from;
    const minimum = job.minimum(table);
    if (minimum === undefined) continue;
    const { resources, amounts } = minimum;
    for (let i = 0; i < resources.length; i += 1) {
      const r = resources[i] ?? 0;
      while (left.length <= r) left.push(leftOf(left.length, room));
      left[r] = (left[r] ?? 0) - (amounts[i] ?? 0);
      if ((left[r] ?? 0) < 0) return at - from;
    }
  }
  return end - from;
}

function alikeWithin({ resources, amounts }: IndexedAmounts, most: number, room: Room): number {
  let count = most;
  for (let i = 0; i < resources.length; i += 1) {
    const amount = amounts[i] ?? 0;
    if (amount > 0) count = Math.min(count, Math.floor(leftOf(resources[i] ?? 0, room) / amount));
  }
  return Math.max(0, count);
}

function leftOf(r: number, room: Room): number {
  return room.most(r) + EPSILON - room.held(r);
}

/** What the groups of the row ask for together; by resource. O(resources) where all ask for the same, else O(row x resources) */
export function minimumOfRow({ jobs, from, end, each }: Row, table: ResourceTable): readonly number[] {
  const sum: number[] = [];
  if (each !== undefined) add(sum, each, end - from);
  else for (let at = from; at < end; at += 1) add(sum, (jobs[at] as Job).minimum(table), 1);
  return sum;
}

function add(sum: number[], minimum: IndexedAmounts | undefined, times: number): void {
  if (minimum === undefined) return;
  const { resources, amounts } = minimum;
  for (let i = 0; i < resources.length; i += 1) {
    const r = resources[i] ?? 0;
    while (sum.length <= r) sum.push(0);
    sum[r] = (sum[r] ?? 0) + times * (amounts[i] ?? 0);
  }
}
