import { boundedAmounts, formatAmounts } from '../../api/amounts.ts';
import { podRequests } from '../../api/projections/pod-requests.ts';
import { objectAt, stringAt } from '../../lib/json.ts';
import type { JobPlan, TaskPlan } from './job-plan.ts';

/** Value of a PriorityClass; 0 for one that does not exist, or for none. */
export type PriorityOf = (name: string) => number;

/**
 * What has to be free for the job to start: what the tasks need, or, where the job needs fewer pods than its tasks together, the
 * pods of the tasks that come first by priority.
 */
export function minResources(plan: JobPlan, priorityOf: PriorityOf): Readonly<Record<string, string>> {
  const total = new Map<string, number>();
  for (const [task, count] of neededPods(plan, priorityOf)) {
    for (const [name, amount] of podRequests(objectAt(task.task.template, 'spec'))) {
      total.set(name, Math.min((total.get(name) ?? 0) + amount * count, Number.MAX_SAFE_INTEGER));
    }
  }
  return formatAmounts(boundedAmounts(total));
}

function neededPods(plan: JobPlan, priorityOf: PriorityOf): readonly (readonly [TaskPlan, number])[] {
  if (plan.minAvailable >= plan.taskMinima) return plan.tasks.map((task) => [task, task.minAvailable]);
  const ofTask = (task: TaskPlan): number => priorityOf(stringAt(task.task.template, ['spec', 'priorityClassName']));
  let left = plan.minAvailable;
  return plan.tasks
    .toSorted((a, b) => ofTask(b) - ofTask(a))
    .map((task) => {
      const count = Math.min(left, task.replicas);
      left -= count;
      return [task, count];
    });
}
