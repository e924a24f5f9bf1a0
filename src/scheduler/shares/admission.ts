import type { ActionName } from '../../config/policy.ts';
import type { EmptyCluster, PluginHooks, Vote } from '../framework/plugin.ts';
import type { Refusal } from '../model/refusal.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { Row } from '../model/row.ts';
import type { Job } from '../model/job.ts';
import type { Queue } from '../model/queue.ts';
import type { TaskClass } from '../model/task-class.ts';
import { AmountWords, branchWords } from './amount-words.ts';
import { Ancestors } from './ancestors.ts';
import type { BranchLimit, Shortage } from './ancestors.ts';
import { isDeclaredLimit } from './declared-limit.ts';
import { EPSILON } from './epsilon.ts';
import { heldBy, isLetIn } from '../demand/promises.ts';
import { minimumOfRow, rowWithin } from '../demand/rows.ts';
import { PLAINLY } from './queue-room.ts';
import type { RoomRequest } from './queue-room.ts';
import { QueueStamps } from './queue-stamps.ts';
import { GivingBack } from './giving-back.ts';
import type { QueueRights } from './queue-victims.ts';
import { holdersOf } from './room-holders.ts';
import type { RoomHolders } from './room-holders.ts';
import { demandOf } from '../demand/usable-demand.ts';
import type { UsableDemand } from '../demand/usable-demand.ts';
import { Yielding } from './yielding.ts';

/** The limits of a queue, indexed like the resource table. */
export interface QueueBounds extends BranchLimit {
  /** Most that the jobs of the queue itself may ever hold. */
  readonly limit: Float64Array;
  /** Why it takes nothing new, whatever room there is; undefined when it does. */
  readonly trouble?: Refusal | undefined;
}

/** A resource of which a queue has too little left for a job, and why it is told so. */
interface Lacking {
  readonly r: number;
  readonly asked: number;
  readonly held: number;
  readonly limit: number;
  /** Whose room it is, when not that of the job's own queue alone. */
  readonly queue?: Queue;
}

/**
 * Who is let in, whichever plugin shares out: a queue promises room within its limit, and within those of the branches that it
 * is part of, to groups that could start with it.
 */
export class Admission<S extends QueueBounds> {
  readonly demand: UsableDemand;
  readonly holders: RoomHolders;
  readonly words: AmountWords;
  readonly #snapshot: Snapshot;
  readonly #stamps: QueueStamps;
  /** Undefined when nobody is evicted within a queue. */
  readonly #yielding: Yielding | undefined;
  /** Undefined when no queue has anything taken back. */
  readonly #givingBack: GivingBack | undefined;
  #bounds: ReadonlyMap<Queue, S> = new Map();
  #ancestors = new Ancestors<S>(new Map());

  constructor(snapshot: Snapshot, actions: readonly ActionName[], rights: Pick<QueueRights, 'reach' | 'levels'>) {
    this.#snapshot = snapshot;
    this.demand = demandOf(snapshot);
    this.holders = holdersOf(snapshot);
    this.words = new AmountWords(snapshot.resources);
    this.#stamps = new QueueStamps(snapshot);
    const mayPreempt = actions.includes('preempt') || actions.includes('gangpreempt');
    this.#yielding = mayPreempt ? new Yielding(snapshot) : undefined;
    const mayReclaim = actions.includes('reclaim') || actions.includes('gangreclaim');
    this.#givingBack = mayReclaim ? new GivingBack(rights) : undefined;
  }

  /** Called once a cycle, with the limits of all queues. */
  reset(nowMs: number, cluster: EmptyCluster, bounds: ReadonlyMap<Queue, S>): void {
    this.holders.reset();
    this.#yielding?.reset();
    this.#givingBack?.reset();
    this.#bounds = bounds;
    this.#ancestors = new Ancestors(bounds);
    this.demand.refresh(nowMs, cluster, new Map(Array.from(bounds, ([queue, { limit }]) => [queue, limit])));
  }

  /** Queues with a limit that they share with others below them. */
  get branches(): Ancestors<S>['all'] {
    return this.#ancestors.all;
  }

  enqueueable(job: Job): Vote {
    const never = this.whyNever(job);
    if (never !== undefined) return never;
    const lacking = this.#lacking(job);
    if (lacking === undefined || job.queue === undefined) return 'permit';
    const { r, asked, held, limit } = lacking;
    const whose = lacking.queue === undefined ? job.queue.name : branchWords(job.queue, lacking.queue);
    const holders = this.holders.text(job.queue, r);
    const [wants, has, most] = [asked, held, limit].map((amount) => this.words.amount(r, amount));
    const numbers = `${this.words.name(r)} ${wants} asked, ${has} held or promised of ${most}${holders}`;
    return {
      code: 'WaitingInQueue',
      message: `PodGroup ${job.key} waits for room in queue ${whose}: ${numbers}.`,
      numbers: { resource: this.words.name(r), asked, held, limit, queue: (lacking.queue ?? job.queue).name },
      isDeclared: isDeclaredLimit(lacking.queue ?? job.queue, this.words.name(r), limit),
    };
  }

  /** How many of the row its queue has room for one after the other, whoever may have to yield to them. */
  rowEnqueueable(row: Row): number {
    const first = row.jobs[row.from];
    if (first?.queue === undefined) return 0;
    const { queue } = first;
    const { limit: limits = NOTHING, trouble } = this.#bounds.get(queue) ?? {};
    if (trouble !== undefined) return 0;
    const { resources } = this.#snapshot;
    const { promised } = this.demand.of(queue);
    const count = rowWithin(row, resources, {
      held: (r) => (queue.allocated[r] ?? 0) + (promised[r] ?? 0),
      most: (r) => limits[r] ?? 0,
      isOut: this.demand.isOut,
    });
    if (count === 0 || this.#ancestors.isEmpty) return count;
    const sum = minimumOfRow({ ...row, end: row.from + count }, resources);
    return sum.some((asked, r) => this.#shortageAbove(first, queue, r, asked) !== undefined) ? 0 : count;
  }

  /** Why the job cannot start as things are, however long it waits. */
  whyNever(job: Job): Refusal | undefined {
    const trouble = job.queue === undefined ? undefined : this.#bounds.get(job.queue)?.trouble;
    return trouble ?? this.demand.neverFits(job);
  }

  /** The job was let in and could start, or both can be. */
  mayRun(job: Job): boolean {
    return this.demand.isUsable(job) && (isLetIn(job) || this.#lacking(job) === undefined);
  }

  /** Stays the same while the queue would answer its unchanged jobs as before. */
  stamp(queue: Queue): number {
    const { promises } = this.demand.of(queue);
    const { boundsVersion } = this.demand;
    const bounds = this.#bounds.get(queue);
    return this.#stamps.of(queue, {
      moves: queue.moves,
      promises,
      priorities: this.#yielding === undefined ? 0 : this.#snapshot.prioritiesVersion,
      boundsVersion,
      limit: bounds?.limit ?? NOTHING,
      trouble: bounds?.trouble?.message ?? '',
      holders: this.holders.version(queue),
      above: this.#ancestors.isEmpty ? UNLIMITED : this.#movesAbove(queue),
    });
  }

  #movesAbove(queue: Queue): readonly number[] {
    const owed = this.#givingBack?.version(this.#bounds.keys(), this.#snapshot.resources.size) ?? 0;
    return [owed, ...this.#ancestors.moves(queue, (each) => this.demand.of(each).promises)];
  }

  /** Reserves what a group that was just let in asks for. */
  promise(job: Job): void {
    if (job.queue !== undefined) this.demand.promise(job, job.queue);
    this.holders.letIn(job);
    if (job.queue?.overdue === job.key) this.holders.wordAnew(job.queue);
    this.#yielding?.letIn(job);
  }

  /** The same for all of a row. */
  promiseRow(row: Row): void {
    this.demand.promiseRow(row);
    this.holders.letRowIn(row);
    if (this.#yielding === undefined) return;
    for (let i = row.from; i < row.end; i += 1) this.#yielding.letIn(row.jobs[i] as Job);
  }

  /**
   * The class's request would take a branch of queues beyond its limit. What pods went for counts in the branch as well:
   * whoever has to go would be the first to take it.
   */
  fullAbove(queue: Queue, { resources, amounts }: TaskClass, room: RoomRequest): Refusal | undefined {
    if (this.#ancestors.isEmpty) return undefined;
    for (let i = 0; i < resources.length; i += 1) {
      const [r, asked] = [resources[i] ?? 0, amounts[i] ?? 0];
      const shortage = this.#ancestors.shortage(queue, r, asked, room);
      if (shortage === undefined) continue;
      const { held, limit } = shortage;
      const resource = this.words.name(r);
      const numbers = this.words.numbers(r, { asked, held, limit });
      const message = `queue ${branchWords(queue, shortage.queue)} has nothing left of ${resource}: ${numbers}.`;
      const told = { resource, asked, held, limit, queue: shortage.queue.name };
      return { code: 'QueueLimit', message, numbers: told, isDeclared: true };
    }
    return undefined;
  }

  #yieldedTo(job: Job, r: number): number {
    return this.#yielding?.to(job, r) ?? 0;
  }

  /** The first resource of which the queue has too little left to let the job in. */
  #lacking(job: Job): Lacking | undefined {
    const { queue } = job;
    const minimum = job.minimum(this.#snapshot.resources);
    if (queue === undefined || minimum === undefined) return undefined;
    const limits = this.#bounds.get(queue)?.limit ?? NOTHING;
    const { promised } = this.demand.of(queue);
    const own = heldBy(job);
    for (let i = 0; i < minimum.resources.length; i += 1) {
      const r = minimum.resources[i] ?? 0;
      const asked = (minimum.amounts[i] ?? 0) - (own[r] ?? 0);
      const held = (queue.allocated[r] ?? 0) + (promised[r] ?? 0);
      const limit = limits[r] ?? 0;
      const isFull = asked > 0 && asked + held > limit + EPSILON;
      if (isFull && asked + held - this.#yieldedTo(job, r) > limit + EPSILON) return { r, asked, held, limit };
      const shortage = this.#shortageAbove(job, queue, r, asked);
      if (shortage !== undefined) return { r, asked, ...shortage };
    }
    return undefined;
  }

  #shortageAbove(job: Job, queue: Queue, r: number, asked: number): Shortage | undefined {
    return this.#ancestors.isEmpty ? undefined : this.#shortageInBranch(job, queue, r, asked);
  }

  /** What its closure holds on to is made for nobody else. */
  #shortageInBranch(job: Job, queue: Queue, r: number, asked: number): Shortage | undefined {
    const promisedTo = (each: Queue): number =>
      (this.demand.of(each).promised[r] ?? 0) - (each === queue ? this.#yieldedTo(job, r) : 0);
    const givenBack = (branch: readonly S[]): number => {
      const members = branch.map(({ queue: each }) => ({ queue: each, promised: promisedTo(each) }));
      return this.#givingBack?.to({ queue, r, asked }, members, this.#snapshot.resources.size) ?? 0;
    };
    return this.#ancestors.shortage(queue, r, asked, PLAINLY, { promisedTo, givenBack });
  }
}

/** What a plugin that shares out answers about who is let in. */
export function admissionHooks(
  admission: Pick<
    Admission<QueueBounds>,
    'whyNever' | 'enqueueable' | 'rowEnqueueable' | 'stamp' | 'promise' | 'promiseRow'
  >,
): PluginHooks {
  return {
    jobValidFn: (job) => admission.whyNever(job),
    jobEnqueueableFn: (job) => admission.enqueueable(job),
    rowEnqueueableFn: (row) => admission.rowEnqueueable(row),
    enqueueStampFn: (queue) => admission.stamp(queue),
    jobEnqueuedFn: (job) => admission.promise(job),
    rowEnqueuedFn: (row) => admission.promiseRow(row),
  };
}

const NOTHING = new Float64Array(0);
/** Of a queue in no branch with a limit. */
const UNLIMITED: readonly number[] = [];
