import { formatAmounts, parseAmounts } from '../../api/amounts.ts';
import type { GroupPlan, PlannedTask } from '../../api/group-plan.ts';

/** The plan of one role with another minimum, and room for so many. */
export function withMinimum(plan: GroupPlan, task: PlannedTask, min: number): GroupPlan {
  if (min === task.min) return plan;
  const room = [...parseAmounts(plan.minResources, 'up').amounts].map(([name, amount]) => {
    return [name, Math.ceil((amount / Math.max(1, task.min)) * min)] as const;
  });
  return { ...plan, tasks: [{ ...task, min }], minResources: formatAmounts(new Map(room)) };
}
