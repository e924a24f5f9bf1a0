import type { EmptyCluster } from '../framework/plugin.ts';
import type { Refusal } from '../model/refusal.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { Row } from '../model/row.ts';
import type { Job } from '../model/job.ts';
import { JobBlock } from '../model/job-block.ts';
import type { JobDemand } from '../model/job-demand.ts';
import type { Queue } from '../model/queue.ts';
import type { IndexedAmounts, TaskClass } from '../model/task-class.ts';
import { TaskStatus } from '../model/task-status.ts';
import { lacksCompany, needsCompany } from './company.ts';
import { lacksVolumes, usesClaims } from './lacks-volumes.ts';
import { neverFits, placesFor, saysTooMuch } from './never-fits.ts';
import type { Bounds } from './never-fits.ts';
import { addTo, addVector, isNothing, NOTHING, shorten, withoutZeros } from './indexed-sums.ts';
import { addPromised, isLetIn, takeSurplus } from './promises.ts';
import { minimumOfRow } from './rows.ts';
import { YoungJobs } from './young-jobs.ts';

/** What the jobs of one queue may still take, and what of their wishes does not count; indexed like the resource table. */
interface QueueDemand {
  /** What jobs that were let in may still take of their minimum, less what elastic ones could give back. */
  readonly promised: number[];
  /** Requests of pending tasks that cannot be used, or not yet. */
  readonly unusable: number[];
  /** Grows with each change of what is promised, with each job that is let in, and when one may start that could not. */
  promises: number;
}

/**
 * Which demand counts: room is promised, and asked for, only for work that could start with it. A job that can never start,
 * one that has lacked pods for longer than the grace, and one whose root is suspended or at its end count for nothing, nor
 * do tasks that no node could hold. Kept by change: a cycle costs the jobs that changed, and all that wait when nodes or
 * limits did.
 */
export class UsableDemand {
  readonly #snapshot: Snapshot;
  readonly #queues = new Map<Queue, QueueDemand>();
  readonly #never = new Map<Job, Refusal>();
  readonly #young = new YoungJobs();
  /** Jobs with pods that have to stand beside others, or use claims: whether they can start hangs on those. */
  readonly #dependent = new Set<Job>();
  #presence = -1;
  #storage = -1;
  /** What is promised in all queues together, whatever elastic jobs could give back; `promises` grows with each change. */
  readonly inAll: { readonly promised: number[]; promises: number } = { promised: [], promises: 0 };
  /** Promised in this cycle; the journal tells about these jobs before the next one. */
  readonly #justPromised = new Map<Queue, number[]>();
  #lastPromised: Job | undefined;
  /** Of plain groups that were let in, by what they are promised: one for all that are alike, which most are. */
  readonly #plainEntries = new WeakMap<IndexedAmounts, WeakMap<Queue, JobDemand>>();
  readonly #sum: number[] = [];
  #position = 0;
  /** Of this cycle, and the versions of the nodes that they stand for. */
  #bounds: Bounds | undefined;
  /** The latest answer: jobs of one class come in runs. */
  #lastPlaceable: { readonly taskClass: TaskClass; readonly queue: Queue; readonly answer: boolean } | undefined;
  #versions = '';
  /** Grows whenever nodes or limits changed: what can never start may be something else now. */
  boundsVersion = 0;
  #nowMs = 0;

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  /** Called once a cycle, with the limits of all queues. */
  refresh(nowMs: number, cluster: EmptyCluster, limits: ReadonlyMap<Queue, Float64Array>): void {
    this.#nowMs = nowMs;
    for (const [queue, just] of this.#justPromised) this.#promise(this.of(queue), withoutZeros(just), -1);
    this.#justPromised.clear();
    this.#lastPromised = undefined;
    const bounds = { snapshot: this.#snapshot, cluster, limits };
    const isNew = this.#areNew(bounds);
    const isFirst = this.#bounds === undefined;
    this.#bounds = bounds;
    this.#lastPlaceable = undefined;
    if (isNew) this.boundsVersion += 1;
    const changed = this.#changed(isNew && !isFirst);
    for (let i = 0; i < changed.length; i += 1) {
      const each = changed[i] as Job | JobBlock;
      if (!(each instanceof JobBlock)) this.#evaluate(each, bounds);
      else if (!this.#isCounted(each)) for (const job of each.jobs) this.#evaluate(job, bounds);
    }
    this.#lookForOthers(bounds);
    for (const job of this.#young.takeOverdue(nowMs)) this.#evaluate(job, bounds);
    for (const [queue, demand] of this.#queues) {
      if (limits.has(queue)) shorten([demand.promised, demand.unusable], this.#snapshot.resources.size);
      else this.#queues.delete(queue);
    }
    shorten([this.inAll.promised], this.#snapshot.resources.size);
  }

  of(queue: Queue): QueueDemand {
    let demand = this.#queues.get(queue);
    if (demand === undefined) {
      demand = { promised: [], unusable: [], promises: 0 };
      this.#queues.set(queue, demand);
    }
    return demand;
  }

  /** A job was let in just now. Each plugin that reserves says so, one after the other, and it counts once. */
  promise(job: Job, queue: Queue): void {
    if (this.#lastPromised === job) return;
    this.#lastPromised = job;
    this.#young.letIn(job, this.#nowMs);
    this.#promiseJust(queue, job.record.minResources && this.#summed(job, addPromised), 1);
  }

  /** The same for all of a row. */
  promiseRow(row: Row): void {
    const { jobs, from, end } = row;
    const last = jobs[end - 1];
    if (last?.queue === undefined || this.#lastPromised === last) return;
    this.#lastPromised = last;
    if (this.#countBlock(row, last.queue)) return;
    if (!this.#young.isEmpty) for (const job of jobs.slice(from, end)) this.#young.letIn(job, this.#nowMs);
    this.#promiseJust(last.queue, minimumOfRow(row, this.#snapshot.resources), end - from);
  }

  /** Where they are all of a block of those that are alike, and plain, they are counted for good. */
  #countBlock({ jobs, from, end }: Row, queue: Queue): boolean {
    const first = jobs[0] as Job;
    if (from > 0 || end < jobs.length || first.block?.jobs !== jobs || !this.#isPlain(first, queue)) return false;
    const entry = this.#plainEntry(first, queue);
    if (entry === undefined) return false;
    for (let i = 0; i < jobs.length; i += 1) {
      const job = jobs[i] as Job;
      this.#forget(job);
      job.demand = entry;
    }
    this.#count(entry, jobs.length);
    return true;
  }

  /** Since it was let in, and as it stands; for newcomers nothing is counted where they could start. */
  #isCounted(block: JobBlock): boolean {
    const first = block.jobs[0] as Job;
    if (block.isStale || first.queue === undefined) return false;
    if (!isLetIn(first)) return this.#isPlain(first, first.queue);
    return first.demand !== undefined && first.demand === this.#plainEntry(first, first.queue);
  }

  /** What so many jobs may take together; undefined where they say nothing of it. */
  #promiseJust(queue: Queue, sum: readonly number[] | undefined, jobs: number): void {
    const demand = this.of(queue);
    demand.promises += jobs;
    if (sum === undefined) return;
    let just = this.#justPromised.get(queue);
    if (just === undefined) {
      just = [];
      this.#justPromised.set(queue, just);
    }
    for (const promised of [just, demand.promised, this.inAll.promised]) addVector(promised, sum);
    this.inAll.promises += 1;
  }

  /** Why the job can never start as things are, or not before others do. */
  neverFits(job: Job): Refusal | undefined {
    const known = this.#never.size === 0 ? undefined : this.#never.get(job);
    return known ?? this.#neverAgain(job);
  }

  /** Of a job that pods were taken from in this cycle, so that it lacks some of its minimum, that was not asked as the cycle began. */
  #neverAgain(job: Job): Refusal | undefined {
    const { queue } = job;
    if (job.count(TaskStatus.Releasing) === 0 || queue === undefined || this.#bounds === undefined) return undefined;
    const isIn = isLetIn(job);
    if (this.#countsForNothing(job, isIn) || !this.#isWaiting(job, isIn)) return undefined;
    return this.#getsPods(job, isIn) ? saysTooMuch(job, queue, this.#bounds) : neverFits(job, queue, this.#bounds);
  }

  /** Says of a job whether it can never start as things are; undefined while that is true of none. */
  get isOut(): ((job: Job) => boolean) | undefined {
    return this.#never.size === 0 ? undefined : (job) => this.#never.has(job);
  }

  /** The job may start some day, so that its wishes count. */
  isUsable(job: Job): boolean {
    return job.isActive && !this.#never.has(job) && this.#young.mayCount(job);
  }

  /** The empty cluster could hold a task of the class for the queue. */
  isPlaceable(taskClass: TaskClass, queue: Queue): boolean {
    if (this.#bounds === undefined) return false;
    const last = this.#lastPlaceable;
    if (last?.taskClass === taskClass && last.queue === queue) return last.answer;
    const answer = placesFor(taskClass, 1, queue, this.#bounds) >= 1;
    this.#lastPlaceable = { taskClass, queue, answer };
    return answer;
  }

  /** Somebody was the first of some pods to stand anywhere, or the last; or claims and volumes are others. */
  #lookForOthers(bounds: Bounds): void {
    const { podRules, volumes } = this.#snapshot;
    if (this.#presence === podRules.presence && this.#storage === volumes.facts.version) return;
    this.#presence = podRules.presence;
    this.#storage = volumes.facts.version;
    // An evaluated job leaves the set and enters it anew.
    const dependent = [...this.#dependent];
    for (const job of dependent) {
      const before = this.#never.get(job);
      this.#evaluate(job, bounds);
      // It asks its queue again.
      if (job.queue !== undefined && before?.message !== this.#never.get(job)?.message)
        this.of(job.queue).promises += 1;
    }
  }

  #areNew({ limits, cluster }: Bounds): boolean {
    const { allocatableVersion, featuresVersion } = this.#snapshot;
    const versions = `${allocatableVersion} ${featuresVersion}`;
    const known = this.#bounds;
    // Another policy may have other plugins, to which the cluster offers other places.
    const isSame = versions === this.#versions && known?.cluster === cluster && areEqual(limits, known.limits);
    this.#versions = versions;
    return !isSame;
  }

  #changed(areOtherBounds: boolean): readonly (Job | JobBlock)[] {
    const { jobJournal, jobs, waiting } = this.#snapshot;
    const changed = jobJournal.since(this.#position);
    this.#position = jobJournal.end;
    if (changed === undefined) {
      for (const kept of [this.#queues, this.#never, this.#young, this.#dependent]) kept.clear();
      for (const job of jobs.values()) job.demand = undefined;
      this.inAll.promised.length = 0;
      this.inAll.promises += 1;
      return [...jobs.values()];
    }
    if (!areOtherBounds) return changed;
    const counted = [...jobs.values()].filter(({ demand }) => demand !== undefined);
    return [...new Set([...changed, ...waiting.all(), ...counted])];
  }

  #evaluate(job: Job, bounds: Bounds): void {
    const { queue } = job;
    const isIn = isLetIn(job);
    if (queue !== undefined && this.#isPlain(job, queue)) {
      this.#evaluatePlain(job, queue, isIn);
      return;
    }
    this.#forget(job);
    if (queue === undefined || this.#countsForNothing(job, isIn)) {
      this.#young.delete(job);
      return;
    }
    this.#young.note(job, isIn, this.#nowMs);
    const never = this.#isWaiting(job, isIn) ? this.#whyNot(job, queue, isIn, bounds) : undefined;
    if (never !== undefined) this.#never.set(job, never);
    const unusable = this.#unusableOf(job, queue);
    const isPromised = isIn && this.isUsable(job);
    const promised = isPromised ? this.#sumOf(job, addPromised) : NOTHING;
    const surplus = isPromised ? this.#sumOf(job, takeSurplus) : NOTHING;
    if (isNothing(unusable) && isNothing(promised) && isNothing(surplus)) return;
    job.demand = { queue, promised, surplus, unusable };
    this.#count(job.demand, 1);
  }

  /** Nothing is counted anew where it was promised the same before. */
  #evaluatePlain(job: Job, queue: Queue, isIn: boolean): void {
    this.#young.delete(job);
    const entry = isIn ? this.#plainEntry(job, queue) : undefined;
    if (entry !== undefined && job.demand === entry) {
      this.#forgetReasons(job);
      return;
    }
    this.#forget(job);
    if (entry === undefined) return;
    job.demand = entry;
    this.#count(entry, 1);
  }

  /** All of its minimum, if it has one. */
  #plainEntry(job: Job, queue: Queue): JobDemand | undefined {
    const minimum = job.minimum(this.#snapshot.resources);
    if (minimum === undefined) return undefined;
    let byQueue = this.#plainEntries.get(minimum);
    if (byQueue === undefined) this.#plainEntries.set(minimum, (byQueue = new WeakMap()));
    let entry = byQueue.get(queue);
    if (entry === undefined) {
      const promised = this.#sumOf(job, addPromised);
      byQueue.set(queue, (entry = { queue, promised, surplus: NOTHING, unusable: NOTHING }));
    }
    return entry;
  }

  #whyNot(job: Job, queue: Queue, isIn: boolean, bounds: Bounds): Refusal | undefined {
    if (this.#getsPods(job, isIn)) return saysTooMuch(job, queue, bounds);
    const { podRules, volumes } = this.#snapshot;
    const hasRules = !podRules.isEmpty;
    const hasClaims = volumes.isBinding && volumes.claimers > 0;
    if ((hasRules && needsCompany(job)) || (hasClaims && usesClaims(job))) this.#dependent.add(job);
    return (
      neverFits(job, queue, bounds) ??
      (hasRules ? lacksCompany(job, podRules) : undefined) ??
      (hasClaims ? lacksVolumes(job, volumes) : undefined)
    );
  }

  /** Of a group that gets its pods once it is let in, whether it can ever start hangs on what it says it needs. */
  #countsForNothing(job: Job, isIn: boolean): boolean {
    if (job.pending() > 0) return false;
    const mayCome = isIn || (job.comesFirst && job.phase !== 'Completed');
    return !mayCome || job.record.minResources === undefined;
  }

  /** By far the most: groups of one that wait, have their pod, and could start. */
  #isPlain(job: Job, queue: Queue): boolean {
    if (!job.isActive) return false;
    const alike = job.alike(this.#snapshot.resources);
    if (alike === undefined || alike.shape.rules !== undefined || !this.isPlaceable(alike, queue)) return false;
    return this.#snapshot.volumes.claimers === 0 || !usesClaims(job);
  }

  #sumOf(job: Job, add: typeof addPromised): IndexedAmounts {
    const sum = this.#summed(job, add);
    return sum.every((amount) => amount === 0) ? NOTHING : withoutZeros(sum);
  }

  /** Into one vector for all: each job that is let in comes here. */
  #summed(job: Job, add: typeof addPromised): readonly number[] {
    this.#sum.fill(0);
    add(job, this.#snapshot.resources, this.#sum);
    return this.#sum;
  }

  /** What its pending pods ask for that can never be placed. */
  #unusableOf(job: Job, queue: Queue): IndexedAmounts {
    if (job.pending() === 0) return NOTHING;
    const isUsable = this.isUsable(job);
    const only = isUsable ? job.pendingClass() : undefined;
    if (only !== undefined && this.isPlaceable(only, queue)) return NOTHING;
    const unusable = new Map<number, number>();
    for (const { status, class: taskClass } of job.tasks.values()) {
      if (status !== TaskStatus.Pending || (isUsable && this.isPlaceable(taskClass, queue))) continue;
      const { resources, amounts } = taskClass;
      resources.forEach((r, i) => unusable.set(r, (unusable.get(r) ?? 0) + (amounts[i] ?? 0)));
    }
    return { resources: [...unusable.keys()], amounts: [...unusable.values()] };
  }

  #forgetReasons(job: Job): void {
    if (this.#never.size > 0) this.#never.delete(job);
    if (this.#dependent.size > 0) this.#dependent.delete(job);
  }

  #forget(job: Job): void {
    this.#forgetReasons(job);
    const { demand } = job;
    if (demand === undefined) return;
    job.demand = undefined;
    this.#count(demand, -1);
  }

  /** So many times; taken out again where that is below zero. */
  #count({ queue, promised, surplus, unusable }: JobDemand, times: number): void {
    const demand = this.of(queue);
    this.#promise(demand, promised, times);
    addTo(demand.promised, surplus, times);
    addTo(demand.unusable, unusable, times);
    if (promised.resources.length > 0 || surplus.resources.length > 0) demand.promises += 1;
  }

  #promise(demand: QueueDemand, promised: IndexedAmounts, times: number): void {
    addTo(demand.promised, promised, times);
    if (promised.resources.length === 0) return;
    addTo(this.inAll.promised, promised, times);
    this.inAll.promises += 1;
  }

  /** One that runs has started. */
  #isWaiting(job: Job, isIn: boolean): boolean {
    return job.isActive && (!isIn || job.missing() > 0);
  }

  /** A job that lacks pods may get them yet, unless it waits for room and not for pods. */
  #getsPods(job: Job, isIn: boolean): boolean {
    return this.#young.has(job) && (isIn || !job.comesFirst);
  }
}

/** One for all plugins over a snapshot, so that nothing is counted twice; whoever knows the queues' limits refreshes it. */
export function demandOf(snapshot: Snapshot): UsableDemand {
  let demand = DEMANDS.get(snapshot);
  if (demand === undefined) DEMANDS.set(snapshot, (demand = new UsableDemand(snapshot)));
  return demand;
}

const DEMANDS = new WeakMap<Snapshot, UsableDemand>();

function areEqual(a: ReadonlyMap<Queue, Float64Array>, b: ReadonlyMap<Queue, Float64Array>): boolean {
  if (a.size !== b.size) return false;
  for (const [queue, limit] of a) {
    const other = b.get(queue);
    if (other?.length !== limit.length || !limit.every((amount, r) => amount === other[r])) return false;
  }
  return true;
}
