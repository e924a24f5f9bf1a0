import type { Recency } from '../placement/recency.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { Job } from '../model/job.ts';
import type { JobBlock } from '../model/job-block.ts';
import { addToLedger } from '../model/queue.ts';
import type { Queue } from '../model/queue.ts';
import type { ResourceTable } from '../model/resource-table.ts';
import type { TaskClass } from '../model/task-class.ts';
import { TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';
import { EPSILON } from './epsilon.ts';
import { heldBy } from '../demand/promises.ts';
import type { Share } from './share.ts';

/** What could be placed at all. */
export interface Hopes {
  /** The job was let in, or can be now, and could start. */
  readonly mayRun: (job: Job) => boolean;
  /** The empty cluster could hold a task of the class for the queue. */
  readonly isPlaceable: (taskClass: TaskClass, queue: Queue) => boolean;
}

/**
 * Lends what no queue can use: a queue whose share is too small for any of its waiting jobs is stuck, and the room beside
 * what the others hold and may still claim goes to stuck queues, within their limits. Groups that have not started come
 * first; only when there is none do jobs that run get more. Without this two queues whose gangs are each larger than their
 * shares would block each other for ever.
 */
export class Lending {
  readonly #stuck: Share[] = [];
  /** By resource: what queues that are not stuck hold and may claim. */
  #claimed: Float64Array = new Float64Array(0);
  /** By resource: what can be lent as long as nothing of it is. */
  #most: Float64Array = new Float64Array(0);
  #isForStarters = false;
  /** By resource: what is left to lend, as long as no node changed. */
  #now: Float64Array = new Float64Array(0);
  #readAt = -1;
  #recency: Recency | undefined;

  /** O(tasks of waiting jobs) while at least two queues want more than they hold, else O(queues). */
  reset(shares: readonly Share[], snapshot: Snapshot, hopes: Hopes): void {
    this.#stuck.length = 0;
    this.#recency = snapshot.recency;
    this.#readAt = -1;
    const wanting = new Map(shares.filter((share) => !share.isSatisfied()).map((share) => [share.queue, share]));
    if (wanting.size < 2) return;
    look(wanting, snapshot, hopes);
    this.#isForStarters = shares.some(
      ({ outlook }) => outlook?.canMove === false && outlook.oldestStarterMs < Infinity,
    );
    this.#claimed = new Float64Array(snapshot.resources.size);
    for (const share of shares) {
      if (share.isStuck) this.#stuck.push(share);
      else this.#claim(share);
    }
    this.#most = this.#claimed.map((_, r) => this.#left(r, shares[0]?.total[r] ?? 0));
  }

  /** The job may go beyond its queue's share. */
  mayBorrow(share: Share, job: Job): boolean {
    return share.isStuck && (!this.#isForStarters || job.missing() > 0);
  }

  /**
   * So much of the resource is held by nobody, and nobody else has a claim to it. O(resources x stuck queues) after
   * something was placed, else O(1).
   */
  hasRoom(share: Share, r: number, asked: number): boolean {
    if (asked > (this.#most[r] ?? 0) + EPSILON) return false;
    const changedAt = this.#recency?.now ?? 0;
    if (this.#readAt !== changedAt) {
      this.#readAt = changedAt;
      this.#now = this.#claimed.map((_, each) => this.#left(each, share.total[each] ?? 0));
    }
    return asked <= (this.#now[r] ?? 0) + EPSILON;
  }

  #left(r: number, total: number): number {
    let taken = this.#claimed[r] ?? 0;
    for (const { queue } of this.#stuck) taken += queue.allocated[r] ?? 0;
    return total - taken;
  }

  #claim({ queue, deserved }: Share): void {
    for (let r = 0; r < this.#claimed.length; r += 1) {
      this.#claimed[r] = (this.#claimed[r] ?? 0) + Math.max(queue.allocated[r] ?? 0, deserved[r] ?? 0);
    }
  }
}

/** Looks at what the waiting jobs of each queue can do with what is left of its share. */
function look(wanting: ReadonlyMap<Queue, Share>, { waiting, resources }: Snapshot, hopes: Hopes): void {
  for (const set of [waiting.asking, waiting.admitted]) {
    for (const [queue, { blocks }] of waiting.lines.of(set) ?? []) {
      const share = queue === undefined ? undefined : wanting.get(queue);
      for (const block of share === undefined ? [] : blocks) {
        if (share === undefined || share.outlook?.canMove === true) break;
        lookAtBlock(block, share, resources, hopes);
      }
    }
  }
}

/** One stands for all where they differ in nothing but their age. */
function lookAtBlock(block: JobBlock, share: Share, resources: ResourceTable, hopes: Hopes): void {
  const [first] = block.jobs;
  if (first !== undefined && block.kind(resources) !== undefined) {
    lookAt(first, block.oldestMs, share, { resources, hopes });
    return;
  }
  for (const job of block.jobs) {
    if (share.outlook?.canMove === true) return;
    lookAt(job, job.createdMs, share, { resources, hopes });
  }
}

interface Around {
  readonly resources: ResourceTable;
  readonly hopes: Hopes;
}

function lookAt(job: Job, oldestMs: number, share: Share, { resources, hopes }: Around): void {
  if (!hopes.mayRun(job)) return;
  const outlook = (share.outlook ??= { canMove: false, oldestStarterMs: Infinity, stuckClass: undefined });
  const alike = job.alike(resources);
  if (alike === undefined || alike !== outlook.stuckClass) {
    outlook.canMove = canStep(job, share, resources, hopes);
    outlook.stuckClass = outlook.canMove ? undefined : alike;
  }
  if (job.missing() > 0) outlook.oldestStarterMs = Math.min(outlook.oldestStarterMs, oldestMs);
}

/** Whether the next step of the job fits what its queue's share leaves: its minimum, or one task or part more. */
function canStep(job: Job, share: Share, resources: ResourceTable, { isPlaceable }: Hopes): boolean {
  const missing = job.nextStep();
  const minimum = job.minimum(resources);
  if (missing > 1 && minimum !== undefined) {
    const held = heldBy(job);
    return minimum.resources.every((r, i) => share.hasRoom(r, (minimum.amounts[i] ?? 0) - (held[r] ?? 0)));
  }
  const only = job.groups.length > 0 ? undefined : job.pendingClass();
  if (only !== undefined) {
    const count = Math.min(missing, job.pending());
    const hasRoom = only.resources.every((r, i) => share.hasRoom(r, count * (only.amounts[i] ?? 0)));
    return hasRoom && isPlaceable(only, share.queue);
  }
  const asked: number[] = [];
  const members = nextMembers(job, missing, (task) => isPlaceable(task.class, share.queue));
  for (const { class: taskClass } of members) addToLedger(asked, taskClass.resources, taskClass.amounts, 1);
  return members.length > 0 && asked.every((amount, r) => amount === 0 || share.hasRoom(r, amount));
}

/**
 * The tasks of the next step in the order in which `allocate` takes them: what roles lack, then ordinary ones, then
 * best-effort ones; those that no node could hold are passed over. O(tasks log tasks) of the job.
 */
function nextMembers(job: Job, count: number, isPlaceable: (task: Task) => boolean): readonly Task[] {
  const lacking = new Map(job.groups.map((group) => [group, group.min - group.ready()]));
  const needed: Task[] = [];
  const ordinary: Task[] = [];
  const bestEffort: Task[] = [];
  for (const task of inOrder([...job.tasks.values()].filter((each) => each.status === TaskStatus.Pending))) {
    if (!isPlaceable(task)) continue;
    const lacks = task.group === undefined ? 0 : (lacking.get(task.group) ?? 0);
    if (task.group !== undefined && lacks > 0) lacking.set(task.group, lacks - 1);
    if (lacks > 0) needed.push(task);
    else if (task.class.isBestEffort) bestEffort.push(task);
    else ordinary.push(task);
  }
  return [...needed, ...ordinary, ...bestEffort].slice(0, Math.max(count, needed.length));
}

/** Equal tasks need no order. */
function inOrder(tasks: Task[]): readonly Task[] {
  const first = tasks[0];
  if (first === undefined || tasks.every((task) => task.class === first.class && task.group === first.group))
    return tasks;
  return tasks.sort(
    ({ record: a }, { record: b }) =>
      b.priority - a.priority || a.createdMs - b.createdMs || (a.name < b.name ? -1 : Number(a.name > b.name)),
  );
}
