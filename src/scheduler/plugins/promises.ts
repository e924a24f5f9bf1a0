import type { Job } from '../job.ts';
import { addToLedger } from '../queue.ts';
import type { ResourceTable } from '../resource-table.ts';
import { holdsNode, TaskStatus } from '../task.ts';

/** Adds what a group that was let in may still take of its minimum: minResources less what its tasks hold, never below zero. */
export function addPromised(job: Job, resources: ResourceTable, promised: number[]): void {
  const minimum = job.record.minResources;
  if (minimum === undefined || job.ready() >= Math.max(1, job.minMember)) return;
  const held = job.ready() === 0 ? NOTHING : heldBy(job);
  for (const [name, amount] of minimum) {
    const r = resources.intern(name);
    while (promised.length <= r) promised.push(0);
    promised[r] = (promised[r] ?? 0) + Math.max(0, amount - (held[r] ?? 0));
  }
}

/** Takes off what an elastic group holds beyond its minimum, and so could give back. */
export function takeSurplus(job: Job, promised: number[]): void {
  if (job.minMember === 0 || job.ready() <= job.minMember) return;
  let left = job.ready() - job.minMember;
  for (const task of job.tasks.values()) {
    if (left === 0) break;
    if (!holdsNode(task.status) || task.status === TaskStatus.Releasing) continue;
    addToLedger(promised, task.class.resources, task.class.amounts, -1);
    left -= 1;
  }
}

const NOTHING: readonly number[] = [];

function heldBy(job: Job): readonly number[] {
  const held: number[] = [];
  for (const task of job.tasks.values()) {
    if (holdsNode(task.status)) addToLedger(held, task.class.resources, task.class.amounts, 1);
  }
  return held;
}
