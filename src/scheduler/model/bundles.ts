import type { Job } from './job.ts';
import type { TaskGroup } from './task-group.ts';
import { TaskStatus } from './task.ts';
import type { Task } from './task.ts';

/** Candidates by what it means that they go. */
export interface Bundles {
  /** What their gangs have beyond their minimum. */
  readonly safe: readonly Task[];
  /** The others: if one of them goes, all of its gang must, or the rest would run below its minimum. */
  readonly whole: readonly Task[];
}

/** Splits candidates, worst first, job by job and role by role. O(candidates). */
export function bundlesOf(candidates: readonly Task[]): Bundles {
  // Most pods of most clusters stand alone.
  if (candidates.every(isAlone)) return { safe: candidates, whole: NOBODY };
  const safe: Task[] = [];
  const whole: Task[] = [];
  const taken = new Map<Job | TaskGroup, number>();
  for (const task of candidates) {
    const { job, group } = task;
    if (job === undefined) continue;
    if (isAlone(task) || (canSpare(job, taken) && (group === undefined || canSpare(group, taken)))) {
      safe.push(task);
      taken.set(job, (taken.get(job) ?? 0) + 1);
      if (group !== undefined) taken.set(group, (taken.get(group) ?? 0) + 1);
    } else {
      whole.push(task);
    }
  }
  return { safe, whole };
}

const NOBODY: readonly Task[] = [];

/** Of a job of which each pod is of use without the others. */
function isAlone({ job }: Task): boolean {
  return job !== undefined && job.minMember <= 1;
}

/** What runs below its minimum anyway has nothing to spare either: it goes as a whole. */
function canSpare(of: Job | TaskGroup, taken: ReadonlyMap<Job | TaskGroup, number>): boolean {
  const least = 'min' in of ? of.min : of.minMember;
  return of.ready() - (taken.get(of) ?? 0) > least;
}

/** All tasks of the job that hold a node; undefined while some of them are on their way to theirs, and cannot be told to go. */
export function standingTasks(job: Job): readonly Task[] | undefined {
  if (job.count(TaskStatus.Allocated) + job.count(TaskStatus.Binding) > 0) return undefined;
  const standing: Task[] = [];
  for (let task = job.tasks.first; task !== undefined; task = task.nextInJob) {
    if (isStanding(task)) standing.push(task);
  }
  return standing;
}

/** Volcano's rule: what is on its way to a node cannot be told to go, and what leaves already need not. */
export function isStanding({ status }: Task): boolean {
  return status === TaskStatus.Bound || status === TaskStatus.Running;
}
