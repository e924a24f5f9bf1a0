import { saidTo } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import type { Job } from './job.ts';
import type { JobSet } from './job-set.ts';
import type { Queue } from './queue.ts';
import type { ResourceTable } from './resource-table.ts';
import type { TaskClass } from './task-class.ts';

/** What all jobs of a block from a place on are refused in this cycle. */
export interface Saying {
  readonly from: number;
  /** Undefined: each what keeps it out of its queue (`JobBlock.keptOut`). */
  readonly refusal: Refusal | undefined;
  /** Who hears it: each the same, or the first of the block, and the others the same with their own names. */
  readonly to: 'all' | 'first';
  /** Of the queue at which each was kept out; 0 where all are refused the same. */
  readonly stamp: number;
}

/** Of the jobs that lack room, when the first and the last came to do so; Infinity and -Infinity while none does. */
interface Times {
  readonly firstMs: number;
  readonly lastMs: number;
  /** The best of those that came to do so first. */
  readonly first: Job | undefined;
  /** All of them lack room. */
  readonly areAll: boolean;
}

/** What was said last. */
interface Told extends Saying {
  readonly cycle: number;
}

/**
 * Jobs of one queue that stand next to each other in its line and wait unchanged. What is known of all of them is kept here, so
 * that a cycle in which they hear the same again reads none of them. Whatever changes about a job (its record, its tasks, its
 * counters, its priority) takes it out of its block (`WaitingLines.touch`), and nothing that is kept here outlives that: jobs that
 * come or go make a block anew. The times alone change with the jobs in place, and say so.
 */
export class JobBlock {
  /** Of which set and queue its jobs are, as members of it. */
  readonly set: JobSet;
  readonly queue: Queue | undefined;
  /** Best first. */
  readonly jobs: readonly Job[];
  /** One of its jobs changed, or left, or another block stands in its place. */
  get isStale(): boolean {
    return this.gone > 0;
  }

  /** So many of its jobs do not stand in it any more. */
  gone = 0;
  /** Its jobs are newcomers of this cycle; see `JobNews`. */
  areNew = false;
  /** What is said to all of its jobs in this cycle, until the cycle is closed. */
  saying: Saying | undefined;
  /** Those of its jobs that were promised what they wait for at once, and when: for whom no pods need go in that cycle. */
  promised: { readonly in: object; readonly from: number; readonly end: number } | undefined;
  /**
   * Nodes of the rooms that all of its jobs are promised in this cycle, each the one that is kept for it, while none of them was told so:
   * their statuses and counters say that they wait (`Statement.pipelineBlock`).
   */
  standing: readonly number[] | undefined;
  /** Nodes of the rooms that are kept for its jobs, as long as no room came or went since. */
  kept: { readonly version: number; readonly nodes: readonly number[] } | undefined;
  /** State of the contexts in which it was asked last whether its tasks see the nodes in one way; see `Contexts.ofAll`. */
  comparedAt = 0;
  /** They did. */
  seeTheSame = false;
  /** Stamp of its queue at which all were kept out, as far as that is known (`wereAskedAt`). */
  askedAt = 0;
  /** The phase of each of its jobs is what it is at the end of a cycle that refuses it something. */
  isSettled = false;
  #told: Told | undefined;
  #kind: TaskClass | 'mixed' | undefined;
  #isRow: boolean | undefined;
  #oldestMs = Infinity;
  #byName: readonly Job[] | undefined;
  /** What the first was refused, where it was asked for all. */
  #keptOut: Refusal | undefined;
  /** Of all `blockedSinceMs`, once somebody asked since one of them changed. */
  #times: Times | undefined;

  constructor(set: JobSet, queue: Queue | undefined, jobs: readonly Job[]) {
    this.set = set;
    this.queue = queue;
    this.jobs = jobs;
    for (let i = 0; i < jobs.length; i += 1) {
      const job = jobs[i] as Job;
      job.block?.passOn(job, set);
      job.block = this;
    }
  }

  /** The job, unchanged, stands in another block from now on: what kept it out still does, and it need not be asked again. */
  passOn(job: Job, set: JobSet): void {
    this.gone += 1;
    if (this.#keptOut === undefined || set !== this.set) return;
    job.askedAt = this.askedAt;
    job.keptOut = this.keptOut(job);
  }

  /** All of its jobs, which are alike, were let in: they stand in this block no more. What is known of them stays known. */
  letIn(set: JobSet): JobBlock {
    const moved = new JobBlock(set, this.queue, this.jobs);
    moved.isSettled = true;
    moved.#kind = this.#kind;
    moved.#isRow = this.#isRow;
    moved.#oldestMs = this.#oldestMs;
    moved.#times = this.times;
    moved.comparedAt = this.comparedAt;
    moved.seeTheSame = this.seeTheSame;
    return moved;
  }

  /**
   * The class of all of its jobs, when they are alike in all that the configured plugins may ask of them: groups of one with one minimum
   * and one priority, without rules about other pods and without claims, all of them patient or none. O(1), the first time O(jobs).
   */
  kind(resources: ResourceTable): TaskClass | undefined {
    this.#kind ??= this.#readKind(resources) ?? 'mixed';
    return this.#kind === 'mixed' ? undefined : this.#kind;
  }

  /** All of its jobs are groups of one (`Job.alike`) of one priority, of whatever class. O(1), the first time O(jobs). */
  isRow(resources: ResourceTable): boolean {
    const rank = this.jobs[0]?.priority;
    this.#isRow ??= this.jobs.every((job) => job.priority === rank && job.alike(resources) !== undefined);
    return this.#isRow;
  }

  /** Those whose keys are the smallest, in order. O(1), the first time O(jobs) */
  firstByName(most: number): readonly Job[] {
    this.#byName ??= this.jobs.toSorted((a, b) => (a.key < b.key ? -1 : 1)).slice(0, MOST_FIRST);
    return this.#byName.slice(0, most);
  }

  /** When the oldest of its jobs was made; known with `kind`. */
  get oldestMs(): number {
    return this.#oldestMs;
  }

  #readKind(resources: ResourceTable): TaskClass | undefined {
    const [first] = this.jobs;
    const kind = first?.alike(resources);
    if (first === undefined || kind === undefined || kind.shape.rules !== undefined) return undefined;
    const minimum = first.minimum(resources);
    const isPatient = first.tasks.first?.isPatient;
    let oldestMs = Infinity;
    for (let i = 0; i < this.jobs.length; i += 1) {
      const job = this.jobs[i] as Job;
      if (job.alike(resources) !== kind || job.minimum(resources) !== minimum) return undefined;
      if (job.priority !== first.priority || usesClaims(job)) return undefined;
      if (job.tasks.first?.isPatient !== isPatient) return undefined;
      oldestMs = Math.min(oldestMs, job.createdMs);
    }
    this.#oldestMs = oldestMs;
    return kind;
  }

  /** All of them were refused at this stamp of their queue (`enqueueStampFn`). O(1), the first time O(jobs). */
  wereAskedAt(stamp: number): boolean {
    if (this.askedAt === stamp) return true;
    for (let i = 0; i < this.jobs.length; i += 1) if ((this.jobs[i] as Job).askedAt !== stamp) return false;
    this.askedAt = stamp;
    this.#keptOut = undefined;
    return true;
  }

  /** Its jobs are alike: at this stamp of their queue all are kept out as the first one is. */
  keepOut(refusal: Refusal, stamp: number): void {
    this.askedAt = stamp;
    this.#keptOut = refusal;
  }

  /** What keeps one of its jobs out of its queue, since `keepOut` or `wereAskedAt`. */
  keptOut(job: Job): Refusal | undefined {
    const refusal = this.#keptOut;
    return refusal === undefined ? job.keptOut : saidTo(job.key, refusal, (this.jobs[0] as Job).key);
  }

  /** What one of its jobs hears. */
  heard({ refusal, to }: Saying, job: Job): Refusal | undefined {
    if (refusal === undefined) return this.keptOut(job);
    return to === 'all' ? refusal : saidTo(job.key, refusal, (this.jobs[0] as Job).key);
  }

  /** Its jobs from a place on lack room and nothing else, since now or since when they did. O(jobs) */
  lackRoom(from: number, nowMs: number): void {
    for (let i = from; i < this.jobs.length; i += 1) {
      const job = this.jobs[i] as Job;
      if (job.blockedSinceMs > nowMs) job.blockedSinceMs = nowMs;
    }
  }

  /** Since when its jobs have lacked room. O(1), after a change O(jobs). */
  get times(): Times {
    this.#times ??= timesOf(this.jobs);
    return this.#times;
  }

  /** One of its jobs has another time. */
  forgetTimes(): void {
    this.#times = undefined;
  }

  /** This is told in the cycle: true unless it was in the one before. What jobs that did not change are told follows from it alone. */
  isNews(saying: Saying, cycle: number): boolean {
    const before = this.#told;
    this.#told = { ...saying, cycle };
    if (before?.cycle !== cycle - 1 || before.from > saying.from || before.stamp !== saying.stamp) return true;
    return before.to !== saying.to || !isSameRefusal(before.refusal, saying.refusal);
  }
}

/** Of a block, whose names come first that are known. */
const MOST_FIRST = 2;

/** Of volumes or devices: what it may do hangs on those, pod by pod. */
function usesClaims({ tasks: { first } }: Job): boolean {
  return first === undefined || first.record.claims.length + first.record.deviceClaims.length > 0;
}

function timesOf(jobs: readonly Job[]): Times {
  let [firstMs, lastMs, areAll] = [Infinity, -Infinity, true];
  let first: Job | undefined;
  for (let i = 0; i < jobs.length; i += 1) {
    const job = jobs[i] as Job;
    const { blockedSinceMs } = job;
    if (blockedSinceMs === Infinity) {
      areAll = false;
      continue;
    }
    if (blockedSinceMs < firstMs) first = job;
    firstMs = Math.min(firstMs, blockedSinceMs);
    lastMs = Math.max(lastMs, blockedSinceMs);
  }
  return { firstMs, lastMs, first, areAll };
}

/** In the same words. */
function isSameRefusal(a: Refusal | undefined, b: Refusal | undefined): boolean {
  return a === b || (a?.code === b?.code && a?.message === b?.message);
}
