import type { TaskPlan } from './job-plan.ts';

/** The part of its task that a pod is in, from 0 on; empty when the task has no parts. */
export function partitionOf({ task }: TaskPlan, index: number): string {
  const size = task.partitionPolicy?.partitionSize ?? 0;
  return size > 0 ? String(Math.floor(index / size)) : '';
}
