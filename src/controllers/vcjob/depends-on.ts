import type { VcjobTask } from '../../api/records/vcjob-record.ts';
import type { DonePlaces } from './done-places.ts';
import type { JobPlan, TaskPlan } from './job-plan.ts';
import type { JobPod } from './job-pod.ts';
import { isStale } from './job-pod.ts';

/** The tasks whose pods may be made: enough pods of the tasks that they wait for are ready, or have succeeded. O(pods). */
export function openTasks(plan: JobPlan, pods: readonly JobPod[], done: DonePlaces): readonly TaskPlan[] {
  if (plan.tasks.every(({ task }) => neededBy(task).length === 0)) return plan.tasks;
  const good = new Map([...done].map(([task, { size }]) => [task, size]));
  for (const each of pods) if (isGood(each)) good.set(each.task, (good.get(each.task) ?? 0) + 1);
  const isThere = (name: string): boolean => {
    const needed = plan.byName.get(name);
    return needed !== undefined && (good.get(name) ?? 0) >= needed.minAvailable;
  };
  return plan.tasks.filter((each) => isOpen(each, isThere));
}

/** Why a task waits in vain: too many pods of those that it waits for have failed, and nobody makes others. Empty where none does. O(pods). */
export function waitsInVain(plan: JobPlan, pods: readonly JobPod[], done: DonePlaces): string {
  const failed = new Map<string, number>();
  for (const each of pods) if (hasFailed(each)) failed.set(each.task, (failed.get(each.task) ?? 0) + 1);
  if (failed.size === 0) return '';
  const mayCome = (name: string): boolean => {
    const needed = plan.byName.get(name);
    return needed !== undefined && needed.replicas - (failed.get(name) ?? 0) >= needed.minAvailable;
  };
  // Whose pods are all there waits for nothing any more, whatever became of those that it waited for.
  const there = new Map([...done].map(([task, { size }]) => [task, size]));
  for (const each of pods) if (!isStale(each)) there.set(each.task, (there.get(each.task) ?? 0) + 1);
  const shut = plan.tasks.find((each) => (there.get(each.name) ?? 0) < each.replicas && !isOpen(each, mayCome));
  const needed = plan.byName.get(neededBy(shut?.task).find((name) => !mayCome(name)) ?? '');
  if (shut === undefined || needed === undefined) return '';
  const count = failed.get(needed.name) ?? 0;
  const needs = `it needs ${needed.minAvailable} that are ready or have succeeded`;
  return `Task ${shut.name} waits for task ${needed.name}, of whose pods ${count} failed: ${needs}.`;
}

function isOpen({ task }: TaskPlan, isThere: (name: string) => boolean): boolean {
  const names = neededBy(task);
  return names.length === 0 || (task.dependsOn?.iteration === 'any' ? names.some(isThere) : names.every(isThere));
}

function neededBy(task: VcjobTask | undefined): readonly string[] {
  return task?.dependsOn?.name ?? [];
}

function hasFailed(each: JobPod): boolean {
  return each.pod.phase === 'Failed' && !each.pod.deleting && !isStale(each);
}

function isGood(each: JobPod): boolean {
  const { phase, deleting } = each.pod;
  return !deleting && !isStale(each) && (phase === 'Succeeded' || (phase === 'Running' && each.ready));
}
