import type { VcjobStatus } from '../../api/records/vcjob-record.ts';
import { formatIndexRanges, readIndexRanges } from '../../lib/index-ranges.ts';
import type { JobPlan } from './job-plan.ts';
import { isStale } from './job-pod.ts';
import type { JobPod } from './job-pod.ts';
import type { Reaction } from './policies.ts';
import { isMeant } from './targets.ts';
import { partitionOf } from './partition.ts';

/**
 * Indexes by task whose pods succeeded and are gone, with their nodes or to make room for others: what is done is not done again
 * (volcano#3296). Tasks without any are left out.
 */
export type DonePlaces = ReadonlyMap<string, ReadonlySet<number>>;

const NONE: DonePlaces = new Map();

/** The places that the status remembers and that nobody stands at. O(places + pods). */
export function donePlaces({ completedIndexes = {} }: VcjobStatus, plan: JobPlan, pods: readonly JobPod[]): DonePlaces {
  const lists = Object.entries(completedIndexes);
  if (lists.length === 0) return NONE;
  const byTask = Map.groupBy(pods, ({ task }) => task);
  const places = lists.map(([task, list]) => {
    const taken = new Set(byTask.get(task)?.map(({ index }) => index));
    return [task, readIndexRanges(list, plan.byName.get(task)?.replicas ?? 0).difference(taken)] as const;
  });
  return new Map(places.filter(([, indexes]) => indexes.size > 0));
}

/** How many places of the task are done, and nobody stands there any more. */
export function doneCount(done: DonePlaces, task: string): number {
  return done.get(task)?.size ?? 0;
}

/** What the status is to remember: these places, and those of pods that succeeded and are still there. */
export function completedIndexes(done: DonePlaces, pods: readonly JobPod[]): Readonly<Record<string, string>> {
  const indexes = new Map([...done].map(([task, places]) => [task, [...places]]));
  for (const each of pods) {
    if (each.pod.phase !== 'Succeeded' || isStale(each)) continue;
    const ofTask = indexes.get(each.task);
    if (ofTask === undefined) indexes.set(each.task, [each.index]);
    else ofTask.push(each.index);
  }
  return Object.fromEntries([...indexes].map(([task, places]) => [task, formatIndexRanges(places)]));
}

/** The places that are not to be done anew for these reactions. */
export function notRestarted(done: DonePlaces, plan: JobPlan, reactions: readonly Reaction[]): DonePlaces {
  const left = [...done].map(([task, places]) => {
    const ofTask = plan.byName.get(task);
    const isLeft = (index: number): boolean => {
      const partition = ofTask === undefined ? '' : partitionOf(ofTask, index);
      return !reactions.some((reaction) => isMeant({ task, index, partition }, reaction));
    };
    return [task, new Set([...places].filter(isLeft))] as const;
  });
  return new Map(left.filter(([, places]) => places.size > 0));
}

/** What is left to be done of a plan: the gang that has to start is that much smaller. */
export function remainingPlan(plan: JobPlan, done: DonePlaces): JobPlan {
  if (done.size === 0) return plan;
  const tasks = plan.tasks.map((task) => {
    const count = doneCount(done, task.name);
    return {
      ...task,
      replicas: Math.max(0, task.replicas - count),
      minAvailable: Math.max(0, task.minAvailable - count),
    };
  });
  const count = plan.replicas - tasks.reduce((sum, { replicas }) => sum + replicas, 0);
  return {
    ...plan,
    tasks,
    byName: new Map(tasks.map((task) => [task.name, task])),
    replicas: plan.replicas - count,
    minAvailable: Math.max(Math.min(1, plan.replicas - count), plan.minAvailable - count),
    taskMinima: tasks.reduce((sum, { minAvailable }) => sum + minAvailable, 0),
  };
}
