import type { NetworkRule } from '../../api/records/network-rule.ts';
import type { Job } from '../model/job.ts';
import type { SubGroup } from '../model/sub-group.ts';
import { holdsNode, TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';
import type { TaskClass } from '../model/task-class.ts';

/** What has to be near each other: a job, or a part of one. */
export interface Unit {
  readonly rule: NetworkRule;
  /** So many pods have to find room together, 1 at least. */
  readonly need: number;
  /** Number of pods that wait, by class. */
  readonly pending: ReadonlyMap<TaskClass, number>;
  /** Indices of the nodes on which the others stand, or will. */
  readonly nodes: readonly number[];
  /** Pods that wait for a place. */
  readonly waiting: readonly Task[];
}

/** The job as a whole, by its own rule; undefined without one. O(tasks). */
export function unitOfJob(job: Job): Unit | undefined {
  const { network } = job.record;
  return network && unitOf(network, job.missing(), job.tasks.values());
}

export function unitOfPart(part: SubGroup): Unit | undefined {
  const { network } = part.kind.policy;
  return network && unitOf(network, part.size - part.placed(), part.tasks);
}

function unitOf(rule: NetworkRule, missing: number, tasks: Iterable<Task>): Unit {
  const pending = new Map<TaskClass, number>();
  const nodes: number[] = [];
  const waiting: Task[] = [];
  for (const task of tasks) {
    if (task.status === TaskStatus.Pending) {
      pending.set(task.class, (pending.get(task.class) ?? 0) + 1);
      waiting.push(task);
    } else if (isStaying(task)) nodes.push(task.nodeIx);
  }
  return { rule, need: Math.max(1, missing), pending, nodes, waiting };
}

/** It has a place, or is promised one, and is not on its way out. */
function isStaying({ status, nodeIx }: Task): boolean {
  if (nodeIx < 0 || status === TaskStatus.Releasing) return false;
  return holdsNode(status) || status === TaskStatus.Pipelined;
}
