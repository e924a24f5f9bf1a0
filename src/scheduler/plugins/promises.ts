import type { Job } from '../job.ts';
import { addToLedger } from '../queue.ts';
import type { ResourceTable } from '../resource-table.ts';
import { holdsNode, TaskStatus } from '../task.ts';

/** What a group that was let in may still take of its minimum: minResources less what its tasks hold, never below zero. */
export function promisedBeyondAllocated(job: Job, resources: ResourceTable): number[] {
  const minimum = job.record.minResources;
  if (minimum === undefined || job.ready() >= Math.max(1, job.minMember)) return [];
  const held = heldBy(job);
  const out: number[] = [];
  for (const [name, amount] of minimum) {
    const r = resources.intern(name);
    while (out.length <= r) out.push(0);
    out[r] = Math.max(0, amount - (held[r] ?? 0));
  }
  return out;
}

/** What an elastic group holds beyond its minimum, and so could give back. */
export function surplusBeyondMinimum(job: Job): number[] {
  if (job.minMember === 0 || job.ready() <= job.minMember) return [];
  const surplus: number[] = [];
  let left = job.ready() - job.minMember;
  for (const task of job.tasks.values()) {
    if (left === 0) break;
    if (!holdsNode(task.status) || task.status === TaskStatus.Releasing) continue;
    addToLedger(surplus, task.class.resources, task.class.amounts, 1);
    left -= 1;
  }
  return surplus;
}

function heldBy(job: Job): number[] {
  const held: number[] = [];
  if (job.ready() === 0) return held;
  for (const task of job.tasks.values()) {
    if (holdsNode(task.status)) addToLedger(held, task.class.resources, task.class.amounts, 1);
  }
  return held;
}
