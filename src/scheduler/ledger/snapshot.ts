import type { KnownGeometries } from '../../api/cards/mig-geometries.ts';
import type { CardChoice } from '../../api/records/card-records.ts';
import type { NamespaceRecord } from '../../api/records/namespace-record.ts';
import type { NodeRecord } from '../../api/records/node-record.ts';
import type { PodGroupRecord } from '../../api/records/pod-group-record.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import type { PriorityClassRecord } from '../../api/records/priority-class-record.ts';
import type { QueueRecord } from '../../api/records/queue-record.ts';
import { Accounts } from './accounts.ts';
import { Datasets } from './datasets.ts';
import { DisruptionBudgets } from './disruption-budgets.ts';
import { ClassTable } from '../model/class-table.ts';
import { Job } from '../model/job.ts';
import type { JobBlock } from '../model/job-block.ts';
import { JobJournal } from './job-journal.ts';
import { JobNews } from './job-news.ts';
import { JobSet } from '../model/job-set.ts';
import { GatedPods } from './gated-pods.ts';
import { groupKey, isMember, Orphans } from './orphans.ts';
import { nextStatus } from './next-status.ts';
import { dropUnusedNames } from './unused-names.ts';
import { NodeLedger } from './node-ledger.ts';
import { NodeUsages } from './node-usages.ts';
import { Nominations } from './nominations.ts';
import { KeptRooms } from './kept-rooms.ts';
import { LostPlaces } from './lost-places.ts';
import { linkParents } from './queue-parents.ts';
import { OutsideAnswers } from './outside-answers.ts';
import { OutsideRounds } from './outside-rounds.ts';
import type { AskedNode, AskedPod } from './outside-rounds.ts';
import { Placements } from './placements.ts';
import { PriorityTable } from '../model/priority-table.ts';
import { Queue } from '../model/queue.ts';
import { areNamedAlike, countsAsBefore, frozen, hasSameRole, isOtherView } from './record-changes.ts';
import { Reservation } from './reservation.ts';
import { ResourceQuotas } from './resource-quotas.ts';
import { ResourceTable } from '../model/resource-table.ts';
import { Task } from '../model/task.ts';
import { holdsNode, TaskStatus } from '../model/task-status.ts';
import { StartPlans } from './start-plans.ts';
import { WaitingJobs } from './waiting-jobs.ts';
import { NetworkFacts } from '../topology/network-facts.ts';

/** A cycle writes a job into the journal twice at most: before its actions and after them. */
const JOURNAL_ENTRIES_A_JOB = 3;

/**
 * The cluster as the scheduler sees it, kept up to date change by change and never rebuilt in the steady state
 * (a change of the set of nodes sorts them anew).
 */
export class Snapshot {
  readonly resources = new ResourceTable();
  readonly #nodeLedger = new NodeLedger(this.resources);
  readonly nodes = this.#nodeLedger.table;
  readonly minded = this.#nodeLedger.minded;
  readonly index = this.#nodeLedger.index;
  readonly recency = this.#nodeLedger.recency;
  readonly nodeTasks = this.#nodeLedger.tasks;
  readonly openPlacements = this.#nodeLedger.open;
  readonly releasingNodes = this.#nodeLedger.releasing;
  readonly astray: readonly number[] = this.#nodeLedger.astray;
  readonly podRules = this.#nodeLedger.podRules;
  readonly volumes = this.#nodeLedger.volumes;
  readonly devices = this.#nodeLedger.devices;
  readonly numa = this.#nodeLedger.numa;
  readonly claims = this.#nodeLedger.claims;
  readonly classes = new ClassTable(this.resources, this.podRules);
  readonly queues = new Map<string, Queue>();
  readonly jobs = new Map<string, Job>();
  readonly tasks = new Map<string, Task>();
  /** Up to date after `settle`. */
  readonly waiting = new WaitingJobs();
  /** Jobs that changed since the last `settle`. */
  readonly dirtyJobs = new JobSet(2);
  /** How many cycles began. */
  cycles = 0;
  readonly jobJournal = new JobJournal();
  readonly news = new JobNews({ journal: this.jobJournal, waiting: this.waiting, resources: this.resources });
  /** Grows whenever a job got another priority, or another word on whether pods may go for it. */
  prioritiesVersion = 0;
  readonly #rooms = new KeptRooms(this.nodes, this.recency, this.claims.holdings);
  readonly nominations = new Nominations(this.#rooms, this);
  readonly lostPlaces = new LostPlaces(this.#rooms, this.nominations, this);
  readonly reservation = new Reservation(this);
  readonly startPlans = new StartPlans(this.nodes, this.recency);
  readonly placements = new Placements(this.#nodeLedger, this, this.dirtyJobs);
  readonly budgets = new DisruptionBudgets();
  readonly quotas = new ResourceQuotas();
  readonly usages = new NodeUsages();
  readonly datasets = new Datasets();
  readonly outside = new OutsideAnswers();
  readonly outsideNodes = new OutsideRounds<AskedNode>();
  readonly outsideVictims = new OutsideRounds<AskedPod>();
  readonly network = new NetworkFacts();
  readonly #priorities = new PriorityTable();
  #stamps = 0;
  readonly #orphans = new Orphans();
  readonly #gated = new GatedPods(this.jobs, this.dirtyJobs);
  readonly #accounts = new Accounts({
    nodes: this.#nodeLedger,
    nominations: this.nominations,
    orphans: this.#orphans,
    queues: this.queues,
    dirtyJobs: this.dirtyJobs,
  });

  /** See `NodeLedger`. */
  get featuresVersion(): number {
    return this.#nodeLedger.featuresVersion;
  }

  get nodesVersion(): number {
    return this.#nodeLedger.nodesVersion;
  }

  get imagesVersion(): number {
    return this.#nodeLedger.imagesVersion;
  }

  get allocatableVersion(): number {
    return this.#nodeLedger.allocatableVersion;
  }

  upsertNode(record: NodeRecord): void {
    this.#nodeLedger.upsert(record);
  }

  removeNode(name: string): void {
    this.#nodeLedger.remove(name);
  }

  hasNode(name: string): boolean {
    return this.#nodeLedger.has(name);
  }

  /** How cards are cut is known otherwise from now on. */
  learnGeometries(known: KnownGeometries): void {
    this.#nodeLedger.learnGeometries(known);
  }

  upsertNamespace(record: NamespaceRecord): void {
    this.podRules.upsertNamespace(record);
  }

  removeNamespace(name: string): void {
    this.podRules.removeNamespace(name);
  }

  upsertQueue(record: QueueRecord): void {
    const queue = this.queues.get(record.name);
    if (queue !== undefined) {
      const old = queue.record;
      queue.record = record;
      if (record.parent !== old.parent) linkParents(this.queues);
      if (record.parent !== old.parent || !areNamedAlike(record, old)) this.claims.holdings.forget();
      return;
    }
    const made = new Queue(record);
    const { amounts = [], leaving = [] } = this.#orphans.heldIn(record.name) ?? {};
    made.allocated.push(...amounts);
    made.leaving.push(...leaving);
    this.queues.set(record.name, made);
    linkParents(this.queues);
    this.claims.holdings.forget();
    for (const job of this.jobs.values()) if (job.record.queue === record.name) this.#moveJob(job, made);
  }

  removeQueue(name: string): void {
    const queue = this.queues.get(name);
    if (queue === undefined) return;
    for (const job of this.jobs.values()) if (job.queue === queue) this.#moveJob(job, undefined);
    this.queues.delete(name);
    queue.parent = undefined;
    linkParents(this.queues);
    this.claims.holdings.forget();
  }

  setPriorityClass(record: PriorityClassRecord): void {
    this.#priorities.set(record);
    this.#readPriorities();
  }

  removePriorityClass(name: string): void {
    this.#priorities.remove(name);
    this.#readPriorities();
  }

  /** The value of a priority class; of an unknown one as of none. */
  priorityOf(className: string): number {
    return this.#priorities.of(className).value;
  }

  upsertJob(record: PodGroupRecord): void {
    const known = this.jobs.get(record.key);
    if (known !== undefined && known.record.uid === record.uid) {
      this.#updateJob(known, record);
      return;
    }
    if (known !== undefined) this.removeJob(record.key);
    const job = new Job(record);
    const { value, isPatient } = this.#priorities.of(record.priorityClassName);
    job.priority = value;
    job.isPatient = isPatient;
    job.queue = this.queues.get(record.queue);
    job.gated = this.#gated.countOf(record.key);
    this.jobs.set(record.key, job);
    this.dirtyJobs.add(job);
    for (const task of this.#orphans.take(record.key)) this.#join(task, job);
  }

  /** Takes the phases as they are written: whoever starts to lead goes on from what the leader before it said. */
  readPhases(): void {
    for (const job of this.jobs.values()) {
      job.phase = job.record.phase;
      this.dirtyJobs.add(job);
    }
  }

  removeJob(key: string): void {
    const job = this.jobs.get(key);
    if (job === undefined) return;
    for (const task of job.tasks.values()) this.#orphan(task);
    this.jobs.delete(key);
    this.lostPlaces.drop(job);
    if (this.reservation.job === job) this.reservation.take(undefined, 0);
    this.waiting.remove(job);
    this.dirtyJobs.delete(job);
    this.news.jobs.delete(job);
    job.queue = undefined;
    this.jobJournal.push(job);
    // Who does not lead never settles, and jobs come and go all the same.
    if (this.jobJournal.length > 2 * this.#journalEntries()) this.jobJournal.trim(this.#journalEntries());
  }

  /** Takes a pod in its newest form; pods that are neither placed nor ours to place are not kept. */
  upsertTask(record: PodRecord): void {
    if (record.cards !== undefined) this.devices.isUsed = true;
    if (record.deviceClaims.length > 0) this.claims.isUsed = true;
    this.claims.served.note(record.extendedAsks);
    const task = this.tasks.get(record.uid);
    const status = this.#statusOf(record, task);
    if (status === undefined) this.removeTask(record.uid);
    this.#gated.see(record);
    if (status === undefined) return;
    if (task === undefined) {
      this.#addTask(record, status);
      return;
    }
    if (task.status !== TaskStatus.Pending && record.nodeName !== '') this.#change(task, frozen(record, task), status);
    else if (task.record.group !== record.group) this.#regroup(task, record, status);
    else this.#change(task, record, status);
  }

  removeTask(uid: string): void {
    this.#gated.drop(uid);
    const task = this.tasks.get(uid);
    if (task === undefined) return;
    this.budgets.untell(task);
    this.#accounts.move(task, -1);
    this.#lose(task, task.status);
    this.#nodeLedger.takeBack(task);
    if (task.record.claims.length > 0) this.volumes.claimers -= 1;
    task.job?.leave(task);
    this.reservation.forget(task);
    this.nominations.drop(task);
    if (task.job === undefined) this.#orphans.remove(task);
    this.classes.release(task.class);
    this.tasks.delete(uid);
  }

  /** A committed placement starts its way to the API server, or the engine takes one up again after a restart. */
  assume(uid: string, nodeName: string, cards?: CardChoice): boolean {
    const task = this.tasks.get(uid);
    const node = this.nodes.indexOf(nodeName);
    if (task?.status !== TaskStatus.Pending || node < 0) return false;
    if (!this.#nodeLedger.promise(task, node, cards)) return false;
    this.#accounts.move(task, -1);
    this.#setNode(task, nodeName);
    task.status = TaskStatus.Binding;
    this.#accounts.move(task, 1);
    return true;
  }

  /**
   * What was decided did not happen: a binding, then the task is pending again, or an eviction, then it stays. Unless
   * the watch has shown that it did.
   */
  forget(uid: string): void {
    const task = this.tasks.get(uid);
    if (task?.isLeaving === true) {
      task.isLeaving = false;
      this.budgets.untell(task);
      this.upsertTask(task.record);
    }
    if (task?.status !== TaskStatus.Binding) return;
    this.#accounts.move(task, -1);
    this.#nodeLedger.takeBack(task);
    this.#setNode(task, '');
    task.status = TaskStatus.Pending;
    this.#accounts.move(task, 1);
  }

  /** Another status on the same node, on which it stood and is on its way out now, or stays after all. */
  setStatus(task: Task, status: TaskStatus): void {
    this.#accounts.setStatus(task, status);
  }

  /** A number above 0 that nobody had before: jobs keep them, whatever policy they were asked under. */
  nextStamp(): number {
    this.#stamps += 1;
    return this.#stamps;
  }

  /** Brings sorted nodes, waiting jobs and cached orders up to date; called before each cycle. */
  settle(): void {
    this.cycles += 1;
    this.#settleNodes();
    this.#nodeLedger.serve();
    this.#settleNodes();
    this.podRules.settle(this.featuresVersion, this.tasks.values(), this.nominations.counted());
    this.nominations.settle((task) => task.status === TaskStatus.Pending && this.tasks.get(task.uid) === task);
    this.placements.takers.length = 0;
    this.news.settle(this.dirtyJobs);
    this.jobJournal.trim(this.#journalEntries());
    this.claims.holdings.settle(this.queues, () => this.#accounts.holders(this.tasks.values()));
    if (this.resources.isCrowded) dropUnusedNames(this);
  }

  #settleNodes(): void {
    if (!this.#nodeLedger.isOtherSet) return;
    this.#nodeLedger.reset(this.tasks.values());
    this.nominations.recharge();
    this.lostPlaces.recharge();
  }

  #journalEntries(): number {
    return JOURNAL_ENTRIES_A_JOB * this.jobs.size + 1024;
  }

  /** All groups of a block that asks are let in, which are alike (`JobBlock.kind`). Nothing else about them changes. */
  letIn(block: JobBlock): JobBlock {
    const moved = this.waiting.letIn(block);
    this.jobJournal.push(moved);
    return moved;
  }

  /** Whether a job has work for the actions; also drops its cached task order. */
  refreshWaiting(job: Job): void {
    this.jobJournal.push(job);
    job.forgetReadings();
    this.waiting.refresh(job);
  }

  /** The status that the record gives the task, or that a decision on its way gives it before the record does. */
  #statusOf(record: PodRecord, task: Task | undefined): TaskStatus | undefined {
    const status = nextStatus(record, task);
    const isStanding = status === TaskStatus.Bound || status === TaskStatus.Running || status === TaskStatus.Unknown;
    return isStanding && task?.isLeaving === true ? TaskStatus.Releasing : status;
  }

  #regroup(task: Task, record: PodRecord, status: TaskStatus): void {
    const { nodeName } = task;
    this.removeTask(record.uid);
    this.#addTask(record, status, record.nodeName === '' ? nodeName : record.nodeName);
  }

  #change(task: Task, record: PodRecord, status: TaskStatus): void {
    const isSameShape = task.record.shape === record.shape;
    const isSameMember = hasSameRole(task.record, record);
    if (isSameShape && isSameMember && countsAsBefore(task, record, status)) {
      this.#renew(task, record);
      return;
    }
    this.#accounts.move(task, -1);
    if (task.job === undefined || isSameMember) task.record = record;
    else task.job.reread(task, record);
    if (!isSameShape) {
      // In this order, so that a class that stays the same stays in use.
      const old = task.class;
      this.nominations.drop(task);
      task.class = this.classes.claim(record.shape);
      this.classes.release(old);
    }
    if (record.nodeName !== '') {
      this.#setNode(task, record.nodeName);
      this.#nodeLedger.confirm(task);
    }
    const before = task.status;
    task.status = status;
    this.#accounts.move(task, 1);
    if (status === TaskStatus.Failed) this.#lose(task, before);
  }

  /** It has left the place that it held in the status before, for others or not. */
  #lose(task: Task, before: TaskStatus): void {
    const isLosable = holdsNode(before) && before !== TaskStatus.Binding && before !== TaskStatus.Allocated;
    // What is still being bound is undone as a whole.
    if (isLosable && !task.isLeaving) this.lostPlaces.lose(task);
  }

  /** The task counts as before. */
  #renew(task: Task, record: PodRecord): void {
    const { job } = task;
    if (job !== undefined && isOtherView(task.record, record)) this.waiting.lines.touch(job);
    // Its place among those of its job is another one.
    if (job !== undefined && task.record.priority !== record.priority) this.dirtyJobs.add(job);
    task.record = record;
  }

  #addTask(record: PodRecord, status: TaskStatus, nodeName = record.nodeName): void {
    if (this.resources.isCrowded) dropUnusedNames(this);
    const task = new Task(record, this.classes.claim(record.shape));
    this.tasks.set(record.uid, task);
    if (record.claims.length > 0) this.volumes.claimers += 1;
    task.status = status;
    this.#setNode(task, nodeName);
    const isOurs = isMember(record);
    const job = isOurs ? this.jobs.get(groupKey(record)) : undefined;
    if (job !== undefined) {
      job.enter(task);
    } else if (isOurs) {
      this.#orphans.add(task);
    }
    this.#accounts.move(task, 1);
    if (status === TaskStatus.Pending) this.lostPlaces.follow(task);
  }

  #join(task: Task, job: Job): void {
    this.#accounts.move(task, -1);
    job.enter(task);
    this.#accounts.move(task, 1);
  }

  #orphan(task: Task): void {
    this.#accounts.move(task, -1);
    task.job?.leave(task);
    task.job = undefined;
    this.#orphans.add(task);
    this.#accounts.move(task, 1);
  }

  /** Keys of groups that pods name and nobody made. */
  missingGroups(): Iterable<[string, ReadonlySet<Task>]> {
    return this.#orphans.entries();
  }

  #updateJob(job: Job, record: PodGroupRecord): void {
    if (record.queue !== job.record.queue) this.#moveJob(job, this.queues.get(record.queue));
    job.update(record);
    this.#readPriority(job);
    if (job.phase === '') job.phase = record.phase;
    this.dirtyJobs.add(job);
  }

  #moveJob(job: Job, queue: Queue | undefined): void {
    for (const task of job.tasks.values()) this.#accounts.move(task, -1);
    job.queue = queue;
    for (const task of job.tasks.values()) this.#accounts.move(task, 1);
    this.dirtyJobs.add(job);
  }

  #readPriorities(): void {
    for (const job of this.jobs.values()) this.#readPriority(job);
  }

  #readPriority(job: Job): void {
    const { value, isPatient } = this.#priorities.of(job.record.priorityClassName);
    if (job.priority === value && job.isPatient === isPatient) return;
    job.priority = value;
    job.isPatient = isPatient;
    this.waiting.lines.touch(job);
    this.prioritiesVersion += 1;
  }

  #setNode(task: Task, nodeName: string): void {
    task.nodeName = nodeName;
    task.nodeIx = this.#nodeLedger.indexOf(nodeName);
  }
}
