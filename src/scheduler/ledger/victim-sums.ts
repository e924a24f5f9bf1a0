import { LOWEST_PRIORITY } from '../model/priority-table.ts';
import { isStanding } from '../model/bundles.ts';
import { addToLedger } from '../model/queue.ts';
import type { Queue } from '../model/queue.ts';
import type { TaskClass } from '../model/task-class.ts';
import type { Snapshot } from './snapshot.ts';

/** What the evictable tasks of one queue and one priority hold on one node. */
export interface VictimSum {
  readonly queue: Queue;
  /** Of the tasks' jobs. */
  readonly priority: number;
  /** Number of such tasks. */
  readonly tasks: number;
  /** When the one was made that was made last. */
  readonly youngestMs: number;
  /** Indexed like the resource table, and maybe shorter. */
  readonly amounts: readonly number[];
  /** Of each resource, what the task holds that holds most of it. */
  readonly largest: readonly number[];
}

/** What is sure of all who would have to go from a node, whoever they are. */
export interface VictimBound {
  /** At least so many. */
  readonly count: number;
  /** One of them has at least this priority; -Infinity when nobody need go. */
  readonly highest: number;
  /** Their priorities together, each counted from the lowest there is, are at least this. */
  readonly sum: number;
  /** None of them was made later. */
  readonly youngestMs: number;
}

/** Whose tasks may be told to go. */
export type MayGo = (queue: Queue, priority: number) => boolean;

interface Kept {
  readonly sums: readonly VictimSum[];
  /** Of the node's last change, when the sums were made. */
  readonly changedAt: number;
}

/**
 * What evictions could free, node by node, so that a preemptor looks at the tasks of those nodes only where it would find
 * enough. Sums are made when they are asked for, O(tasks of the node), and kept until the node or a priority changes.
 */
export class VictimSums {
  readonly #snapshot: Snapshot;
  readonly #kept = new Map<number, Kept>();
  #nodesVersion = -1;
  #prioritiesVersion = -1;

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  /** The node's sums, lowest priority first. */
  of(node: number): readonly VictimSum[] {
    const { nodesVersion, prioritiesVersion, recency } = this.#snapshot;
    if (this.#nodesVersion !== nodesVersion || this.#prioritiesVersion !== prioritiesVersion) this.#kept.clear();
    this.#nodesVersion = nodesVersion;
    this.#prioritiesVersion = prioritiesVersion;
    const changedAt = recency.changedAt(node);
    const kept = this.#kept.get(node);
    if (kept?.changedAt === changedAt) return kept.sums;
    const sums = this.#sum(node);
    this.#kept.set(node, { sums, changedAt });
    return sums;
  }

  /** Whether the class would fit the node if all that may go went. Counts what is being freed, and what is promised. */
  wouldFit(node: number, { resources, amounts }: TaskClass, mayGo: MayGo): boolean {
    const sums = this.of(node);
    for (let i = 0; i < resources.length; i += 1) {
      const resource = resources[i] ?? 0;
      // What pods hold of it, no node has.
      if (!this.#snapshot.nodes.offers(resource)) return false;
      let room = this.#snapshot.nodes.future(node, resource);
      for (const sum of sums) if (mayGo(sum.queue, sum.priority)) room += sum.amounts[resource] ?? 0;
      if (room < (amounts[i] ?? 0)) return false;
    }
    return true;
  }

  /**
   * Who at least would have to go for the class to fit the node; undefined when it would not fit whoever of them went.
   * O(sums x resources).
   */
  bound(node: number, taskClass: TaskClass, mayGo: MayGo): VictimBound | undefined {
    if (!this.wouldFit(node, taskClass, mayGo)) return undefined;
    const { nodes } = this.#snapshot;
    const { resources, amounts } = taskClass;
    const sums = this.of(node);
    let count = 0;
    let highest = -Infinity;
    let youngestMs = -Infinity;
    for (let i = 0; i < resources.length; i += 1) {
      const resource = resources[i] ?? 0;
      let lack = (amounts[i] ?? 0) - nodes.future(node, resource);
      if (lack <= 0) continue;
      let largest = 0;
      for (const sum of sums) {
        if (mayGo(sum.queue, sum.priority)) largest = Math.max(largest, sum.largest[resource] ?? 0);
      }
      count = Math.max(count, Math.ceil(lack / largest));
      for (const sum of sums) {
        if (lack <= 0) break;
        if (!mayGo(sum.queue, sum.priority)) continue;
        lack -= sum.amounts[resource] ?? 0;
        highest = Math.max(highest, sum.priority);
      }
    }
    // Of the priorities of so many of them the lowest, each counted from the lowest there is.
    let left = count;
    let total = 0;
    for (const { queue, priority, tasks, youngestMs: madeMs } of sums) {
      if (!mayGo(queue, priority)) continue;
      youngestMs = Math.max(youngestMs, madeMs);
      total += Math.min(left, tasks) * (priority - LOWEST_PRIORITY);
      left -= Math.min(left, tasks);
    }
    return { count, highest, sum: total, youngestMs };
  }

  #sum(node: number): VictimSum[] {
    const sums: OpenSum[] = [];
    for (let task = this.#snapshot.nodeTasks.first(node); task !== undefined; task = task.nextOnNode) {
      const queue = task.job?.queue;
      if (queue === undefined || !isStanding(task)) continue;
      const priority = task.job?.priority ?? 0;
      let sum = sums.find((other) => other.queue === queue && other.priority === priority);
      if (sum === undefined) {
        sum = { queue, priority, tasks: 0, youngestMs: -Infinity, amounts: [], largest: [] };
        sums.push(sum);
      }
      sum.tasks += 1;
      sum.youngestMs = Math.max(sum.youngestMs, task.record.createdMs);
      addToLedger(sum.amounts, task.class.resources, task.class.amounts, 1);
      raise(sum.largest, task.class);
    }
    return sums.sort((a, b) => a.priority - b.priority || (a.queue.name < b.queue.name ? -1 : 1));
  }
}

/** One that is being made. */
interface OpenSum extends VictimSum {
  tasks: number;
  youngestMs: number;
  readonly amounts: number[];
  readonly largest: number[];
}

function raise(largest: number[], { resources, amounts }: TaskClass): void {
  for (let i = 0; i < resources.length; i += 1) {
    const resource = resources[i] ?? 0;
    largest[resource] = Math.max(largest[resource] ?? 0, amounts[i] ?? 0);
  }
}
