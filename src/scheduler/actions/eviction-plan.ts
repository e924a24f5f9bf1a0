import type { Freed } from '../framework/plugin.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import { addToLedger } from '../model/queue.ts';
import { isWithin } from '../model/queue-paths.ts';
import { LOWEST_PRIORITY } from '../model/priority-table.ts';
import type { Queue } from '../model/queue.ts';
import type { Task } from '../model/task.ts';

/** What plans are compared by. */
export interface PlanRank {
  readonly node: number;
  /** Gangs that are broken. */
  readonly gangs: number;
  /** Number of victims. */
  readonly count: number;
  /** Highest priority of the victims' jobs. */
  readonly highest: number;
  /** Of their priorities, each from the lowest there is. */
  readonly sum: number;
  /** When the oldest of those of the highest priority was made: the younger ones lose less. */
  readonly oldestMs: number;
}

/** Who has to go so that one task fits one node. */
export interface EvictionPlan extends PlanRank {
  /** No smaller set of these would do; with one of a gang that is broken go all of it, on whatever nodes. */
  readonly victims: readonly Task[];
}

export function makePlan(node: number, victims: readonly Task[], gangs: number): EvictionPlan {
  let highest = -Infinity;
  let sum = 0;
  let oldestMs = Infinity;
  for (const { job, record } of victims) {
    const priority = job?.priority ?? 0;
    if (priority > highest) oldestMs = Infinity;
    highest = Math.max(highest, priority);
    sum += priority - LOWEST_PRIORITY;
    if (priority === highest) oldestMs = Math.min(oldestMs, record.createdMs);
  }
  return { node, victims, count: victims.length, gangs, highest, sum, oldestMs };
}

/**
 * The better plan first: it spares the more important, then gangs, then the smaller sum of priorities, then the more pods,
 * then the older of the most important (kube-scheduler's order, with gangs put in). Priorities are summed from the lowest one, as
 * there, so that fewer victims have the smaller sum unless priorities are far apart.
 */
export function comparePlans(a: PlanRank, b: PlanRank): number {
  return (
    a.highest - b.highest ||
    a.gangs - b.gangs ||
    a.sum - b.sum ||
    a.count - b.count ||
    b.oldestMs - a.oldestMs ||
    a.node - b.node
  );
}

/** What victims free of their queues, before they are evicted. */
export class FreedByVictims implements Freed {
  readonly tasks: Set<Task> | undefined;
  readonly #byQueue = new Map<Queue, number[]>();

  constructor({ claims }: Snapshot) {
    this.tasks = claims.holdings.isUsed ? new Set() : undefined;
  }

  add(task: Task, sign: 1 | -1): void {
    const { resources, amounts } = task.class;
    const queue = task.job?.queue;
    if (queue === undefined) return;
    if (sign === -1) this.tasks?.delete(task);
    else this.tasks?.add(task);
    let freed = this.#byQueue.get(queue);
    if (freed === undefined) this.#byQueue.set(queue, (freed = []));
    addToLedger(freed, resources, amounts, sign);
  }

  of(queue: Queue, resource: number): number {
    return this.#byQueue.get(queue)?.[resource] ?? 0;
  }

  ofBranch(queue: Queue, resource: number): number {
    let sum = 0;
    for (const [each, freed] of this.#byQueue) if (isWithin(each, queue)) sum += freed[resource] ?? 0;
    return sum;
  }
}
