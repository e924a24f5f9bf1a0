import { formatAmounts, parseAmounts } from '../../api/amounts.ts';
import type { GroupPlan } from '../../api/group-plan.ts';
import type { PlanRoot } from './plan-root.ts';

/**
 * The plan with no higher minimum than the root can still reach: an index of a Job that failed for good never gets a pod
 * again, and the others would wait for it for ever. Pods that succeeded count as started, so they lower nothing.
 */
export function possiblePlan(plan: GroupPlan, root: PlanRoot): GroupPlan {
  const [task] = plan.tasks;
  if (root.kind !== 'job' || task === undefined || plan.tasks.length > 1) return plan;
  const { completions = Number.POSITIVE_INFINITY, failedIndexes } = root.record;
  const min = Math.min(task.min, Math.max(1, completions - failedIndexes));
  if (min === task.min) return plan;
  const room = [...parseAmounts(plan.minResources, 'up').amounts].map(([name, amount]) => {
    return [name, Math.ceil((amount / task.min) * min)] as const;
  });
  return { ...plan, tasks: [{ ...task, min }], minResources: formatAmounts(new Map(room)) };
}
