import type { Job } from '../model/job.ts';
import { addToLedger } from '../model/queue.ts';
import type { ResourceTable } from '../model/resource-table.ts';
import { holdsNode, TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';

/** The job was let in, and is not at its end. */
export function isLetIn({ phase }: Job): boolean {
  return phase !== '' && phase !== 'Pending' && phase !== 'Completed';
}

/**
 * What a job that was let in may still take of its minimum, added to the vector: minResources less what its tasks hold or
 * have ended well with, never below zero. It lasts until the minimum is placed; for a job that Sluice knows the root of
 * for as long as the root lives, since members of later stages may be to come (the executors of a Spark driver).
 */
export function addPromised(job: Job, resources: ResourceTable, promised: number[]): void {
  // Most of those that run have all that they ask for, and nobody need know what that is.
  const minimum = mayTakeMore(job) ? job.minimum(resources) : undefined;
  if (minimum === undefined) return;
  const taken = heldBy(job, isTaken);
  for (let i = 0; i < minimum.resources.length; i += 1) {
    const r = minimum.resources[i] ?? 0;
    addAt(promised, r, Math.max(0, resources.counted(r, minimum.amounts[i] ?? 0) - (taken[r] ?? 0)));
  }
}

/** Its minimum is not placed yet, or its root may make members of a later stage. */
export function mayTakeMore(job: Job): boolean {
  return job.missing() > 0 || job.ready() === 0 || job.record.owner !== undefined;
}

/** Takes off what an elastic group holds beyond its minimum, and so could give back. */
export function takeSurplus(job: Job, resources: ResourceTable, promised: number[]): void {
  if (job.minMember === 0 || job.ready() <= job.minMember) return;
  const minimum = job.record.minResources;
  if (minimum === undefined) return;
  const kept = resources.vector(minimum, 0);
  heldBy(job, isStaying).forEach((amount, r) => addAt(promised, r, Math.min(0, (kept[r] ?? 0) - amount)));
}

/** Requests of the job's tasks that hold a node. O(tasks), and O(1) when none does. */
export function heldBy(job: Job, counts: (task: Task) => boolean = isHolding): readonly number[] {
  if (job.ready() + job.count(TaskStatus.Releasing) + job.count(TaskStatus.Unknown) === 0) return NOTHING;
  const held: number[] = [];
  for (let task = job.tasks.first; task !== undefined; task = task.nextInJob) {
    if (counts(task)) addToLedger(held, task.class.resources, task.class.amounts, 1);
  }
  return held;
}

const NOTHING: readonly number[] = [];

function isHolding(task: Task): boolean {
  return holdsNode(task.status);
}

function isTaken(task: Task): boolean {
  return holdsNode(task.status) || task.status === TaskStatus.Succeeded;
}

/** What is being deleted comes free by itself. */
function isStaying(task: Task): boolean {
  return holdsNode(task.status) && task.status !== TaskStatus.Releasing;
}

function addAt(vector: number[], index: number, amount: number): void {
  while (vector.length <= index) vector.push(0);
  vector[index] = (vector[index] ?? 0) + amount;
}
