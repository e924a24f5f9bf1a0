import type { VcjobRecord, VcjobTask } from '../../api/records/vcjob-record.ts';
import { DEFAULT_MAX_RETRY } from '../../api/defaults.ts';

/** A task with what it leaves open filled in, as admission does where it is on. */
export interface TaskPlan {
  readonly name: string;
  readonly replicas: number;
  readonly minAvailable: number;
  /** Somebody said how many it needs. */
  readonly hasOwnMinimum: boolean;
  /** Restarts of containers of the task before it counts as failed; -1 when it never does. */
  readonly maxRetry: number;
  readonly task: VcjobTask;
}

/** A job's spec with what it leaves open filled in. */
export interface JobPlan {
  readonly tasks: readonly TaskPlan[];
  readonly byName: ReadonlyMap<string, TaskPlan>;
  /** Pods of all tasks. */
  readonly replicas: number;
  readonly minAvailable: number;
  /** Sum of what the tasks need. */
  readonly taskMinima: number;
  /** Restarts of the job before it has failed. */
  readonly maxRetry: number;
}

/** Reads the spec; made once a spec. */
export function jobPlan({ spec }: VcjobRecord): JobPlan {
  const known = PLANS.get(spec);
  if (known !== undefined) return known;
  const tasks = (spec.tasks ?? []).map(taskPlan);
  const taskMinima = sum(tasks, ({ minAvailable }) => minAvailable);
  const plan = {
    tasks,
    byName: new Map(tasks.map((task) => [task.name, task])),
    replicas: sum(tasks, ({ replicas }) => replicas),
    minAvailable: spec.minAvailable || taskMinima,
    taskMinima,
    maxRetry: spec.maxRetry || DEFAULT_MAX_RETRY,
  };
  PLANS.set(spec, plan);
  return plan;
}

const PLANS = new WeakMap<VcjobRecord['spec'], JobPlan>();

function taskPlan(task: VcjobTask, at: number): TaskPlan {
  const replicas = task.replicas ?? 0;
  const { minPartitions = 0, partitionSize = 0 } = task.partitionPolicy ?? {};
  const least = minPartitions > 0 ? minPartitions * partitionSize : replicas;
  return {
    name: task.name || `default${at}`,
    replicas,
    minAvailable: task.minAvailable ?? least,
    hasOwnMinimum: task.minAvailable !== undefined,
    maxRetry: task.maxRetry || DEFAULT_MAX_RETRY,
    task,
  };
}

function sum<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((total, one) => total + of(one), 0);
}
