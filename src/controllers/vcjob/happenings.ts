import type { PodGroupRecord } from '../../api/records/pod-group-record.ts';
import type { VcjobRecord } from '../../api/records/vcjob-record.ts';
import { doneCount } from './done-places.ts';
import type { DonePlaces } from './done-places.ts';
import type { Happening, JobEvent } from './happening.ts';
import type { JobPlan, TaskPlan } from './job-plan.ts';
import type { JobPod } from './job-pod.ts';
import { isStale } from './job-pod.ts';
import { partitionOf } from './partition.ts';

/** What happenings are read off. */
export interface HappeningSources {
  readonly nowMs: number;
  readonly job: VcjobRecord;
  readonly plan: JobPlan;
  readonly pods: readonly JobPod[];
  readonly done: DonePlaces;
  readonly group: PodGroupRecord | undefined;
}

/**
 * Everything that happened and that nothing was done about yet, read off the objects: nothing is remembered elsewhere, so
 * that a controller that was away misses nothing. O(pods).
 */
export function happeningsOf(sources: HappeningSources): readonly Happening[] {
  const { plan, pods } = sources;
  const found = pods.filter(({ isOfEarlierLife, isSurplus }) => !isOfEarlierLife && !isSurplus);
  const byTask = Map.groupBy(found, ({ task }) => task);
  return [
    ...plan.tasks.flatMap((task) => taskHappenings(task, byTask.get(task.name) ?? [], sources)),
    ...groupHappenings(sources.group),
    ...specHappenings(sources.job),
  ];
}

function taskHappenings(task: TaskPlan, pods: readonly JobPod[], sources: HappeningSources): readonly Happening[] {
  const ofPods = pods.flatMap((each) => podHappenings(each, sources.nowMs));
  const lost = lostPods(task, pods, sources);
  return [...ofPods, ...lost, ...completed(task, pods, sources.done), ...failed(task, pods)];
}

function podHappenings(each: JobPod, nowMs: number): readonly Happening[] {
  const { pod, isOutOfSync, replacesEvicted } = each;
  // What succeeded has nothing left to lose.
  if (pod.deleting) return isOutOfSync || pod.phase === 'Succeeded' ? [] : [ofPod('PodEvicted', each, nowMs)];
  if (pod.phase === 'Failed') return [ofPod('PodFailed', each, each.finishedMs)];
  if (pod.phase !== 'Pending') return [];
  const pending = ofPod('PodPending', each, pod.createdMs);
  // Whoever waits for some time after an eviction waits for the pod that came in its place.
  return replacesEvicted ? [ofPod('PodEvicted', each, pod.createdMs), pending] : [pending];
}

function ofPod(event: JobEvent, { task, index, partition, exitCode }: JobPod, atMs: number): Happening {
  return { event, task, pod: { index, partition, exitCode }, atMs };
}

/** Pods that the status knows and that are gone: the first places of the task that nobody has. */
function lostPods(task: TaskPlan, pods: readonly JobPod[], sources: HappeningSources): readonly Happening[] {
  const lost = lostCount(task, pods, sources);
  if (lost <= 0) return [];
  return freePlaces(task, pods, sources.done)
    .slice(0, lost)
    .map((index) => {
      const pod = { index, partition: partitionOf(task, index), exitCode: undefined };
      return { event: 'PodEvicted', task: task.name, pod, atMs: sources.nowMs };
    });
}

/** How many pods of the task were there when the status was written, and went without anybody of ours sending them away. */
export function lostCount(
  task: TaskPlan,
  pods: readonly JobPod[],
  { job, done }: Pick<HappeningSources, 'job' | 'done'>,
): number {
  const phases = job.status.taskStatusCount?.[task.name]?.phase ?? {};
  const known = Object.values(phases).reduce((total, count) => total + count, 0);
  if (known === 0) return 0;
  const there = pods.filter((each) => !isStale(each)).length + doneCount(done, task.name);
  return Math.min(known, task.replicas) - there;
}

function freePlaces({ name, replicas }: TaskPlan, pods: readonly JobPod[], done: DonePlaces): readonly number[] {
  const taken = new Set([...pods.map(({ index }) => index), ...(done.get(name) ?? [])]);
  return Array.from({ length: replicas }, (_, index) => index).filter((index) => !taken.has(index));
}

function completed(task: TaskPlan, pods: readonly JobPod[], done: DonePlaces): readonly Happening[] {
  const ended = pods.filter(({ pod }) => pod.phase === 'Succeeded');
  if (task.replicas === 0 || ended.length + doneCount(done, task.name) < task.replicas) return [];
  const atMs = Math.max(0, ...ended.map(({ finishedMs }) => finishedMs));
  return [{ event: 'TaskCompleted', task: task.name, pod: undefined, atMs }];
}

function failed(task: TaskPlan, pods: readonly JobPod[]): readonly Happening[] {
  const live = pods.filter(({ pod }) => pod.phase === 'Running' || pod.phase === 'Pending');
  const restarts = live.reduce((sum, pod) => sum + pod.restarts, 0);
  if (task.maxRetry < 0 || restarts < task.maxRetry) return [];
  return [{ event: 'TaskFailed', task: task.name, pod: undefined, atMs: 0 }];
}

function groupHappenings(group: PodGroupRecord | undefined): readonly Happening[] {
  if (group?.phase !== 'Unknown' || group.deleting) return [];
  const told = group.conditions.find(({ type }) => type === 'Unschedulable');
  const atMs = Date.parse(told?.lastTransitionTime ?? '');
  return [{ event: 'Unknown', task: '', pod: undefined, atMs: Number.isNaN(atMs) ? 0 : atMs }];
}

function specHappenings({ status, generation, editedMs }: VcjobRecord): readonly Happening[] {
  const known = status.observedGeneration ?? generation;
  return known < generation ? [{ event: 'JobUpdated', task: '', pod: undefined, atMs: editedMs }] : [];
}
