import { isVcjobOwner } from '../../api/records/owner-record.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import type { PodGroupPhase, PodGroupRecord } from '../../api/records/pod-group-record.ts';
import type { ResourceAmounts } from '../../api/records/scheduling-shape.ts';
import type { Refusal } from './refusal.ts';
import type { JobBlock } from './job-block.ts';
import type { Queue } from './queue.ts';
import type { Holding } from './holding.ts';
import { Holdings } from './holdings.ts';
import type { JobDemand } from './job-demand.ts';
import { JobTasks } from './job-tasks.ts';
import type { ResourceTable } from './resource-table.ts';
import { areSamePolicies } from '../../api/records/sub-group-policy.ts';
import { holdsNode, TaskStatus } from './task-status.ts';
import type { Task } from './task.ts';
import type { IndexedAmounts, TaskClass } from './task-class.ts';
import { SubGroups } from './sub-groups.ts';
import type { Tenant } from './tenant.ts';
import { TaskCounts } from './task-counts.ts';
import { taskGroups } from './task-group.ts';
import type { TaskGroup } from './task-group.ts';

/** A PodGroup with its tasks, as the scheduler sees it. Mutable: only Snapshot, Statement and actions change it. */
export class Job extends TaskCounts {
  // Those that passes over many jobs read come first, next to the counts: a job lies on more lines of the cache than such a pass need fetch.
  /** Membership bits of the snapshot's job sets, and a bit of its journal. */
  flags = 0;
  /** Authoritative once a scheduler has written it; the record lags behind our own writes. */
  phase: PodGroupPhase;
  minMember: number;
  /** The root wants its pods: it is neither suspended nor at its end. */
  isActive: boolean;
  queue: Queue | undefined;
  /** Where it stands in the line of its queue; see `WaitingLines`. */
  block: JobBlock | undefined;
  /** Where it counts among those who hold room; see `RoomHolders`. */
  holding: Holding | undefined;
  readonly tasks = new JobTasks();
  /** Value of the group's priority class, else of the global default class, else 0. */
  priority = 0;
  /** That class says that no pod may be evicted for its work. */
  isPatient = false;
  /** Of the record, here since every order of jobs asks for them. */
  readonly createdMs: number;
  /** Whether it is alike others, once somebody asked. */
  #alike: TaskClass | 'none' | undefined;
  #minimum: IndexedAmounts | undefined;
  /** Its part in what its queue is asked for, once it has any; see `UsableDemand`. */
  demand: JobDemand | undefined;
  /** Why it gets nothing in this cycle, until the cycle is closed. */
  refusal: Refusal | undefined;
  readonly key: string;
  record: PodGroupRecord;
  /** It is let in before it has any pods: whoever makes them waits for that. */
  readonly comesFirst: boolean;
  /** Roles with a minimum of their own; empty for most jobs. */
  groups: readonly TaskGroup[];
  /** Parts that are each placed as a whole; undefined for most jobs. */
  subGroups: SubGroups | undefined;
  /** Its pods, or those of some of its parts, have to be near each other in the network. */
  isNear: boolean;
  /** Tasks that this cycle committed, until the cycle is closed; its only one does not stand here (`Session.placeOnly`). */
  placedTasks: Task[] | undefined;
  /** Pending tasks that ask for nothing but a pod slot. */
  pendingBestEffort = 0;
  /** Its pods that scheduling gates hold back: they are no tasks yet. */
  gated = 0;
  /** Pending tasks in task order; undefined when it has to be made anew. */
  pendingOrder: Task[] | undefined;
  /** Where the first still pending task of `pendingOrder` may stand. */
  pendingHead = 0;
  /** Stamp of its queue when it was not let in, and why; see `enqueueStampFn`. 0 once it changed. */
  askedAt = 0;
  keptOut: Refusal | undefined;
  #blockedSinceMs = Infinity;
  /** Whose holdings its own count in as well; undefined unless a plugin asks. */
  tenant: Tenant | undefined;
  /** Since somebody asked; moves with the tasks from then on. */
  #holdings: Holdings | undefined;

  constructor(record: PodGroupRecord) {
    super();
    this.key = record.key;
    this.record = record;
    this.createdMs = record.createdMs;
    this.minMember = record.minMember;
    this.isActive = record.rootState === 'Active';
    this.comesFirst = record.owner !== undefined && isVcjobOwner(record.owner);
    this.phase = record.phase;
    this.groups = taskGroups(record.minMember, record.minTaskMember);
    this.subGroups = SubGroups.of(record.subGroups);
    this.isNear = isNear(record);
  }

  /** Its pods, or some of them, are of use only together. */
  get isGang(): boolean {
    return this.minMember > 1 || this.subGroups !== undefined;
  }

  /** Its minimum is placed, that of each role, and parts enough. O(roles + policies). */
  hasMinimum(): boolean {
    if (this.ready() < this.minMember) return false;
    if (this.groups.length > 0) for (const group of this.groups) if (group.ready() < group.min) return false;
    return this.subGroups === undefined || this.subGroups.hasMinimum();
  }

  /**
   * How many more tasks must find room, at least, before the gang may start: of its minimum, of each role's, and of parts.
   * O(roles), with parts O(parts).
   */
  missing(): number {
    const { subGroups } = this;
    if (subGroups !== undefined) return Math.max(this.#missing(), subGroups.missingOfAll());
    return this.#missing();
  }

  #missing(): number {
    if (this.groups.length === 0) return Math.max(0, this.minMember - this.ready());
    let ofRoles = 0;
    for (const group of this.groups) ofRoles += Math.max(0, group.min - group.ready());
    return Math.max(ofRoles, this.minMember - this.ready());
  }

  /** How many tasks must find room together before something more of it runs, 1 at least. O(1), with parts O(tasks). */
  nextStep(): number {
    const missing = this.missing();
    if (missing > 0 || this.subGroups === undefined) return Math.max(1, missing);
    for (const { status, subGroup } of this.tasks.values()) {
      if (status === TaskStatus.Pending && subGroup?.isWhole() !== false) return 1;
    }
    return this.subGroups.leastStep() ?? 1;
  }

  /** minResources as written; undefined when the group has none. Read once a record. */
  minimum(table: ResourceTable): IndexedAmounts | undefined {
    const { minResources } = this.record;
    if (minResources === undefined) return undefined;
    this.#minimum ??= this.alike(table)?.minimum(minResources.has('pods')) ?? indexed(minResources, table);
    return this.#minimum;
  }

  /**
   * The class of its only task, for a group of one that has not started and asks for its task and no more: such groups of
   * one class and queue are alike, and what one of them is refused the others are, too. Undefined for all other groups.
   */
  alike(table: ResourceTable): TaskClass | undefined {
    this.#alike ??= this.#readAlike(table) ?? 'none';
    return this.#alike === 'none' ? undefined : this.#alike;
  }

  /** Since when it has lacked room and nothing else, milliseconds since 1970; Infinity while it does not. */
  get blockedSinceMs(): number {
    return this.#blockedSinceMs;
  }

  set blockedSinceMs(sinceMs: number) {
    if (sinceMs === this.#blockedSinceMs) return;
    this.#blockedSinceMs = sinceMs;
    this.block?.forgetTimes();
  }

  /** Its tasks, counters or record changed. */
  forgetReadings(): void {
    this.askedAt = 0;
    this.pendingOrder = undefined;
    this.pendingHead = 0;
    this.#alike = undefined;
    this.#holdings = undefined;
  }

  #readAlike(table: ResourceTable): TaskClass | undefined {
    if (this.minMember !== 1 || this.tasks.size !== 1 || this.groups.length > 0) return undefined;
    if (this.subGroups !== undefined || this.isNear) return undefined;
    // What it is promised for a while makes it no other.
    if (this.valid() - this.ready() !== 1) return undefined;
    const only = this.tasks.first?.class;
    if (only === undefined || only.isBestEffort) return undefined;
    const { minResources } = this.record;
    return minResources === undefined || only.isAskedBy(minResources, table) ? only : undefined;
  }

  /** The role's group, when the role has a minimum. */
  groupOf(role: string): TaskGroup | undefined {
    const { groups } = this;
    for (let i = 0; i < groups.length; i += 1) if (groups[i]?.name === role) return groups[i];
    return undefined;
  }

  /** The class of all pending tasks, if they are of one; undefined as well when there is none. O(tasks). */
  pendingClass(): TaskClass | undefined {
    let only: TaskClass | undefined;
    for (let task = this.tasks.first; task !== undefined; task = task.nextInJob) {
      if (task.status !== TaskStatus.Pending) continue;
      if (only !== undefined && only !== task.class) return undefined;
      only = task.class;
    }
    return only;
  }

  /** Some task may count in `holdings`. O(1). */
  holdsSome(): boolean {
    return this.placed() + this.count(TaskStatus.Unknown) > 0;
  }

  /**
   * What its tasks hold, and what is promised to them; not what is on its way out. For whoever asks, not to be changed.
   * O(tasks) for the first who asks after a change between cycles, then O(1); O(1) while nothing is held.
   */
  holdings(): Holdings {
    if (!this.holdsSome()) return NOTHING;
    this.#holdings ??= this.#sumHoldings();
    return this.#holdings;
  }

  #sumHoldings(): Holdings {
    const sum = new Holdings();
    for (let task = this.tasks.first; task !== undefined; task = task.nextInJob) {
      if (isHeld(task.status)) sum.add(task.class, 1);
    }
    return sum;
  }

  /** The task is one of the job's from now on; its counters follow. */
  enter(task: Task): void {
    task.job = this;
    this.tasks.add(task);
    this.subGroups?.enter(task);
  }

  /** Takes the task's newer record, by which it may be of another role or part. It must count nowhere at the moment. */
  reread(task: Task, record: PodRecord): void {
    this.subGroups?.leave(task);
    task.record = record;
    this.subGroups?.enter(task);
  }

  /** The task counts nowhere any more. */
  leave(task: Task): void {
    this.tasks.remove(task);
    this.subGroups?.leave(task);
  }

  /** A task's counter moves, in the job, in its role and in its part. */
  move(task: Task, status: TaskStatus, by: number): void {
    this.shift(status, by);
    task.group?.shift(status, by);
    this.subGroups?.partOf(task)?.shift(status, by);
    this.#moveHoldings(task.class, status, by);
  }

  /** Its tasks differ in nothing but their class: it has neither roles nor parts. */
  get hasPlainTasks(): boolean {
    return this.groups.length === 0 && this.subGroups === undefined;
  }

  /** The same for so many tasks of one class, of a job that has plain tasks. */
  moveAlike(taskClass: TaskClass, status: TaskStatus, by: number): void {
    this.shift(status, by);
    this.#moveHoldings(taskClass, status, by);
  }

  #moveHoldings(taskClass: TaskClass, status: TaskStatus, by: number): void {
    if (this.#holdings === undefined && this.tenant === undefined) return;
    if (!isHeld(status)) return;
    this.#holdings?.add(taskClass, by);
    this.tenant?.holdings.add(taskClass, by);
  }

  /** A user was verified, or is no more: whose it is is found out anew. */
  #leaveTenant(): void {
    this.tenant?.holdings.addAll(this.holdings(), -1);
    this.tenant = undefined;
  }

  /** Takes a newer record; roles and parts are counted anew when they changed. O(1), with changed ones O(tasks). */
  update(record: PodGroupRecord): void {
    const { minMember, minTaskMember, subGroups, submitter } = this.record;
    if (submitter !== record.submitter) this.#leaveTenant();
    this.record = record;
    this.minMember = record.minMember;
    this.isActive = record.rootState === 'Active';
    this.#minimum = undefined;
    this.isNear = isNear(record);
    const isSameSum = minMember === record.minMember && sameCounts(minTaskMember, record.minTaskMember);
    if (isSameSum && areSamePolicies(subGroups, record.subGroups)) return;
    this.groups = taskGroups(record.minMember, record.minTaskMember);
    this.subGroups = SubGroups.of(record.subGroups);
    for (const task of this.tasks.values()) {
      this.subGroups?.enter(task);
      task.group?.shift(task.status, 1);
      task.subGroup?.shift(task.status, 1);
    }
  }
}

function isNear({ network, subGroups }: PodGroupRecord): boolean {
  return network !== undefined || subGroups.some((policy) => policy.network !== undefined);
}

const NOTHING = new Holdings();

function isHeld(status: TaskStatus): boolean {
  return status === TaskStatus.Pipelined || (status !== TaskStatus.Releasing && holdsNode(status));
}

function indexed(amounts: ResourceAmounts, table: ResourceTable): IndexedAmounts {
  const out: { resources: number[]; amounts: number[] } = { resources: [], amounts: [] };
  for (const [name, amount] of amounts) {
    out.resources.push(table.intern(name));
    out.amounts.push(amount);
  }
  return out;
}

function sameCounts(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean {
  if (a.size !== b.size) return false;
  for (const [name, count] of a) if (b.get(name) !== count) return false;
  return true;
}
