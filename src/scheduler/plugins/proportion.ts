import type { ActionName } from '../../config/policy.ts';
import { joined } from '../../lib/joined.ts';
import type { Job } from '../model/job.ts';
import type { EmptyCluster, Freed, Plugin, QueueStanding } from '../framework/plugin.ts';
import type { Refusal } from '../model/refusal.ts';
import { notOpen } from '../model/queue.ts';
import type { Queue } from '../model/queue.ts';
import { PODS_IX } from '../model/resource-table.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { Needs } from '../model/task-class.ts';
import type { Task } from '../model/task.ts';
import { Admission, admissionHooks } from '../shares/admission.ts';
import { cutWithinBranches } from '../shares/branch-shares.ts';
import { isDeclaredLimit } from '../shares/declared-limit.ts';
import { EPSILON } from '../shares/epsilon.ts';
import { setFloors } from '../shares/floors.ts';
import { BranchGuarantees } from '../shares/branch-guarantees.ts';
import { claimOf, nameResources, narrow, totalsOf } from '../shares/guarantees.ts';
import { guaranteedToOthers, KeptFree } from '../shares/kept-free.ts';
import { Lending } from '../shares/lending.ts';
import { shareOut } from '../shares/water-filling.ts';
import { heldAt } from '../shares/queue-level.ts';
import { countedBeside, PLAINLY, roomRequest } from '../shares/queue-room.ts';
import type { RoomRequest } from '../shares/queue-room.ts';
import { victimHooks } from '../shares/queue-victims.ts';
import type { QueueRights } from '../shares/queue-victims.ts';
import { Share } from '../shares/share.ts';

/**
 * Weighted fair share by water-filling: what each queue deserves follows from the weights of the queues that ask.
 * A queue gets no more than it deserves, but for what nobody else can use, and lets no more groups in than its capability
 * can ever hold.
 */
export const proportion: Plugin = {
  name: 'proportion',
  make: (snapshot, _, { actions }) => {
    const shares = new Shares(snapshot, actions);
    return {
      onSessionOpen: (nowMs, cluster) => shares.reset(nowMs, cluster),
      queueOrderFn: (a, b) => b.record.priority - a.record.priority || shares.compare(a, b),
      overusedFn: (queue, job) => shares.overused(queue, job),
      allocatableFn: (queue, task, job, freed, isGranted) => shares.allocatable(queue, task, job, freed, isGranted),
      grantsFn: (queue, taskClass, _job, tasks) => shares.grants(queue, taskClass, tasks),
      keepsGrantedFn: (queue) => shares.keepsGranted(queue),
      queueStandingFn: (queue) => shares.standing(queue),
      ...victimHooks(shares),
      ...admissionHooks(shares.admission),
    };
  },
};

class Shares implements QueueRights {
  readonly admission: Admission<Share>;
  /** Branches have no say in what queues take back from each other. */
  readonly reach = 0;
  readonly #snapshot: Snapshot;
  readonly #shares = new Map<Queue, Share>();
  readonly #lending = new Lending();
  /** Undefined when nothing is guaranteed to anybody. */
  #keptFree: KeptFree | undefined;
  #cluster: EmptyCluster | undefined;

  constructor(snapshot: Snapshot, actions: readonly ActionName[]) {
    this.#snapshot = snapshot;
    this.admission = new Admission(snapshot, actions, this);
  }

  /** O(resources x queues x log queues), and what usable demand costs. */
  reset(nowMs: number, cluster: EmptyCluster): void {
    this.#shares.clear();
    this.#cluster = cluster;
    const { queues, nodes, resources } = this.#snapshot;
    nameResources(queues.values(), resources);
    const total = totalsOf(this.#snapshot);
    const claims = Array.from(queues.values(), (queue) => claimOf(queue, resources));
    narrow(claims);
    // Without a node there is nothing to divide, and nothing to say about it either.
    const guarantees = new BranchGuarantees(claims, total, resources);
    for (const claim of claims) {
      const { queue } = claim;
      this.#shares.set(queue, new Share(claim, total, guarantees.reservedBeside(queue)));
      queue.setProblems({ guarantee: nodes.count === 0 ? '' : guarantees.problem(queue), parent: '' });
    }
    const { demand } = this.admission;
    this.admission.reset(nowMs, cluster, this.#shares);
    for (const [queue, share] of this.#shares) share.ask(demand.of(queue).unusable);
    const shares = [...this.#shares.values()];
    guarantees.handDown(this.#shares);
    setFloors(total, shares);
    this.#keptFree = shares.some(({ guarantee }) => isAny(guarantee)) ? new KeptFree(shares, shares, total) : undefined;
    do shareOut(total, shares);
    while (cutWithinBranches(this.admission.branches));
    for (const share of shares) share.queue.deserved = share.deserved;
    this.#lending.reset(shares, this.#snapshot, {
      mayRun: (job) => this.admission.mayRun(job),
      isPlaceable: (taskClass, queue) => demand.isPlaceable(taskClass, queue),
    });
  }

  /** Who borrows comes last, then who holds less of its share comes first; of those who borrow, who waits longest. */
  compare(first: Queue, second: Queue): number {
    const [a, b] = [this.of(first), this.of(second)];
    const order = Number(a.isStuck) - Number(b.isStuck) || a.share() - b.share();
    if (order !== 0 || !a.isStuck) return order;
    const [aMs, bMs] = [a.outlook?.oldestStarterMs ?? Infinity, b.outlook?.oldestStarterMs ?? Infinity];
    return aMs === bMs ? 0 : aMs - bMs;
  }

  of(queue: Queue): Share {
    let share = this.#shares.get(queue);
    if (share === undefined) {
      const none = new Float64Array(this.#snapshot.resources.size);
      share = new Share({ queue, capability: none, guarantee: none, declared: none }, none, none);
      this.#shares.set(queue, share);
    }
    return share;
  }

  overused(queue: Queue, job: Job): Refusal | undefined {
    if (!queue.isOpen) return notOpen(queue);
    // Without a node there is nothing to divide: that is for the nodes' own refusal to say.
    if (this.#snapshot.nodes.count === 0) return undefined;
    const share = this.of(queue);
    // What waits fits no node: that, too, is for the nodes to say.
    if (share.isSatisfied() || share.isOpenToMore() || this.#lending.mayBorrow(share, job)) return undefined;
    return share.refusal(() => {
      const held = this.#describe(share);
      const holders = this.admission.holders.heldText(queue);
      const message = `queue ${queue.name} holds all of its share: ${held}${holders}.`;
      return { code: 'QueueOverused', message, isDeclared: this.#isAtDeclaredLimit(share) };
    });
  }

  /** Of some resource it holds all that it, or a queue above it, declares as the most. */
  #isAtDeclaredLimit({ queue }: Share): boolean {
    const { resources } = this.#snapshot;
    return queue.allocated.some((held, r) => held > 0 && isDeclaredLimit(queue, resources.name(r), held));
  }

  standing(queue: Queue): QueueStanding {
    const { deserved, guarantee, limit } = this.of(queue);
    return { deserved, guarantee, limit, promised: this.admission.demand.of(queue).promised };
  }

  levels(queue: Queue): readonly Share[] {
    return [this.of(queue)];
  }

  /** Devices of a class are not shared out by weight: nobody is owed any. */
  needs(task: Task): Needs {
    return task.class;
  }

  held(task: Task): Needs {
    return this.#snapshot.claims.holdings.held(task);
  }

  allocatable(queue: Queue, task: Task, job: Job, freed?: Freed, isGranted = false): Refusal | undefined {
    if (!queue.isOpen) return notOpen(queue);
    const { class: taskClass } = task;
    const room = roomRequest(freed, isGranted);
    const share = this.of(queue);
    const { resources, amounts } = taskClass;
    const full =
      this.admission.fullAbove(queue, taskClass, room) ??
      this.#kept(share, this.#snapshot.claims.holdings.needsBesideKept(task, queue), room);
    if (full !== undefined) return full;
    for (let i = 0; i < resources.length; i += 1) {
      const r = resources[i] ?? 0;
      const asked = amounts[i] ?? 0;
      if (this.#hasRoom(share, job, r, asked, room)) continue;
      if (this.#cluster?.capacity(taskClass, 1) === 0) return undefined;
      const held = (queue.allocated[r] ?? 0) + countedBeside(queue, r, room);
      const most = (r === PODS_IX ? share.limit[r] : share.deserved[r]) ?? 0;
      const holders = this.admission.holders.heldText(queue, r);
      const { words } = this.admission;
      const resource = words.name(r);
      const beside = most > 0 ? '' : this.#guaranteesBeside(share, (guarantee) => (guarantee[r] ?? 0) > 0);
      const texts = `${words.numbers(r, { asked, held, limit: most })}${holders}${beside}`;
      return {
        code: 'QueueLimit',
        message: `queue ${queue.name} has no share left of ${resource}: ${texts}.`,
        numbers: { resource, asked, held, limit: most, queue: queue.name },
        isDeclared: isDeclaredLimit(queue, resource, most),
      };
    }
    return undefined;
  }

  /** Nobody shares a limit with the queue, nothing is kept for others, and its own share has room for so many. */
  grants(queue: Queue, { resources, amounts }: Needs, tasks: number): boolean {
    if (!queue.isOpen || this.admission.branches.length > 0 || this.#keptFree !== undefined) return false;
    const share = this.of(queue);
    // With room for the last of them it is not overused before.
    let isOpenToMore = false;
    for (let i = 0; i < resources.length; i += 1) {
      const r = resources[i] ?? 0;
      const asked = amounts[i] ?? 0;
      if (!share.hasRoom(r, asked, countedBeside(queue, r, PLAINLY) + (tasks - 1) * asked)) return false;
      if (r !== PODS_IX && asked >= 1 && (share.deserved[r] ?? 0) > 0) isOpenToMore = true;
    }
    return isOpenToMore;
  }

  /** As for `grants`, and what it has borrowed, or others have, makes no difference. */
  keepsGranted(queue: Queue): boolean {
    if (!queue.isOpen || this.admission.branches.length > 0 || this.#keptFree !== undefined) return false;
    const share = this.of(queue);
    const { granted } = queue;
    for (let r = 0; r < granted.length; r += 1) if (!share.hasRoom(r, granted[r] ?? 0)) return false;
    return !share.isStuck;
  }

  /**
   * What it asks for is guaranteed to others who do not hold it yet: that no queue may have, also when another one holds more
   * than it deserves by now and would have to give it back.
   */
  #kept(share: Share, { resources, amounts }: Needs, room: RoomRequest): Refusal | undefined {
    if (this.#keptFree === undefined || room.isGranted) return undefined;
    for (let i = 0; i < resources.length; i += 1) {
      const [r, asked] = [resources[i] ?? 0, amounts[i] ?? 0];
      if (heldAt(share, r, room) + asked <= (share.guarantee[r] ?? 0) + EPSILON) continue;
      const kept = this.#keptFree.taken(share, r, asked, room);
      if (kept > 0) return guaranteedToOthers(share.queue, this.admission.words, { r, asked, kept });
    }
    return undefined;
  }

  /** Within its share, with what it may borrow, or where its share was asked already within what it may ever have. */
  #hasRoom(share: Share, job: Job, r: number, asked: number, room: RoomRequest): boolean {
    const beside = countedBeside(share.queue, r, room);
    if (share.hasRoom(r, asked, beside) || this.#canBorrow(share, job, r, asked + Math.max(0, beside))) return true;
    const held = (share.queue.allocated[r] ?? 0) + beside;
    return room.isGranted && held + asked <= (share.limit[r] ?? 0) + EPSILON;
  }

  /** So much more than the queue holds. */
  #canBorrow(share: Share, job: Job, r: number, more: number): boolean {
    const held = share.queue.allocated[r] ?? 0;
    const isWithinLimit = held + more <= (share.limit[r] ?? 0) + EPSILON;
    return isWithinLimit && this.#lending.mayBorrow(share, job) && this.#lending.hasRoom(share, r, more);
  }

  #describe(share: Share): string {
    const { allocated: held } = share.queue;
    const { deserved } = share;
    const { words } = this.admission;
    const parts: string[] = [];
    deserved.forEach((amount, r) => {
      if (r !== PODS_IX && amount > 0)
        parts.push(`${words.name(r)} ${words.amount(r, held[r] ?? 0)} of ${words.amount(r, amount)}`);
    });
    return parts.length === 0 ? `nothing is left for it${this.#guaranteesBeside(share, isAny)}` : parts.join(', ');
  }

  /** Who leaves nothing for a queue that deserves nothing. O(queues). */
  #guaranteesBeside({ queue }: Share, counts: (guarantee: Float64Array) => boolean): string {
    if (this.#keptFree === undefined) return '';
    const names: string[] = [];
    for (const other of this.#shares.values()) {
      if (other.queue !== queue && counts(other.guarantee)) names.push(other.queue.name);
    }
    return names.length === 0 ? '' : ` beside the guarantees of ${joined(names)}`;
  }
}

function isAny(guarantee: Float64Array): boolean {
  return guarantee.some((amount) => amount > 0);
}
