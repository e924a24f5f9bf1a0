import type { Job } from './job.ts';
import type { SubGroup } from './sub-group.ts';
import type { TaskGroup } from './task-group.ts';
import { TaskStatus } from './task-status.ts';
import type { Task } from './task.ts';

/** Candidates by what it means that they go. */
export interface Bundles {
  /** What their gangs have beyond their minimum. */
  readonly safe: readonly Task[];
  /** Those of them that go only with all of their part, or the rest of it would run below its size. */
  readonly parts: ReadonlyMap<Task, SubGroup>;
  /** The others: if one of them goes, all of its gang must, or the rest would run below its minimum. */
  readonly whole: readonly Task[];
}

/** Splits candidates, worst first, job by job, role by role and part by part. O(candidates + tasks of broken parts). */
export function bundlesOf(candidates: readonly Task[]): Bundles {
  // Most pods of most clusters stand alone.
  if (candidates.every(isAlone)) return { safe: candidates, parts: NO_PARTS, whole: NOBODY };
  const safe: Task[] = [];
  const whole: Task[] = [];
  const parts = new Map<Task, SubGroup>();
  const taken = new Taken();
  for (const task of candidates) {
    if (task.job === undefined) continue;
    if (isAlone(task) || taken.takesOne(task)) safe.push(task);
    else if (task.subGroup !== undefined && taken.takesPart(task.subGroup)) {
      safe.push(task);
      parts.set(task, task.subGroup);
    } else whole.push(task);
  }
  return { safe, parts, whole };
}

const NOBODY: readonly Task[] = [];
const NO_PARTS: ReadonlyMap<Task, SubGroup> = new Map();

/** Of a job of which each pod is of use without the others. */
export function isAlone({ job }: Task): boolean {
  return job?.isGang === false;
}

/**
 * What has been taken from whom, thought of only. What runs below its minimum anyway has nothing to spare, and who is on the way
 * to a node stands in for nobody who would leave before.
 */
class Taken {
  /** Of parts. */
  readonly #tasks = new Set<Task>();
  readonly #counts = new Map<object, number>();
  readonly #broken = new Set<SubGroup>();

  /** Takes one that all it belongs to can spare. */
  takesOne(task: Task): boolean {
    const { job, group, subGroup } = task;
    if (job === undefined || (subGroup !== undefined && this.#broken.has(subGroup))) return false;
    if (!this.#canSpare(job, leastOf(job), 1) || !this.#spareRole(group, 1)) return false;
    if (subGroup !== undefined && !this.#canSpare(subGroup, subGroup.size, 1)) return false;
    // A job that lacks parts has none to spare, and nothing else.
    if (job.subGroups?.hasMinimum() === false) return false;
    this.#take(task);
    return true;
  }

  /** Takes all that is left of a part that its job can spare. */
  takesPart(part: SubGroup): boolean {
    if (this.#broken.has(part)) return true;
    const going = [...part.tasks].filter((task) => isStanding(task) && !this.#tasks.has(task));
    const { job } = going[0] ?? {};
    if (job?.subGroups?.hasMinimum() !== true || isOnItsWay(job)) return false;
    if (!this.#canSpare(job, leastOf(job), going.length)) return false;
    const { kind } = part;
    if (part.isWhole() && kind.whole - this.#of(kind) <= kind.policy.minSubGroups) return false;
    for (const [group, members] of Map.groupBy(going, (task) => task.group)) {
      if (!this.#spareRole(group, members.length)) return false;
    }
    for (const task of going) this.#take(task);
    if (part.isWhole()) this.#count(kind);
    this.#broken.add(part);
    return true;
  }

  #spareRole(group: TaskGroup | undefined, count: number): boolean {
    return group === undefined || this.#canSpare(group, group.min, count);
  }

  #canSpare(owner: Job | TaskGroup | SubGroup, least: number, count: number): boolean {
    return owner.arrived() - this.#of(owner) - count >= least;
  }

  #of(owner: object): number {
    return this.#counts.get(owner) ?? 0;
  }

  #take(task: Task): void {
    const { job, group, subGroup } = task;
    if (job !== undefined) this.#count(job);
    if (group !== undefined) this.#count(group);
    if (subGroup === undefined) return;
    this.#count(subGroup);
    this.#tasks.add(task);
  }

  #count(owner: object): void {
    this.#counts.set(owner, this.#of(owner) + 1);
  }
}

/** Of a group of one each pod is of use, and so is each part. */
function leastOf({ minMember }: Job): number {
  return minMember <= 1 ? 0 : minMember;
}

/** Those who go together: all of a part, or of a gang. */
export type Together = Job | SubGroup;

/** All tasks of it that hold a node; undefined while some of them are on their way to theirs, and cannot be told to go. */
export function standingTasks(together: Together): readonly Task[] | undefined {
  if (isOnItsWay(together)) return undefined;
  const standing: Task[] = [];
  for (const task of together.tasks.values()) if (isStanding(task)) standing.push(task);
  return standing;
}

/** Some of it are on their way to a node. */
function isOnItsWay(together: Together): boolean {
  return together.count(TaskStatus.Allocated) + together.count(TaskStatus.Binding) > 0;
}

/**
 * Who of the safe ones goes together: all of a part, on whatever nodes, all others alone. Parts that have pods
 * on their way to a node are left out.
 */
export function unitsOf({ safe, parts }: Bundles): readonly (readonly Task[])[] {
  if (parts.size === 0) return safe.map((task) => [task]);
  const broken = new Set(parts.values());
  const alone = safe.filter(({ subGroup }) => subGroup === undefined || !broken.has(subGroup));
  const whole = Array.from(broken, (part) => standingTasks(part)).filter((unit) => unit !== undefined);
  return [...alone.map((task) => [task]), ...whole];
}

/** Volcano's rule: what is on its way to a node cannot be told to go, and what leaves already need not. */
export function isStanding({ status }: Task): boolean {
  return status === TaskStatus.Bound || status === TaskStatus.Running;
}
