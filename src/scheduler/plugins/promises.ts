import type { Job } from '../model/job.ts';
import { addToLedger } from '../model/queue.ts';
import type { ResourceTable } from '../model/resource-table.ts';
import { holdsNode, TaskStatus } from '../model/task.ts';
import type { Task } from '../model/task.ts';

/** Adds what a group that was let in may still take of its minimum: minResources less what its tasks hold, never below zero. */
export function addPromised(job: Job, resources: ResourceTable, promised: number[]): void {
  const minimum = job.record.minResources;
  if (minimum === undefined || job.ready() >= Math.max(1, job.minMember)) return;
  const held = heldBy(job);
  for (const [name, amount] of minimum) {
    const r = resources.intern(name);
    addAt(promised, r, Math.max(0, amount - (held[r] ?? 0)));
  }
}

/** Takes off what an elastic group holds beyond its minimum, and so could give back. */
export function takeSurplus(job: Job, resources: ResourceTable, promised: number[]): void {
  const minimum = job.record.minResources;
  if (minimum === undefined || job.minMember === 0 || job.ready() <= job.minMember) return;
  const kept = resources.vector(minimum, 0);
  heldBy(job, isStaying).forEach((amount, r) => addAt(promised, r, Math.min(0, (kept[r] ?? 0) - amount)));
}

/** Requests of the job's tasks that hold a node. O(tasks), and O(1) when none does. */
export function heldBy(job: Job, counts: (task: Task) => boolean = holds): readonly number[] {
  if (job.ready() + job.count(TaskStatus.Releasing) + job.count(TaskStatus.Unknown) === 0) return NOTHING;
  const held: number[] = [];
  for (const task of job.tasks.values()) {
    if (counts(task)) addToLedger(held, task.class.resources, task.class.amounts, 1);
  }
  return held;
}

const NOTHING: readonly number[] = [];

function holds(task: Task): boolean {
  return holdsNode(task.status);
}

/** What is being deleted comes free by itself. */
function isStaying(task: Task): boolean {
  return holdsNode(task.status) && task.status !== TaskStatus.Releasing;
}

function addAt(vector: number[], index: number, amount: number): void {
  while (vector.length <= index) vector.push(0);
  vector[index] = (vector[index] ?? 0) + amount;
}
