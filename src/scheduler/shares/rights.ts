import type { ActionName } from '../../config/policy.ts';
import type { EmptyCluster, Freed, PluginHooks, QueueStanding } from '../framework/plugin.ts';
import type { Refusal } from '../model/refusal.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import { notOpen } from '../model/queue.ts';
import type { Queue } from '../model/queue.ts';
import type { Needs, TaskClass } from '../model/task-class.ts';
import type { Task } from '../model/task.ts';
import { Admission, admissionHooks } from './admission.ts';
import type { Entitlement } from './entitlement.ts';
import { entitle } from './entitlements.ts';
import type { QueueEntitlement } from './entitlements.ts';
import type { UsableDemand } from '../demand/usable-demand.ts';
import { isDeclaredLimit } from './declared-limit.ts';
import { EPSILON } from './epsilon.ts';
import { guaranteedToOthers } from './kept-free.ts';
import { hasClaim, heldAt } from './queue-level.ts';
import { PLAINLY, roomRequest } from './queue-room.ts';
import type { RoomRequest } from './queue-room.ts';
import { victimHooks } from './queue-victims.ts';
import type { QueueRights } from './queue-victims.ts';

/** What queues deserve, where it is not declared. */
export interface WorkedOut {
  /** Queues that take nothing new, since their place among the others cannot be told. Asked first in each cycle. */
  troubles(): ReadonlyMap<Queue, Refusal>;
  /** Writes what each deserves. */
  workOut(entitlements: ReadonlyMap<Queue, QueueEntitlement>, demand: UsableDemand): void;
}

interface Choice {
  readonly isTree: boolean;
  readonly reach: number;
  readonly shares?: WorkedOut;
}

/** What queues are owed and may have, declared or worked out anew each cycle, and who of them comes first. */
export class Rights implements QueueRights {
  readonly admission: Admission<QueueEntitlement>;
  readonly reach: number;
  readonly #snapshot: Snapshot;
  readonly #isTree: boolean;
  /** Undefined where all is declared. */
  readonly #shares: WorkedOut | undefined;
  #entitlements: ReadonlyMap<Queue, QueueEntitlement> = new Map();

  constructor(snapshot: Snapshot, actions: readonly ActionName[], { isTree, reach, shares }: Choice) {
    this.#snapshot = snapshot;
    this.#shares = shares;
    this.#isTree = isTree;
    this.reach = reach;
    this.admission = new Admission(snapshot, actions, this);
  }

  /** O(resources x queues x (depth + log queues)), and what usable demand costs. */
  reset(nowMs: number, cluster: EmptyCluster): void {
    this.#entitlements = entitle(this.#snapshot, this.#isTree, this.#shares?.troubles());
    this.admission.reset(nowMs, cluster, this.#entitlements);
    this.#shares?.workOut(this.#entitlements, this.admission.demand);
    for (const [queue, { rank }] of this.#entitlements)
      queue.deserved = rank.deserved.map((amount) => Math.max(0, amount));
  }

  /** Jobs of a queue that has others below it come after those of these; then priority, share, and who deserves something. */
  compare(a: Queue, b: Queue): number {
    if (this.#isTree && a.parent === b) return -1;
    if (this.#isTree && b.parent === a) return 1;
    const [first, second] = [this.#entitlements.get(a)?.rank, this.#entitlements.get(b)?.rank];
    if (first === undefined || second === undefined) return 0;
    return (
      b.record.priority - a.record.priority ||
      first.share() - second.share() ||
      Number(second.isEntitled) - Number(first.isEntitled)
    );
  }

  standing(queue: Queue): QueueStanding | undefined {
    const entitlement = this.#entitlements.get(queue);
    if (entitlement === undefined) return undefined;
    const { rank, limit } = entitlement;
    return {
      deserved: rank.deserved,
      guarantee: rank.guarantee,
      limit,
      promised: this.admission.demand.of(queue).promised,
    };
  }

  levels(queue: Queue): readonly Entitlement[] {
    return this.#entitlements.get(queue)?.levels ?? [];
  }

  needs(task: Task, queue: Queue): Needs {
    return this.#snapshot.claims.holdings.needs(task, queue);
  }

  held(task: Task): Needs {
    return this.#snapshot.claims.holdings.held(task);
  }

  allocatable(queue: Queue, task: Task, freed?: Freed, isGranted = false): Refusal | undefined {
    const { class: taskClass } = task;
    const room = roomRequest(freed, isGranted);
    const entitlement = this.#entitlements.get(queue);
    if (!queue.isOpen || entitlement === undefined) return notOpen(queue);
    return (
      entitlement.trouble ??
      this.admission.fullAbove(queue, taskClass, room) ??
      this.#full(entitlement, taskClass, room) ??
      (isGranted ? undefined : this.#taken(entitlement, task, room))
    );
  }

  /** Its own jobs may hold so many tasks more, whatever others have. */
  grants(queue: Queue, { resources, amounts }: Needs, tasks: number): boolean {
    const own = this.#alone(queue);
    if (own === undefined) return false;
    for (let i = 0; i < resources.length; i += 1) {
      const r = resources[i] ?? 0;
      if (heldAt(own, r, PLAINLY) + tasks * (amounts[i] ?? 0) > (own.most[r] ?? Infinity) + EPSILON) return false;
    }
    return true;
  }

  /** The same of what it was granted. */
  keepsGranted(queue: Queue): boolean {
    const own = this.#alone(queue);
    if (own === undefined) return false;
    for (let r = 0; r < queue.granted.length; r += 1) {
      if (heldAt(own, r, PLAINLY) > (own.most[r] ?? Infinity) + EPSILON) return false;
    }
    return true;
  }

  /** That of its own jobs, where nobody shares a limit with the queue and nothing is kept for others: what it may have hangs on itself alone. */
  #alone(queue: Queue): Entitlement | undefined {
    const { trouble, levels } = this.#entitlements.get(queue) ?? {};
    const isShared = this.admission.branches.length > 0 || levels?.some(({ keptFree }) => keptFree !== undefined);
    return queue.isOpen && trouble === undefined && isShared !== true ? levels?.[0] : undefined;
  }

  /** The queue's own jobs may not hold so much more. */
  #full(
    { queue, levels: [own] }: QueueEntitlement,
    { resources, amounts }: TaskClass,
    room: RoomRequest,
  ): Refusal | undefined {
    const { words, holders } = this.admission;
    for (let i = 0; i < resources.length && own !== undefined; i += 1) {
      const [r, asked] = [resources[i] ?? 0, amounts[i] ?? 0];
      const [limit, held] = [own.most[r] ?? Infinity, heldAt(own, r, room)];
      if (asked <= 0 || held + asked <= limit + EPSILON) continue;
      const resource = words.name(r);
      const texts = `${words.numbers(r, { asked, held, limit })}${holders.heldText(queue, r)}`;
      return {
        code: 'QueueLimit',
        message: `queue ${queue.name} has nothing left of ${resource}: ${texts}.`,
        numbers: { resource, asked, held, limit, queue: queue.name },
        isDeclared: isDeclaredLimit(queue, resource, limit),
      };
    }
    return undefined;
  }

  /** What it asks for beyond what it deserves is guaranteed to others, who do not hold it yet. */
  #taken({ queue, levels }: QueueEntitlement, task: Task, room: RoomRequest): Refusal | undefined {
    if (levels.every(({ keptFree }) => keptFree === undefined)) return undefined;
    const needs = this.needs(task, queue);
    if (levels.slice(0, this.reach + 1).some((level) => hasClaim(level, needs))) return undefined;
    const { words } = this.admission;
    const { resources, amounts } = this.#snapshot.claims.holdings.needsBesideKept(task, queue);
    for (const level of levels) {
      for (let i = 0; i < resources.length; i += 1) {
        const [r, asked] = [resources[i] ?? 0, amounts[i] ?? 0];
        const kept = asked > 0 ? (level.keptFree?.taken(level, r, asked, room) ?? 0) : 0;
        if (kept > 0) return guaranteedToOthers(queue, words, { r, asked, kept });
      }
    }
    return undefined;
  }
}

export function rightsHooks(rights: Rights): PluginHooks {
  return {
    onSessionOpen: (nowMs, cluster) => rights.reset(nowMs, cluster),
    queueOrderFn: (a, b) => rights.compare(a, b),
    allocatableFn: (queue, task, _, freed, isGranted) => rights.allocatable(queue, task, freed, isGranted),
    grantsFn: (queue, taskClass, _job, tasks) => rights.grants(queue, taskClass, tasks),
    keepsGrantedFn: (queue) => rights.keepsGranted(queue),
    queueStandingFn: (queue) => rights.standing(queue),
    ...victimHooks(rights),
    ...admissionHooks(rights.admission),
  };
}
