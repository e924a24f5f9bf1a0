import { joined } from '../../lib/joined.ts';
import { formatUnits } from '../../lib/quantity.ts';
import { resourceUnit } from '../../api/amounts.ts';
import type { Job } from '../model/job.ts';
import type { EmptyCluster, Freed, Plugin, Refusal, Vote } from '../framework/plugin.ts';
import { notOpen } from '../model/queue.ts';
import type { Queue } from '../model/queue.ts';
import { PODS_IX } from '../model/resource-table.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { TaskClass } from '../model/task-class.ts';
import { Ancestors } from './ancestors.ts';
import { EPSILON } from './epsilon.ts';
import { setFloors } from './floors.ts';
import { claimOf, cutGuarantees, narrow } from './guarantees.ts';
import { Lending } from './lending.ts';
import { shareOut } from './water-filling.ts';
import { heldBy, isLetIn } from './promises.ts';
import { countedBeside, PLAINLY } from './queue-room.ts';
import type { RoomRequest } from './queue-room.ts';
import { isPreemptive, reclaimable } from './queue-victims.ts';
import type { QueueRights } from './queue-victims.ts';
import { QueueStamps } from './queue-stamps.ts';
import { RoomHolders } from './room-holders.ts';
import { Yielding } from './yielding.ts';
import { Share } from './share.ts';
import { demandOf } from './usable-demand.ts';
import type { UsableDemand } from './usable-demand.ts';

/**
 * Weighted fair share by water-filling: what each queue deserves follows from the weights of the queues that ask.
 * A queue gets no more than it deserves, but for what nobody else can use, and lets no more groups in than its capability
 * can ever hold.
 */
export const proportion: Plugin = {
  name: 'proportion',
  make: (snapshot, _, { actions }) => {
    const mayPreempt = actions.includes('preempt') || actions.includes('gangpreempt');
    const shares = new Shares(snapshot, mayPreempt ? new Yielding(snapshot) : undefined);
    return {
      onSessionOpen: (nowMs, cluster) => shares.reset(nowMs, cluster),
      queueOrderFn: (a, b) => b.record.priority - a.record.priority || shares.compare(a, b),
      overusedFn: (queue, job) => shares.overused(queue, job),
      allocatableFn: (queue, taskClass, job, freed, isGranted) =>
        shares.allocatable(queue, taskClass, job, freed, isGranted),
      preemptiveFn: (queue, task, freed) => isPreemptive(queue, task.class, shares, freed),
      reclaimableFn: (preemptor, candidates) => reclaimable(preemptor, candidates, shares),
      unifiedEvictableFn: (preemptor, candidates, isAcrossQueues) =>
        isAcrossQueues ? reclaimable(preemptor, candidates, shares, true) : undefined,
      jobValidFn: (job) => shares.neverFits(job),
      jobEnqueueableFn: (job) => shares.enqueueable(job),
      enqueueStampFn: (queue) => shares.stamp(queue),
      jobEnqueuedFn: (job) => shares.promise(job),
    };
  },
};

/** A resource of which a queue has too little left for a job, and why it is told so. */
interface Lacking {
  readonly r: number;
  readonly asked: number;
  readonly held: number;
  readonly limit: number;
  /** Whose room it is, when not that of the job's own queue alone. */
  readonly queue?: Queue;
}

/** The name of a queue whose capability a whole branch shares, and why it matters to another one. */
function branchOf(queue: Queue, above: Queue): string {
  return queue === above ? `${above.name} with those below it` : `${above.name} above queue ${queue.name}`;
}

class Shares implements QueueRights {
  readonly #snapshot: Snapshot;
  readonly #shares = new Map<Queue, Share>();
  readonly #demand: UsableDemand;
  readonly #lending = new Lending();
  #ancestors = new Ancestors(new Map());
  readonly #holders: RoomHolders;
  readonly #stamps: QueueStamps;
  /** Undefined when nobody is evicted within a queue. */
  readonly #yielding: Yielding | undefined;
  #cluster: EmptyCluster | undefined;

  constructor(snapshot: Snapshot, yielding: Yielding | undefined) {
    this.#snapshot = snapshot;
    this.#yielding = yielding;
    this.#demand = demandOf(snapshot);
    this.#holders = new RoomHolders(snapshot);
    this.#stamps = new QueueStamps(snapshot);
  }

  /** O(resources x queues x log queues), and what usable demand costs. */
  reset(nowMs: number, cluster: EmptyCluster): void {
    this.#shares.clear();
    this.#holders.reset();
    this.#yielding?.reset();
    this.#cluster = cluster;
    const { queues, nodes, resources } = this.#snapshot;
    for (const { record } of queues.values()) {
      for (const name of record.guarantee?.keys() ?? []) resources.intern(name);
      for (const name of record.capability?.keys() ?? []) resources.intern(name);
    }
    const total = Float64Array.from({ length: resources.size }, (_, r) => nodes.totals[r] ?? 0);
    const claims = Array.from(queues.values(), (queue) => claimOf(queue, resources));
    narrow(claims);
    // Without a node there is nothing to divide, and nothing to say about it either.
    const problems = cutGuarantees(claims, total, resources);
    const reserved = new Float64Array(resources.size);
    for (const { guarantee } of claims) guarantee.forEach((kept, r) => (reserved[r] = (reserved[r] ?? 0) + kept));
    for (const claim of claims) {
      this.#shares.set(claim.queue, new Share(claim, total, reserved));
      claim.queue.setProblem(nodes.count === 0 ? '' : (problems.get(claim.queue) ?? ''));
    }
    const limits = new Map(Array.from(this.#shares, ([queue, share]) => [queue, share.limit]));
    this.#demand.refresh(nowMs, cluster, limits);
    for (const [queue, share] of this.#shares) share.ask(this.#demand.of(queue).unusable);
    const shares = [...this.#shares.values()];
    this.#ancestors = new Ancestors(this.#shares);
    setFloors(total, shares);
    do shareOut(total, shares);
    while (this.#ancestors.cut());
    for (const share of shares) share.queue.deserved = share.deserved;
    const isLacking = (job: Job): boolean => !isLetIn(job) && this.#lacking(job) !== undefined;
    this.#lending.reset(shares, this.#snapshot, {
      mayRun: (job) => this.#demand.isUsable(job) && !isLacking(job),
      isPlaceable: (taskClass, queue) => this.#demand.isPlaceable(taskClass, queue),
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
      const holders = this.#holders.text(queue);
      return { code: 'QueueOverused', message: `queue ${queue.name} holds all of its share: ${held}${holders}.` };
    });
  }

  owed(queue: Queue, resource: number): number {
    return this.of(queue).owed(resource);
  }

  guarantee(queue: Queue, resource: number): number {
    return this.of(queue).guarantee[resource] ?? 0;
  }

  allocatable(queue: Queue, taskClass: TaskClass, job: Job, freed?: Freed, isGranted = false): Refusal | undefined {
    if (!queue.isOpen) return notOpen(queue);
    const room = freed === undefined && !isGranted ? PLAINLY : { freed, isGranted };
    const full = this.#fullAbove(queue, taskClass, room);
    if (full !== undefined) return full;
    const share = this.of(queue);
    const { resources, amounts } = taskClass;
    for (let i = 0; i < resources.length; i += 1) {
      const r = resources[i] ?? 0;
      const asked = amounts[i] ?? 0;
      if (this.#hasRoom(share, job, r, asked, room)) continue;
      if (this.#cluster?.capacity(taskClass, 1) === 0) return undefined;
      const held = queue.allocated[r] ?? 0;
      const most = (r === PODS_IX ? share.limit[r] : share.deserved[r]) ?? 0;
      const holders = this.#holders.text(queue, r);
      const numbers = `${this.#amount(r, asked)} asked, ${this.#amount(r, held)} of ${this.#amount(r, most)} held${holders}`;
      return { code: 'QueueLimit', message: `queue ${queue.name} has no share left of ${this.#name(r)}: ${numbers}.` };
    }
    return undefined;
  }

  /** Within its share, with what it may borrow, or where its share was asked already within what it may ever have. */
  #hasRoom(share: Share, job: Job, r: number, asked: number, room: RoomRequest): boolean {
    const beside = countedBeside(share.queue, r, room);
    if (share.hasRoom(r, asked, beside) || this.#canBorrow(share, job, r, asked)) return true;
    const held = (share.queue.allocated[r] ?? 0) + beside;
    return room.isGranted && held + asked <= (share.limit[r] ?? 0) + EPSILON;
  }

  /** The class's request would take a branch of queues beyond its capability. */
  #fullAbove(queue: Queue, { resources, amounts }: TaskClass, room: RoomRequest): Refusal | undefined {
    if (this.#ancestors.isEmpty) return undefined;
    for (let i = 0; i < resources.length; i += 1) {
      const [r, asked] = [resources[i] ?? 0, amounts[i] ?? 0];
      const shortage = this.#ancestors.shortage(queue, r, asked, room);
      if (shortage === undefined) continue;
      const { held, limit } = shortage;
      const numbers = `${this.#amount(r, asked)} asked, ${this.#amount(r, held)} of ${this.#amount(r, limit)} held`;
      const message = `queue ${branchOf(queue, shortage.queue)} has nothing left of ${this.#name(r)}: ${numbers}.`;
      return { code: 'QueueLimit', message };
    }
    return undefined;
  }

  #canBorrow(share: Share, job: Job, r: number, asked: number): boolean {
    const held = share.queue.allocated[r] ?? 0;
    const isWithinLimit = held + asked <= (share.limit[r] ?? 0) + EPSILON;
    return isWithinLimit && this.#lending.mayBorrow(share, job) && this.#lending.hasRoom(share, r, asked);
  }

  enqueueable(job: Job): Vote {
    const never = this.#demand.neverFits(job);
    if (never !== undefined) return never;
    const lacking = this.#lacking(job);
    if (lacking === undefined || job.queue === undefined) return 'permit';
    const { r, asked, held, limit } = lacking;
    const whose = lacking.queue === undefined ? job.queue.name : branchOf(job.queue, lacking.queue);
    const holders = this.#holders.text(job.queue, r);
    const numbers = `${this.#name(r)} ${this.#amount(r, asked)} asked, ${this.#amount(r, held)} held or promised of ${this.#amount(r, limit)}${holders}`;
    return {
      code: 'WaitingInQueue',
      message: `PodGroup ${job.key} waits for room in queue ${whose}: ${numbers}.`,
    };
  }

  /** Stays the same while the queue would answer its unchanged jobs as before. */
  stamp(queue: Queue): number {
    const { promises } = this.#demand.of(queue);
    const { boundsVersion } = this.#demand;
    const holders = this.#holders.version(queue);
    return this.#stamps.of(queue, {
      moves: queue.moves,
      promises,
      priorities: this.#yielding === undefined ? 0 : this.#snapshot.prioritiesVersion,
      boundsVersion,
      limit: this.of(queue).limit,
      holders,
      above: this.#ancestors.moves(queue, (each) => this.#demand.of(each).promises),
    });
  }

  /** The first resource of which the queue has too little left to let the job in. */
  #lacking(job: Job): Lacking | undefined {
    const { queue } = job;
    const minimum = job.minimum(this.#snapshot.resources);
    if (queue === undefined || minimum === undefined) return undefined;
    const share = this.of(queue);
    const { promised } = this.#demand.of(queue);
    const own = heldBy(job);
    for (let i = 0; i < minimum.resources.length; i += 1) {
      const r = minimum.resources[i] ?? 0;
      const asked = (minimum.amounts[i] ?? 0) - (own[r] ?? 0);
      const held = (queue.allocated[r] ?? 0) + (promised[r] ?? 0);
      const limit = share.limit[r] ?? 0;
      const isFull = asked > 0 && asked + held > limit + EPSILON;
      if (isFull && asked + held - this.#yieldedTo(job, r) > limit + EPSILON) return { r, asked, held, limit };
      const promisedTo = (each: Queue): number =>
        (this.#demand.of(each).promised[r] ?? 0) - (each === queue ? this.#yieldedTo(job, r) : 0);
      const shortage = this.#ancestors.shortage(queue, r, asked, PLAINLY, promisedTo);
      if (shortage !== undefined) return { r, asked, ...shortage };
    }
    return undefined;
  }

  #yieldedTo(job: Job, r: number): number {
    return this.#yielding?.to(job, r) ?? 0;
  }

  /** Reserves what a group that was just let in asks for. */
  promise(job: Job): void {
    if (job.queue !== undefined) this.#demand.promise(job, job.queue);
    this.#holders.letIn(job);
    this.#yielding?.letIn(job);
  }

  /** Why the job can never start as things are. */
  neverFits(job: Job): Refusal | undefined {
    return this.#demand.neverFits(job);
  }

  #describe(share: Share): string {
    const { allocated: held } = share.queue;
    const { deserved } = share;
    const parts: string[] = [];
    deserved.forEach((amount, r) => {
      if (r !== PODS_IX && amount > 0)
        parts.push(`${this.#name(r)} ${this.#amount(r, held[r] ?? 0)} of ${this.#amount(r, amount)}`);
    });
    return parts.length === 0 ? `nothing is left for it${this.#guaranteesBeside(share)}` : parts.join(', ');
  }

  /** Who leaves nothing for a queue that deserves nothing. */
  #guaranteesBeside({ queue }: Share): string {
    const names: string[] = [];
    for (const other of this.#shares.values()) {
      if (other.queue !== queue && other.guarantee.some((amount) => amount > 0)) names.push(other.queue.name);
    }
    return names.length === 0 ? '' : ` beside the guarantees of ${joined(names)}`;
  }

  #name(resource: number): string {
    return this.#snapshot.resources.name(resource);
  }

  #amount(resource: number, amount: number): string {
    return formatUnits(Math.floor(amount), resourceUnit(this.#name(resource)));
  }
}
