import type { EvictDecision } from './decision.ts';
import { Decisions } from './decisions.ts';
import type { CycleFacts } from '../framework/facts.ts';
import type { Framework } from '../framework/framework.ts';
import { JobBlock } from '../model/job-block.ts';
import type { Saying } from '../model/job-block.ts';
import type { Row } from '../model/row.ts';
import type { Job } from '../model/job.ts';
import type { JobSet } from '../model/job-set.ts';
import type { Refusal } from '../model/refusal.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import { Statement } from './statement.ts';
import { evictDecision, gangDecision, pipelineDecision, refusalDecision } from './job-decisions.ts';
import { jobStatus, settlePhase } from './job-status.ts';
import { queueStatus } from './queue-status.ts';
import { StrictLines } from './strict-lines.ts';
import { TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';

/** One scheduling cycle over the snapshot: the actions place through it, `close` says what was decided. */
export class Session {
  readonly snapshot: Snapshot;
  readonly framework: Framework;
  readonly statement: Statement;
  readonly facts: CycleFacts;
  readonly lines = new StrictLines();
  readonly #placed: Job[] = [];
  readonly #evicted: EvictDecision[] = [];
  /** Tasks with the index of the node whose room is kept for them. */
  readonly #nominated: (readonly [Task, number])[] = [];
  /** Jobs that were refused, in order, alone or with all that is said to their block; one that got something after all has no refusal any more. */
  readonly #refused: (Job | JobBlock)[] = [];
  /** All of their jobs were let in. */
  readonly #letInBlocks: JobBlock[] = [];
  /** Number of blocks among them that are not spelled out. */
  #blocks = 0;
  /** Those whose jobs were refused alone after all, with the place from which on. They stay where they are in the order. */
  readonly #spelled = new Map<JobBlock, number>();

  constructor(snapshot: Snapshot, framework: Framework, facts: CycleFacts) {
    this.snapshot = snapshot;
    this.framework = framework;
    this.statement = new Statement(snapshot);
    this.facts = facts;
  }

  /** Why the job gets nothing in this cycle, whatever room there is. */
  rest(job: Job): Refusal | undefined {
    return this.facts.resting?.get(job.key);
  }

  /** `rest` says something of some job. */
  get hasResting(): boolean {
    return (this.facts.resting?.size ?? 0) > 0;
  }

  /** The task's eviction was refused not long ago: it is not asked for again. */
  isSpared(task: Task): boolean {
    return this.facts.spared?.has(task.uid) ?? false;
  }

  /** Commits what the statement holds after the mark for the job. */
  commit(job: Job, mark: number): void {
    const tasks = this.statement.commit(job, mark);
    if (tasks.length === 0) return;
    if (job.placedTasks === undefined) {
      job.placedTasks = tasks;
      this.#placed.push(job);
    } else {
      for (const task of tasks) job.placedTasks.push(task);
    }
    // One that starts ranks after those that have not, in later actions of this cycle as well.
    if (job.pending() > 0) this.snapshot.waiting.lines.touch(job);
    // What was said about tasks that still wait stays true.
    if (job.pending() === 0) job.refusal = undefined;
    if (job.blockedSinceMs !== Infinity) job.blockedSinceMs = Infinity;
  }

  /**
   * Commits a place for the only task of a job that waits for it; what stands in the statement stays undoable. False, and nothing, where a
   * plugin keeps the job from starting.
   */
  placeOnly(job: Job, task: Task, node: number): boolean {
    const { placements } = this.snapshot;
    placements.place(task, node, TaskStatus.Allocated);
    if (!this.framework.jobReady(job)) {
      placements.unplace(task);
      return false;
    }
    placements.commit(task);
    this.#startsNow(job);
    return true;
  }

  /** The same for groups of one that are alike, which nothing keeps from starting; see `Placements.commitAlike`. */
  placeAlike(jobs: readonly Job[], from: number, end: number, node: number): void {
    this.snapshot.placements.commitAlike(jobs, from, end, node);
    for (let i = from; i < end; i += 1) this.#startsNow(jobs[i] as Job);
  }

  #startsNow(job: Job): void {
    this.#placed.push(job);
    job.refusal = undefined;
    if (job.blockedSinceMs !== Infinity) job.blockedSinceMs = Infinity;
  }

  /** Commits the evictions after the mark; the rooms that the statement promised after it are kept beyond the cycle. */
  commitEvictions(mark: number): void {
    for (const task of this.statement.promised(mark)) this.#nominated.push([task, task.nodeIx]);
    const { lines } = this.snapshot.waiting;
    for (const eviction of this.statement.commitEvictions(mark)) {
      this.#evicted.push(evictDecision(eviction));
      // One that lost what it needs ranks among those that have not started, in later actions of this cycle as well.
      const { job } = eviction.task;
      if (job !== undefined && job.pending() > 0) lines.touch(job);
    }
  }

  /**
   * Pods go for the job: what it was given in this cycle, and was too little to start, is kept beyond the cycle as well.
   * O(its tasks) if there is any of that.
   */
  keepRooms(job: Job): void {
    if (job.count(TaskStatus.Allocated) === 0) return;
    for (let task = job.tasks.first; task !== undefined; task = task.nextInJob) {
      if (task.status === TaskStatus.Allocated) this.#nominated.push([task, task.nodeIx]);
    }
  }

  /** Some job was refused something, or promised room only, maybe before it got it after all. */
  get refusedSome(): boolean {
    return this.#refused.length > 0;
  }

  /** Remembers why a job got nothing; the newest reason of a cycle counts. */
  refuse(job: Job, refusal: Refusal): void {
    if (job.refusal === undefined) this.#refused.push(job);
    job.refusal = refusal;
  }

  /**
   * All jobs of the block from a place on hear the same, or what they heard before: `refuse` for all of them, without reading any. Nobody else
   * speaks of them in this cycle, unless `spellOut` was called before; none of them changes afterwards but in ways that mark it dirty.
   */
  refuseAll(block: JobBlock, saying: Saying): void {
    block.saying = saying;
    this.#refused.push(block);
    this.#blocks += 1;
  }

  /** All of the block, which are alike, are promised the rooms that are kept for them, and hear it: `promised` for each, without reading any. */
  keepPromises(block: JobBlock, rooms: readonly number[]): void {
    this.statement.pipelineBlock(block, rooms);
    this.refuseAll(block, { from: 0, refusal: roomPromised(block.jobs[0] as Job, 1), to: 'first', stamp: 0 });
  }

  /** Who was refused with the block that it stands in was refused alone: an action looks at the jobs of the set one by one. O(1), or O(those) */
  spellOut(jobs: JobSet): void {
    if (this.#blocks > 0) this.#spellOut((block) => block.set === jobs);
  }

  /** The same for blocks of which some jobs left. */
  spellOutStale(): void {
    if (this.#blocks > 0) this.#spellOut(({ isStale }) => isStale);
  }

  /** The same for one block, if anything was said to it. */
  spellOutBlock(block: JobBlock): void {
    const { saying } = block;
    if (saying === undefined) return;
    block.saying = undefined;
    this.#blocks -= 1;
    this.#spelled.set(block, saying.from);
    this.statement.spellOut(block);
    for (let i = saying.from; i < block.jobs.length; i += 1) {
      const job = block.jobs[i] as Job;
      job.refusal = block.heard(saying, job);
    }
  }

  #spellOut(isWanted: (block: JobBlock) => boolean): void {
    for (const each of this.#refused) if (each instanceof JobBlock && isWanted(each)) this.spellOutBlock(each);
  }

  enqueue(job: Job): void {
    this.#letIn(job);
    this.snapshot.waiting.refresh(job);
    this.framework.entry.letIn(job);
  }

  /** The same for all of a row. */
  enqueueRow(row: Row): void {
    for (let i = row.from; i < row.end; i += 1) {
      const job = row.jobs[i] as Job;
      this.#letIn(job);
      this.snapshot.waiting.refresh(job);
    }
    this.framework.entry.letRowIn(row);
  }

  /** The same for all groups of one of a block that asks, which are alike: none of them is looked at for that again. */
  enqueueBlock(block: JobBlock, row: Row): void {
    // It is asked in any case, and costs most where their tasks are read for it once more, later.
    this.framework.perspectiveOfAll(block);
    this.#letInBlocks.push(this.snapshot.letIn(block));
    this.framework.entry.letRowIn(row);
  }

  #letIn(job: Job): void {
    job.phase = 'Inqueue';
    this.snapshot.dirtyJobs.add(job);
  }

  /** Tells a job that waits for pods on their way out so. */
  promised(job: Job): void {
    this.refuse(job, roomPromised(job, job.count(TaskStatus.Pipelined)));
  }

  /** It was let in for nothing, and asks to be let in again. */
  sendBack(job: Job): void {
    job.phase = 'Pending';
    this.snapshot.waiting.refresh(job);
    this.snapshot.dirtyJobs.add(job);
  }

  /** Undoes what was only promised, and tells every decision of the cycle, in a fixed order. */
  close(): Decisions {
    const decisions = new Decisions();
    const { nominations } = this.snapshot;
    if (this.statement.blocks.length > 0) this.#spellOutChanged(this.snapshot.dirtyJobs);
    for (const eviction of this.#evicted) decisions.add(eviction);
    this.#tellPlaces(decisions);
    this.#tellPromises();
    nominations.sweep(this.statement.blocks.reduce((sum, { jobs }) => sum + jobs.length, 0));
    this.snapshot.reservation.uncharge();
    this.snapshot.startPlans.clear();
    this.statement.leaveBlocks();
    this.statement.rollback(0);
    for (const [task, node] of this.#nominated) nominations.set(task, node);
    this.framework.close();
    const { dirtyJobs, news } = this.snapshot;
    for (let i = 0; i < this.#placed.length; i += 1) {
      const job = this.#placed[i] as Job;
      decisions.add(gangDecision(this.snapshot, job));
      job.placedTasks = undefined;
      dirtyJobs.add(job);
    }
    if (this.#blocks > 0) this.#spellOutChanged(dirtyJobs);
    for (const { jobs } of [...news.newcomers, ...this.#letInBlocks]) this.#makeNews(jobs);
    this.#tellChanged(decisions);
    this.#tellRefusals(decisions);
    for (const job of this.statement.stayed) if (!dirtyJobs.has(job)) this.snapshot.refreshWaiting(job);
    dirtyJobs.clear();
    news.clear();
    this.#queueStatuses(decisions);
    return decisions;
  }

  /** They stood in a block, are new or have another phase, and some may hear it from nothing else. */
  #makeNews(jobs: readonly Job[]): void {
    const block = jobs[0]?.block;
    if (block?.jobs === jobs && !block.isStale && block.saying?.from === 0) return;
    for (let i = 0; i < jobs.length; i += 1) this.snapshot.news.jobs.add(jobs[i] as Job);
  }

  /** Statuses of those that changed before the cycle or in it, but for those whose block says it. */
  #tellChanged(decisions: Decisions): void {
    const { dirtyJobs, news } = this.snapshot;
    for (const changed of [news.jobs, dirtyJobs]) {
      const jobs = changed.members();
      for (let i = 0; i < jobs.length; i += 1) {
        const job = jobs[i] as Job;
        if (isToldWithBlock(job) || (changed === dirtyJobs && news.jobs.has(job))) continue;
        this.#tellStatus(job, job.refusal, decisions);
      }
    }
  }

  /** What was read of a job when the cycle began holds if nothing happened since. */
  #tellStatus(job: Job, refusal: Refusal | undefined, decisions: Decisions): void {
    const isOther = settlePhase(job, refusal !== undefined);
    const status = jobStatus(job, refusal);
    const hyperNode = job.isNear && job.missing() === 0 ? this.framework.domains(job)?.taken() : undefined;
    decisions.add(hyperNode === undefined || hyperNode === '' ? status : { ...status, hyperNode });
    if (isOther || this.snapshot.dirtyJobs.has(job)) this.snapshot.refreshWaiting(job);
  }

  /** Jobs that changed after all are told by themselves, and so are those beside them. */
  #spellOutChanged(changed: JobSet): void {
    const spelled = new Set(changed.members().map(({ block }) => block));
    this.#spellOut((block) => block.isStale || spelled.has(block));
  }

  /** Statuses first, then why. */
  #tellRefusals(decisions: Decisions): void {
    const refusals = new Decisions();
    for (let i = 0; i < this.#refused.length; i += 1) {
      const each = this.#refused[i] as Job | JobBlock;
      if (each instanceof JobBlock) this.#tellBlock(each, decisions, refusals);
      else this.#tellRefused(each, decisions, refusals);
    }
    decisions.append(refusals);
  }

  #tellRefused(job: Job, decisions: Decisions, refusals: Decisions): void {
    const { refusal } = job;
    if (refusal === undefined) return;
    job.refusal = undefined;
    const { dirtyJobs, news } = this.snapshot;
    if (!dirtyJobs.has(job) && !news.jobs.has(job)) this.#tellStatus(job, refusal, decisions);
    refusals.add(refusalDecision(job, refusal));
  }

  #tellBlock(block: JobBlock, decisions: Decisions, refusals: Decisions): void {
    const { saying, jobs } = block;
    if (saying === undefined) {
      const from = this.#spelled.get(block) ?? jobs.length;
      for (let i = from; i < jobs.length; i += 1) this.#tellRefused(jobs[i] as Job, decisions, refusals);
      return;
    }
    block.saying = undefined;
    if (!block.isSettled) this.#settlePhases(block, saying);
    const isNews = block.isNews(saying, this.snapshot.cycles);
    decisions.addPassage({ tells: 'status', block, saying, isNews });
    refusals.addPassage({ tells: 'refusal', block, saying, isNews });
  }

  /** Nothing that a job of a block is refused gives it another phase a second time. */
  #settlePhases(block: JobBlock, saying: Saying): void {
    for (let i = saying.from; i < block.jobs.length; i += 1) {
      const job = block.jobs[i] as Job;
      if (settlePhase(job, true)) this.snapshot.refreshWaiting(job);
    }
    block.isSettled = saying.from === 0;
  }

  #tellPlaces(decisions: Decisions): void {
    const { records } = this.snapshot.nodes;
    for (const task of this.statement.promised()) decisions.add(pipelineDecision(task, records[task.nodeIx]));
    for (const block of this.statement.blocks) decisions.addPlaces(block, block.standing ?? [], records);
  }

  /** Who waits for pods that are being deleted is told so. */
  #tellPromises(): void {
    for (const { job } of this.statement.promised()) {
      if (job !== undefined && job.refusal === undefined) this.promised(job);
    }
  }

  #queueStatuses(decisions: Decisions): void {
    for (const queue of this.snapshot.queues.values()) {
      if (!queue.isDirty) continue;
      queue.isDirty = false;
      decisions.add(queueStatus(queue, this.snapshot.resources));
    }
  }
}

function roomPromised({ key }: Job, pods: number): Refusal {
  const message = `PodGroup ${key} waits for pods that are being deleted: their room is promised to ${pods} of its pods.`;
  return { code: 'RoomPromised', message };
}

/** All that is to be said of the job is said with what its block is told. */
function isToldWithBlock(job: Job): boolean {
  const { block } = job;
  const saying = block?.saying;
  return block !== undefined && saying !== undefined && (saying.from === 0 || block.jobs.indexOf(job) >= saying.from);
}
