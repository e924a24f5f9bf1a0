import type { DonePlaces } from './done-places.ts';
import type { JobPlan, TaskPlan } from './job-plan.ts';
import type { JobPod } from './job-pod.ts';
import { isStale } from './job-pod.ts';

/** The tasks whose pods may be made: enough pods of the tasks that they wait for are ready, or have succeeded. O(pods). */
export function openTasks(plan: JobPlan, pods: readonly JobPod[], done: DonePlaces): readonly TaskPlan[] {
  const waiting = plan.tasks.filter(({ task }) => (task.dependsOn?.name ?? []).length > 0);
  if (waiting.length === 0) return plan.tasks;
  const good = new Map([...done].map(([task, { size }]) => [task, size]));
  for (const each of pods) if (isGood(each)) good.set(each.task, (good.get(each.task) ?? 0) + 1);
  const isThere = (name: string): boolean => {
    const needed = plan.byName.get(name);
    return needed !== undefined && (good.get(name) ?? 0) >= needed.minAvailable;
  };
  return plan.tasks.filter(({ task }) => {
    const { name: names = [], iteration } = task.dependsOn ?? {};
    return names.length === 0 || (iteration === 'any' ? names.some(isThere) : names.every(isThere));
  });
}

function isGood(each: JobPod): boolean {
  const { phase, deleting } = each.pod;
  return !deleting && !isStale(each) && (phase === 'Succeeded' || (phase === 'Running' && each.ready));
}
