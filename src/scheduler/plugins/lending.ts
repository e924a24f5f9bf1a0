import type { Snapshot } from '../ledger/snapshot.ts';
import type { Job } from '../model/job.ts';
import { addToLedger } from '../model/queue.ts';
import type { Queue } from '../model/queue.ts';
import type { ResourceTable } from '../model/resource-table.ts';
import type { TaskClass } from '../model/task-class.ts';
import { TaskStatus } from '../model/task.ts';
import type { Task } from '../model/task.ts';
import { heldBy } from './promises.ts';
import type { Share } from './share.ts';

/** What could be placed at all. */
export interface Hopes {
  /** The job was let in, or can be now, and could start. */
  readonly mayRun: (job: Job) => boolean;
  /** The empty cluster could hold a task of the class for the queue. */
  readonly isPlaceable: (taskClass: TaskClass, queue: Queue) => boolean;
}

/** What a queue's waiting jobs can do with what is left of its share. */
interface Outlook {
  /** One of them could take its next step within the share. */
  canMove: boolean;
  /** When the oldest group was made that has not started. */
  oldestStarterMs: number;
}

/**
 * Lends what no queue can use: a queue whose share is too small for any of its waiting jobs is stuck, and the room beside
 * what the others hold and may still claim goes to stuck queues, within their limits. Groups that have not started come
 * first; only when there is none do jobs that run get more. Without this two queues whose gangs are each larger than their
 * shares would block each other for ever.
 */
export class Lending {
  readonly #stuck = new Map<Queue, Outlook>();
  readonly #stuckShares: Share[] = [];
  /** By resource: what queues that are not stuck hold and may claim. */
  #claimed: Float64Array = new Float64Array(0);
  #isForStarters = false;

  /** O(tasks of waiting jobs) while at least two queues want more than they hold, else O(queues). */
  reset(shares: readonly Share[], snapshot: Snapshot, hopes: Hopes): void {
    this.#stuck.clear();
    this.#stuckShares.length = 0;
    const wanting = new Map(shares.filter((share) => !share.isSatisfied()).map((share) => [share.queue, share]));
    if (wanting.size < 2) return;
    for (const [queue, outlook] of outlooks(wanting, snapshot, hopes)) {
      if (!outlook.canMove) this.#stuck.set(queue, outlook);
    }
    this.#isForStarters = [...this.#stuck.values()].some(({ oldestStarterMs }) => oldestStarterMs < Infinity);
    this.#claimed = new Float64Array(snapshot.resources.size);
    for (const share of shares) {
      if (this.#stuck.has(share.queue)) this.#stuckShares.push(share);
      else this.#claim(share);
    }
  }

  /** The job may go beyond its queue's share. */
  mayBorrow(queue: Queue, job: Job): boolean {
    return this.#stuck.has(queue) && (!this.#isForStarters || job.missing() > 0);
  }

  /** Room of the resource that nobody holds, and nobody else has a claim to. O(stuck queues). */
  room(share: Share, r: number): number {
    let taken = this.#claimed[r] ?? 0;
    for (const { queue } of this.#stuckShares) taken += queue.allocated[r] ?? 0;
    return (share.total[r] ?? 0) - taken;
  }

  /** Who can stay within its share goes before those who borrow. */
  compareNeed(a: Queue, b: Queue): number {
    const [first, second] = [this.#stuck.get(a), this.#stuck.get(b)];
    return Number(first !== undefined) - Number(second !== undefined);
  }

  /** Of two stuck queues with equal shares: the one whose oldest group waits longer. */
  compareAge(a: Queue, b: Queue): number {
    const [first, second] = [this.#stuck.get(a), this.#stuck.get(b)];
    if (first === undefined || second === undefined || first.oldestStarterMs === second.oldestStarterMs) return 0;
    return first.oldestStarterMs < second.oldestStarterMs ? -1 : 1;
  }

  #claim({ queue, deserved }: Share): void {
    for (let r = 0; r < this.#claimed.length; r += 1) {
      this.#claimed[r] = (this.#claimed[r] ?? 0) + Math.max(queue.allocated[r] ?? 0, deserved[r] ?? 0);
    }
  }
}

function outlooks(
  wanting: ReadonlyMap<Queue, Share>,
  { waiting, resources }: Snapshot,
  hopes: Hopes,
): ReadonlyMap<Queue, Outlook> {
  const out = new Map<Queue, Outlook>();
  for (const job of waiting.members()) {
    const share = job.queue === undefined ? undefined : wanting.get(job.queue);
    if (share === undefined || !hopes.mayRun(job)) continue;
    let outlook = out.get(share.queue);
    if (outlook === undefined) {
      outlook = { canMove: false, oldestStarterMs: Infinity };
      out.set(share.queue, outlook);
    }
    if (outlook.canMove) continue;
    outlook.canMove = canStep(job, share, resources, hopes);
    if (job.missing() > 0) outlook.oldestStarterMs = Math.min(outlook.oldestStarterMs, job.record.createdMs);
  }
  return out;
}

/** Whether the next step of the job fits what its queue's share leaves: its minimum, or one task more. */
function canStep(job: Job, share: Share, resources: ResourceTable, { isPlaceable }: Hopes): boolean {
  const missing = Math.max(1, job.missing());
  const minimum = job.record.minResources;
  if (missing > 1 && minimum !== undefined) {
    const held = heldBy(job);
    for (const [name, amount] of minimum) {
      const r = resources.intern(name);
      if (!share.hasRoom(r, amount - (held[r] ?? 0))) return false;
    }
    return true;
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
